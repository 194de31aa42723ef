"""What was true of a VM before anybody read of it is told, and changes no machine."""

from msgspec.structs import replace

from eventstore.events import (
    Event,
    SlotDisk,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    VmConfigurationSeen,
    VmRegistered,
)
from eventstore.fleet import Fleet
from eventstore.foreseen import told_machines
from eventstore.ids import SnapshotId, VmId, vm_stream
from eventstore.machine import NEVER, Machine, Snapshot, When
from eventstore.moments import Moment

VM = VmId("11111111-2222-3333-4444-555555555555")
S1, S2 = SnapshotId("S1"), SnapshotId("S2")
BASE, CHILD = SlotDisk("IDE 0:0", "C:\\VMs\\base.vhd"), SlotDisk("IDE 0:0", "C:\\VMs\\a.avhd")


def day(number: int) -> Moment:
    return Moment(f"2026-01-{number:02}T00:00:00.000000Z")


def fleet_of(*told: tuple[Event, int, int | None]) -> Fleet:
    """Fold events, each with the day when it happened and the day it was read that tells it."""
    fleet = Fleet()
    ordered = sorted(enumerate(told, start=1), key=lambda each: (each[1][1], each[0]))
    for position, (event, at, read_at) in ordered:
        when = When(day(at), position, day(read_at) if read_at else NEVER)
        fleet.evolve(vm_stream(VM), event, when)
    return fleet


def told(fleet: Fleet) -> Machine:
    return told_machines(fleet.machines, fleet.foreseen, fleet.last)[VM]


def taken(name: str) -> SnapshotTaken:
    return SnapshotTaken(SnapshotId(name), name, has_saved_state=False, disks=(BASE,))


def registered(name: str) -> VmRegistered:
    return VmRegistered(name, "offline", merge_on_save=True, root="C:\\VMs")


def configuration(*disks: SlotDisk, listed: int | None = 1) -> VmConfigurationSeen:
    return VmConfigurationSeen("web01", "C:\\VMs\\x.xml", "/x.xml", 512, disks, listed)


def test_before_the_first_reading_a_vm_has_the_snapshots_that_were_taken_by_then() -> None:
    fleet = fleet_of((registered("web01"), 1, 9), (taken("S1"), 2, 9))

    machine = told(fleet)
    assert (machine.name, list(machine.snapshots)) == ("web01", ["S1"])
    assert machine.snapshots[S1].taken.at == day(2)
    assert machine.path(machine.snapshots[S1].heads["IDE 0:0"]) == "C:\\VMs\\base.vhd"
    assert not machine.now.is_parent_known
    assert not machine.now.are_disks_known


def test_what_is_foreseen_is_no_part_of_a_machine_and_no_history() -> None:
    fleet = fleet_of((registered("web01"), 1, 9), (taken("S1"), 2, 9))

    assert fleet.machines == {}
    assert told(fleet).is_observed


def test_from_its_reading_on_the_reading_itself_speaks() -> None:
    seen = SnapshotConfigurationSeen(S1, "C:\\VMs\\s1.xml", "/s1.xml", "renamed", disks=(BASE,))
    events = ((registered("web01"), 1, 9), (taken("S1"), 2, 9))
    with_it = fleet_of(*events, (configuration(CHILD), 9, None), (seen, 9, None))
    without = fleet_of((configuration(CHILD), 9, None), (seen, 9, None))

    mine, bare = told(with_it), told(without)
    assert mine.snapshots[S1].name == "renamed"
    assert (mine.now, mine.disks, mine.configured) == (bare.now, bare.disks, bare.configured)


def test_a_snapshot_that_was_read_and_deleted_does_not_come_back() -> None:
    seen = SnapshotConfigurationSeen(S1, "C:\\VMs\\s1.xml", "/s1.xml", "S1", disks=(BASE,))
    fleet = fleet_of(
        (taken("S1"), 2, 5),
        (configuration(CHILD), 5, None),
        (seen, 5, None),
        (SnapshotDeleted(S1), 7, None),
    )

    assert told(fleet).snapshots == {}


def test_of_two_readings_the_earlier_one_tells_what_a_snapshot_was() -> None:
    early, late = (taken("S1"), 2, 5), (replace(taken("S1"), name="renamed"), 2, 9)

    for order in ((early, late), (late, early)):
        assert told(fleet_of(*order)).snapshots[S1].name == "S1"


def test_a_snapshot_taken_since_the_last_reading_leaves_open_where_now_is() -> None:
    fleet = fleet_of((configuration(BASE, listed=0), 1, None), (taken("S2"), 3, 9))

    machine = told(fleet)
    assert list(machine.snapshots) == ["S2"]
    assert not machine.now.is_parent_known
    assert machine.now.heads == {}
    assert fleet.machines[VM].now.heads != {}


def test_a_vm_with_a_history_of_its_own_is_what_its_history_says() -> None:
    fleet = fleet_of((registered("web01"), 1, None), (taken("S2"), 3, 9))

    assert told(fleet).snapshots == {}
    assert not told(fleet).contradictions


def test_two_snapshots_of_one_moment_can_be_put_in_order() -> None:
    assert sorted([When(day(1), 1), When(day(1), 1)]) == [When(day(1), 1)] * 2


def test_what_was_inferred_to_be_gone_changes_nothing() -> None:
    fleet = fleet_of(
        (configuration(CHILD), 5, None),
        (SnapshotConfigurationSeen(S1, "C:\\VMs\\s1.xml", "/s1.xml", "S1", disks=(BASE,)), 5, None),
        (SnapshotDeleted(S1), 6, 6),
    )

    found: Snapshot = fleet.machines[VM].snapshots[S1]
    assert found.name == "S1"
    assert fleet.foreseen == {}
