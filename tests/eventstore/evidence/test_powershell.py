"""JSON of the Hyper-V cmdlets, in every shape that the two PowerShells give it."""

import io
import json
from pathlib import Path

import pytest

from eventstore.errors import UnreadableExport
from eventstore.events import SlotDisk
from eventstore.evidence.found_export import examine_export
from eventstore.evidence.powershell import read_export
from eventstore.evidence.powershell_json import COMMAS_MAX
from tests.eventstore.evidence.exports import (
    S1,
    S2,
    S3,
    VM,
    Object,
    as_json,
    collected,
    disk,
    drive,
    machine,
    only,
    read,
    snapshot,
    story,
)

VHD = {"Path": disk("x.vhdx"), "ParentPath": "", "VhdType": 3, "VhdFormat": 3, "Attached": True}


class TestWhatIsTold:
    def test_a_vm_with_its_snapshots_tells_the_tree_and_where_now_hangs(self) -> None:
        vm = only(read(story()))

        assert (vm.id, vm.name, vm.power, vm.location) == (VM, "web01", "running", disk("web01"))
        assert (vm.parent, vm.is_parent_known, vm.has_all_snapshots) == (S3, True, True)
        assert [(each.name, each.parent) for each in vm.snapshots] == [
            ("S1", None),
            ("S2", S1),
            ("S3", S1),
        ]
        assert all(each.is_parent_known for each in vm.snapshots)
        assert vm.disks == (SlotDisk("SCSI 0:0", disk("now.avhdx")),)
        assert vm.snapshots[0].disks == (SlotDisk("SCSI 0:0", disk("base.vhdx")),)

    def test_a_snapshot_tells_its_kind_its_time_and_whether_it_has_memory(self) -> None:
        one, two, three = only(read(story())).snapshots

        assert one.taken_at == "2010-09-26T06:03:00.000000Z"
        assert [each.kind for each in (one, two, three)] == ["standard", "recovery", "standard"]
        assert [each.has_saved_state for each in (one, two, three)] == [False, False, True]

    def test_an_automatic_checkpoint_is_one(self) -> None:
        vm = only(read(snapshot(S1, None, IsAutomaticCheckpoint=True)))

        assert vm.snapshots[0].kind == "automatic"

    @pytest.mark.parametrize(
        ("state", "power"),
        [(2, "running"), ("Off", "off"), (6, "saved"), ("Paused", "paused"), (4, None)],
    )
    def test_enums_are_numbers_or_names(self, state: object, power: str | None) -> None:
        assert only(read(machine(None, State=state))).power == power

    def test_states_of_which_the_sources_disagree_are_no_power(self) -> None:
        assert only(read(machine(None, State=32781))).power is None

    def test_enums_of_remote_objects_are_wrapped(self) -> None:
        assert only(read(machine(None, State={"value": 3, "Value": "Off"}))).power == "off"

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("/Date(1285480980000)/", "2010-09-26T06:03:00.000000Z"),
            ("/Date(1285480980000+0900)/", "2010-09-26T06:03:00.000000Z"),
            ("2010-09-26T15:03:00.1234567+09:00", "2010-09-26T06:03:00.123456Z"),
            ("2010-09-26T06:03:00Z", "2010-09-26T06:03:00.000000Z"),
            ("2010-09-26T15:03:00", None),
            ("0001-01-01T00:00:00Z", None),
            ("/Date(-62135596800000)/", None),
            ("/Date(999999999999999)/", None),
            ("26.09.2010 15:03", None),
        ],
    )
    def test_dates_are_ticks_or_iso_and_never_guessed(self, text: str, moment: object) -> None:
        vm = only(read(snapshot(S1, None, CreationTime=text)))

        assert vm.snapshots[0].taken_at == moment

    def test_a_date_with_properties_of_its_own_is_wrapped_by_5_1(self) -> None:
        told = {"value": "/Date(1285480980000)/", "DisplayHint": 2, "DateTime": "Sunday"}

        vm = only(read(snapshot(S1, None, CreationTime=told)))

        assert vm.snapshots[0].taken_at == "2010-09-26T06:03:00.000000Z"


