"""The reader finds in a simulated file what the writer was told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.events import Policy
from eventstore.evidence.vmconfig import read_configuration
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from eventstore.text import original, storable

VM = ConfiguredVm(vm_id=VmId(derive("web01")), policy="offline", root=r"C:\VMs\web01")
FIRST = SnapshotId(derive("first"))
SECOND = SnapshotId(derive("second"))
TAKEN = Moment("2010-09-26T06:03:00.000000Z")
SLOTS = st.sampled_from(
    ["IDE 0:0", "IDE 0:1", "IDE 1:0", "IDE 1:1", "SCSI 0:0", "SCSI 0:63", "SCSI 2:1"]
)
PRINTABLE = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1
)
NAMES = PRINTABLE.map(storable)


@given(name=NAMES, disks=st.dictionaries(SLOTS, NAMES), policy=st.sampled_from(["offline", "live"]))
def test_a_vms_file_reads_back_as_it_was_told(
    name: str, disks: dict[str, str], policy: Policy
) -> None:
    vm = ConfiguredVm(vm_id=VM.vm_id, policy=policy, root=VM.root)

    found = read_configuration(vm_configuration(vm, name=name, disks=disks))

    assert (found.kind, found.vm_id) == ("vm", VM.vm_id)
    assert found.name == name
    assert {disk.slot: disk.path for disk in found.disks} == disks


def test_a_vms_file_lists_its_snapshots_and_pending_merge() -> None:
    data = vm_configuration(
        VM, name="web01", disks={}, snapshots=[FIRST, SECOND], is_merge_pending=True
    )

    found = read_configuration(data)

    assert (found.snapshots_listed, found.listed) == (2, (FIRST, SECOND))
    assert found.merge_pending is True
    assert found.version == 512


@pytest.mark.parametrize("parent", [None, FIRST])
def test_a_snapshots_file_reads_back_as_it_was_told(parent: SnapshotId | None) -> None:
    data = snapshot_configuration(
        VM,
        snapshot=SECOND,
        name="スナップショット 2",
        disks={"SCSI 1:0": r"D:\data.avhd"},
        parent=parent,
        taken_at=TAKEN,
    )

    found = read_configuration(data)

    assert (found.kind, found.snapshot_id, found.vm_id) == ("snapshot", SECOND, VM.vm_id)
    assert (found.name, found.taken_at) == ("スナップショット 2", TAKEN)
    assert (found.parent, found.is_parent_known) == (parent, True)
    assert [(disk.slot, disk.path) for disk in found.disks] == [("SCSI 1:0", r"D:\data.avhd")]


def test_the_file_looks_like_a_real_one_and_says_whose_it_is() -> None:
    data = vm_configuration(VM, name=storable("a\ud800"), disks={"IDE 0:0": r"C:\a & b.vhd"})

    text = data.decode("utf-16", "surrogatepass")
    assert data.startswith(b"\xff\xfe<\0?\0")
    assert text.startswith('<?xml version="1.0" encoding="UTF-16" standalone="yes"?>\r\n<conf')
    assert r'<pathname type="string">C:\a &amp; b.vhd</pathname>' in text
    assert '<name type="string">a\ud800</name>' in text
    assert "Written by Snapledger's simulated host" in text


def test_a_character_without_a_form_in_xml_is_replaced() -> None:
    found = read_configuration(vm_configuration(VM, name="a\x01b", disks={}))

    assert original(found.name or "") == "a\N{REPLACEMENT CHARACTER}b"


def test_a_slot_that_no_controller_has_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="expected a slot like 'IDE 0:0'"):
        vm_configuration(VM, name="web01", disks={"NVMe 0": r"C:\a.vhdx"})
