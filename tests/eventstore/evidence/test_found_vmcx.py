"""VMCX among the files of a folder: VMs, snapshots, saved states and the host's list of VMs."""

from pathlib import Path

import pytest

from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.keytree import Key, parse_xml
from eventstore.evidence.path_map import PathMap, path_map
from eventstore.evidence.vmconfig import configuration_of, read_configuration
from eventstore.evidence.vmcx_registry import PATHS_MAX
from eventstore.evidence.vmcx_tree import parse_vmcx
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from tests.eventstore.evidence.vmcx_writer import node, string, vmcx
from tests.real_evidence import EVIDENCE, needs_real_evidence

NOW = Moment("2016-10-12T09:00:00.000000Z")
VM = ConfiguredVm(vm_id=VmId(derive("web01")), policy="live", root=r"C:\VMs")
SNAPSHOT = SnapshotId(derive("S1"))
DISKS = {"IDE 0:0": r"C:\VMs\a_1.avhdx", "SCSI 1:3": r"C:\VMs\b.vhdx"}
VM_XML = vm_configuration(VM, name="web01", disks=DISKS)
SNAPSHOT_XML = snapshot_configuration(
    VM, snapshot=SNAPSHOT, name="S1", disks=DISKS, parent=None, taken_at=NOW
)
SAVED = vmcx(node("savedstate", node("savedVM", Key("partition_state", "bytes", bytes(99)))))
OFF = vmcx(node("configuration", node("properties", Key("version", "integer", 2304))))


def carried(xml: bytes, *, waiting: int = 0) -> bytes:
    """Give the same keys in the other carrier."""
    return vmcx(parse_xml(xml), waiting=waiting)


def registry(*vms: Key) -> bytes:
    return vmcx(node("Configurations", node("VirtualMachines", *vms)))