class TestShapes:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
    def test_every_encoding_of_either_powershell_tells_the_same(self, encoding: str) -> None:
        told = {**story(), "Name": "経理"}

        assert only(read(told, encoding)) == only(read(told))
        assert only(read(told)).name == "経理"

    def test_another_code_page_is_refused_for_its_paths_would_be_garbled(self) -> None:
        with pytest.raises(UnreadableExport, match="Out-File -Encoding utf8"):
            read({**story(), "Name": "経理"}, "cp932")

    def test_a_path_that_lost_characters_names_no_disk(self) -> None:
        export = read(machine(None, "??.vhdx"))

        assert only(export).disks is None
        assert "a path lost characters" in export.untold[1]

    def test_parts_lie_alone_in_arrays_or_side_by_side(self) -> None:
        whole = story()
        snapshots = whole.pop("Snapshots")
        apart = {"vm": whole, "Checkpoints": {"value": snapshots, "Count": 3}}

        assert isinstance(snapshots, list)
        assert only(read([whole, *snapshots])) == only(read(apart)) == only(read(story()))
        assert only(read([[whole], snapshots])) == only(read(story()))

    def test_drives_that_lie_apart_belong_to_now_or_to_their_snapshot(self) -> None:
        vm = only(
            read(
                [
                    machine(S1, HardDrives=None),
                    snapshot(S1, None, HardDrives=None),
                    drive("now.avhdx", VMSnapshotId="00000000-0000-0000-0000-000000000000"),
                    drive("base.vhdx", VMSnapshotId=S1.lower()),
                ]
            )
        )

        assert vm.disks == (SlotDisk("SCSI 0:0", disk("now.avhdx")),)
        assert vm.snapshots[0].disks == (SlotDisk("SCSI 0:0", disk("base.vhdx")),)

    def test_drives_alone_tell_of_a_vm_and_not_of_its_snapshots(self) -> None:
        vm = only(read(drive("a.vhdx")))

        assert (vm.name, vm.disks) == ("web01", (SlotDisk("SCSI 0:0", disk("a.vhdx")),))
        assert (vm.is_parent_known, vm.has_all_snapshots) == (False, False)

    def test_property_names_may_be_in_any_case(self) -> None:
        lower = {name.lower(): value for name, value in machine(None, "a.vhdx").items()}

        assert only(read(lower)) == only(read(machine(None, "a.vhdx")))

    def test_a_parent_may_be_told_by_name_alone(self) -> None:
        def named(own: Object, parent: str | None) -> Object:
            left = {name: value for name, value in own.items() if name != "ParentSnapshotId"}
            return {**left, "ParentSnapshotName": parent}

        told = [named(machine(None), "S2"), named(snapshot(S1, None), None)]
        vm = only(read([*told, named(snapshot(S2, None), "S1")]))

        assert (vm.parent, [each.parent for each in vm.snapshots]) == (S2, [None, S1])

    def test_two_snapshots_of_one_name_are_nobodys_parent(self) -> None:
        child = snapshot(S3, None, ParentSnapshotName="S1")
        del child["ParentSnapshotId"]
        vm = only(read([snapshot(S1, None), snapshot(S2, None, Name="S1"), child]))

        assert [each.is_parent_known for each in vm.snapshots] == [True, True, False]

    def test_missing_properties_are_not_told(self) -> None:
        vm = only(read({"Id": VM, "VMId": VM, "Name": "web01", "State": 3}))

        assert (vm.disks, vm.is_parent_known, vm.has_all_snapshots) == (None, False, False)


