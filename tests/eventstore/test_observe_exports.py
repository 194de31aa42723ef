"""Exports of the cmdlets into the log: each once, dated by when the host was asked."""

import pytest
from msgspec.structs import replace

from eventstore.disk_rules import references
from eventstore.events import (
    NewDisk,
    SlotDisk,
    SnapshotTaken,
    VmExportSeen,
    VmRegistered,
    VmRemoved,
)
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.evidence.found_export import FoundExport
from eventstore.ids import SnapshotId, vm_stream
from eventstore.known import known_from
from eventstore.machine import Machine
from eventstore.moments import Moment, later
from eventstore.observe import Observer
from eventstore.observe_exports import observe_exports
from eventstore.paths import path_key
from tests.eventstore.evidence.exports import (
    S1,
    S2,
    S3,
    VM,
    Object,
    collected,
    disk,
    found,
    machine,
    snapshot,
    story,
)
from tests.eventstore.recording import NOON, ROOT, Recorder, configuration, kinds, reading

EARLIER = Moment("2026-11-19T00:00:00.000000Z")
ASKED = Moment("2026-11-20T01:00:00.000000Z")


def short(told: Machine) -> list[str]:
    return [path.rpartition("\\")[2].lower() for path in told.now.heads.values()]


def here(under: SnapshotId) -> Object:
    """A VM with one snapshot, that Now hangs under."""
    return machine(under, "now.avhdx", Snapshots=[snapshot(S1, None, "base.vhdx")])


def of_vm(head: str, *, listed: int = 1) -> FoundConfiguration:
    return naming(head, configuration(), snapshots_listed=listed)


def of_snapshot(head: str) -> FoundConfiguration:
    """The file of a snapshot of which nobody published where its parent stands in it."""
    found = configuration("VMs/Snapshots/S1.xml", snapshot=S1)
    return naming(head, found, name=None, is_parent_known=False, taken_at=None)


def naming(head: str, found: FoundConfiguration, **says: object) -> FoundConfiguration:
    disks = (SlotDisk("SCSI 0:0", disk(head)),)
    return replace(found, configuration=replace(found.configuration, disks=disks, **says))


class Desk(Recorder):
    """Records exports as `record` does: before what its files show."""

    def exports(self, *exports: FoundExport, now: Moment | None = None) -> list[str]:
        known = known_from(self.entries, host=self.host, root=ROOT)
        clock = now or later(NOON, minutes=len(self.entries))
        news = observe_exports(exports, known.exported, Observer(self.host, clock, "me"))
        for each in news:
            self._append(each.stream, each.entry())
        return [each.occurred_at for each in news]

    @property
    def vm(self) -> Machine:
        return self.fleet.machines[VM]


def exported(*vms: Object, asked_at: str = "2026-11-20T01:00:00Z") -> FoundExport:
    return found(collected(*vms, asked_at=asked_at))


def test_an_export_is_dated_by_when_the_host_was_asked() -> None:
    seen, answer = observe_exports([exported(story())], (), Observer("case", NOON, "me"))

    assert isinstance(seen.event, VmExportSeen)
    assert (answer.stream, answer.occurred_at) == ("export-of/hv01", ASKED)
    assert (seen.occurred_at, seen.stream) == (ASKED, f"vm/{VM.lower()}")
    assert (seen.source.certainty, seen.event.computer) == ("observed", "HV01")


def test_one_that_does_not_say_when_is_as_old_as_its_file_and_that_is_inferred() -> None:
    undated = replace(found(story()), asked_at=ASKED)

    seen, _ = observe_exports([undated], (), Observer("case", NOON, "me"))

    assert (undated.is_dated, seen.occurred_at, seen.source.certainty) == (False, ASKED, "inferred")


def test_none_was_made_after_it_was_read() -> None:
    ahead = exported(story(), asked_at="2099-01-01T00:00:00Z")

    assert Desk().exports(ahead, now=NOON) == [NOON, NOON]


def test_a_copy_stores_nothing_wherever_it_lies() -> None:
    desk = Desk()
    copy = found(collected(story(), asked_at="2026-11-20T01:00:00Z"), name="copy.json")

    assert len(desk.exports(exported(story()))) == 2
    assert desk.exports(exported(story()), copy) == []


def test_two_copies_at_once_are_stored_once() -> None:
    assert len(Desk().exports(exported(story()), exported(story()))) == 2


