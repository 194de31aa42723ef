"""Reading the log: no lock, nothing above what is published, nothing damaged passed over."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from eventstore.entry import Recorded
from eventstore.errors import LogDamaged
from eventstore.log.files import Files
from eventstore.log.line import Line, recorded
from eventstore.log.mark import read_mark
from eventstore.log.recovery import survey_now
from eventstore.log.segments import START, Place, locate, read_entries, read_lines
from eventstore.log.streams import Streams, runs


class Reader:
    """What one handle has seen of the log; safe to share between threads."""

    def __init__(self, files: Files, folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._lock = threading.RLock()
        self._streams = Streams()
        self._published = START
        self._damage: LogDamaged | None = None
        self._has_looked_above = False

    def published(self) -> Place:
        """Give the end of what may be shown; it never goes back.

        After a loss of power the mark may be older than what was shown before; lines above it
        then say how far the log was synced.
        """
        mark = read_mark(self._files, self._folder)
        with self._lock:
            if mark is None or not self._has_looked_above:
                _, tail = survey_now(self._files, self._folder)
                self._damage = tail.damage
                self._has_looked_above = True
                mark = tail.published
            self._published = max(self._published, mark)
            return self._published

    def records(
        self, start: Place, after: int, end: Place
    ) -> Iterator[tuple[Sequence[Recorded], Place]]:
        """Give the entries with a position greater than `after`, from `start` through `end`.

        They come some at a time, with the place of the last one.
        """
        for entries, place in read_entries(self._files, self._folder, start, end):
            if entries[0].position > after:
                yield entries, place
            elif entries[-1].position > after:
                yield entries[after + 1 - entries[0].position :], place
        if self._damage and end.position + 1 >= self._damage.position:
            raise self._damage

    def place_after(self, position: int, end: Place) -> Place:
        """Give where to begin reading what follows `position`."""
        return locate(self._files, self._folder, position, end)

    def streams(self, end: Place | None = None) -> Streams:
        """Give the streams through `end`, or through what is published now."""
        end = end or self.published()
        with self._lock:
            if end > self._streams.place:
                lines = read_lines(self._files, self._folder, self._streams.place, end)
                for line, place in lines:
                    self._streams.advance(line, place)
            return self._streams

    def stream_records(self, origin: str, stream: str, after: int) -> Iterator[Recorded]:
        """Give the entries of one stream with a revision greater than `after`."""
        streams = self.streams()
        with self._lock:
            positions = tuple(streams.positions(origin, stream)[max(after, 0) :])
        for run in runs(positions):
            wanted = frozenset(run)
            start, end = streams.place_before(run[0]), streams.place_of(run[-1])
            for line, _ in read_lines(self._files, self._folder, start, end):
                if line.position in wanted:
                    yield _recorded(line)

    def line_at(self, position: int) -> Line:
        """Give one line that the streams know."""
        start, end = self._streams.place_before(position), self._streams.place_of(position)
        return next(line for line, _ in read_lines(self._files, self._folder, start, end))

    def record_at(self, position: int) -> Recorded:
        return _recorded(self.line_at(position))


def _recorded(line: Line) -> Recorded:
    found = recorded(line)
    if found is None:
        raise LogDamaged(line.position, "altered", "the line holds no entry")
    return found
