"""Records of event logs held against histories: what a record adds, confirms or contradicts."""

from eventstore.codec import Unknown
from eventstore.entry import Entry
from eventstore.events import (
    Event,
    LogCovered,
    LogRecordSeen,
    Power,
    SnapshotApplied,
    VmPaused,
    VmRegistered,
    VmReset,
    VmRestarted,
    VmResumed,
    VmSaved,
    VmShutDown,
    VmStarted,
    VmTurnedOff,
)
from eventstore.evidence.log_meanings import meaning_of
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.power import POWER_RULES
from projections.completeness import has_own_history

_TYPES = frozenset({LogRecordSeen.__name__, LogCovered.__name__})


def is_of_log(entry: Entry) -> bool:
    """Tell whether an entry is what a host's event log says."""
    return entry.type in _TYPES


class PowerByHistory:
    """The power of every VM that has a history of its own, event by event."""

    def __init__(self, fleet: Fleet) -> None:
        machines = fleet.machines.values()
        self._own = frozenset(each.id for each in machines if has_own_history(each))
        self._power: dict[VmId, Power] = {}

    def hear(self, vm: VmId, event: Event | Unknown) -> None:
        """Take in the next event of a VM's own stream."""
        match event:
            case VmRegistered():
                self._power[vm] = "off"
            case SnapshotApplied(power=power):
                self._power[vm] = power
            case (
                VmStarted()
                | VmShutDown()
                | VmTurnedOff()
                | VmSaved()
                | VmPaused()
                | VmResumed()
                | VmReset()
                | VmRestarted()
            ):
                self._power[vm] = POWER_RULES[type(event)].after
            case _:
                pass  # nothing else changes it

    def differs(self, event: LogRecordSeen) -> Power | None:
        """Give what history says where it contradicts a record."""
        power = self._of(event)
        return power if power and power != _told(event) else None

    def agrees(self, event: LogRecordSeen) -> bool:
        power = self._of(event)
        return power is not None and power == _told(event)

    def _of(self, event: LogRecordSeen) -> Power | None:
        is_comparable = event.vm in self._own and not event.is_doubtful and _told(event)
        return self._power.get(event.vm) if event.vm and is_comparable else None


def _told(event: LogRecordSeen) -> Power | None:
    meaning = meaning_of(event.provider, event.channel, event.event_id)
    return meaning.power if meaning else None
