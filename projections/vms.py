"""All VMs at a glance: power, how many snapshots, disks and findings."""

from collections.abc import Mapping

from msgspec import Struct

from eventstore.events import Policy, Power
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine
from eventstore.moments import Moment
from projections.names import machines_told
from projections.shapes import vm_ref


class VmRow(Struct, frozen=True):
    """One VM; `disks` counts the disk files that stand, not the slots."""

    id: VmId
    name: str
    policy: Policy
    power: Power | None
    snapshots: int
    disks: int
    findings: int
    removed_at: Moment | None


def vm_rows(
    fleet: Fleet, findings: Mapping[VmId, int], *, with_removed: bool = False
) -> tuple[VmRow, ...]:
    """Give the VMs of `fleet` by name; `findings` says how many each has."""
    rows = (
        _row(machine, findings.get(machine.id, 0))
        for machine in machines_told(fleet).values()
        if machine.is_present or (with_removed and machine.is_known)
    )
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.id)))


def _row(machine: Machine, findings: int) -> VmRow:
    return VmRow(
        id=machine.id,
        name=vm_ref(machine).name,
        policy=machine.policy,
        power=machine.power,
        snapshots=len(machine.snapshots),
        disks=sum(1 for disk in machine.disks.values() if not disk.is_lost),
        findings=findings,
        removed_at=machine.removed.at if machine.removed else None,
    )
