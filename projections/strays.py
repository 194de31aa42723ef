"""What to say of a disk that stands elsewhere than at the place by which others know it."""

from eventstore.machine import When
from projections.case import Case, because
from projections.disk_node import DiskNode
from projections.finding import Reason
from projections.phrases import listed

NAMED_MAX = 3
"""So many files are named in one sentence; of more it says how many there are."""


def strays_of(case: Case, place: DiskNode, child: DiskNode | None = None) -> tuple[DiskNode, ...]:
    """Give the files elsewhere that belong at `place`; of `child` those that it may hang below."""
    found = (case.graph.nodes[key] for key in place.strays if key in case.graph.nodes)
    return tuple(
        stray
        for stray in found
        if stray.exists and (child is None or stray.key in child.other_parents)
    )


def strays_told(
    case: Case, place: DiskNode, strays: tuple[DiskNode, ...], what: str
) -> tuple[Reason, ...]:
    """Say where the disk is that `what` stands for; nothing when nobody knows."""
    if not strays:
        return ()
    named = several([stray.path for stray in strays])
    verb = "stands at" if len(strays) == 1 else "is one of"
    whens = [when for stray in strays for when in (_arrived(case, stray), _seen(case, stray))]
    return (because(f"{what} {verb} {named}, not at {place.path}.", *whens),)


def back_step(place: DiskNode, strays: tuple[DiskNode, ...]) -> str:
    """Advise to put a file back where it belongs, without losing what may stand there."""
    if len(strays) > 1:
        return (
            f"Start and merge nothing. {several([stray.path for stray in strays])} may all be "
            f"meant: compare them on copies, then put the right one back to {place.path}."
        )
    (stray,) = strays
    if place.exists:
        return (
            "Do not start and do not merge. Copy all files first; then move what stands at "
            f"{place.path} elsewhere, without deleting it, and move {stray.path} back there, or "
            f"reconnect this disk to {stray.path}."
        )
    return (
        f"Move {stray.path} back to {place.path}. Start and merge nothing before, and never make "
        "a new file by that name."
    )


def home_told(case: Case, node: DiskNode) -> tuple[Reason, ...]:
    """Say of a file where it belongs, when that is elsewhere and somebody needs it there."""
    homes = [case.graph.nodes[home] for home in node.homes]
    return tuple(
        because(
            f"It is the disk that belongs at {home.path}: "
            f"{'another disk stands' if home.exists else 'nothing stands'} there now, and what "
            "names that place needs this file.",
            _arrived(case, node),
            _seen(case, node),
        )
        for home in homes
        if home.is_reachable
    )


def several(names: list[str], count: int | None = None) -> str:
    """Name files, at most a few of the `count` there are."""
    more = (count or len(names)) - NAMED_MAX
    return listed(names if more <= 0 else [*names[:NAMED_MAX], f"{more:,} more"])


def _arrived(case: Case, node: DiskNode) -> When | None:
    arrival = case.fleet.arrivals.get(node.key)
    return arrival.when if arrival else None


def _seen(case: Case, node: DiskNode) -> When | None:
    sighting = case.sighting(node)
    return sighting.when if sighting else None
