"""Who spoke last about a file or a configuration: a walk that saw it, or history since.

The last word is the latest in time, not the latest learned; of one moment, the later learned.
"""

from collections import defaultdict
from collections.abc import Iterator

from eventstore.events import (
    ConfigurationGone,
    DiskAttached,
    DiskDeleted,
    DiskDetached,
    DiskGone,
    DiskLost,
    DiskMoved,
    DiskSeen,
    Event,
    MergeCompleted,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
    VmExportSeen,
    VmRegistered,
    VmRemoved,
)
from eventstore.ids import SnapshotId
from eventstore.moments import Moment
from eventstore.paths import PathKey, path_key

Subject = PathKey | tuple[str, SnapshotId | None]
"""A disk file; or the stream of a VM, with one of its snapshots or None for the VM itself."""

SPEAKING = (
    ConfigurationGone,
    DiskAttached,
    DiskDeleted,
    DiskDetached,
    DiskGone,
    DiskLost,
    DiskMoved,
    DiskSeen,
    MergeCompleted,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
    VmExportSeen,
    VmRegistered,
    VmRemoved,
)
"""The events that say of something that it stands, that it is gone, or that it changed."""


class LastWords:
    """The last word about everything, taken in entry by entry in the order of the log."""

    def __init__(self) -> None:
        self._words: dict[Subject, tuple[Moment, bool]] = {}
        self._names: dict[Subject, frozenset[PathKey]] = {}
        self._places: defaultdict[Subject, set[str]] = defaultdict(set)

    def hear(self, stream: str, event: Event, at: Moment) -> None:
        others = (*self._renamed(stream, event), *self._answered(stream, event))
        for subject, is_over in (*self._placed(stream, event), *_said(stream, event), *others):
            known = self._words.get(subject)
            if known is None or at >= known[0]:
                self._words[subject] = (at, is_over)
                if isinstance(event, VmConfigurationSeen | SnapshotConfigurationSeen):
                    self._names[subject] = frozenset(path_key(disk.path) for disk in event.disks)

    @property
    def overtaken(self) -> frozenset[Subject]:
        """Give what by the last word is gone, or names other disks than when it was seen."""
        return frozenset(subject for subject, (_, is_over) in self._words.items() if is_over)

    def is_over(self, subject: Subject) -> bool:
        """Tell whether `subject` is among the overtaken."""
        return self._words.get(subject, (None, False))[1]

    def _placed(self, stream: str, event: Event) -> Iterator[tuple[Subject, bool]]:
        """A configuration is gone when the last of its files is: others may be copies, or moved."""
        match event:
            case VmConfigurationSeen(found_at=place):
                self._places[stream, None].add(place)
            case SnapshotConfigurationSeen(snapshot=snapshot, found_at=place):
                self._places[stream, snapshot].add(place)
            case ConfigurationGone(found_at=place, snapshot=snapshot):
                self._places[stream, snapshot].discard(place)
                if not self._places[stream, snapshot]:
                    yield (stream, snapshot), True
            case _:
                pass  # no configuration file was looked for

    def _renamed(self, stream: str, event: Event) -> Iterator[tuple[Subject, bool]]:
        """A merge lets configurations name the parent: those that name the child are overtaken."""
        if isinstance(event, MergeCompleted):
            child = path_key(event.child)
            for subject, names in self._names.items():
                if child in names and subject[0] == stream:
                    yield subject, True

    def _answered(self, stream: str, event: Event) -> Iterator[tuple[Subject, bool]]:
        """A host that names other disks than a configuration did, or not all, overtakes it."""
        if not isinstance(event, VmExportSeen):
            return
        answers: dict[SnapshotId | None, tuple[SlotDisk, ...] | None] = {
            each.snapshot: each.disks for each in event.snapshots
        }
        answers[None] = event.disks if event.has_all_snapshots else None
        for subject, names in self._names.items():
            if isinstance(subject, tuple) and subject[0] == stream:
                disks = answers.get(subject[1])
                if disks is None or names != frozenset(path_key(disk.path) for disk in disks):
                    yield subject, True


def _said(stream: str, event: Event) -> Iterator[tuple[Subject, bool]]:
    match event:
        case DiskSeen(path=path):
            yield path_key(path), False
        case DiskGone(path=path) | DiskDeleted(path=path) | DiskLost(path=path):
            yield path_key(path), True
        case MergeCompleted(child=path) | DiskMoved(path=path):
            yield path_key(path), True
        case VmConfigurationSeen() | VmRegistered():
            yield (stream, None), False
        case SnapshotConfigurationSeen(snapshot=snapshot):
            yield (stream, snapshot), False
        case VmRemoved() | SnapshotTaken() | SnapshotApplied() | DiskAttached() | DiskDetached():
            yield (stream, None), True
        case SnapshotDeleted(snapshot=gone):
            yield (stream, gone), True
        case SubtreeDeleted(snapshots=snapshots):
            yield from (((stream, snapshot), True) for snapshot in snapshots)
        case _:
            pass  # says nothing of what a walk could see
