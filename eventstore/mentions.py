"""Which disk files an event speaks of, and when each was last spoken of."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
from eventstore.ids import vm_stream
from eventstore.machine import When
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


@dataclass
class Mentions:
    """When each stream spoke last, or an event log of its VM, and when each disk was last named.

    Folded in the order in which things happened, the last word is the last of all that counted.
    """

    streams: dict[str, When] = field(default_factory=dict)
    disks: dict[PathKey, When] = field(default_factory=dict)

    def hear(self, stream: str, event: Event | Unknown, when: When) -> None:
        """Take in the event that happened next."""
        self.streams[stream] = when
        if isinstance(event, LogRecordSeen) and event.vm is not None:
            self.streams[vm_stream(event.vm)] = when
        for disk in disks_named(event):
            self.disks[disk] = when
