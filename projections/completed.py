"""VMs known from configuration alone, completed with the disk links that headers tell."""

from functools import reduce

from msgspec import structs

from eventstore.disk_changes import disk_lost
from eventstore.fleet import Fleet
from eventstore.machine import Disk, Machine
from eventstore.moments import Moment
from projections.completeness import has_own_history
from projections.disk_chain import is_of
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph, DiskNode

_UNDATED = Moment("")


def completed(fleet: Fleet, graph: DiskGraph | None = None) -> Fleet:
    """Give a copy of `fleet` whose machines know all disks that hang together with theirs.

    A configuration names heads and no parents: without the parents the rules would take a file
    that a head needs for one that nobody does. In the copy what was read stands for history: a
    file that a walk found to be gone is lost in it, whoever told of the file before. `graph` is
    `graph_of(fleet)`, where it was made already.
    """
    completed, graph = fleet.copy(), graph or graph_of(fleet)
    for vm, machine in fleet.machines.items():
        known = machine if has_own_history(machine) else _with_links(machine, graph)
        completed.machines[vm] = _without_the_absent(known, graph)
    return completed


def _without_the_absent(machine: Machine, graph: DiskGraph) -> Machine:
    """What a walk did not find at its place can no more be merged than what hands took away."""
    nodes = graph.nodes
    absent = [key for key in machine.disks if key in nodes and not nodes[key].exists]
    return reduce(disk_lost, absent, machine)


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
