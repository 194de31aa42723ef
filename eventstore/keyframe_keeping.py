"""Saving keyframes: states of what the log has gained, so that later questions start there."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Generic, NamedTuple

from eventstore.entry import Recorded
from eventstore.errors import LogBusy, LogError
from eventstore.keyframe_files import KeyframeFiles, Row, digest_of, packed
from eventstore.keyframe_parts import NOTHING, AnyState, Mark, State, mark, written
from eventstore.keyframes import FleetState, Start, start_at, state_as_of
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.index_table import IndexDoubtful
from eventstore.log.segments import START, Place
from eventstore.machine import when_of
from eventstore.moments import FIRST_MOMENT, Moment

_ENTRIES_MIN = 64
_BYTES_BY_ENTRY = 32
"""What changed may take so much, a whole state twice as much; an entry has some 800 bytes in the
log, so keyframes take an eighth of it at most."""

_CHANGES_MAX = 0.5
"""The whole state is saved instead of changes that would, with those before, take such a part."""


def keep_keyframes(log: EmbeddedLog, begin: Callable[[], State] = FleetState) -> None:
    """Save states of what the log has gained, if it has gained enough; for after a command.

    It writes a cache: what cannot be saved, because the disk is full or another process writes,
    is left to the next time. Nor does it tell of damage: whoever reads for an answer does.
    """
    with suppress(OSError, LogError, IndexDoubtful):
        _Keeper(log, begin).keep()


class _Line(NamedTuple):
    """The last line that a state covers."""

    place: Place
    size: int
    digest: str


class _Keeper(Generic[AnyState]):
    """Goes through the log from the last saved state on, and saves others."""

    def __init__(self, log: EmbeddedLog, begin: Callable[[], AnyState]) -> None:
        self._log = log
        self._begin = begin
        self._kept = KeyframeFiles(log.files, log.folder)
        self._count = self._kept.count()
        self._last: Row | None = None
        self._held: Mark = NOTHING
        self._digest = b""

    def keep(self) -> None:
        head, last = self._log.head(), self._kept.row(self._count - 1) if self._count else None
        if last and 0 <= head - last.place.position < _ENTRIES_MIN:
            return
        found = start_at(self._log, self._kept, self._begin, self._count - 1) if last else None
        if found:
            self._last, self._digest, self._held = found.row, found.digest, mark(found.state)
        elif head >= _ENTRIES_MIN and (following := self._log.read_from(START, 0, "")):
            # Another log's, another program's, or damaged: none of them is worth keeping.
            with self._log.lock():
                self._kept.clear()
            self._count = 0
            nowhere = Row(START, 0, 0, 0, 0, FIRST_MOMENT)
            found = Start(self._begin(), nowhere, b"", following)
        if found:
            lines = _lines(found.row.place, found.following)
            late = self._extend(found.state, found.row.latest, lines)
            del found  # of a large store two states would not fit
            if late:
                self._save_at_head(*late, lines)

    def _extend(
        self, state: AnyState, latest: Moment, lines: Iterator[tuple[Recorded, _Line]]
    ) -> tuple[_Line, Moment] | None:
        """Save states on the way to the end of the log; what is learned late ends the way.

        Gives the line where it ended so, and the latest moment until there.
        """
        gained: list[Recorded] = []
        since, enough = 0, _ENTRIES_MIN
        for recorded, line in lines:
            gained.append(recorded)
            if len(gained) < enough or recorded.position != recorded.batch[1]:
                continue
            gained.sort(key=when_of)
            happened = gained[-1].entry.occurred_at
            if gained[0].entry.occurred_at < latest:
                return line, max(latest, happened)
            for each in gained:
                state.take(each)
            latest, since = happened, since + len(gained)
            short = self._save(state, line, latest, since)
            gained, since, enough = [], since if short else 0, short or _ENTRIES_MIN
        return None

    def _save_at_head(
        self, last: _Line, latest: Moment, rest: Iterator[tuple[Recorded, _Line]]
    ) -> None:
        """Save the state of now: what was learned last happened before what had been saved."""
        for recorded, line in rest:
            latest, last = max(latest, recorded.entry.occurred_at), line
        before, self._last, self._held = self._last, None, NOTHING
        gained = last.place.position - (before.place.position if before else 0)
        if before and self._size(before.whole) > gained * _BYTES_BY_ENTRY / _CHANGES_MAX:
            return
        state = state_as_of(self._log, self._begin, position=last.place.position)
        self._save(state, last, latest, gained)

    def _save(self, state: AnyState, line: _Line, latest: Moment, since: int) -> int:
        """Save the state through `line`, `since` entries after the last.

        Gives 0, or how many entries later it is worth what it takes. LogBusy when another process
        saves too.
        """
        before, limit = self._last, since * _BYTES_BY_ENTRY
        data = self._packed(state, line, whole=before is None)
        if before and self._changes() + len(data) >= _CHANGES_MAX * self._size(before.whole):
            before, limit = None, 2 * limit
            data = self._packed(state, line, whole=True)
        if self._last and len(data) > limit:
            return max(len(data) * since // limit - since, _ENTRIES_MIN)
        newest = self._kept.row(self._count - 1) if self._count else None
        row = Row(
            line.place,
            line.size,
            newest.offset + newest.size if newest else 0,
            len(data),
            before.whole if before else self._count,
            latest,
        )
        with self._log.lock():
            if self._kept.count() != self._count:
                raise LogBusy("keyframes", holder="another process", waited_seconds=0)
            self._kept.add(row, data, after=self._count)
        self._count += 1
        self._last, self._digest, self._held = row, digest_of(data), mark(state)
        return 0

    def _packed(self, state: AnyState, line: _Line, *, whole: bool) -> bytes:
        parts = written(state, NOTHING if whole else self._held)
        before = b"" if whole else self._digest
        return packed(line.place.position, line.digest, parts, before=before)

    def _changes(self) -> int:
        """Give how many bytes the changes since the last whole state take."""
        last = self._last
        whole = last and self._kept.row(last.whole)
        if last is None or whole is None:
            return 0
        return last.offset + last.size - whole.offset - whole.size

    def _size(self, number: int) -> int:
        row = self._kept.row(number)
        return row.size if row else 0


def _lines(
    place: Place, following: Iterator[tuple[Recorded, Place]]
) -> Iterator[tuple[Recorded, _Line]]:
    for recorded, end in following:
        begin = place.offset if end.segment == place.segment else 0
        yield recorded, _Line(end, end.offset - begin, recorded.digest)
        place = end
