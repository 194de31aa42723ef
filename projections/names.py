"""Finding a VM by what somebody typed, as of a moment; snapshots: see `eventstore/find.py`."""

from collections.abc import Callable, Iterator, Mapping

from eventstore import find
from eventstore.fleet import Fleet
from eventstore.foreseen import told_machines
from eventstore.ids import VmId, guid
from eventstore.machine import Machine


def find_vm(text: str, fleet: Fleet, whole: Callable[[], Fleet]) -> Machine:
    """Give the VM that `text`, a GUID or a name, names in `fleet`.

    `whole` gives the fold of all that the log ever told; it is asked at need. A removed VM is
    found by its GUID alone: its name may be another's by now. `BadInput` says why there is none:
    several, removed since, not there yet, or unknown.
    """
    return _found(text, fleet.machines, fleet, whole)


def find_told_vm(text: str, fleet: Fleet, whole: Callable[[], Fleet]) -> Machine:
    """Give the VM that `text` names with what is foreseen of it, which is no ground for a verdict.

    Errors as `find_vm`.
    """
    return _found(text, machines_told(fleet), fleet, whole)


def machines_told(fleet: Fleet) -> dict[VmId, Machine]:
    """Give all VMs of `fleet` with what was read of them later, and true already."""
    return told_machines(fleet.machines, fleet.foreseen, fleet.last)


def _found(
    text: str, machines: Mapping[VmId, Machine], fleet: Fleet, whole: Callable[[], Fleet]
) -> Machine:
    by_guid = machines.get(VmId(guid(text) or ""))
    if by_guid is not None and by_guid.removed is not None:
        return by_guid
    return find.find_vm(machines.values(), text, _coming(fleet, whole))


def _coming(fleet: Fleet, whole: Callable[[], Fleet]) -> Iterator[find.Candidate]:
    """Give the VMs that the whole log knows and `fleet` does not yet."""
    for machine in whole().machines.values():
        known = fleet.machines.get(machine.id)
        if machine.registered and not (known and known.is_known):
            yield find.Candidate(machine.id, machine.name, machine.registered.at)
