"""`inspect` on everything that is evidence, on folders, and on words with wildcards."""

import os
import sys
from pathlib import Path

import pytest

from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from tests.eventstore.evidence.test_event_xml import event
from tests.eventstore.evidence.vmcx_writer import node, string, vmcx
from tests.real_evidence import EVIDENCE, needs_real_evidence
from tests.tui.calling import Snapledger
from tui.named_places import named_places

VM = ConfiguredVm(vm_id=VmId(derive("web01")), policy="offline", root=r"C:\VMs")
S1 = SnapshotId(derive("S1"))
NOW = Moment("2010-09-26T06:03:00.000000Z")


@pytest.fixture
def case(snapledger: Snapledger) -> Path:
    """Give a folder with a chain, its configurations, and what lies beside."""
    folder = snapledger.folder / "case"
    story = (
        r"vm web01 policy=live C:\VMs\web01.vhdx",
        "start web01",
        r'take web01 S1 as="IDE 0:0"=C:\VMs\a.avhdx',
    )
    assert snapledger.play(*story, to=folder).code == 0
    snapledger.store = snapledger.folder / "nowhere"
    (folder / "C" / "VMs" / "web01.vhdx.rct").write_bytes(bytes(2048))
    return folder


def written(snapledger: Snapledger, name: str, data: bytes) -> str:
    place = snapledger.folder / name
    place.write_bytes(data)
    return str(place)


# --- files of every kind --------------------------------------------------------------------


def test_inspect_tells_what_a_vms_configuration_says(snapledger: Snapledger) -> None:
    data = vm_configuration(VM, name="ウェブ", disks={"IDE 0:0": r"C:\VMs\a.vhd"}, snapshots=(S1,))
    told = snapledger("inspect", written(snapledger, "1.xml", data))

    assert told.code == 0
    assert "1.xml  a VM's configuration" in told.out
    assert f"ウェブ  {VM.vm_id}" in told.out
    assert "2.0, as 2008 R2 writes it" in told.out
    assert r"IDE 0:0  C:\VMs\a.vhd" in told.out
    assert "1 listed" in told.out


def test_inspect_says_what_a_snapshots_configuration_does_not_tell(snapledger: Snapledger) -> None:
    data = snapshot_configuration(VM, snapshot=S1, name="S1", disks={}, parent=None, taken_at=NOW)
    unknown = data.decode("utf-16").replace("parent", "p").encode("utf-16")
    told = snapledger("inspect", written(snapledger, f"{S1}.xml", unknown))

    assert "a snapshot's configuration" in told.out
    assert "the disk chain shows it" in told.out
    assert "no drive names a disk file" in told.out


def test_inspect_tells_a_hosts_list_of_vms(snapledger: Snapledger) -> None:
    listed = node("VirtualMachines", string(f"_{VM.vm_id}_", r"D:\1.vmcx"))
    told = snapledger(
        "inspect", written(snapledger, "data.vmcx", vmcx(node("Configurations", listed)))
    )

    assert "a host's list of its VMs" in told.out
    assert rf"{VM.vm_id}  D:\1.vmcx" in told.out


def test_inspect_tells_what_an_event_log_covers(snapledger: Snapledger) -> None:
    data = "".join(event(number=number) for number in (3, 4, 9)).encode()
    told = snapledger("inspect", written(snapledger, "log.xml", data))

    assert "3 of Hyper-V, numbers 3 to 9" in told.out
    assert "1 gap in between" in told.out
    assert "3 of event 19100 (VMMS-Admin): a merge of disks of a VM failed" in told.out


def test_inspect_tells_what_an_export_leaves_out(snapledger: Snapledger) -> None:
    export = f'{{"VMId":"{VM.vm_id}","Name":"web01","State":2,"HardDrives":[]}}'.encode()
    told = snapledger("inspect", written(snapledger, "vm.json", export))

    assert told.code == 0
    assert "an export: what a host answered" in told.out
    assert "web01  running; 0 disks; 0 snapshots, perhaps more" in told.out
    assert "NOT TOLD     not told: all snapshots of web01" in told.out


def test_inspect_tells_a_file_beside_disks(snapledger: Snapledger) -> None:
    told = snapledger("inspect", written(snapledger, "web01.vhdx.rct", bytes(2048)))

    assert told.code == 0
    assert "change tracking, 2.0 KB" in told.out


