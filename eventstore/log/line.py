"""One line of the log: the store's envelope around an entry, closed by a digest.

    {"position":7,"recorded_at":"…Z","batch":[7,9],"synced":6,"entry":{…},"digest":"<64 hex>"}

The digest is the SHA-256 of the line's bytes up to `,"digest"`. An entry's `prev` is the SHA-256
of the exact bytes of the entry object before it in its stream; a stream's first entry has that of
origin + stream. The form is strict: other keys, another order or a space more is damage.
"""

import re
from hashlib import sha256
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from eventstore.entry import Entry, Recorded
from eventstore.moments import Moment

_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_RECORDED_AT = re.compile(_MOMENT)
_HEAD = re.compile(
    rb'\{"position":([1-9]\d*),"recorded_at":"(' + _MOMENT.encode() + rb')",'
    rb'"batch":\[([1-9]\d*),([1-9]\d*)\],"synced":(0|[1-9]\d*),"entry":(?=\{)'
)
_DIGEST_KEY = b',"digest":"'
TAIL_BYTES = len(_DIGEST_KEY) + 64 + len(b'"}\n')
"""What follows on the bytes that a line's digest is of."""


class EntryHead(Struct, frozen=True, gc=False):
    """What the stream index needs of an entry; the rest is skipped undecoded."""

    origin: str
    stream: str
    revision: int
    id: str
    type: str
    occurred_at: Moment


class _EntryKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """An entry's keys in their order, the values untouched."""

    origin: Raw
    stream: Raw
    revision: Raw
    id: Raw
    type: Raw
    occurred_at: Raw
    actor: Raw
    source: Raw
    data: Raw
    prev: Raw


class Envelope(NamedTuple):
    """What this store adds around an entry."""

    position: int
    recorded_at: Moment
    batch: tuple[int, int]
    synced: int


class Line(NamedTuple):
    """An intact line; `entry` is the exact bytes of the entry object."""

    position: int
    recorded_at: Moment
    batch: tuple[int, int]
    synced: int
    entry: bytes
    digest: str


_entries = msgspec.json.Decoder(Entry)
_heads = msgspec.json.Decoder(EntryHead)
_keys = msgspec.json.Decoder(_EntryKeys)
_encoder = msgspec.json.Encoder()


def encode_entry(entry: Entry) -> bytes:
    """Give the entry object's bytes, which `prev` of the next one will name."""
    return _encoder.encode(entry)


def encode_line(envelope: Envelope, entry: bytes) -> bytes:
    """Give the whole line with its digest and LF."""
    position, recorded_at, batch, synced = envelope
    body = line_body(position, batch_head(recorded_at, batch, synced), entry)
    return closed_line(body, digest_of(body))


def batch_head(recorded_at: Moment, batch: tuple[int, int], synced: int) -> bytes:
    """Give what every line of a batch has between its position and its entry."""
    first, last = batch
    head = f',"recorded_at":"{recorded_at}","batch":[{first},{last}],"synced":{synced},"entry":'
    return head.encode()


def line_body(position: int, head: bytes, entry: bytes) -> bytes:
    """Give what a line's digest is of; `head` is the one of its batch."""
    return b'{"position":%d%b%b' % (position, head, entry)


def closed_line(body: bytes, digest: str) -> bytes:
    """Give the whole line of this body."""
    return b'%b,"digest":"%b"}\n' % (body, digest.encode())


def parse_line(line: bytes) -> Line | None:
    """Give the line when its form and its digest hold, None when they do not."""
    head = _HEAD.match(line)
    body, tail = line[:-TAIL_BYTES], line[-TAIL_BYTES:]
    if head is None or head.end() >= len(body):
        return None
    digest = sha256(body).hexdigest()
    if tail != b"".join((_DIGEST_KEY, digest.encode(), b'"}\n')):
        return None
    position, recorded_at, first, last, synced = head.groups()
    return Line(
        int(position),
        Moment(recorded_at.decode()),
        (int(first), int(last)),
        int(synced),
        body[head.end() :],
        digest,
    )


def is_recorded_at(text: str) -> bool:
    """Say whether `text` has the form that `recorded_at` has in a line."""
    return _RECORDED_AT.fullmatch(text) is not None


def entry_head(line: Line) -> EntryHead | None:
    """Give who the entry is, None when its bytes are no entry."""
    try:
        return _heads.decode(line.entry)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def recorded(line: Line) -> Recorded | None:
    """Give the line as readers take it, None when its bytes are no entry."""
    try:
        entry = _entries.decode(line.entry)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return Recorded(line.position, line.recorded_at, line.batch, line.synced, entry, line.digest)


def is_entry_canonical(entry: bytes) -> bool:
    """Say whether the entry has exactly its keys, once each, in order, without a space between."""
    try:
        return _encoder.encode(_keys.decode(entry)) == entry
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False


def digest_of(data: bytes) -> str:
    """Give the digest of a line's body, or of an entry, as the next of its stream carries it."""
    return sha256(data).hexdigest()


def first_prev(origin: str, stream: str) -> str:
    """Give `prev` of a stream's first entry."""
    return sha256((origin + stream).encode()).hexdigest()
