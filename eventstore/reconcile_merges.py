"""Which disks were merged between two readings: those gone whose users use their parent now.

A differencing disk that is gone may have been deleted or lost just as well. That it was merged is
shown by a snapshot that names its parent instead, or by a child that hangs below its parent. Now
may write to the parent of its former disk for another reason: a snapshot was applied, which drops
that disk, and deleted, and the next disk was merged. Where that may be, nothing is said.
"""

from collections.abc import Iterator

from eventstore.events import MergeCompleted
from eventstore.inference import Change, Inference
from eventstore.machine import AUTOMATIC_SUFFIXES, Heads
from eventstore.parent_places import parent_places
from eventstore.paths import PathKey, suffix_of
from eventstore.sightings import Sighting


def merges(change: Change) -> Iterator[Inference]:
    """Give the merges that explain disks of the VM that are gone.

    A log says when a merge ended and not of which file: it tells the time of a single one.
    """
    found = dict(_merged(change))
    told = change.reading_of(None) or change.readings[0]
    ended = change.finished[0] if len(change.finished) == len(found) == 1 else None
    for child, into in found.items():
        yield Inference(
            stream=change.stream,
            event=MergeCompleted(_path(change, child), _path(change, into)),
            at=ended.entry.occurred_at if ended else change.at,
            read_at=change.at,
            basis=(told.entry, ended.entry) if ended else (told.entry,),
            not_before=change.seen.of(change.stream),
        )


def _merged(change: Change) -> Iterator[tuple[PathKey, PathKey]]:
    """Give every merged file with the one that holds its content now."""
    for gone, into in (*_moved_heads(change), *_moved_children(change)):
        run = tuple(_between(change, gone, into))
        if run and suffix_of(gone) in AUTOMATIC_SUFFIXES:
            yield from ((each, into) for each in run)


def _moved_heads(change: Change) -> Iterator[tuple[PathKey, PathKey]]:
    before, after = change.before, change.after
    for snapshot in before.snapshots.values():
        if snapshot.id in after.snapshots:
            yield from _other(snapshot.heads, after.snapshots[snapshot.id].heads)
    if before.snapshots_listed != len(before.snapshots):
        return
    left_behind = {
        key
        for snapshot in before.snapshots.values()
        if snapshot.id not in after.snapshots
        for head in snapshot.heads.values()
        for key in _ancestry(change, head)
    }
    for key, now in _other(before.now.heads, after.now.heads):
        if now not in left_behind:
            yield key, now


def _other(before: Heads, after: Heads) -> Iterator[tuple[PathKey, PathKey]]:
    for slot, key in before.items():
        now = after.get(slot)
        if now is not None and now != key:
            yield key, now


def _ancestry(change: Change, key: PathKey) -> Iterator[PathKey]:
    """Give a disk and those that it hung below, by the headers as they were read before."""
    passed: set[PathKey] = set()
    above: PathKey | None = key
    while above is not None and above not in passed:
        passed.add(above)
        yield above
        before = change.disk_before(above)
        above = _parent(change, before) if before else None


def _moved_children(change: Change) -> Iterator[tuple[PathKey, PathKey]]:
    for key in change.after.disks:
        before, now = change.disk_before(key), change.disk(key)
        if key not in change.changed or before is None or now is None:
            continue
        was, parent = _parent(change, before), _parent(change, now)
        if was is not None and parent is not None and was != parent:
            yield was, parent


def _between(change: Change, gone: PathKey, into: PathKey) -> Iterator[PathKey]:
    """Give `gone` and its ancestors down to `into`, if all are gone and `into` stands; else none.

    By the headers as they were read before.
    """
    run: list[PathKey] = []
    for key in _ancestry(change, gone):
        if key == into:
            yield from run if change.disk(into) is not None else ()
            return
        if change.disk_before(key) is None or change.disk(key) is not None:
            return
        run.append(key)


def _parent(change: Change, sighting: Sighting) -> PathKey | None:
    return next((place for place in parent_places(sighting.seen) if place in change.disks), None)


def _path(change: Change, key: PathKey) -> str:
    return change.disks[key].seen.path
