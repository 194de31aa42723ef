"""Helpers for the tests of the log: events, a clock that ticks, a store of little segments."""

import itertools
from collections.abc import Callable
from pathlib import Path

from msgspec import Raw
from msgspec.structs import replace

from eventstore.entry import NewEntry
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.files import Files
from eventstore.log.writer import Settings
from eventstore.moments import Moment, later

NOON = Moment("2010-09-26T12:00:00.000000Z")
VM = "vm/5af5e9e5-7d0e-4f8e-9a0e-3b3f0c1d2e4f"
SMALL = Settings(
    segment_bytes_max=4_000,
    reserve_bytes=0,
    poll_seconds=0.001,
    page_bytes=7_000,
    blank_bytes=0,
)
AHEAD = replace(SMALL, blank_bytes=1_500)
"""As SMALL, and who has appended as much keeps so many blanks behind the last entry."""


def ticking() -> Callable[[], Moment]:
    """Give a clock that stands at noon and goes on by a second each time it is read."""
    seconds = itertools.count()
    return lambda: later(NOON, seconds=next(seconds))


def counted_ids(first: int = 1) -> Callable[[], str]:
    numbers = itertools.count(first)
    return lambda: f"00000000-0000-4000-8000-{next(numbers):012d}"


def event(name: str, data: bytes = b"{}", kind: str = "VmStarted") -> NewEntry:
    return NewEntry(id=name, type=kind, occurred_at=NOON, data=Raw(data))


def events(*names: str) -> list[NewEntry]:
    return [event(name) for name in names]


def small_store(folder: Path, files: Files, *, settings: Settings = SMALL) -> EmbeddedLog:
    return open_store(
        folder,
        create=True,
        clock=ticking(),
        # Another machine names its stores otherwise.
        new_id=counted_ids(1 + files.machine().count("another")),
        files=files,
        settings=settings,
        wait_seconds=0,
    )


def ids(log: EmbeddedLog) -> list[str]:
    return [record.entry.id for record in log.read()]
