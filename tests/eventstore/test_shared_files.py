"""The index of who knows which file, held against looking through all machines."""

from collections.abc import Iterator

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from eventstore.disk_rules import needed, references
from eventstore.events import (
    DiskAttached,
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskLost,
    DiskMoved,
    DiskSeen,
    Event,
    MergeCompleted,
    NewDisk,
    SlotDisk,
    SnapshotDeleted,
    SnapshotTaken,
    VmConfigurationSeen,
    VmRegistered,
    VmRemoved,
)
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import Disk, When
from eventstore.moments import later
from eventstore.paths import PathKey
from tests.story import START, disk, key

VMS = tuple(VmId(name) for name in ("A", "B", "C"))
FILES = tuple(disk(f"{name}.vhd") for name in "abcdef")
KEYS = tuple(key(f"{name}.vhd") for name in "abcdef")

vms, files = st.sampled_from(VMS), st.sampled_from(FILES)
snapshots = st.sampled_from((SnapshotId("S"), SnapshotId("T")))
slot_disks = st.builds(
    SlotDisk, st.just("IDE 0:0"), files, st.none(), st.lists(files, max_size=2).map(tuple)
)
new_disks = st.builds(NewDisk, st.just("IDE 0:0"), files, files, st.none())
of_vms: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        VmRegistered,
        vms,
        st.just("offline"),
        st.just(True),
        st.just("C:\\VMs"),
        st.tuples(slot_disks),
    ),
    st.builds(DiskAttached, slot_disks),
    st.builds(SnapshotTaken, snapshots, st.just("x"), st.just(False), st.tuples(new_disks)),
    st.builds(SnapshotDeleted, snapshots),
    st.builds(MergeCompleted, files, files),
    st.builds(DiskDeleted, files),
    st.builds(VmRemoved),
    st.builds(VmConfigurationSeen, vms, st.just("x"), files, st.just(512), st.tuples(slot_disks)),
)
by_hand: st.SearchStrategy[Event] = st.one_of(
    st.builds(DiskCloned, files, files, st.none()),
    st.builds(DiskMoved, files, files),
    st.builds(DiskCopied, files, files),
    st.builds(DiskLost, files),
    st.builds(DiskSeen, files, files, st.just(1), st.just(START), st.just("00")),
)
told = st.lists(
    st.one_of(
        st.tuples(vms.map(lambda vm: f"vm/{vm.lower()}"), of_vms),
        st.tuples(st.just("host/x"), by_hand),
    ),
    max_size=12,
)


@given(told, st.integers(0, 12))
def test_neighbours_are_what_looking_through_all_machines_would_find(
    events: list[tuple[str, Event]], asked_first: int
) -> None:
    fleet = Fleet()
    for position, (stream, event) in enumerate(events):
        if position >= asked_first:
            _agrees(fleet)
        fleet.evolve(stream, event, When(later(START, seconds=position), position))
    _agrees(fleet)
    _agrees(msgspec.msgpack.decode(msgspec.msgpack.encode(fleet), type=Fleet))


@given(told, told)
def test_a_copy_and_the_fleet_it_was_made_of_go_their_own_ways(
    before: list[tuple[str, Event]], after: list[tuple[str, Event]]
) -> None:
    fleet = Fleet()
    for position, (stream, event) in enumerate(before):
        fleet.evolve(stream, event, When(START, position))
    _agrees(fleet)
    mine = fleet.copy()
    for position, (stream, event) in enumerate(after, len(before)):
        mine.evolve(stream, event, When(START, position))
        _agrees(fleet)
        _agrees(mine)


def _agrees(fleet: Fleet) -> None:
    """Hold every answer of the index against the machines themselves."""
    for one in KEYS:
        assert fleet.disk(one) == _disk(fleet, one)
        for vm in (*VMS, VmId("NOBODY")):
            theirs = fleet.neighbours(vm)
            others = [each for each in fleet.machines.values() if each.id != vm]
            heads = {each.id: (*references(each), *each.left_behind) for each in others}
            assert theirs.refer_to(one) == any(one in heads[each.id] for each in others)
            assert theirs.below(one) == {
                child
                for each in others
                for child in needed(each, heads[each.id])
                if each.disks[child].parent == one
            }
            own = fleet.machines[vm].disks if vm in fleet.machines else {}
            standing = any(not each.is_lost for each in _all_at(fleet, one))
            assert theirs.have(one) == (standing and one not in own)


def _all_at(fleet: Fleet, one: PathKey) -> Iterator[Disk]:
    yield from (each.disks[one] for each in fleet.machines.values() if one in each.disks)
    if one in fleet.loose:
        yield fleet.loose[one]


def _disk(fleet: Fleet, one: PathKey) -> Disk | None:
    """Give what hands put there last, or what the first machine knows there."""
    loose, arrival = fleet.loose.get(one), fleet.arrivals.get(one)
    for machine in fleet.machines.values():
        known = machine.disks.get(one)
        if known and not (loose and arrival and known.since <= arrival.when.at):
            return known
    return loose
