"""The browser on a terminal of its own, beside an app of one line: time, bytes, memory.

Times are those of the processor, so that a busy machine measures the same; what the terminal waited
stands beside them.
"""

import statistics
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tests.bench import pty_child
from tests.bench.history import NAME
from tests.bench.measure import OURS, Aim, Row
from tests.bench.pty_child import Came, Child
from tests.bench.stored import stored_life

FLOOR = "a Textual app of one line"
WAITED = "what the terminal waited"
THE_SCREEN = "the whole screen"
FIRST_SECONDS = 0.8
STEP_SECONDS = 0.03
STEP_BYTES = 20_000
MEMORY_BYTES = 300_000_000
STEPS = {"a step in time": b"[", "a step by snapshot change": b"{"}
STEPS_EACH = 20
ANSWERED_SECONDS = 0.4
QUIET_SECONDS = 2.0
IDLE_SECONDS = 3.0
_ROOT = Path(__file__).resolve().parents[2]
_ONE_LINE = """\
from textual.app import App
from textual.widgets import Static
class One(App):
    def compose(self):
        yield Static("ready")
One().run()
"""
_OWN = {"PYTHONPATH": str(_ROOT)}


class Opened(Struct, frozen=True):
    """Seconds until the first text, of the processor and of waiting, and until all was there."""

    child: Child
    first: float
    waited: float
    whole: float


def rows(folder: Path, events: int) -> Iterator[Row]:
    """Measure a browser on a VM with so many events."""
    missing = pty_child.MISSING or ("" if find_spec("textual") else "Textual is not installed")
    if missing:
        yield Row("the browser", "step", {}, skipped=missing)
        return
    store = stored_life(folder, events).folder
    bare_seconds, bare_bytes = _floor()
    opened = _open(store)
    begun = {
        OURS: opened.first,
        FLOOR: bare_seconds,
        WAITED: opened.waited,
        f"until {events:,} events are there": opened.whole,
    }
    aim = Aim(f"<= {FIRST_SECONDS} s", lambda found: found[OURS] <= FIRST_SECONDS)
    yield _row("the browser, its start to the first text", "start", begun, aim)
    try:
        yield from _used(opened.child, bare_bytes)
    finally:
        opened.child.end()


def _used(child: Child, bare_bytes: int) -> Iterator[Row]:
    screen = len(child.until_quiet(QUIET_SECONDS).data)
    for what, key in STEPS.items():
        yield from _steps(child, what, key, screen)
    idle = len(child.until_quiet(IDLE_SECONDS).data)
    sent = {OURS: idle, THE_SCREEN: screen}
    aim = Aim("nothing", lambda found: found[OURS] == 0)
    yield _row(f"sent in {IDLE_SECONDS:g} s without a key", "pause", sent, aim, "bytes")
    memory = {OURS: child.memory_bytes(), FLOOR: bare_bytes}
    aim = Aim("< 300 MB", lambda found: found[OURS] < MEMORY_BYTES)
    yield _row("the browser, its memory", "process", memory, aim, "bytes")


def _floor() -> tuple[float, int]:
    child = Child((sys.executable, "-c", _ONE_LINE), _OWN)
    try:
        child.until(b"ready")
        return child.processor_seconds(), child.memory_bytes()
    finally:
        child.end()


def _open(store: Path) -> Opened:
    words = (sys.executable, "-m", "tui", "--store", str(store), "browse", NAME)
    child = Child(words, _OWN)
    waited = child.until(b"READ-ONLY").last_seconds
    first = child.processor_seconds()
    child.until(b"LIVE")
    return Opened(child, first, waited, child.processor_seconds())


def _steps(child: Child, what: str, key: bytes, screen: int) -> Iterator[Row]:
    """Press one key after the other, each when the last has been answered."""
    begun = child.processor_seconds()
    came: list[Came] = []
    for _ in range(STEPS_EACH):
        child.press(key)
        came.append(child.until_quiet(ANSWERED_SECONDS))
    used = (child.processor_seconds() - begun) / STEPS_EACH
    waited = statistics.median(each.last_seconds for each in came)
    aim = Aim(f"<= {STEP_SECONDS * 1e3:g} ms", lambda found: found[OURS] <= STEP_SECONDS)
    yield _row(what, "step", {OURS: used, WAITED: waited}, aim)
    sent = {OURS: statistics.median(len(each.data) for each in came), THE_SCREEN: screen}
    aim = Aim("<= 20 KB", lambda found: found[OURS] <= STEP_BYTES)
    yield _row(f"{what}, sent", "step", sent, aim, "bytes")


def _row(
    what: str,
    unit: str,
    medians: Mapping[str, float],
    aim: Aim,
    measure: Literal["seconds", "bytes"] = "seconds",
) -> Row:
    return Row(what, unit, dict(medians), aim.text, aim.holds(medians), measure=measure)
