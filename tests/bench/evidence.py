"""Reading evidence beside the least that anybody has to do: open it, read as much, decode it."""

import hashlib
import io
import os
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import msgspec
from defusedxml.ElementTree import fromstring

from eventstore.evidence.disk import read_disk
from eventstore.evidence.folder import walk
from eventstore.evidence.keytree import ROOT, Key, parse_xml
from eventstore.evidence.path_map import PathMap
from eventstore.evidence.powershell import read_export
from eventstore.evidence.vmconfig import configuration_of, read_configuration
from eventstore.evidence.vmcx import holds_saved_state
from eventstore.evidence.vmcx_registry import REGISTRY, registered_vms
from eventstore.evidence.vmcx_tree import parse_vmcx
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import NewVirtualDisk, Stamp
from tests.bench.measure import OURS, Row, Work, race
from tests.eventstore.evidence.exports import as_json, collected, machine, snapshot
from tests.eventstore.evidence.vmcx_writer import node, string, vmcx
from tests.eventstore.evidence.wmi_exports import allocation, snapshot_settings, vm_settings
from tests.story import START

HEADER_BYTES = {"vhd": 4096, "vhdx": 512 << 10}
"""What a reader has to fetch: footer, header and table; for VHDX two region tables of 64 KiB."""

HASHED_BYTES = {"vhd": 2048, "vhdx": 200 << 10}
"""How much of it is header, and told by its SHA-256."""

_VM = ConfiguredVm(VmId(derive("web01")), "live", r"C:\VMs")
_S1 = SnapshotId(derive("S1"))
_DISKS = {f"SCSI 0:{place}": rf"C:\VMs\web01-{place}.vhdx" for place in range(4)}
_DISKS_IN_A_FOLDER = 20


def rows(folder: Path, files: int) -> Iterator[Row]:
    """Measure every reader but those of event logs on one file read `files` times a round."""
    folder.mkdir()
    for suffix, create in (("vhd", create_vhd), ("vhdx", create_vhdx)):
        path = folder / f"disk.{suffix}"
        create(path, NewVirtualDisk("dynamic", derive("disk"), Stamp(START, derive("write"))))
        yield _of_disk(path, suffix, files)
    yield from _of_configurations(files)
    yield from _of_exports(max(files // 20, 1))
    yield _of_folder(folder / "walked", max(files // _DISKS_IN_A_FOLDER, 1))


def _of_disk(path: Path, suffix: str, files: int) -> Row:
    size, hashed = HEADER_BYTES[suffix], HASHED_BYTES[suffix]
    contestants: dict[str, Work] = {
        OURS: _times(files, partial(read_disk, path)),
        f"open and read {size >> 10} KiB": _times(files, partial(_fetch, path, size)),
        f"and SHA-256 of {hashed >> 10} KiB": _times(files, partial(_fetch, path, size, hashed)),
    }
    return race(f"verify the headers of a {suffix.upper()}", contestants, count=files, unit="file")


def _of_configurations(files: int) -> Iterator[Row]:
    xml = vm_configuration(_VM, name="web01", disks=_DISKS)
    text = xml.decode("utf-16").partition("?>")[2]
    of_snapshot = snapshot_configuration(
        _VM, snapshot=_S1, name="S1", disks=_DISKS, parent=None, taken_at=START
    )
    binary = vmcx(parse_xml(xml))
    state = vmcx(node("savedstate", node("savedVM", Key("partition_state", "bytes", bytes(99)))))
    listed = (string(f"_{derive(number)}_", rf"C:\VMs\{number}.vmcx") for number in range(50))
    registry = vmcx(node("Configurations", node("VirtualMachines", *listed)))
    for what, read, floor, work in (
        ("a VM's XML", partial(read_configuration, xml), "defusedxml", partial(_xml, text)),
        (
            "a snapshot's XML",
            partial(read_configuration, of_snapshot),
            "defusedxml",
            partial(_xml, text),
        ),
        ("a VMCX", partial(_read_vmcx, binary), "CRC-32 of its bytes", partial(zlib.crc32, binary)),
        ("a VMRS", partial(_has_state, state), "CRC-32 of its bytes", partial(zlib.crc32, state)),
        (
            "a list of 50 VMs",
            partial(_listed, registry),
            "CRC-32 of its bytes",
            partial(zlib.crc32, registry),
        ),
    ):
        contestants: dict[str, Work] = {OURS: _times(files, read), floor: _times(files, work)}
        yield race(f"read {what}", contestants, count=files, unit="file")


def _of_exports(times: int) -> Iterator[Row]:
    cmdlets = as_json(collected(*(_exported(number) for number in range(20))))
    wmi = as_json([each for number in range(20) for each in _by_wmi(number)])
    for what, data in (("the cmdlets, 20 VMs", cmdlets), ("WMI, 20 VMs", wmi)):
        contestants: dict[str, Work] = {
            OURS: _times(times, partial(read_export, data)),
            "bare decoding": _times(times, partial(msgspec.json.decode, data)),
        }
        yield race(f"read an export of {what}", contestants, count=times, unit="file")


def _of_folder(folder: Path, times: int) -> Row:
    folder.mkdir()
    for number in range(_DISKS_IN_A_FOLDER):
        path = folder / f"disk{number}.vhd"
        create_vhd(path, NewVirtualDisk("dynamic", derive(number), Stamp(START, derive("write"))))
        path.with_suffix(".vhd.rct").write_bytes(b"tracked")
    contestants: dict[str, Work] = {
        OURS: _times(times, partial(walk, folder, PathMap())),
        "list, open and read 4 KiB of each": _times(times, partial(_list, folder)),
    }
    count = times * 2 * _DISKS_IN_A_FOLDER
    return race("walk a folder of disks and side files", contestants, count=count, unit="file")


def _times(count: int, work: Work) -> Work:
    def repeated() -> None:
        for _ in range(count):
            work()

    return repeated


def _fetch(path: Path, size: int, hashed: int = 0) -> None:
    with path.open("rb") as file:
        data = file.read(size)
    if hashed:
        hashlib.sha256(data[:hashed]).hexdigest()


def _xml(text: str) -> None:
    fromstring(text, forbid_dtd=True)


def _read_vmcx(data: bytes) -> None:
    root = parse_vmcx(data).root
    configuration_of(root.at(ROOT) or root)


def _has_state(data: bytes) -> None:
    holds_saved_state(io.BytesIO(data), len(data))


def _listed(data: bytes) -> None:
    found = parse_vmcx(data).root.at(REGISTRY)
    assert found
    registered_vms(found)


def _exported(number: int) -> dict[str, object]:
    own = derive("vm", number)
    of_snapshot = {**snapshot(_S1, None, "base.vhdx"), "Id": derive("S", number), "VMId": own}
    return {**machine(None, "now.avhdx"), "Id": own, "VMId": own, "Snapshots": [of_snapshot]}


def _by_wmi(number: int) -> Iterator[dict[str, object]]:
    own = derive("vm", number)
    yield vm_settings(None, InstanceID=f"Microsoft:{own}", VirtualSystemIdentifier=own)
    yield snapshot_settings(
        _S1, None, InstanceID=f"Microsoft:{derive('S', number)}", VirtualSystemIdentifier=own
    )
    yield allocation(own, "now.avhdx")
    yield allocation(derive("S", number), "base.vhdx")


def _list(folder: Path) -> None:
    for entry in os.scandir(folder):
        entry.stat()
        with Path(entry.path).open("rb") as file:
            file.read(4096)
