"""JSON of Hyper-V's WMI classes: the same facts as from the cmdlets, and nothing guessed."""

from pathlib import Path

import pytest

from eventstore.events import SlotDisk
from eventstore.evidence.found_export import examine_export
from eventstore.evidence.powershell import Export
from tests.eventstore.evidence.exports import S1, S2, S3, VM, Object, as_json, disk, only, read
from tests.eventstore.evidence.wmi_exports import (
    IDE,
    OTHER_SCSI,
    SCSI,
    allocation,
    first_allocation,
    first_namespace,
    path_of,
    snapshot_settings,
    system,
    vm_settings,
)

STORY = (
    system(),
    vm_settings(S3),
    snapshot_settings(S1, None),
    snapshot_settings(S2, S1, VirtualSystemType="Microsoft:Hyper-V:Snapshot:Recovery"),
    snapshot_settings(S3, S1, IsSaved=True),
    allocation(VM, "now.avhdx"),
    allocation(S1, "base.vhdx"),
    allocation(S2, "a.avhdx"),
    allocation(S3, "b.avhdx"),
)


def answered(*objects: Object) -> Export:
    return read(list(objects))


def test_the_tree_and_where_now_hangs_are_told() -> None:
    vm = only(answered(*STORY))

    assert (vm.id, vm.name, vm.computer, vm.power) == (VM, "web01", "HV01", "running")
    assert (vm.parent, vm.is_parent_known, vm.has_all_snapshots) == (S3, True, True)
    assert [(each.name, each.parent) for each in vm.snapshots] == [
        ("S1", None),
        ("S2", S1),
        ("S3", S1),
    ]
    assert vm.disks == (SlotDisk("IDE 0:0", disk("now.avhdx")),)
    assert vm.snapshots[1].disks == (SlotDisk("IDE 0:0", disk("a.avhdx")),)


def test_a_snapshot_tells_its_kind_its_time_and_whether_it_has_memory() -> None:
    one, two, three = only(answered(*STORY)).snapshots

    assert one.taken_at == "2010-09-26T06:03:00.000000Z"
    assert [each.kind for each in (one, two, three)] == ["standard", "recovery", "standard"]
    assert [each.has_saved_state for each in (one, two, three)] == [False, False, True]


def test_the_order_of_objects_does_not_matter() -> None:
    told, turned = only(answered(*STORY)), only(answered(*reversed(STORY)))

    assert {each.snapshot: each for each in told.snapshots} == {
        each.snapshot: each for each in turned.snapshots
    }
    assert (told.disks, told.power) == (turned.disks, turned.power)


def test_2008_r2_tells_the_same_by_setting_type_and_connection() -> None:
    vm = only(
        answered(
            first_namespace(vm_settings(S1), 3),
            first_namespace(snapshot_settings(S1, None), 5),
            first_allocation(VM, "now.avhd"),
            first_allocation(S1, "base.vhd"),
        )
    )

    assert (vm.parent, vm.has_all_snapshots) == (S1, True)
    assert vm.disks == (SlotDisk("IDE 0:0", disk("now.avhd")),)
    assert vm.snapshots[0].disks == (SlotDisk("IDE 0:0", disk("base.vhd")),)
    assert vm.snapshots[0].has_saved_state is None


@pytest.mark.parametrize(
    ("state", "power"),
    [(2, "running"), (3, "off"), (32768, "paused"), (32769, "saved"), (9, "paused"), (4, None)],
)
def test_states_of_either_namespace_are_powers(state: int, power: str | None) -> None:
    assert only(answered(system(state))).power == power


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("20100926150300.123456+540", "2010-09-26T06:03:00.123456Z"),
        ("20100926060300.000000-000", "2010-09-26T06:03:00.000000Z"),
        ("/Date(1285480980000)/", "2010-09-26T06:03:00.000000Z"),
        ("20101326060300.000000+000", None),
        ("00010101000000.000000+540", None),
        ("2010092606******.******+000", None),
    ],
)
def test_times_are_read_as_wmi_writes_them(time: str, moment: str | None) -> None:
    vm = only(answered(vm_settings(S1), snapshot_settings(S1, None, CreationTime=time)))

    assert vm.snapshots[0].taken_at == moment


