"""Everything a verdict may look at, gathered once, and what all verdicts say in the same words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from eventstore.evidence.hresults import hresult
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Snapshot, When
from eventstore.paths import PathKey, folder_of, path_key, suffix_of
from eventstore.sightings import Sighting
from projections.breakage import Breakage
from projections.disk_node import DiskGraph, DiskNode, Reference
from projections.finding import Deletable, Finding, Reason, Verdict
from projections.namesakes import told_apart
from projections.ownership import DiskPast, Owner, Ownership
from projections.parent_links import Fingerprint, fingerprint
from projections.phrases import listed
from projections.shapes import VmRef, vm_ref
from projections.unseen import Unseen
from projections.walks import walks_of

_VHD_SET_SUFFIX = ".vhds"


class Case:
    """State, graph and past of all files, asked by the modules that know one kind of verdict.

    In `fleet` VMs of one name have the start of their GUID in it.
    """

    def __init__(self, fleet: Fleet, graph: DiskGraph, ownership: Ownership) -> None:
        self.fleet = told_apart(fleet)
        self.graph = graph
        self.ownership = ownership
        self.walks = walks_of(fleet)
        self._refs = {vm: vm_ref(machine) for vm, machine in fleet.machines.items()}
        self._order = {vm: number for number, vm in enumerate(fleet.machines)}

    @cached_property
    def unseen(self) -> Unseen:
        return Unseen(self.fleet, self.walks, self.ownership.configurations, self.missed)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Give what was not looked at, whenever it was."""
        return self.unseen.gaps

    @cached_property
    def _breakage(self) -> Breakage:
        return Breakage(self.graph)

    @cached_property
    def bearers(self) -> Mapping[Fingerprint, Sequence[DiskNode]]:
        """Give the files that stand and were read, by what a child would quote of them.

        A VHDX has its VirtualDiskId from its parent; only what was written tells them apart.
        """
        same: defaultdict[Fingerprint, list[DiskNode]] = defaultdict(list)
        for node in self.graph.nodes.values():
            if (sighting := self.sighting(node)) and sighting.seen.facts:
                same[fingerprint(sighting.seen.facts)].append(node)
        return same

    @cached_property
    def missed(self) -> Sequence[DiskNode]:
        """Give the files that are needed and not at their places."""
        return [node for node in self.graph.nodes.values() if node.needed_by and not node.exists]

    @cached_property
    def vhd_sets(self) -> Mapping[PathKey, Sequence[str]]:
        """Give the files of VHD sets, by folder: nothing read tells which disks belong to one."""
        found: defaultdict[PathKey, dict[PathKey, str]] = defaultdict(dict)
        unread = (
            place for folder in self.fleet.folders.values() for place, _ in folder.read.unread
        )
        seen = (each.seen.path for each in self.fleet.side_files.values() if each.gone is None)
        for place in (*unread, *seen):
            if suffix_of(place) == _VHD_SET_SUFFIX:
                found[path_key(folder_of(place))][path_key(place)] = place
        return {folder: tuple(places.values()) for folder, places in found.items()}

    @cached_property
    def listed(self) -> frozenset[VmId]:
        """Give the VMs that are on the lists of VMs that were read."""
        return frozenset(vm for each in self.fleet.registries.values() for vm, _ in each.vms)

    def past(self, node: DiskNode) -> DiskPast | None:
        return self.ownership.past.get(node.key)

    def sighting(self, node: DiskNode) -> Sighting | None:
        """Give the last reading of a file that stands at its place."""
        return self.fleet.sightings.get(node.key) if node.presence == "seen" else None

    def written(self, node: DiskNode) -> When | None:
        return self.fleet.written.get(node.key)

    def vm(self, vm: VmId) -> VmRef:
        """Give a VM as every answer names it; sentences name it by `name`."""
        return self._refs[vm]

    def name(self, vm: VmId) -> str:
        machine = self.fleet.machines[vm]
        return machine.name or machine.id

    def name_then(self, owner: Owner) -> str:
        """Name the VM of a former owner as it was called then, told apart as it is now."""
        return owner.vm_name + self.name(owner.vm).removeprefix(self.vm(owner.vm).name)

    def vm_names(self, vms: Iterable[VmId]) -> str:
        """Name VMs in the order in which they became known."""
        return listed([self.name(vm) for vm in sorted(set(vms), key=self._order.__getitem__)])

    def holder(self, reference: Reference) -> str:
        """Name who refers to a file."""
        name = self.name(reference.vm)
        if reference.holder == "now":
            return f"the running state of {name}"
        snapshot = self.fleet.machines[reference.vm].snapshots[reference.holder]
        return f'{snapshot_kind(snapshot)} "{snapshot.name}" of {name}'

    def since(self, reference: Reference) -> When | None:
        """Give since when somebody refers to a file; Now always did."""
        if reference.holder == "now":
            return None
        return self.fleet.machines[reference.vm].snapshots[reference.holder].taken

    def would_break(self, key: PathKey) -> tuple[str, ...]:
        return self._breakage.of(key)

    def finding(
        self,
        node: DiskNode,
        verdict: Verdict,
        reasons: Iterable[Reason],
        *,
        deletable: Deletable = "no",
        next_step: str,
    ) -> Finding:
        """Make a finding on a file; all that follows from the file itself is filled in."""
        sighting = self.fleet.sightings.get(node.key)
        return Finding(
            path=node.path,
            vm=self.vm(node.owners[0]) if node.owners else None,
            verdict=verdict,
            reasons=tuple(dict.fromkeys((*reasons, *self.mounted(node)))),
            deletable=deletable,
            would_break=self.would_break(node.key),
            size_bytes=sighting.seen.size_bytes if sighting else None,
            next_step=next_step,
            since=node.since if node.is_told else None,
            modified_at=sighting.seen.modified_at if sighting else None,
            grown_bytes=_growth(sighting),
        )

    def mounted(self, node: DiskNode) -> Iterator[Reason]:
        """A disk that a host has mounted is in use, whoever refers to it."""
        for computer, attached in self.fleet.attached.items():
            if node.key in attached.disks:
                who = computer or "A host"
                text = f"{who} had it mounted at {attached.when.at}, for no VM that it named."
                yield because(text, attached.when)

    def finding_on_vm(
        self, vm: VmId, verdict: Verdict, reasons: Iterable[Reason], *, next_step: str
    ) -> Finding:
        """Make a finding that speaks of no single file."""
        return Finding(None, self.vm(vm), verdict, tuple(reasons), "no", (), None, next_step)


