"""What could make a forecast come otherwise, and what it would ruin that Hyper-V does not know."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from eventstore.disk_rules import Neighbours, pending
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine
from eventstore.paths import PathKey, path_key
from projections.completeness import missing_references
from projections.disk_chain import is_of
from projections.disk_node import DiskGraph, DiskNode
from projections.finding import Finding
from projections.hosts import on_several_hosts
from projections.merge_troubles import MergeTroubles, told
from projections.merges import FutureMerge
from projections.replaced import replacement
from projections.strays import several
from projections.walks import walks_of


def doubts(
    fleet: Fleet,
    after: Fleet,
    vm: VmId,
    merges: Iterable[FutureMerge],
    gone: Iterable[str],
    findings: Iterable[Finding],
    graph: DiskGraph,
) -> Iterator[str]:
    """Say what is not known of `vm`, and which files Hyper-V would ruin without knowing of them.

    `after` is how it would be; `gone` are the files that would be deleted; `graph` is the fleet's.
    """
    machine = fleet.machines.get(vm) or Machine(vm)
    if missing := missing_references(machine, walks_of(fleet)):
        yield missing
    if several := on_several_hosts(fleet, machine):
        yield several
    if machine.power is None:
        yield f"nothing tells whether {machine.name or machine.id} runs or is off"
    yield from unfounded(graph, vm)
    yield from blind_merges(after.machines[vm], after.neighbours(vm))
    yield from _ruined(graph, vm, merges, gone)
    yield from _replaced(fleet, gone)
    yield from _troubled(MergeTroubles(graph, findings), merges)


def unfounded(graph: DiskGraph, vm: VmId) -> Iterator[str]:
    """Say which chains of `vm` lead nowhere, or round: no rule can be asked of them."""
    if rootless := [node.path for node in graph.nodes.values() if _is_rootless(node, vm)]:
        yield f"nothing tells which disk {several(rootless)} stands on: others may go, or merge"
    if circle := [node.path for node in graph.nodes.values() if _circles(graph, node.key, vm)]:
        yield f"the parents of {several(circle)} lead back to themselves: nothing can be foreseen"


def _is_rootless(node: DiskNode, vm: VmId) -> bool:
    """Tell whether it is an AVHD of the VM whose header nobody read."""
    return vm in node.needed_by and node.is_automatic and node.parent is None


def _circles(graph: DiskGraph, key: PathKey, vm: VmId) -> bool:
    return key in graph.circle and is_of(graph.nodes[key], vm)


def blind_merges(machine: Machine, neighbours: Neighbours) -> Iterator[str]:
    """Say which merges Hyper-V would run because it sees this VM alone, and others forbid."""
    allowed = pending(machine, neighbours)
    for merge in pending(replace(machine, left_behind={})):
        if merge not in allowed:
            child, into = machine.path(merge.child), machine.path(merge.into)
            whose = "a former life of this VM" if machine.left_behind else "another VM"
            yield (
                f"{child} or {into} is needed by {whose}; Hyper-V does not know of it, may "
                "merge the first into the second all the same, and ruin what needs it"
            )


def _ruined(
    graph: DiskGraph, vm: VmId, merges: Iterable[FutureMerge], gone: Iterable[str]
) -> Iterator[str]:
    """Name what hangs below a file that changes or goes, though the VM needs it for nothing."""
    lost = dict.fromkeys(map(path_key, gone))
    running = [merge for merge in merges if merge.starts != "never"]
    for merge in running:
        keys = (path_key(merge.into), path_key(merge.child))
        if names := bystanders(graph, vm, keys, but=(*lost, *keys)):
            yield (
                f"{several(names)} would become unreadable: Hyper-V does not know of it, and "
                f"merges {merge.child} into {merge.into} all the same"
            )
    merged = {path_key(merge.child) for merge in running}
    for key in lost:
        names = bystanders(graph, vm, (key,), but=lost) if key not in merged else []
        if names:
            yield f"{several(names)} would become unreadable with {graph.nodes[key].path} gone"


def _replaced(fleet: Fleet, gone: Iterable[str]) -> Iterator[str]:
    """Name the files that would be deleted and are not the disks that the rules mean."""
    for path in gone:
        if another := replacement(fleet, path_key(path)):
            yield f"what stands at {path} is another disk: it {another}"


def _troubled(troubles: MergeTroubles, merges: Iterable[FutureMerge]) -> Iterator[str]:
    """Name what is wrong with the files of each merge: the merge would make it final."""
    for merge in merges:
        if merge.starts != "never":
            for finding in troubles.of(path_key(merge.child), path_key(merge.into)):
                why = " ".join(reason.text for reason in finding.reasons[:1])
                yield (
                    f"{merge.child} would be merged into {merge.into}, and something is wrong with "
                    f"{told(finding)}: {why}"
                )


def bystanders(
    graph: DiskGraph, vm: VmId, keys: Iterable[PathKey], *, but: Iterable[PathKey] = ()
) -> list[str]:
    """Give the files right below `keys` that `vm` does not need: clones, and what was left."""
    spared = set(but)
    known = (graph.nodes[key] for key in keys if key in graph.nodes)
    below = (graph.nodes[child] for node in known for child in node.below)
    return list(
        dict.fromkeys(
            node.path
            for node in below
            if node.exists and node.key not in spared and vm not in node.needed_by
        )
    )
