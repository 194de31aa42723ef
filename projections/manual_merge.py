"""What Merge-VHD leaves behind: its sources stay, and nothing may be read from them any more."""

from collections.abc import Iterator

from eventstore.paths import PathKey
from eventstore.sightings import HandMerge
from projections.case import Case, because
from projections.deletable import deletable_of
from projections.disk_node import DiskNode
from projections.finding import Finding


def manual_merge_findings(case: Case) -> Iterator[Finding]:
    for node in case.graph.nodes.values():
        if merge := left_by_manual_merge(case, node):
            yield _finding(case, node, merge)


def left_by_manual_merge(case: Case, node: DiskNode) -> HandMerge | None:
    """Give the merge by hand that copied all of this file elsewhere, if the record still holds.

    It does not when the target was written again, or the file itself was: then it may hold the
    only copy of something. Nor does it speak of a file that came to the same place later.
    """
    if not node.exists:
        return None
    for child, merge in case.fleet.merged_by_hand.items():
        if node.key in _sources(case, child, merge) and _still_holds(case, node, merge):
            return merge
    return None


def _sources(case: Case, child: PathKey, merge: HandMerge) -> Iterator[PathKey]:
    """Give the files that went into the target: the child, and what lay between."""
    key: PathKey | None = child
    seen = {merge.into}
    while key is not None and key not in seen:
        seen.add(key)
        yield key
        node = case.graph.nodes.get(key)
        key = node.parent if node else None


def _still_holds(case: Case, node: DiskNode, merge: HandMerge) -> bool:
    target = case.fleet.written.get(merge.into)
    written, sighting = case.written(node), case.sighting(node)
    return (
        target == merge.when
        and _stood_there(case, node, merge)
        and not (written and written > merge.when)
        and not (sighting and sighting.seen.modified_at > merge.when.at)
    )


def _stood_there(case: Case, node: DiskNode, merge: HandMerge) -> bool:
    """Tell whether the file is the one that stood there when it was merged."""
    past, sighting, fleet = case.past(node), case.sighting(node), case.fleet
    arrival = fleet.arrivals.get(node.key)
    changes = [fleet.lost.get(node.key), arrival.when if arrival else None]
    if past:
        changes += [past.known, past.removed[0] if past.removed else None]
    facts = sighting.seen.facts if sighting else None
    made_as = past.disk.disk_id if past and past.disk else None
    is_another = made_as and facts and facts.disk_id != made_as
    return not is_another and not any(when and when > merge.when for when in changes)


def _finding(case: Case, node: DiskNode, merge: HandMerge) -> Finding:
    into = case.graph.nodes[merge.into].path if merge.into in case.graph.nodes else merge.into
    reasons = [
        because(
            f"Somebody merged it into {into} by hand; Merge-VHD leaves its sources behind, no "
            "longer valid.",
            merge.when,
        )
    ]
    if node.is_reachable:
        reasons.append(
            because(
                "The VM still needs it, which cannot work: the merge changed the file below it."
            )
        )
        return case.finding(
            node,
            "left_by_manual_merge",
            reasons,
            next_step=_careful_step(case, node, into),
        )
    deletable, why = deletable_of(case, node)
    return case.finding(
        node,
        "left_by_manual_merge",
        (*reasons, *why),
        deletable=deletable,
        next_step=(
            f"Check that the VM works on {into}; then this file may be archived and taken away."
        ),
    )


def _careful_step(case: Case, node: DiskNode, into: str) -> str:
    """Advise what loses nothing: whatever hangs below the file still builds on it."""
    if case.graph.reachable_children(node):
        return (
            "Start nothing, delete nothing and change no configuration: other files build on this "
            "one. Copy the whole chain first, and try every step on the copies."
        )
    return f"Copy both files first; then, on the copies, see whether the VM works on {into}."