def chain_told(case: Case, node: DiskNode) -> tuple[Reason, ...]:
    """Say what a disk that Hyper-V refuses means to those below it, if there are any."""
    if not case.would_break(node.key):
        return ()
    return (because(f"What hangs below it is refused with it: {hresult(0xC03A0019)}."),)


def because(text: str, *whens: When | None) -> Reason:
    """Give a reason that rests on the entries at `whens`."""
    return Reason(text, tuple(sorted({when.position for when in whens if when is not None})))


def sentence(text: str) -> str:
    """Begin `text` with a capital."""
    return f"{text[:1].upper()}{text[1:]}"


_KINDS = {
    "recovery": "recovery snapshot",
    "automatic": "automatic snapshot",
    "replica": "Replica snapshot",
    "appconsistentreplica": "Replica snapshot",
    "syncedreplica": "Replica snapshot",
}
"""What a host calls a snapshot that no user took, by the word of its cmdlets."""


def snapshot_kind(snapshot: Snapshot) -> str:
    """Give what to call a snapshot in a sentence, before its name."""
    return _KINDS.get(snapshot.kind, "snapshot")


def _growth(sighting: Sighting | None) -> int | None:
    if sighting is None or sighting.first is None:
        return None
    return sighting.seen.size_bytes - sighting.first.seen.size_bytes
