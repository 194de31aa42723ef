"""VMs known from configuration alone, completed with the disk links that headers tell."""

from msgspec import structs

from eventstore.fleet import Fleet
from eventstore.machine import Disk, Machine
from eventstore.moments import Moment
from projections.completeness import has_own_history
from projections.disk_chain import is_of
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph, DiskNode

_UNDATED = Moment("")


def completed(fleet: Fleet) -> Fleet:
    """Give a copy of `fleet` whose machines know all disks that hang together with theirs.

    A configuration names heads and no parents: without the parents the rules would take a file
    that a head needs for one that nobody does. In the copy what was read stands for history.
    """
    completed = fleet.copy()
    if any(not has_own_history(machine) for machine in fleet.machines.values()):
        graph = graph_of(fleet)
        for vm, machine in fleet.machines.items():
            if not has_own_history(machine):
                completed.machines[vm] = _with_links(machine, graph)
    return completed


def _with_links(machine: Machine, graph: DiskGraph) -> Machine:
    theirs = [node for node in graph.nodes.values() if is_of(node, machine.id)]
    disks = {node.key: _disk(node, machine.disks.get(node.key)) for node in theirs}
    return structs.replace(machine, disks=machine.disks | disks, is_observed=False)


def _disk(node: DiskNode, known: Disk | None) -> Disk:
    if known is not None:
        return structs.replace(
            known, parent=known.parent or node.parent, is_lost=known.is_lost or not node.exists
        )
    return Disk(
        path=node.path,
        parent=node.parent,
        is_automatic=node.is_automatic,
        slot=node.slot or "",
        disk_id=None,
        since=node.since or _UNDATED,
        is_lost=not node.exists,
    )
