"""Exports made up for tests: objects with the properties that the cmdlets give."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from eventstore.evidence.found_export import FoundExport, examine_export
from eventstore.evidence.powershell import Export, ExportedVm, read_export
from eventstore.ids import SnapshotId, VmId, derive

Object = dict[str, object]

VM = VmId(derive("web01"))
S1, S2, S3 = (SnapshotId(derive(name)) for name in ("S1", "S2", "S3"))
NAMES = {S1: "S1", S2: "S2", S3: "S3"}


def disk(name: str) -> str:
    return f"C:\\VMs\\{name}"


def drive(name: str, *, location: int = 0, **more: object) -> Object:
    return {
        "Path": disk(name),
        "ControllerType": 1,
        "ControllerNumber": 0,
        "ControllerLocation": location,
        "DiskNumber": None,
        "VMId": VM.lower(),
        "VMName": "web01",
        **more,
    }


def snapshot(own: SnapshotId, parent: SnapshotId | None, *heads: str, **more: object) -> Object:
    return {
        "Id": own.lower(),
        "Name": NAMES[own],
        "VMId": VM.lower(),
        "VMName": "web01",
        "ParentSnapshotId": parent.lower() if parent else None,
        "SnapshotType": 0,
        "State": 3,
        "IsAutomaticCheckpoint": False,
        "CreationTime": "/Date(1285480980000)/",
        "HardDrives": [drive(head, location=slot) for slot, head in enumerate(heads)],
        **more,
    }


def machine(under: SnapshotId | None, *heads: str, **more: object) -> Object:
    return {
        "Id": VM.lower(),
        "VMId": VM.lower(),
        "Name": "web01",
        "State": 2,
        "ParentSnapshotId": under.lower() if under else None,
        "ConfigurationLocation": "C:\\VMs\\web01",
        "HardDrives": [drive(head, location=slot) for slot, head in enumerate(heads)],
        **more,
    }


def story() -> Object:
    """The tree that no file tells: S2 and S3 under S1, Now under S3."""
    return machine(
        S3,
        "now.avhdx",
        Snapshots=[
            snapshot(S1, None, "base.vhdx"),
            snapshot(S2, S1, "a.avhdx", SnapshotType="Recovery"),
            snapshot(S3, S1, "b.avhdx", State=6),
        ],
    )


def collected(*vms: Object, asked_at: str = "2026-11-20T10:00:00.0000000+09:00") -> Object:
    return {"SnapledgerCollector": 1, "AskedAt": asked_at, "Computer": "HV01", "VMs": list(vms)}


def as_json(told: object, encoding: str = "utf-8") -> bytes:
    return json.dumps(told, ensure_ascii=False).encode(encoding)


def read(told: Mapping[str, object] | Sequence[object], encoding: str = "utf-8") -> Export:
    export = read_export(as_json(told, encoding))
    assert export
    return export


def only(export: Export) -> ExportedVm:
    (vm,) = export.vms
    return vm


def found(told: object, *, name: str = "export.json") -> FoundExport:
    with TemporaryDirectory() as folder:
        path = Path(folder, "export.json")
        path.write_bytes(as_json(told))
        with path.open("rb") as file:
            export = examine_export(file, f"/case/{name}", f"C:\\{name}")
    assert export
    return export
