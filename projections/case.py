"""Everything a verdict may look at, gathered once, and what all verdicts say in the same words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import When
from eventstore.paths import PathKey
from eventstore.sightings import Sighting
from projections.coverage import gaps
from projections.disk_node import DiskGraph, DiskNode, Reference
from projections.finding import Deletable, Finding, Reason, Verdict
from projections.ownership import DiskPast, Ownership
from projections.parent_links import Fingerprint, fingerprint
from projections.phrases import listed
from projections.shapes import VmRef, vm_ref
from projections.walks import walks_of


class Case:
    """State, graph and past of all files, asked by the modules that know one kind of verdict."""

    def __init__(self, fleet: Fleet, graph: DiskGraph, ownership: Ownership) -> None:
        self.fleet = fleet
        self.graph = graph
        self.ownership = ownership
        self.walks = walks_of(fleet)
        self.gaps = gaps(fleet, self.walks)

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

    def past(self, node: DiskNode) -> DiskPast | None:
        return self.ownership.past.get(node.key)

    def sighting(self, node: DiskNode) -> Sighting | None:
        """Give the last reading of a file that stands at its place."""
        return self.fleet.sightings.get(node.key) if node.presence == "seen" else None

    def written(self, node: DiskNode) -> When | None:
        return self.fleet.written.get(node.key)

    def vm(self, vm: VmId) -> VmRef:
        return vm_ref(self.fleet.machines[vm])

    def vm_names(self, vms: Iterable[VmId]) -> str:
        """Name VMs in the order in which they became known."""
        known = frozenset(vms)
        return listed([self.vm(vm).name for vm in self.fleet.machines if vm in known])

    def holder(self, reference: Reference) -> str:
        """Name who refers to a file."""
        machine = self.fleet.machines[reference.vm]
        name = machine.name or machine.id
        if reference.holder == "now":
            return f"the running state of {name}"
        return f'snapshot "{machine.snapshots[reference.holder].name}" of {name}'

    def since(self, reference: Reference) -> When | None:
        """Give since when somebody refers to a file; Now always did."""
        if reference.holder == "now":
            return None
        return self.fleet.machines[reference.vm].snapshots[reference.holder].taken

    def would_break(self, key: PathKey) -> tuple[str, ...]:
        return tuple(node.path for node in self.graph.descendants(key) if node.exists)

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
            reasons=tuple(reasons),
            deletable=deletable,
            would_break=self.would_break(node.key),
            size_bytes=sighting.seen.size_bytes if sighting else None,
            next_step=next_step,
        )

    def finding_on_vm(
        self, vm: VmId, verdict: Verdict, reasons: Iterable[Reason], *, next_step: str
    ) -> Finding:
        """Make a finding that speaks of no single file."""
        return Finding(None, self.vm(vm), verdict, tuple(reasons), "no", (), None, next_step)


def because(text: str, *whens: When | None) -> Reason:
    """Give a reason that rests on the entries at `whens`."""
    return Reason(text, tuple(sorted({when.position for when in whens if when is not None})))


def sentence(text: str) -> str:
    """Begin `text` with a capital."""
    return f"{text[:1].upper()}{text[1:]}"