def test_scsi_controllers_are_numbered_as_they_come() -> None:
    told = (
        allocation(VM, "a.vhdx", SCSI, 0, 0),
        allocation(VM, "b.vhdx", OTHER_SCSI, 0, 3),
        allocation(VM, "c.vhdx", SCSI, 0, 1),
        allocation(VM, "d.vhdx", IDE, 1, 0),
    )
    vm = only(answered(vm_settings(None), *told))

    assert {each.slot: each.path for each in vm.disks or ()} == {
        "SCSI 0:0": disk("a.vhdx"),
        "SCSI 1:3": disk("b.vhdx"),
        "SCSI 0:1": disk("c.vhdx"),
        "IDE 1:0": disk("d.vhdx"),
    }


def test_images_and_defaults_are_no_disks() -> None:
    default = r"Microsoft:Definition\70BB60D2-A9D3-46AA-B654-3DE53004B4F8\Default"
    vm = only(
        answered(
            vm_settings(None),
            allocation(VM, "setup.iso", ResourceSubType="Microsoft:Hyper-V:Virtual CD/DVD Disk"),
            allocation(VM, "x.vhdx", InstanceID=default),
            allocation(VM, "none.vhdx", HostResource=[]),
        )
    )

    assert vm.disks is None


def test_a_disk_in_any_drive_is_a_disk() -> None:
    vm = only(
        answered(vm_settings(None), allocation(VM, "a.avhdx", ResourceSubType="Something new"))
    )

    assert vm.disks == (SlotDisk("IDE 0:0", disk("a.avhdx")),)


def test_without_allocations_nothing_is_told_of_disks() -> None:
    export = answered(vm_settings(S1), snapshot_settings(S1, None))

    assert only(export).disks is None
    assert "not told: the disks of snapshot S1 of web01, web01" in export.untold


def test_a_disk_whose_owner_is_not_told_is_in_use() -> None:
    export = answered(system(), allocation(S2, "a.avhdx"))

    assert only(export).disks is None
    assert export.attached == (disk("a.avhdx"),)


def test_a_snapshot_named_as_parent_and_not_listed_is_missing_from_the_list() -> None:
    vm = only(answered(vm_settings(S3), snapshot_settings(S3, S1)))

    assert not vm.has_all_snapshots
    assert {each.snapshot for each in vm.snapshots} == {S1, S3}


def test_a_parent_that_no_property_tells_is_not_told() -> None:
    told = vm_settings(None)
    del told["Parent"]

    assert not only(answered(told, snapshot_settings(S1, None))).is_parent_known


def test_associations_and_the_host_itself_are_no_vms() -> None:
    reference = {"CreationClassName": "Msvm_ComputerSystem", "Name": VM, "ElementName": None}
    export = answered(
        system(Name="HV01", ElementName="HV01"),
        {
            "Antecedent": {**reference, "EnabledState": None},
            "Dependent": {"InstanceID": f"Microsoft:{S1}", "VirtualSystemIdentifier": None},
        },
        snapshot_settings(S1, None),
    )

    assert [vm.id for vm in export.vms] == [VM]
    assert only(export).power is None


def test_a_reference_takes_no_state_away() -> None:
    reference = {"CreationClassName": "Msvm_ComputerSystem", "Name": VM, "ElementName": None}

    assert (
        only(answered(system(), {"Antecedent": {**reference, "EnabledState": None}})).power
        == "running"
    )


@pytest.mark.parametrize("told", [vm_settings(None), allocation(VM, "a.vhdx"), system()])
def test_a_file_of_one_class_is_known_by_what_it_carries(tmp_path: Path, told: object) -> None:
    place = tmp_path / "wmi.txt"
    place.write_bytes(as_json(told))
    with place.open("rb") as file:
        found = examine_export(file, str(place), str(place))

    assert found is not None


def test_a_path_of_settings_is_taken_apart_with_or_without_a_server() -> None:
    path = (path_of(S1) or "").partition("v2:")[2]

    assert only(answered(vm_settings(None, Parent=path), snapshot_settings(S1, None))).parent == S1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"EnabledState": 0}, False),
        ({"EnabledState": 1}, True),
        ({"EnabledState": 7}, None),
        ({"EnabledState": 0, "InstanceID": f"Microsoft:{S1}\\Merge"}, None),
        ({"EnabledState": 0, "InstanceID": "Microsoft:"}, None),
    ],
)
def test_whether_merges_may_run_is_told_of_the_vm_that_is_named(
    settings: Object, told: bool | None
) -> None:
    merging = {"ElementName": "Disk Merge Setting Data", "InstanceID": f"Microsoft:{VM}\\Merge"}

    assert only(answered(*STORY, {**merging, **settings})).is_merging_on is told
