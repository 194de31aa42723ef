"""What became of a VM's snapshots between two readings: taken, deleted, renamed, applied.

No event log tells any of this: it is read off configurations and off the files that Now writes to.
"""

from collections.abc import Iterator

from eventstore.events import (
    NewDisk,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    VmExportSeen,
)
from eventstore.ids import SnapshotId
from eventstore.inference import Change, Inference, Told
from eventstore.machine import Machine, Snapshot
from eventstore.moments import Moment
from eventstore.parent_places import parent_places
from eventstore.paths import PathKey


def snapshot_changes(change: Change) -> Iterator[Inference]:
    """Give what must have happened to the snapshots of the VM."""
    yield from _taken(change)
    yield from _deleted(change)
    yield from _renamed(change)
    yield from _applied(change)


def created_at(told: Told, snapshot: SnapshotId) -> Moment | None:
    """Give when a snapshot was taken by what was read of it."""
    match told.event:
        case SnapshotConfigurationSeen(taken_at=taken_at):
            return taken_at
        case VmExportSeen(snapshots=named):
            return next((each.taken_at for each in named if each.snapshot == snapshot), None)
        case _:
            return None


def _taken(change: Change) -> Iterator[Inference]:
    """At its creation time, by the clock of the host: without one only its reading is known."""
    for snapshot in _appeared(change):
        told = change.reading_of(snapshot.id)
        if told is None:
            continue
        created = created_at(told, snapshot.id)
        if created is not None and created < change.at:
            yield _inference(change, _taken_event(change.after, snapshot), told, at=created)
        elif change.before.is_known:
            since = change.seen.of(change.stream)
            yield _inference(change, _taken_event(change.after, snapshot), told, since=since)


def _taken_event(machine: Machine, snapshot: Snapshot) -> SnapshotTaken:
    disks = tuple(SlotDisk(slot, machine.path(key)) for slot, key in snapshot.heads.items())
    return SnapshotTaken(
        snapshot=snapshot.id,
        name=snapshot.name,
        has_saved_state=snapshot.has_saved_state,
        production=snapshot.production,
        disks=disks if snapshot.are_disks_known else None,
        parent=snapshot.parent if snapshot.is_parent_known else None,
        is_parent_known=snapshot.is_parent_known,
        kind=snapshot.kind,
    )


def _deleted(change: Change) -> Iterator[Inference]:
    for snapshot in _vanished(change):
        told = change.reading_of(snapshot.id) or change.reading_of(None)
        if told and _counts_no_other(change.after, told):
            since = change.seen.of(change.stream, snapshot.id)
            event = SnapshotDeleted(snapshot.id, snapshot.name)
            yield _inference(change, event, told, since=since)


def _counts_no_other(machine: Machine, told: Told) -> bool:
    """Tell whether what is left is all that the VM says it has.

    Its files may have been moved to where nobody looked: then the VM is gone from its place with
    its snapshots, or counts them still.
    """
    if not machine.is_present:
        return False
    listed = None if isinstance(told.event, VmExportSeen) else machine.snapshots_listed
    return listed is None or listed <= len(machine.snapshots)


def _renamed(change: Change) -> Iterator[Inference]:
    for snapshot in change.after.snapshots.values():
        known = change.before.snapshots.get(snapshot.id)
        told = change.reading_of(snapshot.id)
        if known is None or told is None or known.name == snapshot.name:
            continue
        if known.id not in {known.name, snapshot.name}:  # its GUID stands for a name not told
            since = change.seen.of(change.stream, snapshot.id)
            event = SnapshotRenamed(snapshot.id, snapshot.name, known.name)
            yield _inference(change, event, told, since=since)


def _applied(change: Change) -> Iterator[Inference]:
    """Now hangs under another snapshot than the one where it hung, or its heir, or a new one."""
    before, after = change.before, change.after
    told = change.reading_of(None)
    if told is None or not before.is_known or not before.now.are_disks_known:
        return
    under = _under_by_host(before, after) or _under_by_disks(change)
    snapshot = after.snapshots.get(under) if under else None
    if snapshot is None:
        return
    event = SnapshotApplied(
        snapshot=snapshot.id,
        power="saved" if snapshot.has_saved_state else "off",  # rule R2
        new_disks=tuple(_new_disks(change, snapshot)),
    )
    yield _inference(change, event, told, since=change.seen.of(change.stream))


def _under_by_host(before: Machine, after: Machine) -> SnapshotId | None:
    """Give the snapshot that Now was put under, where a host told both places."""
    if not (before.now.is_parent_known and after.now.is_parent_known):
        return None
    heir = before.now.parent
    while heir is not None and heir not in after.snapshots:
        heir = before.snapshots[heir].parent if heir in before.snapshots else None
    above = after.now.parent
    passed: set[SnapshotId] = set()
    while above is not None and above not in before.snapshots and above not in passed:
        passed.add(above)  # taken since, one below the other
        above = after.snapshots[above].parent if above in after.snapshots else None
    if above is None or above == heir:
        return None
    # Applied may have been one below it that is gone since: then Now came here by that deletion.
    gone_below = before.snapshots.keys() & set(before.subtree_of(above)) - after.snapshots.keys()
    return None if gone_below else above


def _under_by_disks(change: Change) -> SnapshotId | None:
    """Give the one snapshot whose disks all of Now's new disks are children of.

    A child of the disk that Now wrote to before is what a snapshot makes; so is one of a snapshot
    taken since. Of disks by hand, or of several snapshots on one disk, nothing is said.
    """
    before, after = change.before, change.after
    if before.now.is_parent_known and after.now.is_parent_known:
        return None
    parents = {slot: _new_parent(change, slot, key) for slot, key in after.now.heads.items()}
    if not parents or None in parents.values():
        return None
    if set(parents.values()) & set(before.now.heads.values()):
        return None
    on_them = [
        each
        for each in after.snapshots.values()
        if each.heads == parents and each.id in before.snapshots
    ]
    of_new = [each for each in after.snapshots.values() if each.heads == parents]
    return on_them[0].id if len(on_them) == 1 and len(of_new) == 1 else None


def _new_disks(change: Change, snapshot: Snapshot) -> Iterator[NewDisk]:
    after = change.after
    for slot, key in after.now.heads.items():
        parent = snapshot.heads.get(slot)
        if parent is not None and _new_parent(change, slot, key) == parent:
            yield NewDisk(slot, after.path(key), after.path(parent))


def _new_parent(change: Change, slot: str, key: PathKey) -> PathKey | None:
    """Give the parent of a disk that Now writes to and that no reading saw before."""
    sighting = change.disk(key)
    if sighting is None or change.disk_before(key) or change.before.now.heads.get(slot) == key:
        return None
    places = parent_places(sighting.seen)
    return next((place for place in places if place in change.after.disks), None)


def _appeared(change: Change) -> Iterator[Snapshot]:
    for snapshot in change.after.snapshots.values():
        if snapshot.id not in change.before.snapshots:
            yield snapshot


def _vanished(change: Change) -> Iterator[Snapshot]:
    for snapshot in change.before.snapshots.values():
        if snapshot.id not in change.after.snapshots:
            yield snapshot


def _inference(
    change: Change,
    event: SnapshotTaken | SnapshotDeleted | SnapshotRenamed | SnapshotApplied,
    told: Told,
    *,
    at: Moment | None = None,
    since: Moment | None = None,
) -> Inference:
    return Inference(
        stream=change.stream,
        event=event,
        at=at or change.at,
        read_at=change.at,
        basis=(told.entry,),
        not_before=since,
    )
