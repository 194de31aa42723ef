"""What differs between two moments: snapshots, disk files, Now, and the entries in between."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import groupby
from typing import NamedTuple, TypeVar

from eventstore.entry import Recorded
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import Machine
from eventstore.paths import path_key
from projections.as_of import View
from projections.changes import (
    Change,
    Difference,
    DiskChange,
    DiskDifference,
    NowDifference,
    SnapshotChange,
    SnapshotDifference,
    SnapshotNamed,
    Value,
)
from projections.concern import concern_of
from projections.disk_chain import ChainRow, chain_of_vm, whole_chain
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.names import machines_told
from projections.shapes import vm_ref
from projections.snapshot_tree import SnapshotNode, slot_order, tree_of

Fields = Mapping[str, Value]

Graphs = tuple[DiskGraph, DiskGraph]

K = TypeVar("K")


class _Pair(NamedTuple):
    """One VM on both sides; on a side that does not know it, a machine about which nothing is."""

    before: Machine
    after: Machine

    @property
    def named(self) -> Machine:
        return self.after if self.after.name else self.before


def difference(before: View, after: View, vm: VmId | None = None) -> Difference:
    """Give what leads from `before` to `after`, for one VM or for everything.

    Of one VM those entries count that an answer about it rests on, on either side.
    """
    between = _between(before.selection.as_learned(), after.selection.as_learned())
    if vm is not None:
        sides = [concern_of(view.fleet, graph_of(view.fleet), vm) for view in (before, after)]
        between = (each for each in between if any(side.counts(each) for side in sides))
    return difference_of(before.fleet, after.fleet, vm, events=[each.position for each in between])


def _between(before: Iterator[Recorded], after: Iterator[Recorded]) -> Iterator[Recorded]:
    """Give the entries that count on one side only, in the order of the log."""
    for _, same in groupby(merge(before, after, key=_position), key=_position):
        first, *others = same
        if not others:
            yield first


def _position(recorded: Recorded) -> int:
    return recorded.position


def difference_of(
    before: Fleet,
    after: Fleet,
    vm: VmId | None = None,
    *,
    events: Iterable[int] = (),
    graphs: Graphs | None = None,
) -> Difference:
    """Give what leads from one state to another; `events` are handed through.

    `graphs` are those of both sides, where they were made already.
    """
    old, new = machines_told(before), machines_told(after)
    vms = [vm] if vm is not None else sorted({*old, *new})
    pairs = {
        each: _Pair(old.get(each, Machine(each)), new.get(each, Machine(each))) for each in vms
    }
    nows = {each: _now(pair) for each, pair in pairs.items()}
    return Difference(
        vm=vm_ref(pairs[vm].named) if vm is not None else None,
        snapshots=_snapshots(pairs),
        disks=_disks(*_rows_of_both(before, after, vm, graphs)),
        now=nows[vm]
        if vm is not None
        else {each: now for each, now in nows.items() if now != NowDifference()},
        events=tuple(events),
    )


def _rows_of_both(
    before: Fleet, after: Fleet, vm: VmId | None, graphs: Graphs | None
) -> tuple[tuple[ChainRow, ...], tuple[ChainRow, ...]]:
    """Give the files on both sides; one that hangs elsewhere on the other is told there too."""
    if vm is None:
        return whole_chain(before), whole_chain(after)
    first, last = graphs or (graph_of(before), graph_of(after))
    old, new = chain_of_vm(before, vm, graph=first), chain_of_vm(after, vm, graph=last)
    had, has = {path_key(row.path) for row in old}, {path_key(row.path) for row in new}
    if had == has:
        return old, new
    return chain_of_vm(before, vm, has, first), chain_of_vm(after, vm, had, last)


def _snapshots(pairs: Mapping[VmId, _Pair]) -> SnapshotDifference:
    before = dict(_nodes((vm, pair.before) for vm, pair in pairs.items()))
    after = dict(_nodes((vm, pair.after) for vm, pair in pairs.items()))
    changed = _changed(
        {key: _snapshot_fields(node) for key, node in before.items()},
        {key: _snapshot_fields(node) for key, node in after.items()},
    )

    return SnapshotDifference(
        added=tuple(
            SnapshotNamed(node.id, node.name, vm_ref(pairs[key[0]].after))
            for key, node in after.items()
            if key not in before
        ),
        removed=tuple(
            SnapshotNamed(node.id, node.name, vm_ref(pairs[key[0]].before))
            for key, node in before.items()
            if key not in after
        ),
        changed=tuple(
            SnapshotChange(key[1], field, change.before, change.after)
            for key, field, change in changed
        ),
    )


def _nodes(
    machines: Iterable[tuple[VmId, Machine]],
) -> Iterator[tuple[tuple[VmId, SnapshotId], SnapshotNode]]:
    for vm, machine in machines:
        for node in tree_of(machine).snapshots:
            yield (vm, node.id), node


def _snapshot_fields(node: SnapshotNode) -> Fields:
    return {
        "name": node.name,
        "parent": node.parent,
        "taken_at": node.taken_at,
        "has_saved_state": node.has_saved_state,
        "head_disks": node.head_disks,
    }


def _disks(before: Iterable[ChainRow], after: Iterable[ChainRow]) -> DiskDifference:
    """A missing file is told by the chain all the same, but it does not stand."""
    old = {path_key(row.path): row for row in before if row.role != "missing"}
    new = {path_key(row.path): row for row in after if row.role != "missing"}
    changed = _changed(
        {key: _disk_fields(row) for key, row in old.items()},
        {key: _disk_fields(row) for key, row in new.items()},
    )
    return DiskDifference(
        added=tuple(new[key].path for key in new if key not in old),
        removed=tuple(old[key].path for key in old if key not in new),
        changed=tuple(
            DiskChange(new[key].path, field, change.before, change.after)
            for key, field, change in changed
        ),
    )


def _disk_fields(row: ChainRow) -> Fields:
    return {
        "parent": row.parent,
        "slot": row.slot,
        "role": row.role,
        "referenced_by": row.referenced_by,
    }


def _now(pair: _Pair) -> NowDifference:
    before, after = tree_of(pair.before), tree_of(pair.after)
    old, new = before.now.head_disks, after.now.head_disks
    heads = {slot: _change(old.get(slot), new.get(slot)) for slot in {*old, *new}}
    return NowDifference(
        name=_change(pair.before.name or None, pair.after.name or None),
        removed_at=_change(before.removed_at, after.removed_at),
        power=_change(before.power, after.power),
        parent=_change(before.now.parent, after.now.parent),
        head_disks={
            slot: change
            for slot in sorted(heads, key=slot_order)
            if (change := heads[slot]) is not None
        },
    )


def _changed(
    before: Mapping[K, Fields], after: Mapping[K, Fields]
) -> Iterator[tuple[K, str, Change]]:
    """Give every field that differs of what stands on both sides."""
    for key, fields in after.items():
        for field, value in fields.items() if key in before else ():
            if change := _change(before[key][field], value):
                yield key, field, change


def _change(before: Value, after: Value) -> Change | None:
    return None if before == after else Change(before, after)
