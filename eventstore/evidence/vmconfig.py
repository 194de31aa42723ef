"""What a configuration says of its VM or snapshot: who it is, and which disks it refers to.

Key names are those of real files of 2008 R2 (version 512) and 2012 R2 (version 1280); what no
public file shows stands in `UNPUBLISHED`, and nowhere else.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from eventstore.errors import BadInput, NotAConfiguration
from eventstore.events import SlotDisk
from eventstore.evidence.drives import attached_disks, attached_media, drives
from eventstore.evidence.keytree import Key, parse_xml
from eventstore.evidence.other_keys import other_keys
from eventstore.ids import SnapshotId, VmId, guid
from eventstore.moments import Moment, moment_of_filetime, parse_moment

ConfigurationKind = Literal["vm", "snapshot", "unknown"]

SIMULATED = "snapledger_simulated"
"""Our own simulated host writes what real files name otherwise below this key."""

FILETIME_BYTES = 8

NAME_MAX = 4096
"""Far beyond Hyper-V's own limit; one event must fit into a batch of the log."""


class UnpublishedKeys(Struct, frozen=True):
    """Where a fact may stand: the first path that is there counts."""

    snapshot_type_id: str
    snapshot_id: tuple[str, ...]
    vm_id: tuple[str, ...]
    parent: tuple[str, ...]
    taken_at: tuple[str, ...]
    listed: tuple[str, ...]


# No snapshot's configuration of any version is public, nor a VM's that lists one. The type_id is
# inferred from a VM's "Virtual Machines"; of all other names nothing is known. When a first real
# file turns up, its path goes in front of ours; reading ours proves nothing about real files.
UNPUBLISHED = UnpublishedKeys(
    snapshot_type_id="Snapshots",
    snapshot_id=(f"{SIMULATED}/snapshot_id",),
    vm_id=(f"{SIMULATED}/vm_id",),
    parent=(f"{SIMULATED}/parent",),
    taken_at=(f"{SIMULATED}/taken_at",),
    listed=(f"{SIMULATED}/snapshots",),
)


UNDERSTOOD = frozenset(
    (
        "properties/name",
        "properties/global_id",
        "properties/type_id",
        "properties/version",
        "properties/creation_time",
        "settings/global/logical_id",
        "global_settings/snapshots/list/size",
        "global_settings/disk_merge_pending",
        *UNPUBLISHED.snapshot_id,
        *UNPUBLISHED.vm_id,
        *UNPUBLISHED.parent,
        *UNPUBLISHED.taken_at,
        *UNPUBLISHED.listed,
    )
)
"""What the log keeps of a configuration under names of its own."""


class Configuration(Struct, frozen=True):
    """What one configuration file says; None where it says nothing.

    `vm_id` of a snapshot may be unknown. `parent` counts only if `is_parent_known`: then None
    means a root. `listed` are the snapshots a VM's file names, where it uses keys that we know.
    `media` are images in its drives, `other_keys` what it says beside all that.
    """

    kind: ConfigurationKind
    vm_id: VmId | None
    name: str | None
    type_id: str | None
    subtype: int | None
    version: int | None
    creation_time: Moment | None
    disks: tuple[SlotDisk, ...]
    snapshots_listed: int | None
    merge_pending: bool | None
    snapshot_id: SnapshotId | None = None
    parent: SnapshotId | None = None
    is_parent_known: bool = False
    taken_at: Moment | None = None
    listed: tuple[SnapshotId, ...] = ()
    media: tuple[SlotDisk, ...] = ()
    other_keys: tuple[tuple[str, str], ...] = ()
    guids: tuple[str, ...] = ()

    def vm_besides(self, snapshot: SnapshotId) -> VmId | None:
        """Give the VM that this file is a snapshot of, when `snapshot` is the snapshot's own GUID.

        Inferred for real files: of the two GUIDs they hold, one that is not the snapshot's is
        the VM's. Two such leave it open.
        """
        if self.kind != "vm" and self.vm_id:
            return self.vm_id
        others = [found for found in self.guids if found != snapshot]
        return VmId(others[0]) if len(others) == 1 else None


