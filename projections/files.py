"""The files of one VM: configuration, saved state and disks, and who they belong to."""

from typing import Literal

from msgspec import Struct

from eventstore.disk_rules import references
from eventstore.ids import SnapshotId
from eventstore.machine import Machine
from eventstore.moments import Moment

Kind = Literal["config", "folder", "memory", "devices", "disk"]

_KINDS: tuple[Kind, ...] = ("config", "folder", "memory", "devices", "disk")


class FileRow(Struct, frozen=True):
    """A file or folder; `owner` is who uses it, None for a disk that nobody refers to."""

    path: str
    kind: Kind
    owner: SnapshotId | Literal["now"] | None
    since: Moment


def files_of(machine: Machine) -> tuple[FileRow, ...]:
    """Give the files that stand: Now's, then each snapshot's in the order taken, then nobody's.

    A disk that several refer to belongs to the first snapshot that froze it. Lost disks are
    left out: chain and findings tell of them.
    """
    rows = [FileRow(file.path, file.kind, file.owner, file.since) for file in machine.files]
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


def _owner(holder: str | None) -> SnapshotId | Literal["now"] | None:
    if holder is None:
        return None
    return "now" if holder == "now" else SnapshotId(holder)
