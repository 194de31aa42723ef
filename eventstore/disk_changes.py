"""How events change the disks of a machine: files come, go, merge, and change hands."""

from collections.abc import Iterable

from msgspec.structs import replace

from eventstore.disk_rules import references
from eventstore.events import DiskDetached, MergeCompleted, NewDisk, SlotDisk
from eventstore.machine import AUTOMATIC_SUFFIXES, Disk, Heads, Machine, Merge, Now, When
from eventstore.paths import PathKey, path_key, suffix_of
from eventstore.readings import outdated
from eventstore.surprise import surprised


def with_disk(machine: Machine, disk: SlotDisk, when: When) -> Machine:
    """Know `disk` and its ancestors; what is known already stays as it is."""
    disks = dict(machine.disks)
    paths = (disk.path, *disk.ancestors)
    for path, parent in zip(paths, (*disk.ancestors, None), strict=True):
        key = path_key(path)
        parent_key = path_key(parent) if parent is not None else None
        if known := disks.get(key):
            disks[key] = replace(known, is_lost=False, parent=known.parent or parent_key)
        else:
            disk_id = disk.disk_id if path == disk.path else None
            disks[key] = Disk(path, parent_key, False, disk.slot, disk_id, when.at)
    return replace(machine, disks=disks)


def with_new_disks(machine: Machine, new: Iterable[NewDisk], when: When) -> Machine:
    """Know the automatic disks that a take or an apply made, each below its parent."""
    disks = dict(machine.disks)
    for disk in new:
        parent = path_key(disk.parent)
        disks.setdefault(parent, Disk(disk.parent, None, False, disk.slot, None, when.at))
        disks[path_key(disk.path)] = Disk(disk.path, parent, True, disk.slot, disk.disk_id, when.at)
    return replace(machine, disks=disks)


def unheard_of(path: str, when: When) -> Disk:
    """Give a disk that hands touch before anybody spoke of it: its suffix is all that tells."""
    return Disk(path, None, suffix_of(path) in AUTOMATIC_SUFFIXES, "", None, when.at)


def heads_of(new: Iterable[NewDisk]) -> Heads:
    return {disk.slot: path_key(disk.path) for disk in new}


def attached(machine: Machine, disk: SlotDisk, when: When) -> Machine:
    key = path_key(disk.path)
    before = machine.now.heads.get(disk.slot)
    if before is not None and before != key:
        machine = surprised(
            machine, when, expected=f"{disk.slot} empty", found=machine.path(before)
        )
    machine = with_disk(machine, disk, when)
    return with_now_heads(machine, {**machine.now.heads, disk.slot: key})


def detached(machine: Machine, event: DiskDetached, when: When) -> Machine:
    """Rule R8a: the disk loses Now's reference and stays."""
    before = machine.now.heads.get(event.slot)
    if before != path_key(event.path):
        found = "nothing" if before is None else machine.path(before)
        machine = surprised(machine, when, expected=f"{event.path} in {event.slot}", found=found)
    heads = {slot: key for slot, key in machine.now.heads.items() if slot != event.slot}
    return with_now_heads(machine, heads)


def disk_deleted(machine: Machine, path: str, when: When) -> Machine:
    """Forget the file. One that is still referred to is kept as lost: somebody will miss it."""
    key = path_key(path)
    users = [snap.name for snap in machine.snapshots.values() if key in snap.heads.values()]
    if key in machine.now.heads.values():
        users.append("Now")
    if users:
        machine = surprised(
            machine, when, expected=f"{path} unused", found=f"used by {', '.join(users)}"
        )
        return disk_lost(machine, key)
    disks = {other: disk for other, disk in machine.disks.items() if other != key}
    merging = tuple(merge for merge in machine.merging if key not in (merge.child, merge.into))
    return replace(machine, disks=disks, merging=merging)


def disk_lost(machine: Machine, key: PathKey) -> Machine:
    """Mark the file as gone from its place, not by Hyper-V's doing."""
    if key not in machine.disks:
        return machine
    lost = replace(machine.disks[key], is_lost=True)
    return replace(machine, disks={**machine.disks, key: lost})


def disk_found(machine: Machine, found: Disk) -> Machine:
    """Mark a file as standing at its place again; another one may have come there."""
    key = path_key(found.path)
    if key not in machine.disks:
        return machine
    disk = replace(machine.disks[key], is_lost=False, disk_id=found.disk_id)
    return replace(machine, disks={**machine.disks, key: disk})


def merged(machine: Machine, event: MergeCompleted, when: When) -> Machine:
    """Rule R5: the parent file holds the child's content and takes over its users."""
    child, into = path_key(event.child), path_key(event.into)
    gone = machine.disks.get(child)
    if gone is not None and gone.parent != into:
        found = "no parent" if gone.parent is None else machine.path(gone.parent)
        machine = surprised(
            machine, when, expected=f"{event.into} as the parent of {event.child}", found=found
        )
    slot = gone.slot if gone is not None else ""
    disks = {key: disk for key, disk in machine.disks.items() if key != child}
    disks.setdefault(into, Disk(event.into, None, False, slot, None, when.at))
    for key, disk in disks.items():
        if disk.parent == child:
            disks[key] = replace(disk, parent=into)
    machine = replace(machine, disks=disks, merging=without_merge_of(machine, child))
    return _with_heads_renamed(machine, child, into)


def new_life(machine: Machine, removed: When) -> Machine:
    """Rule R9: a VM registered anew has no snapshots; the disks of its former life stay.

    Whatever made them, they are its user's own now: no rule merges or deletes them.
    """
    disks = {key: replace(disk, is_automatic=False) for key, disk in machine.disks.items()}
    return replace(
        with_left_behind(machine, removed),
        registered=None,
        snapshots={},
        now=Now(),
        disks=disks,
        merging=(),
        merges_held=False,
        configured=None,
        snapshots_listed=None,
        readings=(),
        beside={},
        unfound={},
    )


def with_left_behind(machine: Machine, removed: When) -> Machine:
    """Remember what the VM referred to when it was removed: somebody may want it back."""
    left = dict.fromkeys(references(machine), removed)
    return replace(machine, left_behind={**machine.left_behind, **left})


def without_merge_of(machine: Machine, child: PathKey) -> tuple[Merge, ...]:
    return tuple(merge for merge in machine.merging if merge.child != child)


def with_now_heads(machine: Machine, heads: Heads) -> Machine:
    """Let Now refer to `heads`; the configuration that named others is out of date."""
    return replace(outdated(machine), now=replace(machine.now, heads=heads))


def _with_heads_renamed(machine: Machine, old: PathKey, new: PathKey) -> Machine:
    def renamed(heads: Heads) -> Heads:
        return {slot: new if key == old else key for slot, key in heads.items()}

    snapshots = {
        name: replace(snapshot, heads=renamed(snapshot.heads), configured={})
        if old in snapshot.heads.values()
        else snapshot
        for name, snapshot in machine.snapshots.items()
    }
    if old in machine.now.heads.values():
        machine = with_now_heads(machine, renamed(machine.now.heads))
    return replace(machine, snapshots=snapshots)
