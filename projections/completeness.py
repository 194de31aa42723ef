"""Whether everything that refers to a VM's disks is known: without that no file is an orphan."""

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine
from eventstore.paths import joined
from projections.walks import Walk, last_walk


def complete_vms(fleet: Fleet, walks: tuple[Walk, ...]) -> frozenset[VmId]:
    """Give the VMs whose every reference is known."""
    return frozenset(
        machine.id for machine in fleet.machines.values() if not missing_references(machine, walks)
    )


def has_own_history(machine: Machine) -> bool:
    """Tell whether the VM's own events are known from its registration on."""
    return machine.is_known and not machine.is_observed and bool(machine.root)


def missing_references(machine: Machine, walks: tuple[Walk, ...]) -> str:
    """Say which references of a VM may be unknown; nothing when all are known.

    Where configuration does not tell how many snapshots there are, only a walk of the folder that
    holds their files can say that none was missed.
    """
    if has_own_history(machine):
        return ""
    name = machine.name or machine.id
    if machine.configured is None:
        return f"the configuration of {name} was never read"
    if machine.snapshots_untold:
        return f"the host did not tell all snapshots of {name}"
    for snapshot in machine.snapshots.values():
        if not snapshot.are_disks_known:
            return f"nothing tells the disks of snapshot {snapshot.name} of {name}"
    listed, read = machine.snapshots_listed, len(machine.snapshots)
    if listed is not None and read < listed:
        return f"{read} of the {listed} snapshot configurations of {name} were read"
    if listed is not None and read > listed:
        return (
            f"the configuration of {name} lists {listed} snapshots, and {read} were read: it may "
            "be out of date"
        )
    if listed is None and not last_walk(walks, joined(machine.root, "Snapshots")):
        return f"nothing tells how many snapshots {name} has, and their folder was not read"
    return ""
