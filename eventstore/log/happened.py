"""Entries in the order in which things happened, in memory as wide as the log is out of order.

For each stretch of the log it is known when its earliest event was: the index tells it, and what
follows on the index is read once. An entry is given as soon as no stretch behind it can hold an
earlier one, so a log in order is given stretch by stretch however long it is.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import accumulate, chain
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from eventstore.entry import Recorded
from eventstore.log.files import Files
from eventstore.log.index import NO_TIMES, Index, Page
from eventstore.log.index_table import IndexDoubtful
from eventstore.log.segments import START, Place, read_entries
from eventstore.moments import Moment

Read = Callable[[Place, int, Place], Iterator[tuple[Sequence[Recorded], Place]]]
"""Gives the entries after a position that stand between two places, some at a time."""


class Calendar:
    """When the earliest event of each stretch of the log was."""

    def __init__(self, files: Files, folder: Path) -> None:
        self._files = files
        self._folder = folder
        self._pages: list[Page] = []

    def through(self, last: int, end: Place, index: Index | None) -> list[Page]:
        """Give the stretches from the beginning to the one with position `last`, before `end`."""
        known = self._pages[-1].end if self._pages else START
        if index and known < index.place <= end:
            self._pages = list(index.manifest.pages)
            known = index.place
        if known.position < last:
            for entries, place in read_entries(self._files, self._folder, known, end):
                times = NO_TIMES
                for each in entries:
                    times = times.including(each.entry.occurred_at, each.recorded_at)
                self._pages.append(Page(*place, times=times))
                if place.position >= last:
                    break
        stretches = bisect_left(self._pages, last, key=attrgetter("position")) + 1
        return [page for page in self._pages[:stretches] if page.end <= end]


class Asked(NamedTuple):
    """Entries after position `after` through `through` that happened until `at`.

    They stand between `begin` and `end`, perhaps with others before and after them.
    """

    after: int
    through: int
    at: Moment | None
    begin: Place
    end: Place


def known_by(pages: Sequence[Page], read: Read, moment: Moment) -> int | None:
    """Give the position through which entries were recorded by `moment`, and none behind it.

    None when there is none such, because the clock was set back about then.
    """
    known, is_over, begin = 0, False, START
    for page in pages:
        if page.times.recorded_to <= moment and not is_over:
            known = page.position
        elif page.times.recorded_from > moment:
            is_over = True
        else:
            for recorded in chain.from_iterable(some for some, _ in read(begin, 0, page.end)):
                if recorded.recorded_at > moment:
                    is_over = True
                elif is_over:
                    return None
                else:
                    known = recorded.position
        begin = page.end
    return known


def as_happened(pages: Sequence[Page], read: Read, asked: Asked) -> Iterator[Recorded]:
    """Give the entries that are asked for, ordered by (`occurred_at`, position).

    Raises IndexDoubtful when a stretch holds an earlier event than it should: what was given
    until then may be out of order.
    """
    after, through, at, first, last = asked
    begins = [START, *(page.end for page in pages)]
    wanted = [
        (max(begin, first), page)
        for begin, page in zip(begins, pages, strict=False)
        if first < page.end and begin < last and (at is None or page.times.earliest <= at)
    ]
    behind = list(accumulate((page.times.earliest for _, page in reversed(wanted)), min))[-2::-1]
    waiting: list[tuple[Moment, int, Recorded]] = []
    for number, (begin, page) in enumerate(wanted):
        for entries, _ in read(begin, after, min(page.end, last)):
            for recorded in entries:
                happened = recorded.entry.occurred_at
                if happened < page.times.earliest:
                    raise IndexDoubtful(f"{recorded.position} happened before its stretch")
                if recorded.position <= through and (at is None or happened <= at):
                    heappush(waiting, (happened, recorded.position, recorded))
        while waiting and (number >= len(behind) or waiting[0][0] <= behind[number]):
            yield heappop(waiting)[2]
