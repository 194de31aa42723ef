"""The fleet as of a moment, from a saved state of before and what happened since.

A keyframe is the fold of all entries through a position. It serves a question when it goes beyond
neither its limits - the last position that counts, the last moment - nor beyond what was learned
afterwards: an entry that came later and happened earlier than the keyframe's latest one would
have to be folded in before it. Then an earlier keyframe serves, or none.

Keyframes are a cache. Each names the digest of the line it ends with and the program that folded
it; at any mismatch the log is folded instead.
"""

from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from functools import cache
from hashlib import sha256
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Struct

from eventstore.entry import Recorded
from eventstore.errors import LogBusy, LogError
from eventstore.fleet import Fleet, take
from eventstore.keyframe_files import KeyframeFiles, Row
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.index_table import IndexDoubtful
from eventstore.moments import Moment
from eventstore.sightings import Oddment

_LAST_MOMENT = Moment("9999-12-31T23:59:59.999999Z")
_FIRST_MOMENT = Moment("0001-01-01T00:00:00.000000Z")
_TRIES = 4
"""So many keyframes are tried in vain before the whole log is folded."""

_ENTRIES_MIN = 64
_BYTES_OF_STATE_BY_ENTRY = 100
"""An entry has some 800 bytes in the log, so keyframes take an eighth of what it takes."""


class _Keyframe(Struct, frozen=True):
    """A state as it is stored; events that could not be read are JSON, which msgpack is not."""

    program: str
    position: int
    latest: Moment
    digest: str
    fleet: Fleet
    oddments: bytes


class _Start(Struct, frozen=True):
    """Where folding goes on: the state through `position`, the latest event at `latest`."""

    position: int
    latest: Moment
    fleet: Fleet


def fleet_as_of(
    log: EmbeddedLog, *, at: Moment | None = None, position: int | None = None
) -> Fleet:
    """Give the fold of the entries through `position` that happened until `at`; None: no limit.

    A batch became known as one: a position inside it means its last. Raises LogDamaged.
    """
    try:
        return _fleet_as_of(log, at, position)
    except IndexDoubtful:
        log.forget_index()
        return _fleet_as_of(log, at, position)


def has_keyframes(log: EmbeddedLog) -> bool:
    """Say whether a state was saved, so that asking for one is worth it."""
    return KeyframeFiles(log.files, log.folder).count() > 0


def keep_keyframes(log: EmbeddedLog) -> None:
    """Save states of what the log has gained, if it has gained enough; for after a command.

    It writes a cache: what cannot be saved, because the disk is full or another process writes,
    is left to the next time. Nor does it tell of damage: whoever reads for an answer does.
    """
    with suppress(OSError, LogError, IndexDoubtful):
        _keep_keyframes(log)


def _fleet_as_of(log: EmbeddedLog, at: Moment | None, position: int | None) -> Fleet:
    through = _end_of_batch(log, position)
    kept = KeyframeFiles(log.files, log.folder)
    limit = at or _LAST_MOMENT
    for _ in range(_TRIES):
        start = _start_before(log, kept, through, limit)
        if start is None:
            break
        entries = log.as_happened(after=start.position, at=at, through=through)
        first = next(entries, None)
        if first is None:
            return start.fleet
        if first.entry.occurred_at >= start.latest:
            return _folded(start.fleet, chain([first], entries))
        limit = first.entry.occurred_at
    return _folded(Fleet(), log.as_happened(at=at, through=through))


def _folded(fleet: Fleet, entries: Iterable[Recorded]) -> Fleet:
    for recorded in entries:
        take(fleet, recorded)
    return fleet


def _end_of_batch(log: EmbeddedLog, position: int | None) -> int:
    head = log.head()
    if position is None or position >= head:
        return head
    return next(log.read(position - 1)).batch[1] if position > 0 else 0


def _start_before(
    log: EmbeddedLog, kept: KeyframeFiles, position: int, latest: Moment
) -> _Start | None:
    """Give the last keyframe of this log and this program that goes beyond neither limit."""
    try:
        number = kept.number_before(position, latest)
        for each in range(number, max(number - _TRIES, -1), -1):
            row = kept.row(each)
            if row and (start := _start_at(log, kept, row)):
                return start
    except OSError:
        return None
    return None


