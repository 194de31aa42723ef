"""Configuration files as the walk found them: which VM or snapshot each one belongs to."""

import os
from hashlib import sha256
from typing import BinaryIO

from msgspec import Struct
from msgspec.structs import replace

from eventstore.errors import NotAConfiguration
from eventstore.events import SnapshotConfigurationSeen, VmConfigurationSeen
from eventstore.evidence.file_tree import Hindrance, shown
from eventstore.evidence.keytree import HEAD_BYTES, SIZE_MAX_BYTES, is_xml_carrier
from eventstore.evidence.path_map import PathMap
from eventstore.evidence.vmconfig import Configuration, read_configuration
from eventstore.ids import SnapshotId, VmId, guid

VMCX_REASON = "is a VMCX configuration (2016 and later); this version reads XML only"

_HOMES = frozenset({"virtual machines", "snapshots"})
"""Hyper-V keeps configurations in folders of these names, each file named by a GUID."""

_CACHES = frozenset({f"{home} cache" for home in _HOMES})
"""2008 R2 keeps names here for when the storage is offline: such a file names no disks."""


class FoundConfiguration(Struct, frozen=True):
    """A configuration and its owner: `snapshot` is None for a VM's own."""

    found_at: str
    path: str
    sha256: str
    vm: VmId
    snapshot: SnapshotId | None
    has_saved_state: bool
    configuration: Configuration

    def event(self) -> VmConfigurationSeen | SnapshotConfigurationSeen:
        said = self.configuration
        if self.snapshot is None:
            return VmConfigurationSeen(
                name=said.name or self.vm,
                path=self.path,
                found_at=self.found_at,
                format_version=said.version,
                disks=said.disks,
                snapshots_listed=said.snapshots_listed,
                merge_pending=said.merge_pending,
                created_at=said.creation_time,
                sha256=self.sha256,
            )
        return SnapshotConfigurationSeen(
            snapshot=self.snapshot,
            path=self.path,
            found_at=self.found_at,
            name=said.name,
            parent=said.parent,
            is_parent_known=said.is_parent_known,
            taken_at=said.taken_at,
            has_saved_state=self.has_saved_state,
            disks=said.disks,
            sha256=self.sha256,
        )


class ConfigurationFiles:
    """Collects configurations, and the saved states that lie beside those of snapshots."""

    def __init__(self, mapping: PathMap, *, unread: Hindrance, passed_over: Hindrance) -> None:
        self._mapping = mapping
        self._unread = unread
        self._passed_over = passed_over
        self._found: list[tuple[str, FoundConfiguration]] = []
        self._saved: set[tuple[str, SnapshotId]] = set()

    def file(self, entry: "os.DirEntry[str]", file: BinaryIO) -> None:
        """Take in a file that is no disk, open at any offset; raises OSError."""
        stem, dot, suffix = entry.name.rpartition(".")
        match suffix.lower() if dot else "":
            case "xml":
                self._xml(entry.path, guid(stem), file)
            case "vmcx":
                self._unread(entry.path, VMCX_REASON)
            case "bin" | "vsv" if own := guid(stem):
                self._saved.add((_folder(_folder(entry.path)), SnapshotId(own)))

    def found(self) -> tuple[FoundConfiguration, ...]:
        """Give all configurations: those of VMs first, so that a reader knows a snapshot's VM."""
        ordered = sorted(self._found, key=lambda each: each[1].snapshot is not None)
        return tuple(self._with_saved_state(folder, each) for folder, each in ordered)

    def _xml(self, place: str, own: str | None, file: BinaryIO) -> None:
        home = _name(_folder(place)).lower()
        file.seek(0)
        head = file.read(HEAD_BYTES)
        if not is_xml_carrier(head):
            if own and home in _HOMES:
                self._unread(place, "is named like a configuration, but does not begin like one")
        elif home in _CACHES:
            self._passed_over(place, "is a cached copy of names, without disks")
        else:
            data = head + file.read(SIZE_MAX_BYTES + 1 - len(head))
            self._configuration(place, own, data, is_among_snapshots=home == "snapshots")

    def _configuration(
        self, place: str, own: str | None, data: bytes, *, is_among_snapshots: bool
    ) -> None:
        try:
            configuration = read_configuration(data)
        except NotAConfiguration as error:
            self._unread(place, str(error))
            return
        snapshot: SnapshotId | None = None
        if is_among_snapshots or configuration.kind == "snapshot":
            snapshot = configuration.snapshot_id or (SnapshotId(own) if own else None)
        vm = configuration.vm_besides(snapshot) if snapshot else configuration.vm_id
        if vm is None:
            self._unread(place, _nobodys(configuration))
            return
        found_at = shown(place)
        found = FoundConfiguration(
            found_at=found_at,
            path=self._mapping.windows(found_at),
            sha256=sha256(data).hexdigest(),
            vm=vm,
            snapshot=snapshot,
            has_saved_state=False,
            configuration=configuration,
        )
        self._found.append((_folder(place), found))

    def _with_saved_state(self, folder: str, found: FoundConfiguration) -> FoundConfiguration:
        has_saved_state = found.snapshot is not None and (folder, found.snapshot) in self._saved
        return replace(found, has_saved_state=has_saved_state)


def _nobodys(configuration: Configuration) -> str:
    if configuration.kind == "unknown":
        return (
            "is a configuration of an unknown kind: properties/type_id is "
            f"{configuration.type_id!r:.80}, expected 'Virtual Machines'"
        )
    return "is a snapshot's configuration that does not say which, or of which VM"


def _folder(place: str) -> str:
    return os.path.dirname(place)  # noqa: PTH120 - a Path for each of 100,000 files is slow


def _name(place: str) -> str:
    return os.path.basename(place)  # noqa: PTH119 - as above
