"""The snapshot tree of one VM: what hangs under what, and which disks each snapshot needs."""

import re
from collections.abc import Mapping

from msgspec import Struct

from eventstore.events import Power
from eventstore.ids import SnapshotId
from eventstore.machine import Contradiction, Heads, Machine, Snapshot
from eventstore.moments import Moment
from projections.circles import in_circles
from projections.shapes import LastCounted, VmRef, vm_ref


class SnapshotNode(Struct, frozen=True):
    """A snapshot in the tree; `head_disks` are the files it refers to, by slot.

    `is_in_circle`: by the configurations that were read its parents lead back to itself. `kind` is
    a host's word for it (`recovery`, `automatic` …), empty where none told it.
    """

    id: SnapshotId
    name: str
    parent: SnapshotId | None
    taken_at: Moment
    has_saved_state: bool
    head_disks: Mapping[str, str]
    is_parent_known: bool
    is_in_circle: bool
    kind: str
    are_disks_known: bool


class NowNode(Struct, frozen=True):
    """Where the VM's running state hangs, and the files it writes to.

    Without `is_parent_known` a `parent` of None says nothing: no configuration tells it. Without
    `are_disks_known` no `head_disks` say nothing either.
    """

    parent: SnapshotId | None
    head_disks: Mapping[str, str]
    is_parent_known: bool
    are_disks_known: bool


class RunningMerge(Struct, frozen=True):
    """The content of the file `child` is being written into the file `into`."""

    child: str
    into: str


class SnapshotTree(Struct, frozen=True):
    """The tree as of a moment; `snapshots` by the time they were taken, then by position."""

    vm: VmRef
    as_of: LastCounted | None
    power: Power | None
    removed_at: Moment | None
    merging: tuple[RunningMerge, ...]
    contradictions: tuple[Contradiction, ...]
    snapshots: tuple[SnapshotNode, ...]
    now: NowNode


def tree_of(machine: Machine, last: LastCounted | None = None) -> SnapshotTree:
    """Show `machine` as its snapshot tree; `last` is the last entry that counted for it."""
    circle = circle_of(machine)
    return SnapshotTree(
        vm=vm_ref(machine),
        as_of=last,
        power=machine.power,
        removed_at=machine.removed.at if machine.removed else None,
        merging=tuple(
            RunningMerge(machine.path(merge.child), machine.path(merge.into))
            for merge in machine.merging
        ),
        contradictions=machine.contradictions,
        snapshots=tuple(
            _node(machine, snapshot, circle)
            for snapshot in sorted(machine.snapshots.values(), key=lambda each: each.taken)
        ),
        now=NowNode(
            machine.now.parent,
            head_disks(machine, machine.now.heads),
            machine.now.is_parent_known,
            machine.now.are_disks_known,
        ),
    )


def head_disks(machine: Machine, heads: Heads) -> dict[str, str]:
    """Give the path of each head, slots in their natural order."""
    return {slot: machine.path(heads[slot]) for slot in sorted(heads, key=slot_order)}


def slot_order(slot: str) -> tuple[str, tuple[int, ...], str]:
    """Sort slots by controller kind, then by number: `SCSI 0:2` before `SCSI 0:10`."""
    kind = slot.partition(" ")[0]
    return kind, tuple(int(number) for number in re.findall(r"[0-9]{1,9}", slot)), slot


def _node(machine: Machine, snapshot: Snapshot, circle: frozenset[SnapshotId]) -> SnapshotNode:
    return SnapshotNode(
        id=snapshot.id,
        name=snapshot.name,
        parent=snapshot.parent,
        taken_at=snapshot.taken.at,
        has_saved_state=snapshot.has_saved_state,
        head_disks=head_disks(machine, snapshot.heads),
        is_parent_known=snapshot.is_parent_known,
        is_in_circle=snapshot.id in circle,
        kind=snapshot.kind,
        are_disks_known=snapshot.are_disks_known,
    )


def circle_of(machine: Machine) -> frozenset[SnapshotId]:
    """Give the snapshots whose parents lead back to themselves."""
    snapshots = machine.snapshots
    return in_circles(snapshots, lambda each: snapshots[each].parent if each in snapshots else None)
