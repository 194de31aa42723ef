"""The files of one VM: configuration, saved state, disks and what lies beside them, and whose."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from eventstore.disk_rules import references
from eventstore.events import SideKind
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId
from eventstore.machine import Machine
from eventstore.moments import Moment
from eventstore.paths import path_key
from projections.side_files import SideRow, missed_side_files, side_files_of

Kind = Literal["config", "folder", "disk"] | SideKind

_KINDS: tuple[Kind, ...] = (
    "config",
    "folder",
    "memory",
    "devices",
    "runtime_state",
    "guest_state",
    "disk",
    "vhd_set",
    "change_tracking",
    "modified_regions",
    "replica_log",
    "image",
)
"""In the order in which they are listed."""


class FileRow(Struct, frozen=True, omit_defaults=True):
    """A file or folder; `owner` is who uses it, None for a disk that nobody refers to.

    `size_bytes` is told of what a walk saw beside disks, `gone_at` of what a later one missed.
    """

    path: str
    kind: Kind
    owner: SnapshotId | Literal["now"] | None
    since: Moment
    size_bytes: int | None = None
    gone_at: Moment | None = None


def files_of(machine: Machine, fleet: Fleet) -> tuple[FileRow, ...]:
    """Give the files that stand: Now's, then each snapshot's in the order taken, then nobody's.

    A disk that several refer to belongs to the first snapshot that froze it. Lost disks are
    left out: chain and findings tell of them. What lay beside disks is told when it is missed:
    memory that went with a shutdown, or a log that Replica has sent, is not.
    """
    missed = {path_key(each.path) for each in missed_side_files(fleet) if each.vm == machine.id}
    seen = {path_key(row.path): row for row in side_files_of(fleet, machine)}
    beside = {key: row for key, row in seen.items() if row.gone_at is None or key in missed}
    rows = []
    for file in machine.files:
        side = beside.pop(path_key(file.path), None)
        rows.append(_seen(FileRow(file.path, file.kind, file.owner, file.since), side))
    rows.extend(
        FileRow(row.path, row.kind, _owner(row.owner), row.seen_at, row.size_bytes, row.gone_at)
        for row in beside.values()
    )
    users = references(machine)
    for key, disk in machine.disks.items():
        if not disk.is_lost:
            owner = next(iter(users.get(key, ())), None)
            rows.append(FileRow(disk.path, "disk", _owner(owner), disk.since))
    taken = sorted(machine.snapshots.values(), key=lambda snapshot: snapshot.taken)
    order = ["now", *(snapshot.id for snapshot in taken)]

    def place(row: FileRow) -> tuple[int, int, Moment, str]:
        owner = order.index(row.owner) if row.owner in order else len(order)
        return owner, _KINDS.index(row.kind), row.since, row.path

    return tuple(sorted(rows, key=place))


def _seen(row: FileRow, side: SideRow | None) -> FileRow:
    """Add what a walk saw of a file that history knows."""
    return replace(row, size_bytes=side.size_bytes, gone_at=side.gone_at) if side else row


def _owner(holder: str | None) -> SnapshotId | Literal["now"] | None:
    if holder is None:
        return None
    return "now" if holder == "now" else SnapshotId(holder)
