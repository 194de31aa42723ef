"""What happens when an event contradicts the model: it is believed, and remembered as odd."""

from msgspec.structs import replace

from eventstore.ids import SnapshotId
from eventstore.machine import Contradiction, Machine, When
from eventstore.paths import path_key


def surprised(machine: Machine, when: When, *, expected: str, found: str) -> Machine:
    """Remember that something else was expected than what `when` brought."""
    oddity = Contradiction(when.position, expected, found)
    return replace(machine, contradictions=(*machine.contradictions, oddity))


def expect_present(machine: Machine, when: When) -> Machine:
    """Remember it as odd when the event speaks of a VM that was never registered, or is removed."""
    if not machine.is_known:
        machine = surprised(machine, when, expected="a registered VM", found="no VM by this id yet")
        return replace(machine, registered=when)
    if machine.removed is not None:
        return surprised(
            machine, when, expected="no event after removal", found=f"removed {machine.removed.at}"
        )
    return machine


def expect_snapshot(machine: Machine, snapshot: SnapshotId, when: When) -> Machine:
    machine = expect_present(machine, when)
    if snapshot in machine.snapshots:
        return machine
    return surprised(machine, when, expected=f"snapshot {snapshot}", found="no such snapshot")


def expect_disk(machine: Machine, path: str, when: When) -> Machine:
    if path_key(path) in machine.disks:
        return machine
    return surprised(machine, when, expected=f"disk {path}", found="no such disk")