def test_inspect_gives_scripts_the_facts_as_they_would_be_stored(snapledger: Snapledger) -> None:
    data = vm_configuration(VM, name="web01", disks={"IDE 0:0": r"C:\VMs\a.vhd"})
    (told,) = snapledger("inspect", written(snapledger, "1.xml", data), "--json").json

    assert told["format"] == "vm configuration"
    assert told["facts"]["vm"] == VM.vm_id
    assert told["facts"]["says"]["disks"] == [{"slot": "IDE 0:0", "path": r"C:\VMs\a.vhd"}]


def test_a_configuration_that_is_damaged_is_a_finding(snapledger: Snapledger) -> None:
    data = vm_configuration(VM, name="web01", disks={})
    told = snapledger("inspect", written(snapledger, "1.xml", data[:-40]))

    assert told.code == 1
    assert "expected well-formed XML" in told.err


def test_foreign_text_in_evidence_is_shown_safely(snapledger: Snapledger) -> None:
    data = vm_configuration(VM, name="web\u202e01 [b]", disks={"IDE 0:0": "C:\\\x7f\u202ea.vhd"})
    told = snapledger("inspect", written(snapledger, "1.xml", data))

    assert told.code == 0
    assert "\u202e" not in told.out
    assert "\x7f" not in told.out
    assert "[b]" in told.out


# --- folders --------------------------------------------------------------------------------


def test_inspect_of_a_folder_inspects_all_that_is_in_it(snapledger: Snapledger, case: Path) -> None:
    told = snapledger("inspect", str(case), "--json")

    found = [each["format"] for each in told.json]
    assert told.code == 0
    assert found.count("vhdx") == 2
    assert "vm configuration" in found
    assert "snapshot configuration" in found
    assert found.count("side file") >= 3


def test_a_disk_is_told_with_what_lies_beside_it(snapledger: Snapledger, case: Path) -> None:
    told = snapledger("inspect", str(case / "C" / "VMs" / "web01.vhdx"))

    assert "beside       web01.vhdx.rct  change tracking, 2.0 KB" in told.out


def test_an_empty_folder_has_no_evidence(snapledger: Snapledger) -> None:
    (snapledger.folder / "empty").mkdir()
    (snapledger.folder / "empty" / "letter.txt").write_text("dear all", encoding="utf-8")
    told = snapledger("inspect", str(snapledger.folder / "empty"))

    assert told.code == 2
    assert "there is no evidence in" in told.err
    assert "(1 files)" not in told.err


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_what_a_folder_hides_is_told(snapledger: Snapledger, case: Path) -> None:
    (case / "C").chmod(0)
    told = snapledger("inspect", str(case))
    (case / "C").chmod(0o700)

    assert told.code == 1
    assert "cannot be read" in told.err


# --- wildcards ------------------------------------------------------------------------------


def test_wildcards_are_expanded_where_the_shell_leaves_them(tmp_path: Path) -> None:
    for name in ("a.avhd", "b.avhd", "c.vhd", "[1].avhd"):
        (tmp_path / name).touch()

    found = named_places([str(tmp_path / "*.avhd"), str(tmp_path / "?.vhd")], is_windows=True)

    assert [Path(each).name for each in found] == ["[1].avhd", "a.avhd", "b.avhd", "c.vhd"]


def test_a_wildcard_that_matches_nothing_stays_to_be_told(tmp_path: Path) -> None:
    word = str(tmp_path / "*.avhd")

    assert named_places([word], is_windows=True) == [word]
    assert named_places([word], is_windows=False) == [word]


def test_brackets_and_the_prefix_of_long_paths_are_no_wildcards(tmp_path: Path) -> None:
    (tmp_path / "[1]x.avhd").touch()
    (tmp_path / "1x.avhd").touch()

    assert named_places([str(tmp_path / "[1]*.avhd")], is_windows=True) == [
        str(tmp_path / "[1]x.avhd")
    ]
    assert named_places([r"\\?\C:\VMs\a.avhd"], is_windows=True) == [r"\\?\C:\VMs\a.avhd"]


@needs_real_evidence
def test_every_real_sample_is_told_without_a_fault(snapledger: Snapledger) -> None:
    assert EVIDENCE
    for folder in ("xml", "vmcx", "vmrs", "event-xml", "avhd-independent"):
        told = snapledger("inspect", str(EVIDENCE / folder))
        assert (told.code, told.err) == (0, "")
