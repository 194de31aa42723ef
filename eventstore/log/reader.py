"""Reading the log: no lock, nothing above what is published, nothing damaged passed over."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from eventstore.entry import Recorded
from eventstore.errors import LogDamaged
from eventstore.log.batch import Encoded
from eventstore.log.files import Files
from eventstore.log.happened import Asked, Calendar, as_happened, known_by
from eventstore.log.index import Index, line_between, load_index
from eventstore.log.index_table import IndexDoubtful
from eventstore.log.mark import read_mark
from eventstore.log.recovery import survey_now
from eventstore.log.segments import START, Place, locate, read_each, read_entries
from eventstore.log.streams import Streams, runs
from eventstore.moments import Moment

PAGE_BYTES = 1 << 20
"""So much of the log is read at most to know what the index does not tell yet."""

Answer = TypeVar("Answer")
_Stretch = tuple[Sequence[int], Place, Place]
"""Positions of a stream, where the first of them begins and the last ends."""


class Reader:
    """What one handle has seen of the log; safe to share between threads."""

    def __init__(self, files: Files, folder: Path, *, page_bytes: int = PAGE_BYTES) -> None:
        self._files = files
        self._folder = folder
        self._page_bytes = page_bytes
        self._lock = threading.RLock()
        self._streams = Streams(files, folder)
        self._calendar = Calendar(files, folder)
        self._doubted = ""
        self._move_at = page_bytes
        self.seen = self._published = START
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
        self._must_be_whole(end)

    def read_from(
        self, place: Place, line_bytes: int, digest: str
    ) -> Iterator[tuple[Recorded, Place]] | None:
        """Give what follows on a line, each entry with its own end; see EmbeddedLog.read_from."""
        end = self.published()
        if place > end:
            return None
        begin = place._replace(position=place.position - 1, offset=place.offset - line_bytes)
        try:
            is_here = place == START or (
                line_between(self._files, self._folder, begin, place).digest == digest
            )
        except IndexDoubtful:
            return None
        return self._each(place, end) if is_here else None

    def _each(self, start: Place, end: Place) -> Iterator[tuple[Recorded, Place]]:
        yield from read_each(self._files, self._folder, start, end)
        self._must_be_whole(end)

    def _must_be_whole(self, end: Place) -> None:
        if self._damage and end.position + 1 >= self._damage.position:
            raise self._damage

    def place_after(self, position: int, end: Place) -> Place:
        """Give where to begin reading what follows `position`."""
        with self._lock, suppress(IndexDoubtful):
            self._begin_at_index(end)
            index = self._streams.index
            if index and index.place.position <= position < end.position:
                return index.place
            if index and 0 < position < end.position:
                index.line_at(position)
                return index.link(position).end
        return locate(self._files, self._folder, position, end)

    def _place_behind(self, position: int, end: Place) -> Place:
        """Give a place at or after the end of the entry at `position`."""
        index = self._streams.index
        if index and 0 < position <= index.place.position:
            index.line_at(position)
            return index.link(position).end
        return end

    def ask(self, question: Callable[[Streams], Answer]) -> Answer:
        """Ask the streams through what is published now."""
        with self._lock:
            try:
                return question(self.streams(self.published()))
            except IndexDoubtful:
                self.forget_index()
                return question(self.streams(self.published()))

    def streams(self, end: Place, *, moving: bool = False, beyond: bool = False) -> Streams:
        """Give the streams through `end`; `moving` what is read to the index, under the lock.

        With `beyond` they may go further: to the end of an index that knows of more.
        """
        with self._lock:
            self.seen = max(self.seen, end)
            if moving and self._streams.bytes_behind_index >= 2 * self._move_at:
                # Read with no thought of the index: once more, page by page.
                self._streams = Streams(self._files, self._folder, self._streams.index)
            if end > self._streams.place:
                self._begin_at_index(end, beyond=beyond)
            if moving and end >= self._streams.place:
                self._move_a_page()
            if end > self._streams.place:
                for record, at in read_each(self._files, self._folder, self._streams.place, end):
                    if moving:
                        self._move_a_page()
                    self._streams.advance(record, at)
            return self._streams

    def streams_at(self, end: Place) -> Streams | None:
        """Give the streams when they stand at `end` already and nothing is left to be done."""
        with self._lock:
            stands = self._streams.place == end == self.seen
            is_due = self._streams.bytes_behind_index >= self._move_at
            return self._streams if stands and not is_due else None

    def take(self, batch: Sequence[Encoded], before: Place, end: Place) -> None:
        """Take in what this handle has just published from `before` to `end`, as if it were read.

        Another thread may have read it already.
        """
        with self._lock:
            self.seen = max(self.seen, end)
            if self._streams.place != before:
                return
            self._streams.take(batch, end)

    def forget_index(self, index: Index | None = None) -> None:
        """Read the log instead of this index, the one in use, from now on."""
        with self._lock:
            index = index or self._streams.index
            self._doubted = index.check if index else self._doubted
            self._streams = Streams(self._files, self._folder)
            self._calendar = Calendar(self._files, self._folder)

    def stream_records(self, origin: str, stream: str, after: int) -> Iterator[Recorded]:
        """Give the entries of one stream with a revision greater than `after`."""
        after = max(after, 0)
        while True:
            stretches, index = self.ask(partial(_stretches, of=(origin, stream), after=after))
            try:
                for record in self._along(stretches, (origin, stream), after):
                    after = record.entry.revision
                    yield record
            except LogDamaged:
                # Whether it is the index or the log shows when the log alone is read.
                if index is None:
                    raise
                self.forget_index(index)
            else:
                return

    def as_happened(
        self, *, after: int, at: Moment | None, through: int | None
    ) -> Iterator[Recorded]:
        """Give entries as things happened; see EmbeddedLog.as_happened."""
        end = self.published()
        last = end.position if through is None else min(through, end.position)
        count, trail = 0, 0
        while True:
            with self._lock:
                self._begin_at_index(end)
                index = self._streams.index
            number, followed = 0, 0
            try:
                for recorded in self._in_time(after, at, last, end):
                    number, followed = number + 1, hash((followed, recorded.position))
                    if number > count:
                        count, trail = number, followed
                        yield recorded
                    elif number == count:
                        _must_agree(followed, trail)
                _must_agree(number, count)
            except (LogDamaged, IndexDoubtful):
                # Whether it is the index or the log shows when the log alone is read.
                if index is None:
                    raise
                self.forget_index(index)
            else:
                return

    def known_by(self, moment: Moment) -> int | None:
        """Give the position through which entries were recorded by `moment`; see EmbeddedLog."""
        end = self.published()
        with self._lock:
            self._begin_at_index(end)
            pages = self._calendar.through(end.position, end, self._streams.index)
        return known_by(pages, self.records, moment)

    def _in_time(self, after: int, at: Moment | None, last: int, end: Place) -> Iterator[Recorded]:
        with self._lock:
            pages = self._calendar.through(last, end, self._streams.index)
            begin, stop = self.place_after(after, end), self._place_behind(last, end)
        yield from as_happened(pages, self.records, Asked(after, last, at, begin, stop))
        if last == end.position:
            self._must_be_whole(end)

    def _along(
        self, stretches: list[_Stretch], of: tuple[str, str], after: int
    ) -> Iterator[Recorded]:
        for positions, begin, end in stretches:
            wanted = frozenset(positions)
            read = read_entries(self._files, self._folder, begin, end)
            for record in chain.from_iterable(entries for entries, _ in read):
                if record.position not in wanted:
                    continue
                entry, after = record.entry, after + 1
                if (entry.origin, entry.stream, entry.revision) != (*of, after):
                    text = f"the entry is not revision {after} of {of[1]}"
                    raise LogDamaged(record.position, "revision_gap", text)
                yield record

    def _begin_at_index(self, end: Place, *, beyond: bool = False) -> None:
        """Go on from the index on disk where that saves reading much of the log."""
        here = self._streams.place
        is_near = here.segment == end.segment and end.offset - here.offset < self._page_bytes
        if here >= end or (here != START and is_near):
            return
        index = load_index(self._files, self._folder)
        if index is None or index.check == self._doubted or index.place <= here:
            return
        if beyond or index.place <= end:
            self._streams = Streams(self._files, self._folder, index)

    def _move_a_page(self) -> None:
        """Move what was read to the index when it is enough for a page.

        A failure harms nothing: the index is a help, and the next page may have more luck.
        """
        if self._streams.bytes_behind_index < self._move_at:
            return
        try:
            self._streams.move_to_index()
            self._move_at = self._page_bytes
        except OSError:
            self._move_at += self._page_bytes


def _must_agree(found: int, given: int) -> None:
    if found != given:
        raise IndexDoubtful("what was given was out of order")


def _stretches(
    streams: Streams, *, of: tuple[str, str], after: int
) -> tuple[list[_Stretch], Index | None]:
    found = runs(streams.positions(*of, after))
    stretches = [(run, streams.place_before(run[0]), streams.place_of(run[-1])) for run in found]
    return stretches, streams.index