def test_the_host_tells_the_tree_and_where_now_hangs() -> None:
    desk = Desk()
    desk.exports(exported(story()))

    assert (desk.vm.now.parent, desk.vm.now.is_parent_known) == (S3, True)
    assert {each.name: each.parent for each in desk.vm.snapshots.values()} == {
        "S1": None,
        "S2": S1,
        "S3": S1,
    }
    assert (desk.vm.power, desk.vm.snapshots_listed, desk.vm.policy) == ("running", 3, "live")
    assert desk.vm.snapshots[S2].kind == "recovery"


class TestOlderAndNewer:
    def test_an_older_export_does_not_override_a_newer_one(self) -> None:
        new = exported(machine(S1, "b.avhdx", Snapshots=[snapshot(S1, None, "base.vhdx")]))
        old = exported(machine(None, "base.vhdx", Snapshots=[]), asked_at="2026-10-01T00:00:00Z")
        forwards, backwards = Desk(), Desk()

        forwards.exports(old, new)
        backwards.exports(new)
        backwards.exports(old)

        for desk in (forwards, backwards):
            assert (short(desk.vm), desk.vm.now.parent, [*desk.vm.snapshots]) == (
                ["b.avhdx"],
                S1,
                [S1],
            )

    def test_a_newer_list_drops_what_it_does_not_name(self) -> None:
        desk = Desk()
        desk.exports(exported(story()))
        desk.exports(
            exported(
                machine(S3, "now.avhdx", Snapshots=[snapshot(S3, None, "b.avhdx")]),
                asked_at="2026-11-21T00:00:00Z",
            )
        )

        assert [*desk.vm.snapshots] == [S3]

    def test_a_newer_export_without_that_part_drops_nothing(self) -> None:
        desk = Desk()
        desk.exports(exported(story()))
        desk.exports(
            exported(machine(S3, "now.avhdx", Snapshots=None), asked_at="2026-11-21T00:00:00Z")
        )

        assert len(desk.vm.snapshots) == 3
        assert desk.vm.snapshots_untold

    def test_a_file_that_was_read_since_keeps_what_only_the_host_tells(self) -> None:
        desk = Desk()
        desk.exports(exported(here(S1)))
        desk.record(reading(of_vm("now.avhdx"), of_snapshot("base.vhdx")))

        assert (desk.vm.now.parent, desk.vm.now.is_parent_known) == (S1, True)
        told = desk.vm.snapshots[S1]
        assert (told.name, told.parent, told.is_parent_known) == ("S1", None, True)

    def test_a_file_that_was_read_since_and_names_another_disk_has_the_last_word(self) -> None:
        desk = Desk()
        desk.exports(exported(here(S1)))
        desk.record(reading(of_vm("other.avhdx"), of_snapshot("base.vhdx")))

        assert (short(desk.vm), desk.vm.now.is_parent_known) == (["other.avhdx"], False)

    def test_a_file_that_lists_no_snapshot_ends_those_that_only_a_host_named(self) -> None:
        desk = Desk()
        desk.exports(exported(here(S1)))
        desk.record(reading(of_vm("base.vhdx", listed=0)))

        assert desk.vm.snapshots == {}

    def test_a_power_state_in_between_leaves_the_last_that_was_told(self) -> None:
        desk = Desk()
        starting = {**here(S1), "State": "Starting"}
        desk.exports(exported(here(S1)), exported(starting, asked_at="2026-11-21T00:00:00Z"))

        assert desk.vm.power == "running"

    def test_now_stays_beside_a_snapshot_whose_file_is_read_since(self) -> None:
        desk = Desk()
        desk.exports(exported({**here(S1), "ParentSnapshotId": None}))
        desk.record(reading(of_vm("now.avhdx"), of_snapshot("base.vhdx")))

        assert (desk.vm.now.parent, desk.vm.now.is_parent_known) == (None, True)


