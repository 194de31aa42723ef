"""Which files can be judged by evidence alone: those of which it is known who refers to them.

History knows who refers to its own files; this is about the others. What no reference reaches is
an orphan only where every reference that might reach it was followed to its end.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from eventstore.fleet import Fleet
from eventstore.hosts import is_shared
from eventstore.ids import VmId
from eventstore.machine import AUTOMATIC_SUFFIXES
from eventstore.paths import PathKey, name_of, suffix_of
from projections.disk_node import DiskNode, spread
from projections.hosts import are_others_known, doubt_of_home

Nodes = Mapping[PathKey, DiskNode]


def judged_files(nodes: Nodes, fleet: Fleet, complete: AbstractSet[VmId]) -> frozenset[PathKey]:
    """Give the files of which it is known who refers to them; `complete` VMs tell all they need.

    The nearest file above that any VM needs is needed by complete VMs only; or they stand alone
    in a folder where nothing was left unknown. What hosts share is judged where several were
    read, or where a history tells that it was let go of.
    """
    if doubt_of_home(fleet):
        return frozenset()
    needed = {key: node.needed_by <= complete for key, node in nodes.items() if node.needed_by}
    hanging = spread(needed, lambda key: nodes[key].below)
    formats, moved = _unread_formats(nodes, fleet), _maybe_moved(nodes)
    judged = _alone(nodes, fleet, complete) | frozenset(
        key
        for key, is_known in hanging.items()
        if is_known and suffix_of(key)[-1:] not in formats and key not in moved
    )
    if are_others_known(fleet):
        return judged
    return frozenset(key for key in judged if not is_shared(key) or key in fleet.gone_paths)


def _unread_formats(nodes: Nodes, fleet: Fleet) -> frozenset[str]:
    """Give the formats, by the last letters of suffixes, of needed disks whose parent is unknown.

    A user's own disk that nobody read may be a linked clone, and stand on any file of its format.
    An AVHD(X) at its place stands on a disk of its VM, and that one is not complete then; one that
    is missing may be any file of its format.
    """
    return frozenset(
        suffix_of(node.path)[-1:]
        for node in nodes.values()
        if node.needed_by
        and not (node.parents or node.is_told or _is_read(node, fleet))
        and not (node.exists and suffix_of(node.path) in AUTOMATIC_SUFFIXES)
    )


def _maybe_moved(nodes: Nodes) -> frozenset[PathKey]:
    """Give the files that may be a needed one which nobody found.

    It bears that one's name elsewhere, or stands below the same parent under another name.
    """
    missed = [node for node in nodes.values() if node.needed_by and _is_missed(node)]
    names = {_name(node.key) for node in missed}
    above = {key for node in missed if not node.strays for key in node.parents}
    beside = {key for parent in above for key in nodes[parent].below}
    return frozenset(key for key in nodes if _name(key) in names) | beside


def _is_missed(node: DiskNode) -> bool:
    return not node.exists or (node.presence == "told" and not node.is_told)


def _name(key: PathKey) -> str:
    return name_of(key).upper()


def _is_read(node: DiskNode, fleet: Fleet) -> bool:
    """Tell whether the headers of a file that stands were read and hold something."""
    sighting = fleet.sightings.get(node.key)
    return node.presence == "seen" and sighting is not None and sighting.seen.facts is not None


def _alone(nodes: Nodes, fleet: Fleet, complete: AbstractSet[VmId]) -> frozenset[PathKey]:
    """Give the whole disks without parent or child: somebody's, but nobody's AVHD."""
    surveyed = _surveyed(nodes, fleet, complete)
    return frozenset(
        key
        for key, sighting in fleet.sightings.items()
        if sighting.stream in surveyed
        and sighting.seen.facts is not None
        and sighting.seen.facts.kind != "differencing"
        and not (key in nodes and nodes[key].below)
    )


def _surveyed(nodes: Nodes, fleet: Fleet, complete: AbstractSet[VmId]) -> frozenset[str]:
    """Give the walks that saw whole hosts: all VMs completely known, all their disks found."""
    present = {vm for vm, machine in fleet.machines.items() if machine.removed is None}
    needed = [fleet.sightings.get(key) for key, node in nodes.items() if node.needed_by]
    if not present <= complete or not all(sighting and not sighting.gone for sighting in needed):
        return frozenset()
    streams = {sighting.stream for sighting in needed if sighting}
    folders = fleet.folders
    unreadable = {
        sighting.stream
        for sighting in fleet.sightings.values()
        if sighting.gone is None and sighting.seen.facts is None
    }
    return frozenset(
        stream
        for stream in (streams & folders.keys()) - unreadable
        if not folders[stream].read.unread
    )