def _start_at(log: EmbeddedLog, kept: KeyframeFiles, row: Row) -> _Start | None:
    state = kept.state(row)
    if state is None or not program():
        return None
    try:
        found = msgspec.msgpack.decode(state, type=_Keyframe)
        if found.program != program() or found.digest != _digest_at(log, row.position):
            return None
        found.fleet.oddments.extend(msgspec.json.decode(found.oddments, type=list[Oddment]))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    is_as_listed = (found.position, found.latest) == (row.position, row.latest)
    return _Start(found.position, found.latest, found.fleet) if is_as_listed else None


def _digest_at(log: EmbeddedLog, position: int) -> str:
    found = next(log.read(position - 1), None)
    return found.digest if found and found.position == position else ""


def _keep_keyframes(log: EmbeddedLog) -> None:
    kept = KeyframeFiles(log.files, log.folder)
    count, head = kept.count(), log.head()
    last = kept.row(count - 1) if count else None
    if last and 0 <= head - last.position < _ENTRIES_MIN:
        return
    start = _start_at(log, kept, last) if last else None
    if last and start:
        _extend(log, kept, start, count, last.size)
    elif head >= _ENTRIES_MIN:
        # Another log's, another program's, or damaged: none of them is worth keeping.
        with log.lock():
            kept.clear()
        _extend(log, kept, _Start(0, _FIRST_MOMENT, Fleet()), 0, 0)


def _extend(log: EmbeddedLog, kept: KeyframeFiles, start: _Start, count: int, size: int) -> None:
    """Save states behind the first `count` ones; the last of them is `start`, `size` bytes long."""
    fleet, latest = start.fleet, start.latest
    gained: list[Recorded] = []
    for recorded in log.read(start.position):
        gained.append(recorded)
        is_enough = len(gained) >= max(_ENTRIES_MIN, size // _BYTES_OF_STATE_BY_ENTRY)
        if not is_enough or recorded.position != recorded.batch[1]:
            continue
        gained.sort(key=_happened)
        if gained[0].entry.occurred_at < latest:
            latest = max(latest, gained[-1].entry.occurred_at)
            _save_at_head(log, kept, latest, recorded, count)
            return
        latest = gained[-1].entry.occurred_at
        size = _save(log, kept, _folded(fleet, gained), recorded, latest, count)
        count += 1
        gained = []


def _save_at_head(
    log: EmbeddedLog, kept: KeyframeFiles, latest: Moment, last: Recorded, count: int
) -> None:
    """Save the state of now: what was learned last happened before what had been saved."""
    for recorded in log.read(last.position):
        latest, last = max(latest, recorded.entry.occurred_at), recorded
    _save(log, kept, fleet_as_of(log, position=last.position), last, latest, count)


def _save(
    log: EmbeddedLog,
    kept: KeyframeFiles,
    fleet: Fleet,
    last: Recorded,
    latest: Moment,
    count: int,
) -> int:
    """Save the state through `last`; LogBusy when another process saves too."""
    bare = copy(fleet)
    bare.oddments = []
    state = msgspec.msgpack.encode(
        _Keyframe(
            program=program(),
            position=last.position,
            latest=latest,
            digest=last.digest,
            fleet=bare,
            oddments=msgspec.json.encode(fleet.oddments),
        )
    )
    with log.lock():
        if kept.count() != count:
            raise LogBusy("keyframes", holder="another process", waited_seconds=0)
        return kept.add(last.position, latest, state, after=count)


def _happened(recorded: Recorded) -> tuple[Moment, int]:
    return recorded.entry.occurred_at, recorded.position


@cache
def program() -> str:
    """Name the program that folds, by its text; empty when that cannot be read."""
    here = Path(__file__).parent
    digest = sha256(msgspec.__version__.encode())
    try:
        sources = sorted([*here.glob("*.py"), *(here / "evidence").glob("*.py")])
        for source in sources:
            digest.update(source.read_bytes())
    except OSError:
        return ""
    return digest.hexdigest() if sources else ""
