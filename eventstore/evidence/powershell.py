"""What `Get-VM`, `Get-VMSnapshot`, `Get-VMHardDiskDrive` and `Get-VHD` told, or WMI, as JSON.

The one public witness of snapshots' parents, and of the snapshot that Now hangs under. Names and
numbers of enums: docs of the Hyper-V module.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Raw, Struct

from eventstore.events import ExportedSnapshot, Power, SlotDisk
from eventstore.evidence import wmi_objects
from eventstore.evidence.export_objects import NOW, ExportObjects, VmObjects, bounded, called
from eventstore.evidence.exported_drives import Drives, drives_of
from eventstore.evidence.powershell_json import Properties, utf8
from eventstore.ids import SnapshotId, VmId
from eventstore.moments import Moment
from eventstore.paths import path_key

MARKERS = (
    b'"SnapledgerCollector"',
    b'"VMId"',
    b'"VhdType"',
    b'"HardDrives"',
    b'"ConfigurationLocation"',
    b'"ParentSnapshotId"',
    *wmi_objects.MARKERS,
)
"""Property names of which one stands in every export that could be read."""

_PARENT_IDS = ("parentsnapshotid", "parentcheckpointid")
_PARENT_NAMES = ("parentsnapshotname", "parentcheckpointname")
_STATES = {2: "running", 3: "off", 6: "saved", 9: "paused"}
_POWERS: dict[str, Power] = {
    "running": "running",
    "off": "off",
    "saved": "saved",
    "paused": "paused",
}
_KINDS = {
    0: "standard",
    1: "recovery",
    2: "planned",
    5: "missing",
    6: "replica",
    7: "appconsistentreplica",
    8: "syncedreplica",
}


class ExportedVm(Struct, frozen=True):
    """What an export tells of one VM; None where it tells nothing."""

    id: VmId
    name: str
    computer: str
    power: Power | None
    location: str
    disks: tuple[SlotDisk, ...] | None
    parent: SnapshotId | None
    is_parent_known: bool
    snapshots: tuple[ExportedSnapshot, ...]
    has_all_snapshots: bool
    is_merging_on: bool | None = None


class Export(Struct, frozen=True):
    """What one file tells: when and where it was asked, as far as it says so itself.

    `attached` are disks in use that no VM of the export uses. `untold` says what is missing, and
    `nodes` are the hosts of its cluster.
    """

    asked_at: Moment | None
    computer: str
    vms: tuple[ExportedVm, ...]
    attached: tuple[str, ...]
    untold: tuple[str, ...]
    nodes: tuple[str, ...] = ()


def read_export(data: bytes) -> Export | None:
    """Read a file; None when nothing in it is of Hyper-V, UnreadableExport when it is no JSON."""
    objects = ExportObjects()
    objects.take_in(Raw(utf8(data)))
    objects.settle()
    return _Telling(objects).export() if objects else None


class _Telling:
    """Puts together what was found of each VM."""

    def __init__(self, objects: ExportObjects) -> None:
        self._objects = objects
        self._untold = objects.untold

    def export(self) -> Export:
        vms = tuple(self._vm(vm, found) for vm, found in self._objects.vms.items())
        envelope = self._objects.envelope
        return Export(
            asked_at=envelope.moment("askedat") if envelope else None,
            computer=bounded(envelope.text("computer")) if envelope else "",
            vms=vms,
            attached=tuple(_attached(self._objects.disks, vms)),
            untold=tuple(self._untold.sentences()),
            nodes=tuple(bounded(envelope.text("nodes")).split()) if envelope else (),
        )

    def _vm(self, vm: VmId, found: VmObjects) -> ExportedVm:
        own = found.own
        name = bounded((own.text("name", "vmname") if own else "") or found.name) or vm
        snapshots = {
            each: self._told(each, said, found, f"snapshot {called(said)} of {name}")
            for each, said in found.snapshots.items()
        }
        parent, is_parent_known = _parent(own, found) if own else (None, False)
        has_all = _has_all(found, snapshots.values(), parent, is_known=is_parent_known)
        if not has_all:
            self._untold.note("not told: all snapshots of {}", name)
        for each, named in _named_only(own, found, parent):
            snapshots.setdefault(each, named)
        if has_all and not snapshots:
            is_parent_known = True  # there is nothing that it could hang under
        return ExportedVm(
            id=vm,
            name=name,
            computer=bounded(own.text("computername")) if own else "",
            power=_POWERS.get(own.word("state", _STATES)) if own else None,
            location=bounded(own.text("configurationlocation", "path")) if own else "",
            disks=self._drives(found, NOW, own, name),
            parent=parent,
            is_parent_known=is_parent_known,
            snapshots=tuple(snapshots.values()),
            has_all_snapshots=has_all,
            is_merging_on=self._objects.wmi.merging.get(vm),
        )

    def _told(
        self, snapshot: SnapshotId, said: Properties, of: VmObjects, whose: str
    ) -> ExportedSnapshot:
        parent, is_known = _parent(said, of)
        state = said.word("state", _STATES)
        kind = said.word("snapshottype", _KINDS)
        return ExportedSnapshot(
            snapshot=snapshot,
            name=called(said) or None,
            parent=parent,
            is_parent_known=is_known,
            taken_at=said.moment("creationtime"),
            has_saved_state=state in {"saved", "running"} if state else None,
            kind="automatic" if said.flag("isautomaticcheckpoint") else kind,
            disks=self._drives(of, snapshot, said, whose),
        )

    def _drives(
        self, of: VmObjects, holder: str, said: Properties | None, whose: str
    ) -> tuple[SlotDisk, ...] | None:
        """Give what the object itself tells of its drives, else what `Get-VMHardDiskDrive` told."""
        told = drives_of(said.named("harddrives")) if said else Drives(None)
        if told.disks is None and of.drives[holder]:
            told = drives_of(of.drives[holder])
        if told.disks is None:
            why = f"; {told.problem}" if told.problem else ""
            self._untold.note(f"not told: the disks of {{}}{why}", whose)
        return told.disks


def _parent(said: Properties, of: VmObjects) -> tuple[SnapshotId | None, bool]:
    """Give the snapshot above, and whether that is told; null, or no name at all, is a root."""
    if own := said.guid(*_PARENT_IDS):
        return SnapshotId(own), True
    if not any(name in said for name in (*_PARENT_IDS, *_PARENT_NAMES)):
        return None, False
    name = said.text(*_PARENT_NAMES)
    if not name:
        return None, True
    found = [each for each, other in of.snapshots.items() if other.text("name") == name]
    return (found[0], True) if len(found) == 1 else (None, False)


def _named_only(
    own: Properties | None, of: VmObjects, parent: SnapshotId | None
) -> Iterator[tuple[SnapshotId, ExportedSnapshot]]:
    """Give the snapshots that others name as their parent; of themselves they told nothing."""
    sayers = [(parent, own), *((_parent(said, of)[0], said) for said in of.snapshots.values())]
    for snapshot, said in sayers:
        if snapshot and said:
            name = bounded(said.text(*_PARENT_NAMES)) or None
            yield snapshot, ExportedSnapshot(snapshot, name)


def _has_all(
    found: VmObjects,
    snapshots: Iterable[ExportedSnapshot],
    parent: SnapshotId | None,
    *,
    is_known: bool,
) -> bool:
    """Tell whether these are all snapshots of the VM.

    A VM's own list is whole, be it empty. Snapshots that lie apart may have been asked for by
    name: some must be told, and all that are named as parents.
    """
    told = {each.snapshot for each in snapshots}
    named = {each.parent for each in snapshots if each.parent} | ({parent} if parent else set())
    are_parents_known = is_known and all(each.is_parent_known for each in snapshots)
    return named <= told and (found.lists_all or (bool(told) and are_parents_known))


def _attached(disks: Sequence[Properties], vms: Iterable[ExportedVm]) -> Iterator[str]:
    """Give the disks that are attached, and not to a VM of the export."""
    used = {path_key(disk.path) for vm in vms for disk in _disks_of(vm)}
    used |= {path_key(parent) for each in disks if (parent := each.text("parentpath"))}
    for each in disks:
        path = each.text("path")
        if each.flag("attached") and path and path_key(path) not in used:
            used.add(path_key(path))
            yield path


def _disks_of(vm: ExportedVm) -> Iterator[SlotDisk]:
    yield from vm.disks or ()
    for snapshot in vm.snapshots:
        yield from snapshot.disks or ()
