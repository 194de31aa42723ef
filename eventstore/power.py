"""Power states and the events that move between them (rule R8b): one table for all to read."""

from collections.abc import Mapping

from msgspec import Struct

from eventstore.events import (
    Power,
    VmPaused,
    VmReset,
    VmRestarted,
    VmResumed,
    VmSaved,
    VmShutDown,
    VmStarted,
    VmTurnedOff,
)

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
