"""Verdicts on files that are gone, and on those that hung below them."""

from collections.abc import Iterable

from eventstore.machine import When
from projections.case import Case, because, chain_told
from projections.deletable import careful
from projections.disk_node import DiskNode
from projections.finding import Finding, Reason
from projections.strays import back_step, strays_of, strays_told


def missing(case: Case, node: DiskNode, users: Iterable[Reason]) -> Finding:
    """Speak of a file that somebody needs and that is not there; `users` say who does."""
    reasons = [because("The file is not at its place.", *_gone(case, node))]
    strays = strays_of(case, node)
    reasons.extend(strays_told(case, node, strays, "The disk that belongs there"))
    if node.references or case.graph.reachable_children(node):
        reasons.extend(users)
    step = (
        back_step(node, strays)
        if strays
        else (
            "Do not start or merge anything that needs it. Look for the file by its name on other "
            "volumes, then in backups, and put it back to this place."
        )
    )
    return case.finding(node, "missing", reasons, next_step=step)


def _gone(case: Case, node: DiskNode) -> tuple[When | None, ...]:
    """Give when a file was told or found to be gone."""
    sighting, past = case.fleet.sightings.get(node.key), case.past(node)
    return (
        case.fleet.lost.get(node.key),
        sighting.gone if sighting else None,
        past.removed[0] if past and past.removed else None,
    )


def parent_missing(case: Case, node: DiskNode, parent: DiskNode) -> Finding:
    """Speak of a disk that cannot be opened, because `parent` is not there."""
    text = f"Its parent {parent.path} is not at its place: this disk cannot be opened (0xC03A000D)."
    sighting = case.sighting(node)
    reason = because(text, *_gone(case, parent), sighting.when if sighting else None)
    strays = strays_of(case, parent, node)
    went = _merged_away(case, parent)
    step = (
        f"Find {parent.path} and put it back. If it was moved, reconnect the parent to where it "
        "stands now; never make a new file by that name."
    )
    if strays:
        step = back_step(parent, strays)
    elif went:
        step = (
            f"Keep this disk. Only a copy of {parent.path} from before that merge makes it "
            "readable; look for one in backups."
        )
    return case.finding(
        node,
        "parent_missing",
        (
            reason,
            *went,
            *strays_told(case, parent, strays, "The disk that this one was made from"),
            *chain_told(case, node),
        ),
        deletable=careful(node),
        next_step=step,
    )


def _merged_away(case: Case, parent: DiskNode) -> tuple[Reason, ...]:
    past = case.past(parent)
    if past is None or past.removed is None or past.removed[1] != "MergeCompleted":
        return ()
    text = "Hyper-V merged that file into its own parent, and did not know of this disk."
    return (because(text, past.removed[0]),)
