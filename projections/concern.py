"""Which entries concern a VM: those that an answer about it rests on."""

from collections.abc import Iterable
from itertools import chain

from msgspec import Struct

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.events import FolderRead, LogRecordSeen
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.machine import When
from eventstore.mentions import Mentions, disks_named
from eventstore.paths import PathKey
from projections.disk_chain import is_of
from projections.disk_node import DiskGraph, DiskNode
from projections.walks import walks_of


class Concern(Struct, frozen=True):
    """VMs of which every entry counts, disks that any entry may name, folders that were walked.

    What an event log says of a VM counts too: it may tell its power.
    """

    vms: frozenset[str]
    disks: frozenset[PathKey]
    folders: frozenset[str]

    def counts(self, recorded: Recorded) -> bool:
        entry = recorded.entry
        if entry.stream in self.vms:
            return True
        event = decode(entry)
        if isinstance(event, LogRecordSeen) and event.vm and vm_stream(event.vm) in self.vms:
            return True
        is_walk = entry.stream in self.folders and isinstance(event, FolderRead)
        return is_walk or not self.disks.isdisjoint(disks_named(event))

    def last(self, mentions: Mentions, fleet: Fleet) -> When | None:
        """Give the place of the last entry that counts, without going through them.

        `mentions` and `fleet` are folds of the same entries.
        """
        spoke = (mentions.streams.get(stream) for stream in self.vms)
        named = (mentions.disks.get(disk) for disk in self.disks)
        walked = (fleet.folders[stream].when for stream in self.folders)
        # A set, since the same entry twice has nothing to be compared by.
        return max({when for when in chain(spoke, named, walked) if when}, default=None)


def concern_of(fleet: Fleet, graph: DiskGraph, vm: VmId) -> Concern:
    """Give what concerns `vm`: its own stream, and all that can change what its chains show.

    That is what anybody says of a disk in them, the VMs that they are shared with, and the walks
    that would have found such a disk: not to be found is what makes a file missing.
    """
    nodes = _chains(graph, vm)
    vms = {vm}.union(*(_vms_of(node) for node in nodes.values()))
    walked = (
        stream
        for stream, walk in zip(fleet.folders, walks_of(fleet), strict=True)
        if any(walk.would_have_found(node.path) for node in nodes.values())
    )
    known = fleet.machines[vm].disks if vm in fleet.machines else {}
    return Concern(
        vms=frozenset(map(vm_stream, vms)),
        disks=frozenset({*nodes, *known}),
        folders=frozenset(walked),
    )


def _chains(graph: DiskGraph, vm: VmId) -> dict[PathKey, DiskNode]:
    """Give the disks of `vm` and all that hang together with them."""
    found: dict[PathKey, DiskNode] = {}
    for node in graph.nodes.values():
        if node.key not in found and is_of(node, vm):
            found.update((each.key, each) for each in graph.tree_of(node.key))
    return found


def _vms_of(node: DiskNode) -> Iterable[VmId]:
    return {*node.owners, *node.needed_by, *node.once_needed_by}
