"""Verdicts that follow from a file's place in the graph: who needs it, and what Hyper-V will do."""

from collections.abc import Iterator
from typing import Literal

from eventstore.evidence.hresults import hresult
from projections.case import Case, because, sentence
from projections.coverage import told
from projections.deletable import deletable_of, loss_told
from projections.disk_node import DiskNode
from projections.finding import Finding, Reason
from projections.manual_merge import left_by_manual_merge
from projections.missing_findings import missing, parent_missing
from projections.origins import name_origins, users_origins
from projections.phrases import listed
from projections.roles import Role, role_of
from projections.strays import NAMED_MAX, home_told, several


def tree_findings(case: Case) -> Iterator[Finding]:
    """Judge every file by its role, and by the links that lead nowhere or in a circle."""
    for node in case.graph.nodes.values():
        role = role_of(case.graph, node)
        yield from _of_role(case, node, role)
        if node.exists and node.parent and not case.graph.nodes[node.parent].exists:
            yield parent_missing(case, node, case.graph.nodes[node.parent])
        if node.key in case.graph.circle:
            yield _cycle(case, node)
        if shared := sharers(case, node):
            yield _shared_parent(case, node, shared)


def _of_role(case: Case, node: DiskNode, role: Role) -> Iterator[Finding]:
    match role:
        case "missing":
            yield missing(case, node, users_told(case, node))
        case "unknown":
            yield _unknown(case, node)
        case "orphan":
            if not left_by_manual_merge(case, node):
                yield _orphan(case, node)
        case "hidden_trunk":
            yield _held(case, node, "hidden_trunk")
        case "held_base":
            if not sharers(case, node):
                yield _held(case, node, "held_base")
        case "pending" | "base" | "in_tree":
            pass  # judged by `pending_merges`, needed as it is, or nobody's business


def sharers(case: Case, node: DiskNode) -> str:
    """Name the VMs that build on the same file, each on a branch of its own; else nothing."""
    branches = [child.needed_by for child in case.graph.reachable_children(node)]
    holders = frozenset(each.vm for each in node.references if not each.is_removed)
    sources = [*branches, *([holders] if holders else [])]
    vms = frozenset(vm for source in sources for vm in source)
    return case.vm_names(vms) if branches and len(sources) > 1 and len(vms) > 1 else ""


def users_told(case: Case, node: DiskNode) -> tuple[Reason, ...]:
    """Say who needs a file: who refers to it, and what hangs below it."""
    told = (
        *home_told(case, node),
        *_holders_told(case, node),
        *users_origins(case, node),
        *children_told(case, node),
    )
    return told or (because("No reference known reaches it."),)


def _holders_told(case: Case, node: DiskNode) -> Iterator[Reason]:
    if node.references:
        holders = [case.holder(each) for each in node.references]
        refer = "refer" if len(holders) > 1 else "refers"
        yield because(
            f"{sentence(listed(holders))} {refer} to it.", *map(case.since, node.references)
        )


def children_told(case: Case, node: DiskNode) -> Iterator[Reason]:
    """Name the children; one that nobody needs does not count, and is said to be idle."""
    for is_needed, words in ((True, "below it"), (False, "below it, and nobody needs it")):
        children = [
            child
            for key in node.below
            if (child := case.graph.nodes[key]).is_reachable == is_needed
        ]
        if children:
            hang = "hang" if len(children) > 1 else "hangs"
            pasts = [past.known for child in children if (past := case.past(child))]
            yield because(f"{listed([child.path for child in children])} {hang} {words}.", *pasts)


def loss_reason(case: Case, node: DiskNode) -> tuple[Reason, ...]:
    past = case.past(node)
    return (because(loss_told(case, past.loss), past.loss.when),) if past and past.loss else ()


def _orphan(case: Case, node: DiskNode) -> Finding:
    deletable, why = deletable_of(case, node)
    reasons = [because("No snapshot and no running state of any VM known needs it.")]
    if deletable == "yes":
        step = "Back the file up, then delete it by hand."
    elif deletable == "no":
        step = (
            "Keep it, and do not start the VM before somebody has compared this file with what "
            "the VM uses now."
        )
    else:
        step = (
            "Keep it. Record the configuration of every VM and every folder of their disks, and "
            "ask again; if it must leave, back it up first."
        )
    return case.finding(
        node,
        "orphan",
        (*reasons, *loss_reason(case, node), *name_origins(case, node), *why),
        deletable=deletable,
        next_step=step,
    )


def _held(case: Case, node: DiskNode, verdict: Literal["hidden_trunk", "held_base"]) -> Finding:
    what = (
        "An AVHD that no snapshot shows, and yet it is needed."
        if verdict == "hidden_trunk"
        else "No snapshot shows this base disk, and yet it is needed."
    )
    return case.finding(
        node,
        verdict,
        (because(what), *users_told(case, node), *loss_reason(case, node)),
        next_step=_held_step(case, node),
    )


def _held_step(case: Case, node: DiskNode) -> str:
    """Branches that only a removed VM needs hold nothing back: its host does not know of them."""
    children = case.graph.reachable_children(node)
    if unknown := [child.path for child in children if not child.needed_by]:
        return (
            f"Copy it together with {several(unknown)} before any VM on it stops: no VM registered "
            "needs those any more, and Hyper-V may merge into this file all the same."
        )
    return (
        "Keep it. Hyper-V will merge into it by itself once a single branch is left: delete the "
        "snapshots of the other branches to get there."
    )


def _cycle(case: Case, node: DiskNode) -> Finding:
    return case.finding(
        node,
        "cycle",
        (because(f"Its parents lead back to itself: {hresult(0xC03A0018)}."),),
        next_step=(
            "Change nothing. Read the headers of the files concerned again: one of them names a "
            "parent that it never had."
        ),
    )


def _shared_parent(case: Case, node: DiskNode, vms: str) -> Finding:
    return case.finding(
        node,
        "shared_parent",
        (because(f"{vms} build on the same file."), *users_told(case, node)),
        next_step=(
            "Never merge into it or away from it, and never start a VM on it: each would ruin "
            "every other VM that builds on it. Hyper-V does not know of the other VMs."
        ),
    )


def _unknown(case: Case, node: DiskNode) -> Finding:
    if node.once_needed_by:
        names = case.vm_names(node.once_needed_by)
        machines = [case.fleet.machines[vm] for vm in node.once_needed_by]
        removed = [each.removed or max(each.left_behind.values()) for each in machines]
        again = ", and registered anew" if any(each.is_present for each in machines) else ""
        text = f"Only {names} referred to it, removed since{again}; its disks stayed."
        reason = because(text, *removed)
        step = "Keep it until somebody says that the removed VM is not wanted any more."
    else:
        reason = because("Neither history nor any configuration read tells who refers to it.")
        step = "Record the configurations of the host's VMs and of their snapshots, and ask again."
    gaps = tuple(because(told(gap)) for gap in case.gaps[:NAMED_MAX])
    more = len(case.gaps) - len(gaps)
    if more > 0:
        gaps = (*gaps, because(f"Not looked at: {more:,} more that the coverage lists."))
    reasons = (reason, *name_origins(case, node), *gaps)
    return case.finding(node, "unknown", reasons, deletable="unknown", next_step=step)
