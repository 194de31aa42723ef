"""Two VHDX of one tree that stand in each other's places: their headers fit either place.

Every VHDX of a chain bears one VirtualDiskId, and siblings quote the same parent, so no link shows
it. What shows it is what was read of both before; or, by history, that one was last written before
it was made and the other while nothing wrote to it any more.
"""

from collections.abc import Iterator

from projections.case import Case, because
from projections.deletable import careful
from projections.disk_node import DiskNode
from projections.exchanged import Exchange, exchanged
from projections.finding import Finding, Reason

STEP = (
    "Start, merge and delete nothing: each of the two would be taken for the other. Copy both, "
    "find out on the copies which is which, and put them back in each other's places."
)


def swapped_findings(case: Case) -> Iterator[Finding]:
    """Judge the VHDX that seem to have changed places with another one."""
    known = exchanged(case.fleet)
    for node in case.graph.nodes.values():
        if not _is_vhdx(case, node):
            continue
        if told := _by_readings(case, known.get(node.key)) or _by_times(case, node):
            yield case.finding(node, "unverified", (told,), deletable=careful(node), next_step=STEP)


def _is_vhdx(case: Case, node: DiskNode) -> bool:
    sighting = case.sighting(node)
    facts = sighting.seen.facts if sighting else None
    return facts is not None and facts.format == "vhdx"


def _by_readings(case: Case, exchange: Exchange | None) -> Reason | None:
    if exchange is None or exchange.other not in case.graph.nodes:
        return None
    other = case.graph.nodes[exchange.other].path
    text = f"It and {other} were swapped: one holds what was read before at the place of the other."
    return because(text, *exchange.whens)


def _by_times(case: Case, node: DiskNode) -> Reason | None:
    """Tell whether a sibling and this one were written when only the other can have been."""
    if not node.is_told or node.parent is None:
        return None
    for key in case.graph.nodes[node.parent].children:
        other = case.graph.nodes[key]
        for younger, older in ((node, other), (other, node)):
            if key != node.key and (reason := _exchanged(case, younger, older)):
                return reason
    return None


def _exchanged(case: Case, younger: DiskNode, older: DiskNode) -> Reason | None:
    made, seen, theirs = younger.since, case.sighting(younger), case.sighting(older)
    if made is None or seen is None or theirs is None or not _is_vhdx(case, older):
        return None
    if not (older.is_told and older.since and older.since < made and _is_at_rest(case, older)):
        return None
    if seen.seen.modified_at >= made or theirs.seen.modified_at < made:
        return None
    return because(
        f"{younger.path} was made at {made}, and what stands there was last written before, at "
        f"{seen.seen.modified_at}; {older.path} was written at {theirs.seen.modified_at}, though "
        "nothing wrote to it any more: the two may have been swapped.",
        seen.when,
        theirs.when,
    )


def _is_at_rest(case: Case, node: DiskNode) -> bool:
    """Tell whether by history nothing writes to a file since a snapshot froze it."""
    past = case.past(node)
    is_current = any(reference.holder == "now" for reference in node.references)
    is_touched = bool(past and (past.changed or past.took_in)) or bool(case.written(node))
    return bool(node.references) and not is_current and not is_touched
