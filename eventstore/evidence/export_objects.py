"""The objects of an export, sorted by the VM they belong to.

Objects are known by their properties, wherever they lie: alone, in arrays, or in an envelope.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from msgspec import Raw

from eventstore.errors import UnreadableExport
from eventstore.evidence.exported_drives import CUT_OFF, is_drive
from eventstore.evidence.powershell_json import Properties, is_object, items
from eventstore.evidence.wmi_objects import WmiObjects
from eventstore.ids import SnapshotId, VmId

COLLECTOR = "snapledgercollector"
"""The property that marks the envelope of `snapledger collector`."""

DEPTH_MAX = 8
"""Envelopes are two deep."""

VMS_MAX = 20_000
"""A host runs at most 2,048, a cluster 8,000."""

TEXT_MAX = 4096

NAMES_TOLD_MAX = 5
"""Of what is missing for many, so many are named."""

NOW = "now"

_OF_VMS = frozenset(
    (
        "configurationlocation",
        "snapshotfilelocation",
        "checkpointtype",
        "harddrives",
        "parentsnapshotid",
        "parentcheckpointid",
    )
)


class Untold:
    """What an export leaves out, each thing with those of whom it is missing."""

    def __init__(self) -> None:
        self._whose: defaultdict[str, list[str]] = defaultdict(list)

    def note(self, what: str, whose: str) -> None:
        """Remember that `what`, in which `{}` stands for a name, is missing of `whose`."""
        self._whose[what].append(whose)

    def sentences(self) -> Iterator[str]:
        for what, names in self._whose.items():
            more = len(names) - NAMES_TOLD_MAX
            told = ", ".join(names[:NAMES_TOLD_MAX]) + (f" and {more} more" if more > 0 else "")
            yield what.replace("{}", told)

    def __bool__(self) -> bool:
        return bool(self._whose)


@dataclass
class VmObjects:
    """What was found of one VM; `lists_all` when its snapshots lay in the VM itself.

    `drives` are those of `Get-VMHardDiskDrive`, by snapshot or `NOW`.
    """

    own: Properties | None = None
    snapshots: dict[SnapshotId, Properties] = field(default_factory=dict)
    lists_all: bool = False
    name: str = ""
    drives: defaultdict[str, list[Raw]] = field(default_factory=lambda: defaultdict(list))


class ExportObjects:
    """Collects objects; `disks` are those of `Get-VHD`."""

    def __init__(self) -> None:
        self.vms: defaultdict[VmId, VmObjects] = defaultdict(VmObjects)
        self.disks: list[Properties] = []
        self.envelope: Properties | None = None
        self.untold = Untold()
        self.wmi = WmiObjects()

    def __bool__(self) -> bool:
        return bool(self.vms or self.disks or self.envelope or self.untold)

    def take_in(self, raw: Raw, depth: int = DEPTH_MAX) -> None:
        """Sort an object, or all objects in an array; raises UnreadableExport."""
        for each in items(raw) or ():
            if len(self.vms) > VMS_MAX:
                raise UnreadableExport(f"expected at most {VMS_MAX:,} VMs, got more")
            if not is_object(each):
                self._below(each, depth)
                continue
            found = Properties(each)
            if self.wmi.takes(found) or self._is_sorted(found, each):
                continue
            if COLLECTOR in found:
                self.envelope = found
                self._failed(found)
            for below in found.nested():
                self._below(below, depth)

    def settle(self) -> None:
        """Sort what WMI told, as the cmdlets would have told it; no more is coming."""
        for raw in self.wmi.as_cmdlets_tell():
            self._is_sorted(Properties(raw), raw)

    def _below(self, raw: Raw, depth: int) -> None:
        if depth:
            self.take_in(raw, depth - 1)

    def _is_sorted(self, found: Properties, raw: Raw) -> bool:
        vm, own = found.guid("vmid"), found.guid("id")
        if is_drive(found):
            self._drive(found, vm, raw)
        elif "vhdtype" in found or "vhdformat" in found or "diskidentifier" in found:
            self.disks.append(found)
        elif "snapshottype" in found or (vm and own and vm != own):
            self._snapshot(found, vm, own)
        elif _is_vm(found):
            self._vm(found, own or vm)
        else:
            return False
        return True

    def _drive(self, found: Properties, vm: str | None, raw: Raw) -> None:
        if vm is None:
            self.untold.note("not told: of which VM is {}", "a drive")
            return
        self.vms[VmId(vm)].drives[found.guid("vmsnapshotid") or NOW].append(raw)
        self.vms[VmId(vm)].name = found.text("vmname")

    def _snapshot(self, found: Properties, vm: str | None, own: str | None) -> None:
        if vm is None or own is None:
            self.untold.note("not told: the GUID of {}, or of its VM", called(found))
            return
        self.vms[VmId(vm)].snapshots.setdefault(SnapshotId(own), found)
        self.vms[VmId(vm)].name = found.text("vmname")

    def _vm(self, found: Properties, own: str | None) -> None:
        if own is None:
            self.untold.note("not told: the GUID of {}", called(found))
            return
        known = self.vms[VmId(own)]
        known.own = known.own or found
        listed = items(found.named("snapshots"))
        if listed is None:
            return
        known.lists_all = True
        for raw in listed:
            snapshot = Properties(raw) if is_object(raw) else None
            if snapshot and (each := snapshot.guid("id")):
                known.snapshots.setdefault(SnapshotId(each), snapshot)
            else:
                known.lists_all = False
                self.untold.note(f"not told: a snapshot of {{}}; {CUT_OFF}", called(found))

    def _failed(self, envelope: Properties) -> None:
        """Tell which parts the collector could not ask for."""
        for raw in items(envelope.named("failed")) or ():
            if is_object(raw):
                part = Properties(raw)
                why = f"{part.text('part')}: {part.text('error')}"
                self.untold.note("could not be asked for: {}", why[:TEXT_MAX])


def _is_vm(found: Properties) -> bool:
    """Tell whether it is one of Hyper-V: others have names and GUIDs too."""
    is_short = "vmid" in found and "state" in found
    return "name" in found and (is_short or any(name in found for name in _OF_VMS))


def called(found: Properties) -> str:
    return bounded(found.text("name"))


def bounded(text: str) -> str:
    if len(text) > TEXT_MAX:
        raise UnreadableExport(f"expected a text of at most {TEXT_MAX} characters, got {len(text)}")
    return text
