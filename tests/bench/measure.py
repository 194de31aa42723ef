"""Timing two things against each other, interleaved, so that both meet the same machine."""

import gc
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

ROUNDS = 5

Work = Callable[[], None]


class Row(NamedTuple):
    """Medians of five rounds, in seconds for one unit of `count`."""

    what: str
    ours: float
    beside: str
    theirs: float

    @property
    def ratio(self) -> float:
        """How many times the floor's time ours takes; below 1 we are faster than a peer."""
        return self.ours / self.theirs


def compare(what: str, ours: Work, beside: str, theirs: Work, *, count: int) -> Row:
    """Time `ours` and `theirs`, turn by turn; each does `count` units of work a round."""
    timed: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, seconds in zip((ours, theirs), timed, strict=True):
            gc.collect()
            start = time.perf_counter()
            work()
            seconds.append((time.perf_counter() - start) / count)
    mine, other = (statistics.median(seconds) for seconds in timed)
    return Row(what, mine, beside, other)


def table(rows: list[Row]) -> str:
    """Give the rows as text: time a unit, the floor's or peer's, and the ratio."""
    width = max(len(row.what) for row in rows)
    beside = max(len(row.beside) for row in rows)
    head = f"{'':{width}}  {'ours':>10}  {'':{beside}}  {'':>10}  ratio"
    return "\n".join(
        [head]
        + [
            f"{row.what:{width}}  {_time(row.ours)}  {row.beside:{beside}}  {_time(row.theirs)}"
            f"  {row.ratio:5.2f}"
            for row in rows
        ]
    )


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:7.1f} µs"
