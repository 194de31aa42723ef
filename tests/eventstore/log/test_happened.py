"""Entries as things happened: in that order, and in memory as wide as they are out of order."""

import gc
import tracemalloc
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.codec import encode
from eventstore.events import FreeSpaceSeen
from eventstore.keyframes import fleet_as_of
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.files import RealFiles
from eventstore.log.writer import Settings
from eventstore.moments import later
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import NOON, VM, event, small_store
from tests.eventstore.log.indexed import PAGES
from tests.eventstore.log.workload import STORE

LARGE = Settings(reserve_bytes=0, segment_bytes_max=1 << 18, page_bytes=1 << 17)


def told(log: EmbeddedLog, count: int, *, width: int, seed: int = 1) -> EmbeddedLog:
    """Append entries that each happened up to `width` seconds before they should have."""
    chance = Random(seed)
    for first in range(0, count, 100):
        batch = [
            encode(
                FreeSpaceSeen("C:\\", number),
                event_id=str(number),
                occurred_at=later(NOON, seconds=number - chance.randint(0, width)),
            )
            for number in range(first, min(first + 100, count))
        ]
        log.append("host/h", batch, expected=first)
    log.append("host/h", [], expected=count)
    return log


@pytest.mark.parametrize("width", [0, 3, 150, 1_000])
@pytest.mark.parametrize("is_indexed", [True, False])
def test_entries_come_in_the_order_in_which_things_happened(width: int, is_indexed: bool) -> None:
    settings = PAGES if is_indexed else Settings(reserve_bytes=0)
    log = told(small_store(STORE, ForgetfulFiles(), settings=settings), 400, width=width)
    everything = list(log.read())
    for after, through, seconds in ((0, 400, 999), (17, 333, 200), (399, 400, 999), (5, 6, 0)):
        at = later(NOON, seconds=seconds)
        counted = [e for e in everything[after:through] if e.entry.occurred_at <= at]
        counted.sort(key=lambda each: (each.entry.occurred_at, each.position))

        assert list(log.as_happened(after=after, at=at, through=through)) == counted


def peak_bytes(folder: Path, count: int, *, is_indexed: bool) -> int:
    """Give how much memory a fold of so many entries takes, by a handle that knows nothing yet."""
    settings = LARGE if is_indexed else replace(LARGE, page_bytes=1 << 30)
    told(small_store(folder, RealFiles(), settings=settings), count, width=50)
    log = open_store(folder, settings=settings)
    assert (folder / "index").exists() == is_indexed
    gc.collect()
    tracemalloc.start()
    fleet_as_of(log)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_full_replay_takes_no_more_memory_of_a_log_ten_times_as_long(
    is_indexed: bool, tmp_path: Path
) -> None:
    short = peak_bytes(tmp_path / "short", 1_500, is_indexed=is_indexed)
    long = peak_bytes(tmp_path / "long", 15_000, is_indexed=is_indexed)

    assert long < 1.3 * short


def recorded_at(clock: list[int]) -> EmbeddedLog:
    """Append a batch at each of these seconds, in pages of a few batches."""
    shown = 0
    log = open_store(
        STORE,
        create=True,
        files=ForgetfulFiles(),
        settings=PAGES,
        clock=lambda: later(NOON, seconds=shown),
    )
    for number, shown in enumerate(clock):  # noqa: B007 - the clock shows it
        log.append(VM, [event(f"{number}.{part}") for part in range(2)], expected=2 * number)
    return log


@given(st.lists(st.integers(0, 40), max_size=25), st.booleans())
@settings(max_examples=30, deadline=None)
def test_what_was_recorded_by_a_moment_ends_with_a_position_or_with_none(
    clock: list[int], is_straight: bool
) -> None:
    log = recorded_at(sorted(clock) if is_straight else clock)
    entries = list(log.read())
    for seconds in range(-1, 42, 4):
        moment = later(NOON, seconds=seconds)
        known = [each.position for each in entries if each.recorded_at <= moment]
        is_prefix = known == list(range(1, len(known) + 1))

        assert log.known_by(moment) == (len(known) if is_prefix else None)
        assert is_prefix or not is_straight