def read_configuration(data: bytes) -> Configuration:
    """Read the XML of a configuration; raises NotAConfiguration with what came and where."""
    return configuration_of(parse_xml(data))


def configuration_of(tree: Key) -> Configuration:
    """Give what a key tree says, whatever carried it."""
    if tree.at("properties") is None:
        raise NotAConfiguration("properties: expected the keys of a virtual machine, got none")
    kind = _kind(tree)
    parent = _first(tree, UNPUBLISHED.parent)
    found = drives(tree)
    return Configuration(
        kind=kind,
        vm_id=_vm_id(tree, kind),
        name=_name(tree),
        type_id=tree.text("properties/type_id"),
        subtype=tree.integer("properties/subtype"),
        version=tree.integer("properties/version"),
        creation_time=_moment(tree.at("properties/creation_time")),
        disks=attached_disks(found),
        snapshots_listed=tree.integer("global_settings/snapshots/list/size"),
        merge_pending=tree.flag("global_settings/disk_merge_pending"),
        snapshot_id=_snapshot(_first(tree, UNPUBLISHED.snapshot_id)),
        parent=_snapshot(parent),
        is_parent_known=parent is not None,
        taken_at=_moment(_first(tree, UNPUBLISHED.taken_at)),
        listed=tuple(_listed(tree)),
        media=attached_media(found),
        other_keys=other_keys(tree, UNDERSTOOD),
        guids=_guids(tree),
    )


def _name(tree: Key) -> str | None:
    name = tree.text("properties/name")
    if name and len(name) > NAME_MAX:
        raise NotAConfiguration(
            f"properties/name: expected at most {NAME_MAX} characters, got {len(name)}"
        )
    return name


def _kind(tree: Key) -> ConfigurationKind:
    match tree.text("properties/type_id"):
        case "Virtual Machines":
            return "vm"
        case UNPUBLISHED.snapshot_type_id:
            return "snapshot"
        case _:
            return "unknown"


def _guids(tree: Key) -> tuple[str, ...]:
    """Give the two GUIDs that say whose configuration this is; a VM's file has its own twice."""
    texts = (tree.text("properties/global_id"), tree.text("settings/global/logical_id"))
    return tuple(dict.fromkeys(found for text in texts if text and (found := guid(text))))


def _vm_id(tree: Key, kind: ConfigurationKind) -> VmId | None:
    if kind == "vm":
        own = guid(tree.text("properties/global_id") or "")
        if own is None:
            raise NotAConfiguration("properties/global_id: expected the VM's GUID, got none")
        return VmId(own)
    told = _first(tree, UNPUBLISHED.vm_id)
    return VmId(found) if told and (found := guid(str(told.value))) else None


def _first(tree: Key, paths: tuple[str, ...]) -> Key | None:
    return next((key for path in paths if (key := tree.at(path))), None)


def _snapshot(key: Key | None) -> SnapshotId | None:
    found = guid(str(key.value)) if key else None
    return SnapshotId(found) if found else None


def _listed(tree: Key) -> Iterator[SnapshotId]:
    entries = _first(tree, UNPUBLISHED.listed)
    for entry in entries.children if entries else ():
        if snapshot := _snapshot(entry):
            yield snapshot


def _moment(key: Key | None) -> Moment | None:
    """Read a time as files write it: FILETIME as 8 bytes or as a number, ours as text."""
    match key:
        case Key(value=bytes() as raw) if len(raw) == FILETIME_BYTES:
            return moment_of_filetime(int.from_bytes(raw, "little"))
        case Key(declared="integer", value=int() as ticks):
            return moment_of_filetime(ticks)
        case Key(declared="string", value=str() as text):
            try:
                return parse_moment(text)
            except BadInput:
                return None
        case _:
            return None
