"""Finding a VM by what somebody typed, as of a moment; snapshots: see `eventstore/find.py`."""

from collections.abc import Iterator

from eventstore import find
from eventstore.fleet import Fleet, fold
from eventstore.ids import VmId, guid
from eventstore.machine import Machine
from projections.as_of import Selection


def find_vm(text: str, fleet: Fleet, selection: Selection) -> Machine:
    """Give the VM that `text`, a GUID or a name, names in `fleet`, the fold of `selection`.

    A removed VM is found by its GUID alone: its name may be another's by now. `BadInput` says
    why there is none: several, removed since, not there yet, or unknown.
    """
    by_guid = fleet.machines.get(VmId(guid(text) or ""))
    if by_guid is not None and by_guid.removed is not None:
        return by_guid
    return find.find_vm(fleet.machines.values(), text, _coming(fleet, selection))


def _coming(fleet: Fleet, selection: Selection) -> Iterator[find.Candidate]:
    """Give the VMs that the whole log knows and `fleet` does not yet."""
    for machine in fold(selection.log).machines.values():
        known = fleet.machines.get(machine.id)
        if machine.registered and not (known and known.is_known):
            yield find.Candidate(machine.id, machine.name, machine.registered.at)
