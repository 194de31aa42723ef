"""Configuration files as the walk found them: which VM or snapshot each one belongs to."""

import os
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from eventstore.errors import NotAConfiguration
from eventstore.events import SnapshotConfigurationSeen, VmConfigurationSeen
from eventstore.evidence import keytree, vmcx
from eventstore.evidence.file_tree import Hindrance, shown
from eventstore.evidence.found_disk import moment_of_nanoseconds
from eventstore.evidence.keytree import ROOT, SIZE_MAX_BYTES, Key, is_xml_carrier
from eventstore.evidence.path_map import PathMap
from eventstore.evidence.vmconfig import Configuration, configuration_of, read_configuration
from eventstore.evidence.vmcx import holds_saved_state, is_storage
from eventstore.evidence.vmcx_registry import REGISTRY, FoundRegistry, registered_vms
from eventstore.evidence.vmcx_tree import parse_vmcx
from eventstore.ids import SnapshotId, VmId, guid
from eventstore.moments import Moment

_HEAD_BYTES = max(keytree.HEAD_BYTES, vmcx.HEAD_BYTES)

_HOMES = frozenset({"virtual machines", "snapshots"})
"""Hyper-V keeps configurations in folders of these names, each file named by a GUID."""

_CACHES = frozenset({f"{home} cache" for home in _HOMES})
"""Hosts keep copies here for when the storage is offline; those of 2008 R2 hold names alone."""


class FoundConfiguration(Struct, frozen=True):
    """A configuration and its owner: `snapshot` is None for a VM's own."""

    found_at: str
    path: str
    sha256: str
    vm: VmId
    snapshot: SnapshotId | None
    has_saved_state: bool
    configuration: Configuration
    modified_at: Moment | None = None

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
                modified_at=self.modified_at,
                media=said.media,
                other_keys=said.other_keys,
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
            modified_at=self.modified_at,
            media=said.media,
            other_keys=said.other_keys,
        )


class _Content(Struct, frozen=True):
    """What a file holds, and when it was last written."""

    data: bytes
    modified_at: Moment


class Configured(Struct):
    """Configurations with their folders, lists of VMs, and folders with snapshots' saved states."""

    found: list[tuple[str, FoundConfiguration]] = field(default_factory=list)
    registries: list[FoundRegistry] = field(default_factory=list)
    saved: set[tuple[str, SnapshotId]] = field(default_factory=set)

    def add(self, later: "Configured") -> None:
        self.found += later.found
        self.registries += later.registries
        self.saved |= later.saved

    def all(self) -> tuple[FoundConfiguration, ...]:
        """Give all configurations: those of VMs first, so that a reader knows a snapshot's VM."""
        ordered = sorted(self.found, key=lambda each: each[1].snapshot is not None)
        return tuple(self._with_saved_state(folder, each) for folder, each in ordered)

    def _with_saved_state(self, folder: str, found: FoundConfiguration) -> FoundConfiguration:
        if found.snapshot is None or (folder, found.snapshot) not in self.saved:
            return found
        return replace(found, has_saved_state=True)


