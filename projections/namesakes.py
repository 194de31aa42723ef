"""VMs of one name told apart in sentences: `web01 (5A0D1F6E)` instead of `web01` twice."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec.structs import replace

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine

_GUID_START = 8
"""So many digits of a GUID stand in its first group."""


def names_apart(fleet: Fleet) -> Mapping[VmId, str]:
    """Give what to call the VMs that share a name with another."""
    apart = told_apart(fleet).machines
    return {vm: each.name for vm, each in apart.items() if each is not fleet.machines[vm]}


def told_apart(fleet: Fleet) -> Fleet:
    """Give `fleet` with the start of the GUID in the names of VMs that share one.

    It is for sentences alone: in answers to scripts a name stays what it is. VMs that were removed
    count, because their files stay.
    """
    named: defaultdict[str, list[Machine]] = defaultdict(list)
    for machine in fleet.machines.values():
        if machine.name:
            named[machine.name.casefold()].append(machine)
    same = [machine for machines in named.values() if len(machines) > 1 for machine in machines]
    if not same:
        return fleet
    apart = fleet.copy()
    for machine in same:
        apart.machines[machine.id] = replace(machine, name=f"{machine.name} ({_start(machine)})")
    return apart


def _start(machine: Machine) -> str:
    return machine.id[:_GUID_START]