class TestWhatIsMissing:
    @pytest.mark.parametrize(
        "cut",
        [
            ["VMHardDiskDrive (Name = 'Hard Drive on SCSI controller number 0')"],
            "Microsoft.HyperV.PowerShell.HardDiskDrive",
            "",
        ],
    )
    def test_drives_cut_off_by_a_small_depth_are_not_told_and_it_says_so(self, cut: object) -> None:
        export = read(collected({**story(), "HardDrives": cut}))

        assert only(export).disks is None
        (reason,) = export.untold
        assert reason.startswith("not told: the disks of web01; cut off by a small -Depth")

    def test_snapshots_cut_off_by_a_small_depth_are_not_all(self) -> None:
        vm = only(read(machine(None, "a.vhdx", Snapshots=["VMSnapshot (Name = 'S1')"])))

        assert not vm.has_all_snapshots

    def test_a_part_that_failed_is_not_an_empty_part(self) -> None:
        export = read(
            {
                **collected(machine(None, "a.vhdx", Snapshots=None)),
                "Failed": [{"Part": "snapshots of web01", "Error": "access denied"}],
            }
        )

        assert not only(export).has_all_snapshots
        assert export.untold == (
            "could not be asked for: snapshots of web01: access denied",
            "not told: all snapshots of web01",
        )

    def test_an_empty_list_of_a_vms_own_is_all(self) -> None:
        vm = only(read(machine(None, "a.vhdx", Snapshots=[])))

        assert vm.has_all_snapshots

    def test_an_empty_list_beside_the_vms_may_have_failed(self) -> None:
        assert not only(read({"VMs": [machine(None, "a.vhdx")], "Snapshots": []})).has_all_snapshots

    def test_a_list_that_lacks_a_parent_it_names_is_not_all(self) -> None:
        vm = only(read([machine(S3), snapshot(S3, S2)]))

        assert not vm.has_all_snapshots
        assert [(each.snapshot, each.is_parent_known) for each in vm.snapshots] == [
            (S3, True),
            (S2, False),
        ]
        assert vm.snapshots[1].disks is None

    def test_a_list_that_does_not_tell_every_parent_is_not_all(self) -> None:
        parentless = snapshot(S2, None)
        del parentless["ParentSnapshotId"]

        assert only(read([machine(S1), snapshot(S1, None)])).has_all_snapshots
        assert not only(read([machine(S1), snapshot(S1, None), parentless])).has_all_snapshots

    def test_the_snapshot_now_hangs_under_is_known_from_the_vm_alone(self) -> None:
        vm = only(read(machine(S1, "a.avhdx", ParentSnapshotName="S1")))

        assert [(each.snapshot, each.name, each.disks) for each in vm.snapshots] == [
            (S1, "S1", None)
        ]

    def test_what_is_missing_of_many_is_told_once(self) -> None:
        vms = [{"Id": f"{n:032x}", "Name": f"vm{n}", "HardDrives": []} for n in range(1, 9)]

        assert read(vms).untold == (
            "not told: all snapshots of vm1, vm2, vm3, vm4, vm5 and 3 more",
        )


