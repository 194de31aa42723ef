"""Files of one identity: Windows opens whichever it finds first as the parent of a third."""

from collections.abc import Iterator, Sequence

from eventstore.machine import When
from projections.case import Case, because
from projections.deletable import careful
from projections.disk_node import DiskNode
from projections.finding import Finding, Reason
from projections.strays import NAMED_MAX, several

Twins = Sequence[DiskNode]


def duplicate_findings(case: Case) -> Iterator[Finding]:
    """Judge every file of which another bears the same identity, all of one identity at once."""
    for twins in case.bearers.values():
        if len(twins) > 1:
            yield from _of(case, twins)


def _of(case: Case, twins: Twins) -> Iterator[Finding]:
    keys = frozenset(twin.key for twin in twins)
    first = _read_first(case, twins)
    used = [twin for twin in twins if twin.needed_by]
    for node in twins:
        few = [twin for twin in twins[: NAMED_MAX + 1] if twin.key != node.key][:NAMED_MAX]
        others = several([twin.path for twin in few], len(twins) - 1)
        whens = [found.when for twin in (node, *few) if (found := case.sighting(twin))]
        said = f"{others} have the same identity: all but one are copies."
        if len(few) == 1:
            said = f"{others} has the same identity: one is a copy of the other."
        yield case.finding(
            node,
            "duplicate_identity",
            (
                because(said, *whens),
                _which(case, node, few, keys) or first,
            ),
            deletable=careful(node),
            next_step=_step(case, node, used, keys),
        )


def _which(case: Case, node: DiskNode, few: Twins, keys: frozenset[str]) -> Reason | None:
    """Say which is the copy, where history tells."""
    if original := _original(case, node, keys):
        return because(
            f"This file is the copy: somebody made it of {original[0].path}.", original[1]
        )
    for twin in few:
        if (original := _original(case, twin, keys)) and original[0].key == node.key:
            return because(f"{twin.path} is the copy: somebody made it of this file.", original[1])
    return None


def _original(case: Case, node: DiskNode, keys: frozenset[str]) -> tuple[DiskNode, When] | None:
    """Give the file of which history says that `node` is a copy."""
    arrival = case.fleet.arrivals.get(node.key)
    if arrival is None:
        return None
    # What was moved left its place: whatever stands there now is nothing that it was made of.
    left = [home for home, when in arrival.homes.items() if case.fleet.lost.get(home) != when]
    homes = [home for home in left if home in keys]
    return (case.graph.nodes[homes[-1]], arrival.homes[homes[-1]]) if homes else None


def _read_first(case: Case, twins: Twins) -> Reason:
    """Where no history tells, say what times can: which of them somebody came across first."""
    read = sorted((found.read_first, twin.path) for twin in twins if (found := case.sighting(twin)))
    text = "Nothing tells which of them is the copy"
    if read[0][0].at == read[1][0].at:
        return because(f"{text}.")
    return because(f"{text}; {read[0][1]} was read first, at {read[0][0].at}.", read[0][0])


def _step(case: Case, node: DiskNode, used: Twins, keys: frozenset[str]) -> str:
    """Advise to take the copy away, and never the file that somebody needs."""
    is_settled = node.is_told or node.key in case.graph.judged
    if not node.needed_by and is_settled and (len(used) == 1 or _original(case, node, keys)):
        return (
            "Keep it, but in a folder that neither VMs nor scans look into: a VM may open it in "
            "the place of the other."
        )
    if node.needed_by and len(used) == 1:
        return "Leave it at its place; keep its copies in folders that VMs do not look into."
    return (
        "Find out which one the VMs use before anything is moved: record the configurations, and "
        "compare the files. Both may be needed."
    )
