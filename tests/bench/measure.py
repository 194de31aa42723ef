"""Timing contestants against each other, interleaved, so that all meet the same machine."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Literal

from msgspec import Struct

ROUNDS = 5
OURS = "snapledger"

Work = Callable[[], object]
Medians = Mapping[str, float]
"""Seconds for one unit of work, by contestant."""


class Aim(Struct, frozen=True):
    """What a figure is held against; `holds` looks at the medians of its row."""

    text: str
    holds: Callable[[Medians], bool]


class Row(Struct, frozen=True):
    """Medians for one `unit`: ours, and beside it the floor's or the peers'.

    They are seconds, or bytes where `measure` says so. `is_met` is None without an aim, or when the
    peer that it names was not measured; `skipped` says why.
    """

    what: str
    unit: str
    medians: dict[str, float]
    aim: str = ""
    is_met: bool | None = None
    skipped: str = ""
    measure: Literal["seconds", "bytes"] = "seconds"


def race(
    what: str,
    contestants: Mapping[str, Work],
    *,
    count: int,
    unit: str = "entry",
    aim: Aim | None = None,
    skipped: str = "",
) -> Row:
    """Time the contestants turn by turn; each does `count` units of work a round.

    Work that gives a float has timed itself, in seconds: what it prepares does not count.
    """
    timed: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, work in contestants.items():
            gc.collect()
            start = time.perf_counter()
            found = work()
            seconds = found if isinstance(found, float) else time.perf_counter() - start
            timed[name].append(seconds / count)
    medians = {name: statistics.median(seconds) for name, seconds in timed.items()}
    try:
        is_met = aim.holds(medians) if aim else None
    except KeyError:
        is_met = None
    return Row(what, unit, medians, aim.text if aim else "", is_met, skipped)


def at_least(factor: float, peer: str) -> Aim:
    """Aim at `factor` times the speed of `peer`."""
    return Aim(f">= {factor:g} x {peer}", lambda found: found[OURS] * factor <= found[peer])


def within(seconds: float, text: str) -> Aim:
    """Aim at `seconds` for a unit of work."""
    return Aim(text, lambda found: found[OURS] <= seconds)


def both(*aims: Aim) -> Aim:
    text = "; ".join(aim.text for aim in aims)
    return Aim(text, lambda found: _all_hold(aims, found))


def _all_hold(aims: tuple[Aim, ...], found: Medians) -> bool:
    """Look at every aim, so that one whose peer is missing is never passed over."""
    held = [aim.holds(found) for aim in aims]
    return all(held)
