"""Walk, observe and append on real files and the real log: the whole way of recorded evidence."""

from pathlib import Path

from msgspec.structs import replace

from eventstore.evidence.folder import walk
from eventstore.evidence.keytree import Key, parse_xml
from eventstore.evidence.path_map import MAP_NAME, map_text, path_map
from eventstore.fleet import Fleet, fold
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.known import known_from
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import Moment
from eventstore.observe import Observer, observe
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.virtual_disk import NewVirtualDisk, Stamp
from tests.eventstore.evidence.vmcx_writer import node, vmcx
from tests.real_evidence import EVIDENCE, needs_real_evidence

NOW = Moment("2026-11-22T12:00:00.000000Z")
VM = ConfiguredVm(vm_id=VmId(derive("web01")), policy="offline", root=r"C:\VMs")
S1 = SnapshotId(derive("S1"))
BASE = r"C:\VMs\web01.vhd"


def case(folder: Path) -> Path:
    """Make a mounted volume with a VM, its disk and one snapshot."""
    home = folder / "C" / "VMs"
    (home / "Virtual Machines").mkdir(parents=True)
    (home / "Snapshots" / S1).mkdir(parents=True)
    (folder / MAP_NAME).write_bytes(map_text({"C:\\": "C"}))
    new = NewVirtualDisk(kind="dynamic", disk_id=derive("base"), stamp=Stamp(NOW, derive("w")))
    create_vhd(home / "web01.vhd", new)
    disks = {"IDE 0:0": BASE}
    (home / "Virtual Machines" / f"{VM.vm_id}.xml").write_bytes(
        vm_configuration(VM, name="web01", disks=disks, snapshots=[S1])
    )
    (home / "Snapshots" / f"{S1}.xml").write_bytes(
        snapshot_configuration(VM, snapshot=S1, name="S1", disks=disks, parent=None, taken_at=NOW)
    )
    (home / "Snapshots" / S1 / f"{S1}.vsv").write_bytes(b"state")
    return folder


def record(log: EmbeddedLog, root: Path) -> int:
    """Append what a walk through `root` adds to `log`; give the number of events."""
    reading = walk(root, path_map(root))
    entries = (recorded.entry for recorded in log.read())
    news = observe(
        reading, known_from(entries, host="HV01", root=reading.root), Observer("HV01", NOW)
    )
    for each in news:
        log.append(each.stream, [each.entry()], expected=log.revision(each.stream))
    return len(news)


def told_by(log: EmbeddedLog) -> Fleet:
    return fold(log.read())


def test_a_simulated_case_is_recorded_once_and_understood(tmp_path: Path) -> None:
    log, root = open_store(tmp_path / "store", create=True), case(tmp_path / "case")

    first, second = record(log, root), record(log, root)

    machine = told_by(log).machines[VM.vm_id]
    assert (first, second) == (5, 0)
    assert machine.name == "web01"
    assert [disk.path for disk in machine.disks.values()] == [BASE]
    assert machine.snapshots[S1].has_saved_state
    log.close()


def test_a_snapshot_deleted_behind_our_back_is_noticed(tmp_path: Path) -> None:
    log, root = open_store(tmp_path / "store", create=True), case(tmp_path / "case")
    record(log, root)
    (root / "C" / "VMs" / "Snapshots" / f"{S1}.xml").unlink()

    assert record(log, root) == 2
    assert told_by(log).machines[VM.vm_id].snapshots == {}
    log.close()


def test_the_same_case_in_vmcx_tells_the_same_machine(tmp_path: Path) -> None:
    """A host of 2016 keeps the same keys in another carrier, and memory in a VMRS."""
    old, new = case(tmp_path / "old"), case(tmp_path / "new")
    for file in (new / "C").rglob("*.xml"):
        file.with_suffix(".vmcx").write_bytes(vmcx(parse_xml(file.read_bytes())))
        file.unlink()
    state = node("savedstate", node("savedVM", Key("partition_state", "bytes", b"state")))
    (new / "C" / "VMs" / "Snapshots" / S1 / f"{S1}.vsv").unlink()
    (new / "C" / "VMs" / "Snapshots" / f"{S1}.VMRS").write_bytes(vmcx(state))
    fleets = []
    for root in (old, new):
        log = open_store(tmp_path / f"store of {root.name}", create=True)
        record(log, root)
        fleets.append(told_by(log))
        log.close()

    of_xml, of_vmcx = (fleet.machines[VM.vm_id] for fleet in fleets)
    assert of_vmcx.snapshots[S1].has_saved_state
    assert replace(of_vmcx, files=(), readings=()) == replace(of_xml, files=(), readings=())
    assert [file.path for file in of_vmcx.files] == [
        file.path.replace(".xml", ".vmcx") for file in of_xml.files
    ]


@needs_real_evidence
def test_real_files_are_recorded_once(tmp_path: Path) -> None:
    assert EVIDENCE is not None
    log = open_store(tmp_path / "store", create=True)

    first, second = record(log, EVIDENCE), record(log, EVIDENCE)

    fleet = told_by(log)
    assert second == 0
    assert [len(listed.vms) for listed in fleet.registries.values()] == [4]
    assert sorted(machine.name for machine in fleet.machines.values()) == [
        "2012R2",
        "Default Generation 1",
        "Default Generation 2",
        "Other Location",
        "linux1",
    ]
    walk = 1
    told = (*fleet.sightings, *fleet.registries, *fleet.side_files)
    assert first == len(fleet.machines) + len(told) + walk
    log.close()