class ConfigurationFiles:
    """Collects configurations, the saved states beside those of snapshots, and lists of VMs."""

    def __init__(
        self, mapping: PathMap, into: Configured, *, unread: Hindrance, passed_over: Hindrance
    ) -> None:
        self._mapping = mapping
        self._into = into
        self._unread = unread
        self._passed_over = passed_over
        self._states: dict[str, bool] = {}

    def file(self, place: str, file: BinaryIO) -> None:
        """Take in a file that is no disk, open at any offset; raises OSError."""
        stem, dot, suffix = _name(place).rpartition(".")
        own = guid(stem)
        kind = suffix.lower() if dot else ""
        if kind == "vmrs":
            self._runtime_state(place, own, file)
            return
        file.seek(0)
        head = file.read(_HEAD_BYTES)
        if is_storage(head) or kind == "vmcx":
            self._vmcx(place, own, _content(head, file))
        elif kind == "xml":
            self._xml(place, own, head, file)
        elif kind in {"bin", "vsv"} and own:
            self._into.saved.add((_folder(_folder(place)), SnapshotId(own)))

    def holds_state(self, place: str) -> bool | None:
        """Tell whether the VMRS at `place` holds a saved state; None where it could not be read."""
        return self._states.get(place)

    def _xml(self, place: str, own: str | None, head: bytes, file: BinaryIO) -> None:
        home = _home(place)
        if not is_xml_carrier(head):
            if own and home in _HOMES:
                self._unread(place, "is named like a configuration, but does not begin like one")
        elif home in _CACHES:
            self._passed_over(place, "is a cached copy of names, without disks")
        else:
            content = _content(head, file)
            try:
                self._configuration(place, own, content, read_configuration(content.data))
            except NotAConfiguration as error:
                self._unread(place, str(error))

    def _vmcx(self, place: str, own: str | None, content: _Content) -> None:
        if _home(place) in _CACHES:
            self._passed_over(place, "is the host's copy of a configuration that stands elsewhere")
            return
        try:
            carried = parse_vmcx(content.data)
            if registry := carried.root.at(REGISTRY):
                self._registry(place, content.data, registry)
            else:
                said = configuration_of(carried.root.at(ROOT) or carried.root)
                self._configuration(place, own, content, said)
        except NotAConfiguration as error:
            self._unread(place, str(error))
            return
        # What was read counts, and yet there may be more: that is for both lists.
        if carried.doubts:
            self._unread(place, "; ".join(carried.doubts))

    def _runtime_state(self, place: str, own: str | None, file: BinaryIO) -> None:
        """Note the saved state in a VMRS; every VM and snapshot of 2016 has one, state or not."""
        try:
            is_saved = holds_saved_state(file, os.fstat(file.fileno()).st_size)
        except NotAConfiguration as error:
            if own:
                self._passed_over(place, f"may hold a saved state, but cannot be read: {error}")
            return
        self._states[place] = is_saved
        if own and is_saved:
            self._into.saved.add((_folder(place), SnapshotId(own)))

    def _registry(self, place: str, data: bytes, registry: Key) -> None:
        found_at = shown(place)
        path = self._mapping.windows(found_at)
        digest = sha256(data).hexdigest()
        self._into.registries.append(
            FoundRegistry(found_at, path, digest, registered_vms(registry))
        )

    def _configuration(
        self, place: str, own: str | None, content: _Content, configuration: Configuration
    ) -> None:
        snapshot: SnapshotId | None = None
        if _home(place) == "snapshots" or configuration.kind == "snapshot":
            snapshot = configuration.snapshot_id or (SnapshotId(own) if own else None)
        vm = configuration.vm_besides(snapshot) if snapshot else configuration.vm_id
        if vm is None:
            raise NotAConfiguration(_nobodys(configuration))
        found_at = shown(place)
        found = FoundConfiguration(
            found_at=found_at,
            path=self._mapping.windows(found_at),
            sha256=sha256(content.data).hexdigest(),
            vm=vm,
            snapshot=snapshot,
            has_saved_state=False,
            configuration=configuration,
            modified_at=content.modified_at,
        )
        self._into.found.append((_folder(place), found))


def saved_states(folder: str, stem: str) -> Iterator["os.DirEntry[str]"]:
    """Give the files that may hold the saved state of the configuration `stem` in `folder`."""
    for place, suffixes in ((folder, (".vmrs",)), (os.path.join(folder, stem), (".bin", ".vsv"))):  # noqa: PTH118 - native paths are text
        names = {f"{stem}{suffix}".lower() for suffix in suffixes}
        try:
            with os.scandir(place) as found:
                entries = [entry for entry in found if entry.name.lower() in names]
        except (FileNotFoundError, NotADirectoryError):
            continue  # no folder, no state
        yield from (entry for entry in entries if entry.is_file(follow_symlinks=False))


def _content(head: bytes, file: BinaryIO) -> _Content:
    """Give the file of which `head` was read, or one byte more than any configuration has."""
    modified_at = moment_of_nanoseconds(os.fstat(file.fileno()).st_mtime_ns)
    return _Content(head + file.read(SIZE_MAX_BYTES + 1 - len(head)), modified_at)


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


def _home(place: str) -> str:
    return _name(_folder(place)).lower()