class TestAgainstFiles:
    @pytest.mark.parametrize("untold", [{"HardDrives": None}, {"Snapshots": None}])
    def test_a_newer_export_that_lacks_something_lets_the_file_be_stored_again(
        self, untold: Object
    ) -> None:
        desk = Desk()
        files = reading(of_vm("now.avhdx"), of_snapshot("base.vhdx"))
        desk.record(files)
        export = exported({**here(S1), **untold}, asked_at=later(NOON, minutes=1))
        desk.exports(export, now=later(NOON, minutes=3))

        assert "VmConfigurationSeen" in kinds(desk.record(files))
        assert desk.record(files) == []

    def test_a_file_that_still_stands_against_a_newer_export_is_stored_again_once(self) -> None:
        desk = Desk()
        files = reading(of_vm("base.vhdx", listed=0))
        desk.record(files)
        asked = later(NOON, minutes=1)
        desk.exports(exported(here(S1), asked_at=asked), now=later(NOON, minutes=2))

        assert kinds(desk.record(files)) == ["VmConfigurationSeen", "FolderRead"]
        assert desk.record(files) == []

    def test_a_file_that_says_the_same_as_a_newer_export_is_not_stored_again(self) -> None:
        desk = Desk()
        files = reading(of_vm("now.avhdx"), of_snapshot("base.vhdx"))
        desk.record(files)
        asked = later(NOON, minutes=1)
        desk.exports(exported(here(S1), asked_at=asked), now=later(NOON, minutes=3))

        assert desk.record(files) == []


class TestAgainstHistory:
    """Where a VM's own events are known, the host is a second witness and decides nothing."""

    def vm(self, *, told: Object) -> Machine:
        desk = Desk()
        desk.tell(
            vm_stream(VM),
            VmRegistered("web01", "live", True, "C:\\VMs", (SlotDisk("SCSI 0:0", disk("a.vhdx")),)),
            SnapshotTaken(S1, "S1", False, (NewDisk("SCSI 0:0", disk("b.avhdx"), disk("a.vhdx")),)),
            at=EARLIER,
        )
        desk.exports(exported(told))
        return desk.vm

    def test_a_host_that_agrees_changes_nothing(self) -> None:
        vm = self.vm(told=machine(S1, "b.avhdx", Snapshots=[snapshot(S1, None, "a.vhdx")]))

        assert (vm.contradictions, vm.is_observed, vm.power) == ((), False, "off")
        assert vm.configured == vm.now.heads

    def test_other_disks_of_now_are_referred_to_too(self) -> None:
        vm = self.vm(told=machine(S1, "x.avhdx", Snapshots=[snapshot(S1, None, "a.vhdx")]))

        assert short(vm) == ["b.avhdx"]
        assert path_key(disk("x.avhdx")) in references(vm)
        assert [each.found for each in vm.contradictions] == [f"its host names {disk('x.avhdx')}"]

    def test_other_parents_are_contradictions(self) -> None:
        vm = self.vm(told=machine(None, "b.avhdx", Snapshots=[snapshot(S1, S1, "a.vhdx")]))

        assert (vm.now.parent, vm.snapshots[S1].parent) == (S1, None)
        assert [(each.expected, each.found) for each in vm.contradictions] == [
            ("Now under snapshot S1", "its host names no snapshot"),
            ("snapshot S1 under no snapshot", "its host names snapshot S1"),
        ]

    def test_a_whole_list_without_it_is_a_contradiction(self) -> None:
        vm = self.vm(told=machine(None, "b.avhdx", Snapshots=[]))

        assert [*vm.snapshots] == [S1]
        assert vm.contradictions[-1].found == "its host does not name it"

    def test_a_snapshot_that_only_the_host_names_is_believed(self) -> None:
        below = [snapshot(S1, None, "a.vhdx"), snapshot(S2, S1, "y.avhdx")]
        vm = self.vm(told=machine(S1, "b.avhdx", Snapshots=below))

        assert vm.snapshots[S2].parent == S1
        assert path_key(disk("y.avhdx")) in references(vm)
        assert vm.contradictions[0].found == "its host names it S2"

    def test_what_the_host_did_not_tell_is_not_taken_for_read(self) -> None:
        vm = self.vm(told=machine(S1, "b.avhdx", Snapshots=None))

        assert (vm.configured, vm.contradictions) == (None, ())

    def test_a_vm_that_was_removed_and_is_told_again_begins_anew(self) -> None:
        desk = Desk()
        desk.tell(
            vm_stream(VM),
            VmRegistered("web01", "live", True, "C:\\VMs", (SlotDisk("SCSI 0:0", disk("a.vhdx")),)),
            VmRemoved(),
            at=EARLIER,
        )
        desk.exports(exported(machine(None, "b.vhdx", Snapshots=[])))

        assert (desk.vm.is_present, desk.vm.is_observed, short(desk.vm)) == (True, True, ["b.vhdx"])
        assert [*desk.vm.left_behind] == [path_key(disk("a.vhdx"))]