def written(place: Path, data: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place


def read(root: Path) -> FolderReading:
    return walk(root, PathMap())


def reasons(found: FolderReading) -> dict[str, str]:
    return {Path(skipped.found_at).name: skipped.reason for skipped in found.unread}


@pytest.mark.parametrize("xml", [VM_XML, SNAPSHOT_XML])
def test_the_same_keys_say_the_same_in_both_carriers(xml: bytes) -> None:
    tree = parse_vmcx(carried(xml)).root.at("configuration")

    assert tree is not None
    assert configuration_of(tree) == read_configuration(xml)


def test_a_vmcx_is_known_by_its_magic_not_by_its_suffix(tmp_path: Path) -> None:
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.vmcx", carried(SNAPSHOT_XML))
    written(tmp_path / "Virtual Machines" / "copy.old", carried(VM_XML))

    vm, snapshot = read(tmp_path).configurations

    assert (vm.vm, vm.snapshot, vm.configuration.name) == (VM.vm_id, None, "web01")
    assert {disk.slot: disk.path for disk in vm.configuration.disks} == DISKS
    assert (snapshot.vm, snapshot.snapshot) == (VM.vm_id, SNAPSHOT)


def test_a_vmcx_among_the_snapshots_is_one_whatever_its_type_says(tmp_path: Path) -> None:
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.VMCX", carried(VM_XML))

    (found,) = read(tmp_path).configurations

    assert (found.vm, found.snapshot) == (VM.vm_id, SNAPSHOT)


@pytest.mark.parametrize(("vmrs", "has_saved_state"), [(SAVED, True), (OFF, False)])
def test_the_content_of_a_vmrs_tells_whether_a_snapshot_has_a_saved_state(
    tmp_path: Path, vmrs: bytes, has_saved_state: bool
) -> None:
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.vmcx", carried(SNAPSHOT_XML))
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.VMRS", vmrs)

    (found,) = read(tmp_path).configurations

    assert found.has_saved_state is has_saved_state


def test_a_vmrs_that_cannot_be_read_hides_no_disk(tmp_path: Path) -> None:
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.vmcx", carried(SNAPSHOT_XML))
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.VMRS", SAVED[:9000])
    written(tmp_path / "nobody's.vmrs", SAVED[:9000])

    found = read(tmp_path)

    assert not found.configurations[0].has_saved_state
    assert found.unread == ()
    (reason,) = (skipped.reason for skipped in found.passed_over)
    assert reason.startswith("may hold a saved state, but cannot be read: ")


def test_a_configuration_with_changes_in_its_log_counts_and_is_told_as_unread(
    tmp_path: Path,
) -> None:
    written(tmp_path / "1.vmcx", carried(VM_XML, waiting=2))

    found = read(tmp_path)

    assert len(found.configurations) == 1
    assert "2 changes wait in it" in reasons(found)["1.vmcx"]


def test_what_is_no_configuration_is_told_with_its_reason(tmp_path: Path) -> None:
    written(tmp_path / "empty.vmcx", b"")
    written(tmp_path / "cut.vmcx", carried(VM_XML)[:9000])
    written(tmp_path / "state.vmcx", OFF)
    written(tmp_path / "strange.vmcx", vmcx(node("settings")))
    written(tmp_path / "letter.txt", b"configuration")

    found = read(tmp_path)

    assert found.configurations == ()
    told = reasons(found)
    assert told.pop("empty.vmcx").startswith("header at offset 0: expected 46 bytes at offset 0")
    assert told.pop("cut.vmcx").startswith("object table at offset 8192: expected 4086 bytes")
    assert told.pop("state.vmcx").startswith("is a configuration of an unknown kind")
    assert told.pop("strange.vmcx").startswith("properties: expected the keys of a virtual mach")
    assert told == {}


def test_the_hosts_cached_copy_is_no_configuration(tmp_path: Path) -> None:
    written(tmp_path / "Virtual Machines Cache" / "1.vmcx", carried(VM_XML))

    found = read(tmp_path)

    assert (found.configurations, found.unread) == ((), ())
    assert "host's copy of a configuration that stands elsewhere" in found.passed_over[0].reason


def test_the_hosts_list_names_every_registered_vm(tmp_path: Path) -> None:
    other = derive("other").lower()
    data = registry(string(f"_{VM.vm_id}_", r"C:\1.vmcx"), string(f"_{other}_", r"D:\2.vmcx"))
    place = written(tmp_path / "data.vmcx", data)

    found = walk(tmp_path, path_map(tmp_path, [rf"C:\ProgramData={tmp_path}"]))

    (listed,) = found.registries
    assert (listed.found_at, listed.path) == (str(place), r"C:\ProgramData\data.vmcx")
    assert dict(listed.vms) == {VM.vm_id: r"C:\1.vmcx", other.upper(): r"D:\2.vmcx"}
    assert (found.configurations, found.unread) == ((), ())


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            registry(string("_web01_", r"C:\1.vmcx")),
            "expected a GUID and a path, got '_web01_' and",
        ),
        (registry(Key(f"_{VM.vm_id}_", "integer", 1)), "expected a GUID and a path, got "),
        (registry(string(f"_{VM.vm_id}_", "x" * (PATHS_MAX + 1))), "paths of at most 150000 char"),
        (vmcx(node("Configurations")), "VirtualMachines: expected a list of VMs, got none"),
    ],
)
def test_a_list_that_may_hide_a_vm_is_not_believed(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    written(tmp_path / "data.vmcx", data)

    found = read(tmp_path)

    assert found.registries == ()
    assert reason in reasons(found)["data.vmcx"]


@needs_real_evidence
def test_real_files_of_2016_and_later_are_read_to_the_letter() -> None:
    assert EVIDENCE is not None
    found = read(EVIDENCE / "vmcx")

    first, second = found.configurations
    assert found.unread == ()
    assert (first.vm, first.configuration.name) == (
        "993F7B33-6057-4D1E-A1FE-A1A1D77BE974",
        "Default Generation 2",
    )
    assert {disk.slot: disk.path for disk in first.configuration.disks} == {
        "SCSI 0:0": r"C:\Disks\Default Generation 2.vhdx"
    }
    assert first.configuration.creation_time == "2023-02-17T17:03:30.381010Z"
    assert (second.vm, second.configuration.name) == (
        "282874FC-59D6-4F30-BC04-5FDD909C82E0",
        "Other Location",
    )
    assert {disk.slot: disk.path for disk in second.configuration.disks} == {
        "IDE 0:0": r"C:\Users\Public\Documents\Hyper-V\Virtual Hard Disks\Other Location.vhdx"
    }
    assert [each.configuration.version for each in found.configurations] == [2304, 2304]
    assert [each.configuration.subtype for each in found.configurations] == [1, 0]
    assert [each.configuration.snapshots_listed for each in found.configurations] == [0, 0]
    assert [each.configuration.merge_pending for each in found.configurations] == [False, False]


@needs_real_evidence
def test_the_real_list_of_a_host_names_four_vms() -> None:
    assert EVIDENCE is not None
    (listed,) = read(EVIDENCE / "vmcx").registries

    assert [vm for vm, _ in listed.vms] == [
        "4C57771A-3230-4B92-B029-D63F96518E70",
        "993F7B33-6057-4D1E-A1FE-A1A1D77BE974",
        "A5B56431-CA94-482A-B70A-F1F2B12373BE",
        "EC04F346-DB96-4700-AF5B-77B3C56C38BD",
    ]
    home = r"C:\Hyper-V\EasyToFind\Virtual Machines"
    assert listed.vms[1][1] == rf"{home}\993F7B33-6057-4D1E-A1FE-A1A1D77BE974.vmcx"


@pytest.mark.parametrize(
    ("vmrs", "has_saved_state"), [(SAVED, True), (OFF, False), (SAVED[:9000], None)]
)
def test_a_vmrs_is_told_with_its_size_and_whether_it_holds_a_state(
    tmp_path: Path, vmrs: bytes, has_saved_state: bool | None
) -> None:
    written(tmp_path / "Virtual Machines" / f"{VM.vm_id}.VMRS", vmrs)

    (side,) = walk(tmp_path, PathMap()).side_files

    assert (side.kind, side.size_bytes) == ("runtime_state", len(vmrs))
    assert side.has_saved_state is has_saved_state