class TestDrives:
    def test_a_drive_without_a_file_refers_to_none(self) -> None:
        drives = [
            drive("a.vhdx"),
            drive("", location=1, Path=None),
            drive("", location=2, Path="Disk 2 30.00 GB Bus 0 Lun 0 Target 1", DiskNumber=2),
        ]

        assert only(read(machine(None, HardDrives=drives))).disks == (
            SlotDisk("SCSI 0:0", disk("a.vhdx")),
        )

    def test_two_disks_in_one_slot_are_two_references(self) -> None:
        drives = [drive("a.vhdx"), drive("b.vhdx")]

        disks = only(read(machine(None, HardDrives=drives))).disks

        assert disks
        assert [each.slot for each in disks] == ["SCSI 0:0", "SCSI 0:0 #1"]

    @pytest.mark.parametrize(
        ("kind", "slot"),
        [(0, "IDE 0:0"), ("IDE", "IDE 0:0"), ("Scsi", "SCSI 0:0"), (2, "OTHER 0:0")],
    )
    def test_slots_are_called_as_configurations_call_them(self, kind: object, slot: str) -> None:
        drives = [drive("a.vhdx", ControllerType=kind)]

        disks = only(read(machine(None, HardDrives=drives))).disks

        assert disks
        assert disks[0].slot == slot

    def test_a_list_with_something_else_in_it_is_not_told(self) -> None:
        assert only(read(machine(None, HardDrives=[{"Name": "x"}]))).disks is None

    def test_a_disk_attached_to_no_vm_is_told(self) -> None:
        base = {**VHD, "Path": disk("base.vhdx")}
        used = {**VHD, "Path": disk("NOW.avhdx"), "ParentPath": disk("base.vhdx")}
        off = {**VHD, "Path": disk("off.vhdx"), "Attached": False}

        export = read([machine(None, "now.avhdx"), VHD, base, used, off])

        assert export.attached == (disk("x.vhdx"),)


class TestBadInput:
    @pytest.mark.parametrize(
        "told",
        [{}, [], [1, "VMId"], {"VMId": None}, {"Name": "x", "Id": VM}, {"a": {"b": [None]}}],
    )
    def test_what_is_not_of_hyper_v_is_not_taken_for_it(self, told: object) -> None:
        assert read_export(as_json(told)) is None

    @pytest.mark.parametrize("length", [1, 40, 200, -1])
    def test_a_cut_file_is_refused(self, length: int) -> None:
        with pytest.raises(UnreadableExport, match="is no JSON"):
            read_export(as_json(story())[:length])

    def test_a_vm_without_a_guid_is_told_as_missing(self) -> None:
        assert read({"Name": "web01", "HardDrives": []}).untold == ("not told: the GUID of web01",)

    def test_nesting_without_end_is_refused(self) -> None:
        with pytest.raises(UnreadableExport):
            read_export(b"[" * 100_000)

    def test_more_values_than_any_host_has_are_refused(self) -> None:
        with pytest.raises(UnreadableExport, match="use `snapledger collector`"):
            read_export(b"[" + b"1," * COMMAS_MAX + b"1,1]")

    def test_more_vms_than_any_cluster_has_are_refused(self) -> None:
        with pytest.raises(UnreadableExport, match="at most 20,000 VMs"):
            read([{"VMId": f"{n:032x}", "ControllerNumber": 0} for n in range(1, 20_003)])

    def test_a_name_of_a_page_is_refused(self) -> None:
        with pytest.raises(UnreadableExport, match="at most 4096 characters"):
            read({**story(), "Name": "x" * 5000})

    def test_more_than_one_event_can_hold_is_refused(self, tmp_path: Path) -> None:
        many = [drive(f"{'x' * 3000}{n}.vhdx", location=n) for n in range(200)]
        place = tmp_path / "e.json"
        place.write_bytes(as_json(machine(None, HardDrives=many)))

        with place.open("rb") as file, pytest.raises(UnreadableExport, match="of vm/"):
            examine_export(file, str(place), str(place))


def examined(place: Path) -> bool:
    with place.open("rb") as file:
        return examine_export(file, str(place), str(place)) is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_export_is_known_by_what_it_carries(tmp_path: Path, encoding: str) -> None:
    place = tmp_path / "letter.txt"
    place.write_bytes(as_json(story(), encoding))

    assert examined(place)


@pytest.mark.parametrize("data", [b"", b"{", b"hello", b'{"a": 1}', b"\xff\xfe", b'"VMId"'])
def test_other_files_are_not_even_parsed(data: bytes) -> None:
    assert examine_export(io.BytesIO(data), "x.json", "x.json") is None


def test_objects_of_one_vm_may_be_told_twice() -> None:
    assert only(read({"a": story(), "b": json.loads(json.dumps(story()))})) == only(read(story()))
