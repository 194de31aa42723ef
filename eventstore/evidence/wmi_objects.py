r"""Objects of Hyper-V's WMI classes, turned round into what the cmdlets tell of the same things.

2008 and 2008 R2 have no cmdlets: there `Get-WmiObject -Namespace root\virtualization` is all there
is. Names and values: Microsoft's reference of both namespaces; the form of an InstanceID
(`Microsoft:<GUID>\<controller>\<number>\<place>\L`, the GUID being a VM's or a snapshot's) was
seen in instances that others published.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

import msgspec
from msgspec import Raw

from eventstore.evidence.drives import BUSES, DISK_SUFFIXES, OTHER_BUS
from eventstore.evidence.powershell_json import Properties
from eventstore.ids import guid
from eventstore.paths import suffix_of

MARKERS = (
    b'"VirtualSystemIdentifier"',
    b'"SettingType"',
    b'"ResourceSubType"',
    b'"Msvm_ComputerSystem"',
)
"""Property names of which one stands in every export of these classes that could be read."""

SNAPSHOT_SETTING = 5
"""`SettingType` of a snapshot in the first namespace; 3 is a VM."""

_GUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_SETTINGS = re.compile(rf"Microsoft:({_GUID})")
_ALLOCATION = re.compile(rf"Microsoft:({_GUID})\\([^\\]+)\\(\d{{1,3}})\\(\d{{1,3}})(?:\\L)?")
_OF_VM = re.compile(rf"Microsoft:({_GUID})(?:\\.*)?")
_MERGE_SETTINGS = "disk merge setting data"
"""What the ElementName of every `Msvm_DiskMergeSettingData` is."""
_PATH_OF_SETTINGS = re.compile(rf'Msvm_VirtualSystemSettingData\.InstanceID="Microsoft:({_GUID})"')
_HARD_DISKS = frozenset({"microsoft virtual hard disk", "microsoft:hyper-v:virtual hard disk"})
_SYSTEMS = frozenset({"msvm_computersystem", "msvm_plannedcomputersystem"})
_PAUSED, _SAVED = 32768, 32769
_STATES = {_PAUSED: "Paused", _SAVED: "Saved"}
_KINDS = {
    "realized": "Standard",
    "recovery": "Recovery",
    "planned": "Planned",
    "missing": "Missing",
    "replica:standard": "Replica",
    "replica:applicationconsistent": "AppConsistentReplica",
    "replica:plannedfailover": "SyncedReplica",
}

Told = dict[str, object]


class WmiObjects:
    """Collects objects; whose disks are whose shows only when all are there.

    `merging` says of a VM whether its disks may be merged: EnabledState is 1, or 0 for a while.
    """

    def __init__(self) -> None:
        self.merging: dict[str, bool] = {}
        self._vms: defaultdict[str, Told] = defaultdict(dict)
        self._snapshots: dict[str, Told] = {}
        self._disks: list[tuple[str, str, str, int, int]] = []

    def takes(self, found: Properties) -> bool:
        """Take in an object of these classes, or say that it is none."""
        if found.text("elementname").lower() == _MERGE_SETTINGS:
            self._merge_settings(found)
        elif _is_allocation(found):
            self._allocation(found)
        elif _SETTINGS.fullmatch(found.text("instanceid")) and _vm_of(found):
            self._settings(found, _vm_of(found) or "")
        elif found.text("creationclassname").lower() in _SYSTEMS:
            self._system(found)
        else:
            return False
        return True

    def as_cmdlets_tell(self) -> Iterator[Raw]:
        """Give the same as objects of `Get-VM`, `Get-VMSnapshot` and `Get-VMHardDiskDrive`."""
        for vm, told in self._vms.items():
            yield _raw({"Id": vm, "VMId": vm, "State": None, "HardDrives": None, **told})
        for told in self._snapshots.values():
            yield _raw(told)
        for of, path, bus, number, place in self._numbered():
            yield self._drive(of, path, bus, number, place)

    def _settings(self, found: Properties, vm: str) -> None:
        """A VM's settings are called by its own GUID, a snapshot's by the snapshot's."""
        own = str(guid(found.text("instanceid").partition(":")[2]))
        above = _PATH_OF_SETTINGS.search(found.text("parent"))
        told: Told = {"Name": found.text("elementname"), **_computer(found)}
        if "parent" in found:
            told["ParentSnapshotId"] = above[1] if above else None
        if not _is_snapshot(found, own, vm):
            self._vms[vm].update(told, ConfigurationLocation=found.text("configurationdataroot"))
            return
        is_saved = found.flag("issaved")
        self._snapshots[own] = {
            **told,
            "Id": own,
            "VMId": vm,
            "SnapshotType": _kind(found.text("virtualsystemtype")),
            "CreationTime": found.moment("creationtime"),
            "IsAutomaticCheckpoint": found.flag("isautomaticsnapshot"),
            "State": None if is_saved is None else {True: "Saved", False: "Off"}[is_saved],
        }

    def _system(self, found: Properties) -> None:
        """The host itself is one, too: its name is no GUID. A mere reference has no other name."""
        own, name = guid(found.text("name")), found.text("elementname")
        if own and name:
            state = found.number("enabledstate")
            told = None if state is None else _STATES.get(state, state)
            self._vms[own].update(Name=name, State=told, **_computer(found))

    def _merge_settings(self, found: Properties) -> None:
        of, state = _OF_VM.fullmatch(found.text("instanceid")), found.number("enabledstate")
        if of and state in {0, 1}:
            self.merging[str(guid(of[1]))] = state == 1

    def _allocation(self, found: Properties) -> None:
        place = _ALLOCATION.fullmatch(found.text("instanceid"))
        path = found.first("hostresource") or found.first("connection")
        is_disk = found.text("resourcesubtype").lower() in _HARD_DISKS
        if place and path and (is_disk or suffix_of(path) in DISK_SUFFIXES):
            own, device, number, at = place.groups()
            self._disks.append((str(guid(own)), path, device.upper(), int(number), int(at)))

    def _numbered(self) -> Iterator[tuple[str, str, str, int, int]]:
        """Number the SCSI controllers of each VM: they are told apart by GUIDs of their own."""
        seen: defaultdict[str, list[str]] = defaultdict(list)
        for of, path, device, number, at in self._disks:
            if bus := BUSES.get(device):
                yield of, path, bus, number, at
                continue
            if device not in seen[of]:
                seen[of].append(device)
            yield of, path, "SCSI", seen[of].index(device), at

    def _drive(self, of: str, path: str, bus: str, number: int, place: int) -> Raw:
        if of not in self._vms and of not in self._snapshots:
            # Nobody says whose it is: in use, and by whom is not told.
            return _raw({"Path": path, "Attached": True, "VhdType": None})
        snapshot = self._snapshots.get(of)
        return _raw(
            {
                "VMId": snapshot["VMId"] if snapshot else of,
                "VMSnapshotId": of if snapshot else None,
                "Path": path,
                "ControllerType": bus if bus in {"IDE", "SCSI"} else OTHER_BUS,
                "ControllerNumber": number,
                "ControllerLocation": place,
            }
        )


def _is_allocation(found: Properties) -> bool:
    return "resourcesubtype" in found and ("hostresource" in found or "connection" in found)


def _vm_of(found: Properties) -> str | None:
    return found.guid("virtualsystemidentifier", "systemname")


def _is_snapshot(found: Properties, own: str, vm: str) -> bool:
    kind = found.text("virtualsystemtype").lower()
    if ":snapshot:" in kind or found.number("settingtype") == SNAPSHOT_SETTING:
        return True
    return ":system:" not in kind and own != vm


def _kind(told: str) -> str:
    return _KINDS.get(told.lower().partition(":snapshot:")[2], "Standard")


def _computer(found: Properties) -> Told:
    name = found.text("pscomputername", "__server")
    return {"ComputerName": name} if name else {}


def _raw(told: Told) -> Raw:
    return Raw(msgspec.json.encode(told))
