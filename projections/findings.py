"""All findings: what history, configuration and disk headers say, held against each other."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.paths import PathKey, path_key
from projections.case import Case, because
from projections.disk_chain import is_of
from projections.disk_node import DiskGraph, DiskNode
from projections.duplicates import duplicate_findings
from projections.finding import Finding, agreed, joined
from projections.integrity import integrity_findings
from projections.lone_avhds import lone_avhds
from projections.manual_merge import manual_merge_findings
from projections.merge_failures import merge_failures
from projections.ownership import Ownership
from projections.pending_merges import pending_findings
from projections.replaced import replaced_findings
from projections.roles import role_of
from projections.saved_states import lost_states
from projections.stale_paths import stale_paths
from projections.strays import back_step
from projections.swapped import swapped_findings
from projections.tree_findings import loss_reason, tree_findings, users_told
from projections.vm_findings import vm_findings


def find(fleet: Fleet, graph: DiskGraph, ownership: Ownership) -> tuple[Finding, ...]:
    """Give every finding, by path; those on a VM as a whole come last.

    `graph` is `graph_of(fleet)` and `fleet` is `ownership.fleet`, as of one moment. A file may
    have several findings, a verdict each.
    """
    return _found(Case(fleet, graph, ownership))


def finding_of(fleet: Fleet, graph: DiskGraph, ownership: Ownership, path: str) -> Finding | None:
    """Give the one finding on the file at `path`, None when nobody ever knew such a file."""
    case = Case(fleet, graph, ownership)
    node = graph.at(path)
    key = node.key if node else path_key(path)
    found = [each for each in _found(case) if each.path is not None and path_key(each.path) == key]
    if found:
        return joined(found)
    if node:
        return _ordinary(case, node)
    return _gone(case, key)


def findings_of_vm(
    findings: tuple[Finding, ...], graph: DiskGraph, vm: VmId
) -> tuple[Finding, ...]:
    """Keep what concerns `vm`: its own files, those it needs, and itself."""
    return tuple(
        finding
        for finding in findings
        if (finding.vm and finding.vm.id == vm)
        or ((node := _node_of(finding, graph)) and is_of(node, vm))
    )


def findings_by_vm(findings: Iterable[Finding], graph: DiskGraph) -> Mapping[VmId, int]:
    """Count what concerns each VM, as `findings_of_vm` would find it."""
    concerned: Counter[VmId] = Counter()
    for finding in findings:
        vms = {finding.vm.id} if finding.vm else set()
        if node := _node_of(finding, graph):
            vms.update(node.owners, node.needed_by, node.once_needed_by)
        concerned.update(vms)
    return concerned


def findings_in(
    findings: tuple[Finding, ...], graph: DiskGraph, is_in: Callable[[DiskNode], bool]
) -> tuple[Finding, ...]:
    """Keep what concerns a file that `is_in` is true of."""
    return tuple(
        finding for finding in findings if (node := _node_of(finding, graph)) and is_in(node)
    )


def _node_of(finding: Finding, graph: DiskGraph) -> DiskNode | None:
    """Give the disk that a finding speaks of, None for a VM or its configuration."""
    return graph.nodes.get(path_key(finding.path)) if finding.path else None


def _found(case: Case) -> tuple[Finding, ...]:
    found = (
        *tree_findings(case),
        *manual_merge_findings(case),
        *integrity_findings(case),
        *replaced_findings(case),
        *swapped_findings(case),
        *duplicate_findings(case),
        *stale_paths(case),
        *vm_findings(case),
        *lost_states(case),
        *lone_avhds(case),
        *merge_failures(case),
    )
    return tuple(
        sorted(
            agreed((*found, *pending_findings(case, found))),
            key=lambda finding: (finding.path is None, finding.path or "", finding.verdict),
        )
    )


def _ordinary(case: Case, node: DiskNode) -> Finding:
    """Speak of a file that is odd in no way."""
    reasons = (*users_told(case, node), *loss_reason(case, node))
    if node.is_reachable:
        homes = [case.graph.nodes[home] for home in node.homes]
        step = "Nothing to do: keep it." if not homes else back_step(homes[0], (node,))
        return case.finding(node, "needed", reasons, next_step=step)
    what = "a user's own disk" if role_of(case.graph, node) == "base" else "a disk"
    text = f"It is {what}: no rule of Hyper-V removes it, and nothing says whether it is wanted."
    return case.finding(
        node,
        "unknown",
        (*reasons, because(text)),
        deletable="unknown",
        next_step="Ask whoever made it.",
    )


def _gone(case: Case, key: PathKey) -> Finding | None:
    """Speak of a file that is gone and that nothing misses."""
    past, sighting = case.ownership.past.get(key), case.fleet.sightings.get(key)
    if past is None and sighting is None:
        return None
    removed = past.removed if past else None
    text = "It is gone, and nothing needs it."
    if removed and removed[1] == "MergeCompleted":
        text = "It is gone: its content was merged into its parent, and nothing needs it."
    elif removed:
        text = "It is gone: Hyper-V deleted it when nothing needed it any more."
    whens = (
        removed[0] if removed else None,
        case.fleet.lost.get(key),
        sighting.gone if sighting else None,
    )
    return Finding(
        path=past.path if past else sighting.seen.path if sighting else key,
        vm=None,
        verdict="missing",
        reasons=(because(text, *whens),),
        deletable="no",
        would_break=(),
        size_bytes=sighting.seen.size_bytes if sighting else None,
        next_step="Nothing to do.",
    )
