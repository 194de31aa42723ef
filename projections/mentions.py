"""Which disk files an event speaks of."""

from collections.abc import Iterable

from eventstore.codec import Unknown
from eventstore.events import (
    DiskAttached,
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskDetached,
    DiskGone,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskSeen,
    DiskWritten,
    Event,
    HostExportSeen,
    LogRecordSeen,
    MergeCompleted,
    MergeFailed,
    MergeInterrupted,
    MergeStarted,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotTaken,
    VmConfigurationSeen,
    VmExportSeen,
    VmRegistered,
)
from eventstore.evidence.log_records import disk_paths
from eventstore.paths import PathKey, path_key


def disks_named(event: Event | Unknown) -> frozenset[PathKey]:
    """Give the disks that `event` names, parents included; none for most events."""
    return frozenset(path_key(path) for path in _paths(event))


def _paths(event: Event | Unknown) -> Iterable[str]:
    match event:
        case SnapshotTaken() | SnapshotApplied():
            return (path for disk in event.new_disks for path in (disk.path, disk.parent))
        case VmRegistered() | VmConfigurationSeen() | SnapshotConfigurationSeen():
            return (path for disk in event.disks for path in _with_ancestors(disk))
        case VmExportSeen(disks=disks, snapshots=snapshots):
            theirs = (disk for each in snapshots for disk in each.disks or ())
            return (disk.path for disk in (*(disks or ()), *theirs))
        case HostExportSeen(attached=attached):
            return attached
        case DiskAttached(disk):
            return _with_ancestors(disk)
        case (
            MergeStarted(child, into)
            | MergeCompleted(child, into)
            | MergeInterrupted(child, into)
            | MergeFailed(child, into)
            | DiskMergedByHand(child, into)
            | DiskCloned(child, into)
        ):
            return child, into
        case DiskMoved(path, to) | DiskCopied(path, to):
            return path, to
        case (
            DiskDetached(path=path)
            | DiskDeleted(path)
            | DiskLost(path)
            | DiskWritten(path)
            | DiskSeen(path)
            | DiskGone(path)
        ):
            return (path,)
        case LogRecordSeen(data=data):
            return disk_paths(data)
        case _:
            return ()


def _with_ancestors(disk: SlotDisk) -> tuple[str, ...]:
    return disk.path, *disk.ancestors
