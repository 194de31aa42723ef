"""Who spoke last about a file or a configuration, and whether it is gone by that word.

The last word is the latest in time, not the latest learned; of one moment, the later learned.
"""

from collections.abc import Iterator

from eventstore.events import (
    ConfigurationGone,
    DiskDeleted,
    DiskGone,
    DiskLost,
    DiskMoved,
    DiskSeen,
    Event,
    MergeCompleted,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
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
    DiskDeleted,
    DiskGone,
    DiskLost,
    DiskMoved,
    DiskSeen,
    MergeCompleted,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
    VmRegistered,
    VmRemoved,
)
"""The events that say of something that it stands, or that it is gone."""


class LastWords:
    """The last word about everything, taken in entry by entry in the order of the log."""

    def __init__(self) -> None:
        self._words: dict[Subject, tuple[Moment, bool]] = {}

    def hear(self, stream: str, event: Event, at: Moment) -> None:
        for subject, is_gone in _said(stream, event):
            known = self._words.get(subject)
            if known is None or at >= known[0]:
                self._words[subject] = (at, is_gone)

    @property
    def gone(self) -> frozenset[Subject]:
        """Give what is gone by the last word."""
        return frozenset(subject for subject, (_, is_gone) in self._words.items() if is_gone)


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
        case SnapshotConfigurationSeen(snapshot=snapshot) | SnapshotTaken(snapshot=snapshot):
            yield (stream, snapshot), False
        case VmRemoved():
            yield (stream, None), True
        case SnapshotDeleted(snapshot=gone) | ConfigurationGone(snapshot=gone):
            yield (stream, gone), True
        case SubtreeDeleted(snapshots=snapshots):
            yield from (((stream, snapshot), True) for snapshot in snapshots)
        case _:
            pass  # says nothing of whether anything stands
