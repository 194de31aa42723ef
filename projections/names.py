"""Finding a VM by what somebody typed, as of a moment; snapshots: see `eventstore/find.py`."""

from collections.abc import Iterator, Mapping

from eventstore import find
from eventstore.fleet import Fleet, fold
from eventstore.foreseen import told_machines
from eventstore.ids import VmId, guid
from eventstore.machine import Machine
from projections.as_of import Selection


def find_vm(text: str, fleet: Fleet, selection: Selection) -> Machine:
    """Give the VM that `text`, a GUID or a name, names in `fleet`, the fold of `selection`.

    A removed VM is found by its GUID alone: its name may be another's by now. `BadInput` says
    why there is none: several, removed since, not there yet, or unknown.
    """
    return _found(text, fleet.machines, fleet, selection)


def find_told_vm(text: str, fleet: Fleet, selection: Selection) -> Machine:
    """Give the VM that `text` names with what is foreseen of it, which is no ground for a verdict.

    Errors as `find_vm`.
    """
    return _found(text, machines_told(fleet), fleet, selection)


def machines_told(fleet: Fleet) -> dict[VmId, Machine]:
    """Give all VMs of `fleet` with what was read of them later, and true already."""
    return told_machines(fleet.machines, fleet.foreseen, fleet.last)


def _found(
    text: str, machines: Mapping[VmId, Machine], fleet: Fleet, selection: Selection
) -> Machine:
    by_guid = machines.get(VmId(guid(text) or ""))
    if by_guid is not None and by_guid.removed is not None:
        return by_guid
    return find.find_vm(machines.values(), text, _coming(fleet, selection))


def _coming(fleet: Fleet, selection: Selection) -> Iterator[find.Candidate]:
    """Give the VMs that the whole log knows and `fleet` does not yet."""
    for machine in fold(selection.log).machines.values():
        known = fleet.machines.get(machine.id)
        if machine.registered and not (known and known.is_known):
            yield find.Candidate(machine.id, machine.name, machine.registered.at)
