"""One graph of all disk files: what history, configuration and headers say, joined per file.

A file's parent is the one that history tells; where history tells none, the one that its header
names. A second witness who names another parent is heard too: both files count as needed, because
calling one of them unused could cost somebody a machine.
"""

from collections import defaultdict
from typing import Literal

from msgspec.structs import replace

from eventstore.disk_rules import references
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import AUTOMATIC_SUFFIXES, Machine
from eventstore.moments import Moment
from eventstore.paths import PathKey, suffix_of
from eventstore.sightings import Sighting
from projections.circles import in_circles
from projections.completeness import complete_vms
from projections.disk_links import Links
from projections.disk_node import DiskGraph, DiskNode, Reference, spread
from projections.exchanged import exchanged
from projections.judged import judged_files
from projections.walks import walks_of
from projections.witnesses import Witnesses


def graph_of(fleet: Fleet) -> DiskGraph:
    """Join everything the fleet knows of disk files."""
    walks = walks_of(fleet)
    return _Join(Witnesses(fleet, walks)).graph(complete_vms(fleet, walks))


class _Join:
    """The graph in the making, one property of all files after the other."""

    def __init__(self, witnesses: Witnesses) -> None:
        self.witnesses = witnesses
        self.fleet = witnesses.fleet
        self.references, spelled = self._references()
        self.links = Links(witnesses, spelled)
        self.paths, self.presence = self.links.paths, self.links.presence
        self.parents = self.links.parents
        self.children = self._turned_round()
        self.homes = self._homes()
        self.needed_by = self._reached(removed=False)
        self.once_needed_by = self._reached(removed=True)
        self.order = {vm: number for number, vm in enumerate(self.fleet.machines)}
        self.slots, self.owners = self._slots(), self._owners()

    def graph(self, complete: frozenset[VmId]) -> DiskGraph:
        complete -= self._broken()
        kept = self._kept()
        nodes = {key: self._node(key, kept) for key in self.paths if key in kept}
        doubted = self._doubted()
        judged = judged_files(nodes, self.fleet, complete) - doubted
        circle = in_circles(self.paths, lambda key: next(iter(self.parents.get(key, ())), None))
        return DiskGraph(nodes, complete, judged, doubted, circle)

    def _broken(self) -> frozenset[VmId]:
        """Give the VMs that need an AVHD of which nobody knows on which disk it stands.

        It is gone, was not read, or cannot be. Any of the VM's disks may be its parent, so none of
        them can be called free.
        """
        return frozenset(
            vm
            for key, vms in self.needed_by.items()
            if vms and not self.parents.get(key) and self._should_have_a_parent(key)
            for vm in vms
        )

    def _should_have_a_parent(self, key: PathKey) -> bool:
        sighting = self.fleet.sightings.get(key)
        if self.presence[key] == "seen" and sighting and sighting.seen.facts:
            return sighting.seen.facts.kind == "differencing"
        return suffix_of(self.paths[key]) in AUTOMATIC_SUFFIXES

    # --- links --------------------------------------------------------------------------------

    def _references(self) -> tuple[dict[PathKey, tuple[Reference, ...]], dict[PathKey, str]]:
        """Give who refers to each file, and how those who do spell it."""
        found: defaultdict[PathKey, list[Reference]] = defaultdict(list)
        spelled: dict[PathKey, str] = {}
        for machine in self.fleet.machines.values():
            is_removed = machine.removed is not None
            for key, holders in self._named_by(machine).items():
                spelled.setdefault(key, machine.path(key))
                found[key].extend(
                    Reference(machine.id, _holder(holder), is_removed) for holder in holders
                )
        return {key: tuple(users) for key, users in found.items()}, spelled

    def _named_by(self, machine: Machine) -> dict[PathKey, tuple[str, ...]]:
        """Give the references of a VM, without what only a copy names and is not there."""
        certain = references(replace(machine, beside={}))
        return {
            key: holders
            for key, holders in references(machine).items()
            if key in certain or self.witnesses.presence(key) != "absent"
        }

    def _turned_round(self) -> dict[PathKey, list[PathKey]]:
        found: dict[PathKey, list[PathKey]] = {key: [] for key in self.paths}
        for child in sorted(self.paths, key=self._age):
            for parent in self.parents.get(child, ()):
                found[parent].append(child)
        return found

    def _homes(self) -> dict[PathKey, tuple[PathKey, ...]]:
        """Give the places where each stray belongs."""
        found: defaultdict[PathKey, list[PathKey]] = defaultdict(list)
        for place, strays in self.links.strays.items():
            for key in strays:
                found[key].append(place)
        return {key: tuple(places) for key, places in found.items()}

    def _age(self, key: PathKey) -> tuple[Moment, PathKey]:
        return self.witnesses.since(key) or _LAST, key

    # --- who needs whom -----------------------------------------------------------------------

    def _reached(self, *, removed: bool) -> dict[PathKey, set[VmId]]:
        """Give the VMs that need each file: by a reference of theirs, or one of a file below."""
        found: dict[PathKey, set[VmId]] = {key: set() for key in self.paths}
        heads = [
            (head, user.vm)
            for head, users in self.references.items()
            for user in users
            if user.is_removed == removed
        ]
        if removed:
            heads += [
                (head, vm.id) for vm in self.fleet.machines.values() for head in vm.left_behind
            ]
        for head, vm in heads:
            if head in found:
                waiting = [head, *self.links.strays.get(head, ())]
                while waiting:
                    key = waiting.pop()
                    if vm not in found[key]:
                        found[key].add(vm)
                        waiting.extend(self.parents.get(key, ()))
        return found

    def _kept(self) -> set[PathKey]:
        """Give the files that exist, are referred to, or are a parent of such a one."""
        kept: set[PathKey] = set()
        waiting = [
            key for key in self.paths if key in self.references or not self.links.is_absent(key)
        ]
        while waiting:
            key = waiting.pop()
            if key not in kept:
                kept.add(key)
                waiting.extend(self.parents.get(key, ()))
        return kept

    def _node(self, key: PathKey, kept: set[PathKey]) -> DiskNode:
        parents = self.parents.get(key, ())
        below = [child for child in self.children[key] if child in kept]
        sighting = self.fleet.sightings.get(key)
        return DiskNode(
            key=key,
            path=self.paths[key],
            found_at=sighting.seen.found_at if sighting else None,
            parent=parents[0] if parents else None,
            other_parents=parents[1:],
            children=tuple(child for child in below if self.parents[child][0] == key),
            claimants=tuple(child for child in below if self.parents[child][0] != key),
            slot=self.slots.get(key),
            since=self.witnesses.since(key),
            is_automatic=self._is_automatic(key, sighting),
            is_told=self.witnesses.is_told(key),
            presence=self.presence[key],
            references=self.references.get(key, ()),
            owners=self.owners.get(key, ()),
            needed_by=frozenset(self.needed_by[key]),
            once_needed_by=frozenset(self.once_needed_by[key]),
            strays=tuple(self.links.strays.get(key, ())),
            homes=tuple(home for home in self.homes.get(key, ()) if home in kept),
        )

    # --- one file -----------------------------------------------------------------------------

    def _is_automatic(self, key: PathKey, sighting: Sighting | None) -> bool:
        """History knows it, of VMs or of hands; of a file that it does not, suffix and header."""
        told = self.witnesses.told(key)
        theirs = [each.disk for each in told if each.vm and each.has_own_history]
        if own := theirs or [each.disk for each in told if each.vm is None]:
            return any(disk.is_automatic for disk in own)
        if suffix_of(self.paths[key]) not in AUTOMATIC_SUFFIXES:
            return False
        if sighting is not None and sighting.seen.facts is not None:
            return sighting.seen.facts.kind == "differencing"
        return True

    def _slots(self) -> dict[PathKey, str]:
        """Give the slot that history tells, of a file or of the nearest on its chains."""
        told = {
            key: slot
            for key in self.paths
            if (slot := next((t.disk.slot for t in self.witnesses.told(key) if t.disk.slot), None))
        }
        return spread(told, lambda key: (*self.parents.get(key, ()), *self.children[key]))

    def _owners(self) -> dict[PathKey, tuple[VmId, ...]]:
        """Give the VMs a file belongs to: who knows it or needs it, else its parents'."""
        found: dict[PathKey, tuple[VmId, ...]] = {}
        for key in self.paths:
            told = {each.vm for each in self.witnesses.told(key)}
            theirs = told | self.needed_by[key] | self.once_needed_by[key]
            if owners := tuple(vm for vm in theirs if vm is not None):
                found[key] = tuple(sorted(owners, key=self.order.__getitem__))
        return spread(found, self.children.__getitem__)

    def _doubted(self) -> frozenset[PathKey]:
        """Give the files of which any may be what somebody needs, and what they hang below."""
        doubted = dict.fromkeys((*self.links.doubted, *exchanged(self.fleet)), True)
        return frozenset(spread(doubted, lambda key: self.parents.get(key, ())))


def _holder(word: str) -> SnapshotId | Literal["now"]:
    return "now" if word == "now" else SnapshotId(word)


_LAST = Moment("9999-12-31T23:59:59.999999Z")
