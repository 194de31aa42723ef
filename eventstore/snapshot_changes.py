"""How events change the snapshot forest and Now's place in it."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from eventstore import vm_files
from eventstore.disk_changes import heads_of, with_new_disks
from eventstore.events import Power, SnapshotApplied, SnapshotTaken
from eventstore.ids import SnapshotId
from eventstore.machine import Machine, Now, Snapshot, When
from eventstore.readings import outdated
from eventstore.surprise import surprised

Node = TypeVar("Node", Snapshot, Now)


def taken(machine: Machine, event: SnapshotTaken, when: When) -> Machine:
    """Rule R1: the snapshot keeps the heads, Now gets the new disks and hangs under it."""
    if event.snapshot in machine.snapshots:
        machine = surprised(
            machine, when, expected=f"no snapshot {event.snapshot} yet", found="it exists"
        )
    snapshot = Snapshot(
        id=event.snapshot,
        name=event.name,
        parent=machine.now.parent,
        taken=when,
        has_saved_state=event.has_saved_state,
        heads=machine.now.heads,
        production=event.production,
        is_parent_known=machine.now.is_parent_known,
    )
    files = vm_files.of_snapshot(
        machine.root, snapshot.id, when.at, has_saved_state=event.has_saved_state
    )
    return replace(
        outdated(with_new_disks(machine, event.new_disks, when)),
        snapshots={**machine.snapshots, snapshot.id: snapshot},
        now=Now(parent=snapshot.id, heads=machine.now.heads | heads_of(event.new_disks)),
        files=(*machine.files, *files),
    )


def applied(machine: Machine, event: SnapshotApplied, when: When) -> Machine:
    """Rule R2: Now hangs under the snapshot, with its disk list, on new disks."""
    machine = with_new_disks(machine, event.new_disks, when)
    machine = replace(
        outdated(machine),
        now=Now(parent=event.snapshot, heads=heads_of(event.new_disks)),
        files=vm_files.without_memory(machine.files),
    )
    return with_power(machine, event.power, when)


def deleted(machine: Machine, gone: Iterable[SnapshotId]) -> Machine:
    """Rules R3 and R4: what hung below moves up to the nearest snapshot that is left."""
    dead = frozenset(gone)

    def under_heir(node: Node) -> Node:
        """Let `node` hang under what is left; above a snapshot whose parent is unknown, nothing is.

        A circle of parents, as configurations may tell one, ends where it closes.
        """
        parent, is_known = node.parent, node.is_parent_known
        seen: set[SnapshotId] = set()
        while parent in dead and parent in machine.snapshots and parent not in seen:
            seen.add(parent)
            is_known = is_known and machine.snapshots[parent].is_parent_known
            parent = machine.snapshots[parent].parent
        return replace(node, parent=None if parent in dead else parent, is_parent_known=is_known)

    kept = {
        name: under_heir(snapshot) if snapshot.parent in dead else snapshot
        for name, snapshot in machine.snapshots.items()
        if name not in dead
    }
    return replace(
        machine,
        snapshots=kept,
        now=under_heir(machine.now) if machine.now.parent in dead else machine.now,
        files=vm_files.without_owner(machine.files, *dead),
    )


def renamed(machine: Machine, snapshot: SnapshotId, name: str) -> Machine:
    if snapshot not in machine.snapshots:
        return machine
    changed = replace(machine.snapshots[snapshot], name=name)
    return replace(machine, snapshots={**machine.snapshots, snapshot: changed})


def with_power(machine: Machine, power: Power, when: When) -> Machine:
    """Set the power state; BIN and VSV stand while the VM has memory (rule R0)."""
    files = machine.files
    if power == "off":
        files = vm_files.without_memory(files)
    elif not any(file.kind == "memory" and file.owner == "now" for file in files):
        files = (*files, *vm_files.of_memory(machine.root, machine.id, when.at))
    return replace(machine, power=power, files=files)
