"""What the log tells as of a moment, from a saved state of before and what happened since.

A keyframe is the fold of all entries through a position. It serves a question when it goes beyond
neither its limits - the last position that counts, the last moment - nor beyond what was learned
afterwards: an entry that came later and happened earlier than the keyframe's latest one would
have to be folded in before it. Then an earlier keyframe serves, or none.

Keyframes are a cache (`keyframe_files`). Each names the line it ends with and the program that
folded it; at any mismatch the log is folded instead.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Generic, NamedTuple

import msgspec

from eventstore.entry import Recorded
from eventstore.fleet import Fleet, take
from eventstore.keyframe_files import KeyframeFiles, Row
from eventstore.keyframe_parts import AnyState, load, program
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.index_table import IndexDoubtful
from eventstore.log.segments import Place
from eventstore.machine import when_of
from eventstore.moments import LAST_MOMENT, Moment

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_TRIES = 4
"""So many keyframes are tried in vain before the whole log is folded."""

_SOON = 1_000
"""So many entries are read on from a keyframe as they stand, without asking the index."""


class FleetState:
    """The fleet alone."""

    def __init__(self) -> None:
        self.fleet = Fleet()

    def take(self, recorded: Recorded) -> None:
        take(self.fleet, recorded)

    def parts(self) -> "Mapping[str, DataclassInstance]":
        return {"fleet": self.fleet}


class Start(NamedTuple, Generic[AnyState]):
    """Where folding goes on: a saved state with its row and digest, and what follows it."""

    state: AnyState
    row: Row
    digest: bytes
    following: Iterator[tuple[Recorded, Place]]


def fleet_as_of(
    log: EmbeddedLog, *, at: Moment | None = None, position: int | None = None
) -> Fleet:
    """Give the fleet through `position` and until `at`; see `state_as_of`."""
    return state_as_of(log, FleetState, at=at, position=position).fleet


def state_as_of(
    log: EmbeddedLog,
    begin: Callable[[], AnyState],
    *,
    at: Moment | None = None,
    position: int | None = None,
) -> AnyState:
    """Give the fold of the entries through `position` that happened until `at`; None: no limit.

    A batch became known as one: a position inside it means its last. `begin` gives the state of
    before anything happened. Raises LogDamaged.
    """
    try:
        return _state_as_of(log, begin, at, position)
    except IndexDoubtful:
        log.forget_index()
        return _state_as_of(log, begin, at, position)


def _state_as_of(
    log: EmbeddedLog, begin: Callable[[], AnyState], at: Moment | None, position: int | None
) -> AnyState:
    kept = KeyframeFiles(log.files, log.folder)
    head = log.head()
    through = head if position is None else min(position, head)
    limit = at or LAST_MOMENT
    for _ in range(_TRIES):
        start = _start_before(log, kept, begin, through, limit)
        if start is None:
            break
        entries = _since(log, start, at, through)
        first = next(entries, None)
        if first is None:
            return start.state
        if first.entry.occurred_at >= start.row.latest:
            return folded(start.state, chain([first], entries))
        limit = first.entry.occurred_at
    return folded(begin(), log.as_happened(at=at, through=end_of_batch(log, through)))


def _since(
    log: EmbeddedLog, start: Start[AnyState], at: Moment | None, through: int
) -> Iterator[Recorded]:
    """Give what counts behind a keyframe, in the order in which it happened."""
    if through - start.row.place.position > _SOON:
        end = end_of_batch(log, through)
        return log.as_happened(after=start.row.place.position, at=at, through=end)
    soon = _through(start.following, through) if start.row.place.position < through else ()
    counted = (each for each in soon if at is None or each.entry.occurred_at <= at)
    return iter(sorted(counted, key=when_of))


def _through(entries: Iterator[tuple[Recorded, Place]], position: int) -> Iterator[Recorded]:
    """Give entries to the end of the batch with `position`, and touch none behind it."""
    for recorded, _ in entries:
        yield recorded
        if recorded.position == recorded.batch[1] and recorded.position >= position:
            return


def folded(state: AnyState, entries: Iterable[Recorded]) -> AnyState:
    """Let `state` take in entries as they come, in the order in which things happened."""
    for recorded in entries:
        state.take(recorded)
    return state


def end_of_batch(log: EmbeddedLog, position: int) -> int:
    """Give the last position of the batch that `position` is in."""
    return next(log.read(position - 1)).batch[1] if 0 < position < log.head() else position


def _start_before(
    log: EmbeddedLog,
    kept: KeyframeFiles,
    begin: Callable[[], AnyState],
    position: int,
    latest: Moment,
) -> Start[AnyState] | None:
    """Give the last keyframe of this log and this program that goes beyond neither limit."""
    try:
        number = kept.number_before(position, latest)
        for each in range(number, max(number - _TRIES, -1), -1):
            if start := start_at(log, kept, begin, each):
                return start
    except OSError:
        return None
    return None


def start_at(
    log: EmbeddedLog, kept: KeyframeFiles, begin: Callable[[], AnyState], number: int
) -> Start[AnyState] | None:
    row, saved = kept.row(number), kept.saved(number)
    if row is None or not saved:
        return None
    following = log.read_from(row.place, row.line_bytes, saved[-1].header.digest)
    if following is None:
        return None
    state = begin()
    try:
        for name, part in state.parts().items():
            for each in saved:
                change = each.part(name, program(type(part)))
                if change is None:
                    return None
                load(state, name, change)
    except (msgspec.MsgspecError, UnicodeDecodeError, zlib.error):
        return None
    return Start(state, row, saved[-1].own_digest, following)
