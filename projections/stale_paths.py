"""Rollback in waiting (case 14): a configuration out of date takes its VM back in time.

It happens when the switch to a snapshot's new disks fails (0x80048102): the VM runs on, and its
configuration goes on naming the disks of before until it is restarted or migrated.
"""

from collections.abc import Iterator

from eventstore.machine import Machine
from eventstore.sightings import Sighting
from projections.case import Case, because
from projections.completeness import has_own_history
from projections.disk_node import DiskNode
from projections.finding import Finding
from projections.roles import role_of


def stale_paths(case: Case) -> Iterator[Finding]:
    """Judge the disks that VMs would start from, and did not write to last."""
    for machine in case.fleet.machines.values():
        if machine.is_present and has_own_history(machine):
            yield from _by_history(case, machine)
        elif machine.is_present:
            yield from _by_times(case, machine)


def _by_history(case: Case, machine: Machine) -> Iterator[Finding]:
    read = case.ownership.configurations.get(machine.id)
    for slot, key in (machine.configured or {}).items():
        expected = machine.now.heads.get(slot)
        if key == expected or key not in case.graph.nodes:
            continue
        head = machine.path(expected) if expected else "no disk"
        text = (
            f"The configuration of {machine.name} names {machine.path(key)} in {slot}; by its "
            f"history the VM writes to {head}."
        )
        yield case.finding(
            case.graph.nodes[key],
            "stale_path",
            (because(text, read),),
            next_step=(
                f"Do not start or restart {machine.name}: find out which of the two files was "
                "written last, and copy both first."
            ),
        )


def _by_times(case: Case, machine: Machine) -> Iterator[Finding]:
    """What Now writes to has no AVHD below it; one that was written later was Now's."""
    for slot, key in machine.now.heads.items():
        node = case.graph.nodes.get(key)
        seen = case.sighting(node) if node else None
        if node is None or seen is None:
            continue
        for child, theirs in _written_later(case, node, seen):
            text = (
                f"The configuration of {machine.name} names {node.path} in {slot}, last written at "
                f"{seen.seen.modified_at}; {child.path} was made from it and written at "
                f"{theirs.seen.modified_at}: the VM may have run on that one."
            )
            read = case.ownership.configurations.get(machine.id)
            yield case.finding(
                node,
                "stale_path",
                (because(text, read, seen.when, theirs.when),),
                next_step=(
                    f"Do not start, restart or migrate {machine.name}: it would go back to "
                    f"{node.path}, and writing there makes {child.path} useless. Copy both first."
                ),
            )


def _written_later(
    case: Case, node: DiskNode, seen: Sighting
) -> Iterator[tuple[DiskNode, Sighting]]:
    """Give the AVHDs right below a file that nobody is known to need and that are newer."""
    for key in node.children:
        child = case.graph.nodes[key]
        theirs = case.sighting(child)
        is_newer = theirs is not None and theirs.seen.modified_at > seen.seen.modified_at
        if theirs and is_newer and role_of(case.graph, child) == "orphan":
            yield child, theirs
