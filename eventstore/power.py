"""Power states and the events that move between them (rule R8b): one table for all to read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from eventstore.events import (
    Power,
    VmEvent,
    VmPaused,
    VmReset,
    VmRestarted,
    VmResumed,
    VmSaved,
    VmShutDown,
    VmStarted,
    VmTurnedOff,
)

if TYPE_CHECKING:
    from typing_extensions import TypeIs

PowerEvent = (
    VmStarted | VmShutDown | VmTurnedOff | VmSaved | VmPaused | VmResumed | VmReset | VmRestarted
)


class PowerRule(Struct, frozen=True):
    """The states an event can come from and the one it leads to."""

    before: tuple[Power, ...]
    after: Power


POWER_RULES: Mapping[type[PowerEvent], PowerRule] = {
    VmStarted: PowerRule(("off", "saved"), "running"),
    VmShutDown: PowerRule(("running",), "off"),
    VmTurnedOff: PowerRule(("running", "paused", "saved"), "off"),
    VmSaved: PowerRule(("running", "paused"), "saved"),
    VmPaused: PowerRule(("running",), "paused"),
    VmResumed: PowerRule(("paused",), "running"),
    VmReset: PowerRule(("running",), "running"),
    VmRestarted: PowerRule(("running",), "running"),
}


def is_power_event(event: VmEvent) -> "TypeIs[PowerEvent]":
    """Say whether `event` is one of the table; quicker than eight patterns one after another."""
    return type(event) in POWER_RULES
