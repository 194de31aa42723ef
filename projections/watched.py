"""What a check looks at, how old and large it is, and the shape of what it finds."""

from collections.abc import Sequence

from msgspec import Struct

from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import Machine
from eventstore.moments import Moment, datetime_of
from projections.disk_chain import is_of
from projections.disk_node import DiskGraph, DiskNode
from projections.finding import Verdict
from projections.namesakes import told_apart
from projections.ownership import Ownership
from projections.severity import Odd, Severity
from projections.shapes import VmRef, vm_ref


class Limits(Struct, frozen=True):
    """From when on something is too old or too large; without one nothing is."""

    max_age_seconds: int | None = None
    max_size_bytes: int | None = None
    max_unrecorded_seconds: int | None = None


class Problem(Struct, frozen=True):
    """One thing that wants attention; `kind` is a verdict, or what was found too old or large."""

    severity: Severity
    kind: Verdict | Odd
    vm: VmRef | None
    path: str | None
    snapshot: SnapshotId | None
    text: str
    next_step: str
    age_seconds: int | None = None
    size_bytes: int | None = None


class Watched(Struct, frozen=True):
    """The VMs and AVHDs that are looked at, by the clock `at`; in `fleet` names are told apart."""

    fleet: Fleet
    graph: DiskGraph
    ownership: Ownership
    at: Moment
    limits: Limits
    machines: Sequence[Machine]
    avhds: Sequence[DiskNode]

    def age(self, since: Moment) -> int:
        """Give how many whole seconds ago something was; what lies ahead of the clock is new."""
        return max(0, int((datetime_of(self.at) - datetime_of(since)).total_seconds()))

    def size(self, node: DiskNode) -> int | None:
        """Give the size of a file when it was last read, None where nobody has read it."""
        sighting = self.fleet.sightings.get(node.key)
        return sighting.seen.size_bytes if sighting and sighting.gone is None else None

    def ref(self, vm: VmId) -> VmRef:
        """Give a VM as every answer names it."""
        return vm_ref(self.ownership.fleet.machines[vm])


def watched(
    ownership: Ownership, graph: DiskGraph, *, at: Moment, limits: Limits, vm: VmId | None = None
) -> Watched:
    """Choose what a check of `vm`, or of everything, looks at."""
    fleet = told_apart(ownership.fleet)
    machines = [
        machine
        for machine in fleet.machines.values()
        if machine.is_present and (vm is None or machine.id == vm)
    ]
    avhds = [
        node
        for node in graph.nodes.values()
        if node.is_automatic and node.exists and (vm is None or is_of(node, vm))
    ]
    return Watched(fleet, graph, ownership, at, limits, machines, avhds)
