"""From events to the bytes of a batch: what may be stored, and how its lines are chained."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from eventstore.entry import Entry, NewEntry, Recorded
from eventstore.errors import BadInput, BatchTooLarge, DuplicateId
from eventstore.log.line import batch_head, closed_line, encode_entry, line_body
from eventstore.log.protocol import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, LOG_STREAM
from eventstore.moments import Moment, is_moment

DATA_DEPTH_MAX = 100
"""Deeper JSON could be stored on a shallow call stack and not be read on a deep one."""


Addition = tuple[str, NewEntry]
"""The stream that an event goes to, and the event."""

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


class Tip(NamedTuple):
    """Where a stream stands: its last revision, and `prev` of what comes next."""

    revision: int
    prev: str


class Encoded(Struct, frozen=True, gc=False):
    """An entry as it will be read, its line, and the digest that the next in its stream names."""

    record: Recorded
    line: bytes
    entry_digest: str


class Frame(Struct, frozen=True):
    """What the lines of one batch have in common."""

    origin: str
    first: int
    synced: int
    recorded_at: Moment


def prepare(stream: str, events: Sequence[NewEntry]) -> list[NewEntry]:
    """Give the events as they will be stored, or say why they cannot be.

    Raises BadInput, DuplicateId, BatchTooLarge.
    """
    if not stream or stream.startswith(LOG_STREAM):
        raise BadInput(f"{stream!r} cannot be appended to: expected a name not below {LOG_STREAM}")
    _must_be_storable(stream, stream)
    if len(events) > BATCH_ENTRIES_MAX:
        raise BatchTooLarge(
            f"{len(events)} entries are too many for one batch; at most {BATCH_ENTRIES_MAX}"
        )
    ids = [event.id for event in events]
    if len(set(ids)) < len(ids):
        for one, other in pairwise(sorted(ids)):
            if one == other:
                raise DuplicateId(stream, one, position=0)
    return [_prepared(event) for event in events]


def is_same_event(one: NewEntry | Entry, other: NewEntry | Entry) -> bool:
    """Say whether a repeated id stands for the same event."""
    return (one.id, one.type, one.occurred_at, bytes(one.data)) == (
        other.id,
        other.type,
        other.occurred_at,
        bytes(other.data),
    )


def encode_batch(
    additions: Sequence[Addition], frame: Frame, tip_of: Callable[[str], Tip]
) -> list[Encoded]:
    """Give the lines; each entry follows from the one before it in its stream."""
    origin, recorded_at, synced = frame.origin, frame.recorded_at, frame.synced
    batch = (frame.first, frame.first + len(additions) - 1)
    head = batch_head(recorded_at, batch, synced)
    tips: dict[str, tuple[int, str]] = {}
    encoded: list[Encoded] = []
    for position, (stream, event) in enumerate(additions, frame.first):
        revision, prev = tips.get(stream) or tip_of(stream)
        entry = _entry(event, origin, stream, revision + 1, prev)
        data = encode_entry(entry)
        entry_digest = sha256(data).hexdigest()
        tips[stream] = revision + 1, entry_digest
        body = line_body(position, head, data)
        digest = sha256(body).hexdigest()
        record = Recorded(position, recorded_at, batch, synced, entry, digest)
        encoded.append(Encoded(record, closed_line(body, digest), entry_digest))
    return encoded


def check_size(batch: Sequence[Encoded]) -> None:
    size = sum(len(each.line) for each in batch)
    if size > BATCH_BYTES_MAX:
        raise BatchTooLarge(
            f"{size:,} bytes are too many for one batch; at most {BATCH_BYTES_MAX:,}"
        )


def _prepared(event: NewEntry) -> NewEntry:
    if not event.id or not event.type:
        raise BadInput("an event needs an id and a type")
    if not is_moment(event.occurred_at):
        raise BadInput(f"{event.occurred_at!r} is not in UTC with six fraction digits")
    _must_be_storable(event, event.id)
    return _compacted(event)


def _must_be_storable(value: NewEntry | str, name: str) -> None:
    try:
        _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise BadInput(f"{name!r} holds text that UTF-8 cannot carry: {error}") from None


def _compacted(event: NewEntry) -> NewEntry:
    """Give the event with its data on one line, no needless spaces, its tokens as they are."""
    data = bytes(event.data)
    try:
        found = _decoder.decode(data)
        if not isinstance(found, dict):
            raise BadInput(f"the data of event {event.id!r} is not a JSON object")
        if data.count(b"{") + data.count(b"[") > DATA_DEPTH_MAX and _is_too_deep(found):
            raise BadInput(f"the data of event {event.id!r} is nested too deep")
        if _encoder.encode(found) == data:
            return event
        return msgspec.structs.replace(event, data=Raw(msgspec.json.format(data, indent=-1)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"the data of event {event.id!r} is not JSON: {error}") from None


def _is_too_deep(value: object, depth: int = 1) -> bool:
    if depth > DATA_DEPTH_MAX:
        return True
    if isinstance(value, dict):
        return any(_is_too_deep(part, depth + 1) for part in value.values())
    return isinstance(value, list) and any(_is_too_deep(part, depth + 1) for part in value)


def _entry(event: NewEntry, origin: str, stream: str, revision: int, prev: str) -> Entry:
    return Entry(
        origin,
        stream,
        revision,
        event.id,
        event.type,
        event.occurred_at,
        event.actor,
        event.source,
        event.data,
        prev,
    )
