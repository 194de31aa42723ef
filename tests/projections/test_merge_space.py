from collections.abc import Sequence
from itertools import pairwise, permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.events import DiskSeen, FreeSpaceSeen
from eventstore.evidence.allocated import Allocated, Marks
from eventstore.fleet import Fleet
from eventstore.machine import Merge
from eventstore.paths import PathKey
from projections.merge_space import Contents, DiskSpace, VolumeNeed, Weight
from tests.projections.forecasts import READINGS, seen
from tests.story import Story, key

MIB = 1 << 20


def held(*units: int, block: int = MIB, is_exact: bool = True) -> Allocated:
    """Give a disk of 1 MiB units, some of which hold data; its blocks are as large as they are."""
    marks, room, each = Marks(256), Marks(256), block // MIB
    for unit in units:
        marks.add(unit, unit + 1)
        room.add(unit // each * each, (unit // each + 1) * each)
    return Allocated(
        "vhdx",
        "differencing",
        MIB,
        block,
        block,
        marks.bits(),
        room.bits(),
        len(units) * MIB,
        is_exact,
    )


def fleet_of(*disks: DiskSeen, free: int | None = None) -> Fleet:
    story = Story().vm("web01", "web01.vhd").happened(*disks, stream=READINGS)
    if free is not None:
        story.by_hand(FreeSpaceSeen("C:", free))
    return story.fleet


def contents(**files: Allocated) -> Contents:
    return Contents({key(f"{name}.vhdx"): each for name, each in files.items()})


def merge(child: str, into: str) -> Merge:
    return Merge(key(f"{child}.vhdx"), key(f"{into}.vhdx"))


def test_a_merge_needs_the_blocks_that_the_child_has_and_the_parent_lacks() -> None:
    space = DiskSpace(Fleet(), contents(base=held(0, 1), one=held(1, 2, 5)))

    assert space.merge(merge("one", "base")) == Weight(3 * MIB, "blocks", 2 * MIB)


def test_what_one_merge_brought_the_next_need_not_bring_again() -> None:
    space = DiskSpace(Fleet(), contents(base=held(0), one=held(1), two=held(1, 2)))

    assert space.merge(merge("one", "base")).free_space_needed == MIB
    assert space.merge(merge("two", "one")).free_space_needed == MIB  # `one` is in `base` by now


def test_asking_for_a_weight_changes_nothing() -> None:
    space = DiskSpace(Fleet(), contents(base=held(0), one=held(1)))

    assert space.weigh(merge("one", "base")) == space.weigh(merge("one", "base"))


def test_without_blocks_the_size_is_the_most() -> None:
    fleet = fleet_of(seen("one.vhdx", 700), seen("base.vhdx", 900, kind="dynamic"))
    space = DiskSpace(fleet, Contents(uncounted={key("one.vhdx"): "gone"}))

    assert space.merge(merge("one", "base")) == Weight(700, "size", 700)
    assert space.size_bytes(key("base.vhdx")) == 1600


def test_a_parent_with_larger_blocks_may_grow_by_more_than_the_child_has() -> None:
    fleet = fleet_of(*(_with_blocks(name, size) for name, size in (("one", 2), ("base", 32))))

    assert DiskSpace(fleet).weigh(merge("one", "base")).free_space_needed == 16 * 700


def _with_blocks(name: str, mib: int) -> DiskSeen:
    disk = seen(f"{name}.vhdx", 700, kind="dynamic")
    assert disk.facts
    return replace(disk, facts=replace(disk.facts, block_size_bytes=mib * MIB))


def test_nothing_is_claimed_of_files_that_nobody_read() -> None:
    assert DiskSpace(Fleet()).merge(merge("one", "base")) == Weight(None, None, None)
    assert DiskSpace(Fleet()).needs([merge("one", "base")]) == (
        VolumeNeed("C:", None, None, is_enough=None),
    )


def test_a_volume_has_enough_when_all_merges_fit() -> None:
    held_there = contents(base=held(0), one=held(1), two=held(2))
    merges = [merge("one", "base"), merge("two", "one")]

    for free, is_enough in ((2 * MIB, True), (2 * MIB - 1, False)):
        (need,) = DiskSpace(fleet_of(free=free), held_there).needs(merges)
        assert need == VolumeNeed("C:", 2 * MIB, free, is_enough=is_enough)


units = st.sets(st.integers(0, 12), max_size=8)


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[set[int], int]]:
    """Draw what the files of a run hold, topmost first, and how large their blocks are."""
    return draw(st.lists(st.tuples(units, st.sampled_from([1, 1, 4])), min_size=2, max_size=4))


@example([(set(), 1), ({0, 1}, 1), (set(), 4), ({0}, 1)])
@given(runs())
def test_no_order_of_the_merges_takes_more_than_is_told(run: list[tuple[set[int], int]]) -> None:
    """Play every order on sets of units: a file grows while it takes in, then its child goes."""
    names = [f"d{number}" for number in range(len(run))]
    files = {
        name: held(*each, block=size * MIB) for name, (each, size) in zip(names, run, strict=True)
    }
    merges = [merge(child, into) for into, child in pairwise(names)]

    (need,) = DiskSpace(Fleet(), contents(**files)).needs(merges)

    assert need.needed_bytes is not None
    for order in permutations(range(1, len(run))):
        assert _peak(run, order) * MIB <= need.needed_bytes, order


def _room(each: set[int], block: int) -> set[int]:
    return {unit // block * block + at for unit in each for at in range(block)}


def _peak(run: Sequence[tuple[set[int], int]], order: Sequence[int]) -> int:
    """Give the most units that the merges take at any time, beginning with all files there."""
    content = [set(each) for each, _ in run]
    room = [_room(each, size) for each, size in run]
    parent = {child: child - 1 for child in range(1, len(run))}
    used = peak = 0
    for child in order:
        into = parent[child]
        content[into] |= content[child]
        now = _room(content[into], run[into][1]) | room[into]
        used += len(now - room[into])
        peak = max(peak, used)
        room[into] = now
        used -= len(room[child])
        parent.update({each: into for each, above in parent.items() if above == child})
    return peak


@pytest.mark.parametrize("other", ["D:\\one.vhdx", "E:\\one.vhdx"])
def test_files_of_a_run_on_several_volumes_each_tell_what_they_need(other: str) -> None:
    one = PathKey(other.upper())
    files = {key("base.vhdx"): held(0), one: held(1), key("two.vhdx"): held(2)}
    merges = [Merge(one, key("base.vhdx")), Merge(key("two.vhdx"), one)]

    needs = DiskSpace(Fleet(), Contents(files)).needs(merges)

    assert [(need.volume, need.needed_bytes) for need in needs] == [
        ("C:", 2 * MIB),
        (other[:2], MIB),
    ]
