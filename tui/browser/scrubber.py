"""The time line: how much happened when, snapshot changes as letters, and where one stands."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from math import log1p

from eventstore.moments import Moment, datetime_of
from tui.render.look import Look
from tui.render.text import cells, pad

_LEVELS = " ▁▂▃▄▅▆▇█"
_LEVELS_ASCII = " .:-=+*%#"
_MANY = "+"


class Track:
    """A time line of so many cells over `times`, which are in order.

    Pauses are as long as their logarithm, so that a busy hour and a quiet year both can be read.
    """

    def __init__(self, times: Sequence[Moment], width: int) -> None:
        self.times = times
        self.width = width
        self._ways = list(accumulate(_lengths(times)))
        self._way = self._ways[-1] or 1.0
        self._columns = [self._column(way) for way in self._ways]

    def column(self, at: Moment) -> int:
        """Give the cell of the last event that happened until `at`."""
        return self._columns[max(bisect_right(self.times, at) - 1, 0)]

    def index(self, column: int) -> int:
        """Give the event that a click on a cell means: the last one in it, or before it."""
        return max(bisect_right(self._columns, column) - 1, 0)

    @cached_property
    def counts(self) -> list[int]:
        """How many events lie in each cell."""
        found = Counter(self._columns)
        return [found[column] for column in range(self.width)]

    def _column(self, way: float) -> int:
        return min(int(way / self._way * self.width), self.width - 1)


def _lengths(times: Sequence[Moment]) -> Iterator[float]:
    yield 0.0
    for before, after in pairwise(times):
        pause = 0.0
        if before != after:
            pause = log1p((datetime_of(after) - datetime_of(before)).total_seconds())
        yield pause


def track_lines(
    track: Track,
    marks: Sequence[tuple[Moment, str]],
    at: Moment,
    mark: Moment | None,
    look: Look,
    *,
    is_known_then: bool,
) -> Iterator[str]:
    """Draw the density, the letters, the track with its playhead, and the times at its ends."""
    yield look.paint(_density(track, look), "dim")
    yield look.paint(_letters(track, marks), "mark")
    yield _rail(track, at, mark, look)
    yield look.paint(_labels(track, at, look, is_known_then=is_known_then), "dim")


def _density(track: Track, look: Look) -> str:
    levels = _LEVELS_ASCII if look.glyphs.lane.isascii() else _LEVELS
    counts = track.counts
    most = max(counts, default=0) or 1
    steps = len(levels) - 1
    return "".join(levels[-(-count * steps // most)] for count in counts)


def _letters(track: Track, marks: Sequence[tuple[Moment, str]]) -> str:
    drawn = [" "] * track.width
    for at, letter in marks:
        column = track.column(at)
        drawn[column] = letter if drawn[column] in {" ", letter} else _MANY
    return "".join(drawn)


def _rail(track: Track, at: Moment, mark: Moment | None, look: Look) -> str:
    is_plain = look.glyphs.lane.isascii()
    past, head, to_come = ("=", "|", "-") if is_plain else ("━", "╋", "─")
    column = track.column(at)
    drawn = list(past * column + head + to_come * (track.width - column - 1))
    if mark is not None:
        drawn[track.column(mark)] = "A"
    before, after = "".join(drawn[:column]), "".join(drawn[column + 1 :])
    return (
        look.paint(before, "mark") + look.paint(drawn[column], "strong") + look.paint(after, "dim")
    )


def _labels(track: Track, at: Moment, look: Look, *, is_known_then: bool) -> str:
    first, last = look.moment(track.times[0]), look.moment(track.times[-1])
    here = look.moment(at) + (" as known then" if is_known_then else "")
    if cells(first) + cells(here) + cells(last) + 4 > track.width:
        return pad(first, max(track.width - cells(last), 0)) + last
    room = track.width - cells(first) - cells(last)
    left = max(1, min(track.column(at) - cells(first) - cells(here) // 2, room - cells(here) - 1))
    return first + pad(" " * left + here, room) + last
