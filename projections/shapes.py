"""Shapes that several answers share: who a VM is, and the last entry that counted."""

from msgspec import Struct

from eventstore.ids import VmId
from eventstore.machine import Machine, When
from eventstore.moments import Moment


class VmRef(Struct, frozen=True):
    """A VM as every answer names it."""

    id: VmId
    name: str


class LastCounted(Struct, frozen=True):
    """The last entry, in the order in which things happened, that an answer rests on."""

    position: int
    occurred_at: Moment


def vm_ref(machine: Machine) -> VmRef:
    """Name `machine`; one whose name nothing tells goes by its GUID."""
    return VmRef(machine.id, machine.name or machine.id)


def last_counted(when: When | None) -> LastCounted | None:
    return None if when is None else LastCounted(when.position, when.at)
