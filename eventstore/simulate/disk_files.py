"""What happened to disks, done to real files in a folder: so that scans have something to find."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from eventstore.errors import BadInput, EvidenceError
from eventstore.events import (
    DiskAttached,
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskWritten,
    Event,
    MergeCompleted,
    NewDisk,
    SnapshotApplied,
    SnapshotTaken,
    VmRegistered,
)
from eventstore.moments import Moment
from eventstore.simulate.disk_folder import DiskFolder
from eventstore.simulate.virtual_disk import VIRTUAL_SIZE_BYTES

Step = Callable[[], None]


class DiskFiles:
    r"""Keeps the disk files below `folder` in step with events; see `WindowsFolder` for places."""

    def __init__(self, folder: Path, *, virtual_size_bytes: int = VIRTUAL_SIZE_BYTES) -> None:
        self._disks = DiskFolder(folder, virtual_size_bytes)

    def apply(self, event: Event, when: Moment) -> tuple[str, ...]:
        """Do to the files what `event` says; give a sentence for everything that was impossible.

        A hand may have moved or lost a file that the event's host still counts on; then the
        files stay as they are. Errors of the file system come through as OSError.
        """
        problems = []
        for step in self._steps(event, when):
            try:
                step()
            except (BadInput, EvidenceError) as problem:
                problems.append(str(problem))
        return tuple(problems)

    def _steps(self, event: Event, when: Moment) -> Iterator[Step]:
        match event:
            case VmRegistered(disks=disks):
                yield from (partial(self._disks.provide, disk, when) for disk in disks)
            case DiskAttached(disk):
                yield partial(self._disks.provide, disk, when)
            case SnapshotTaken(new_disks=new_disks):
                for new in new_disks:
                    yield partial(self._disks.write_before_freezing, new.parent, when)
                    yield self._child(new, when)
            case SnapshotApplied(new_disks=new_disks):
                yield from (self._child(new, when) for new in new_disks)
            case MergeCompleted(child, into):
                yield partial(self._disks.merge, child, into, when)
            case DiskDeleted(path) | DiskLost(path):
                yield partial(self._disks.remove, path)
            case DiskCloned(child, parent, disk_id):
                yield partial(self._disks.clone, child, parent, disk_id, when)
            case DiskMergedByHand(child, into):
                yield partial(self._disks.merge_by_hand, child, into, when)
            case DiskWritten(path):
                yield partial(self._disks.write, path, when)
            case DiskMoved(path, to):
                yield partial(self._disks.move, path, to)
            case DiskCopied(path, to):
                yield partial(self._disks.copy, path, to)
            case _:
                return

    def _child(self, new: NewDisk, when: Moment) -> Step:
        return partial(self._disks.make_child, new.path, new.parent, new.disk_id, when)
