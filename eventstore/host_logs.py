"""What the event logs of hosts tell: what was read of them, and the last word on each VM.

A log is a witness of power and of merges. It names no snapshot and, of a merge, no file: no tree
and no chain is ever derived from it.
"""

from copy import copy
from dataclasses import dataclass, field, fields

from msgspec import Struct
from msgspec.structs import replace

from eventstore.events import HostLogEvent, LogCovered, LogRecordSeen, Power
from eventstore.evidence.log_meanings import MergeStep, meaning_of
from eventstore.ids import VmId
from eventstore.machine import Machine, When

LogKey = tuple[str, str]
"""Computer and channel, in lower case."""


class LogRead(Struct, frozen=True):
    """One reading of a log."""

    covered: LogCovered
    when: When


class PowerTold(Struct, frozen=True):
    """The power state that a record told last."""

    power: Power
    when: When


class MergeTold(Struct, frozen=True):
    """The last that a log says of merges of a VM; `code` is the HRESULT of a failure."""

    step: MergeStep
    code: str
    computer: str
    when: When


@dataclass
class HostLogs:
    """The fold; `unknown` counts records by provider and event id that no table row explains.

    `names` are the last that records told of VMs, known otherwise or not.
    """

    read: dict[LogKey, tuple[LogRead, ...]] = field(default_factory=dict)
    power: dict[VmId, PowerTold] = field(default_factory=dict)
    merges: dict[VmId, MergeTold] = field(default_factory=dict)
    names: dict[VmId, str] = field(default_factory=dict)
    unknown: dict[LogKey, dict[tuple[str, int], int]] = field(default_factory=dict)

    def __copy__(self) -> "HostLogs":
        mine = {each.name: getattr(self, each.name) for each in fields(self)}
        return HostLogs(**{name: copy(value) for name, value in mine.items()})

    def read_at(self, event: LogCovered, when: When) -> None:
        key = _key(event)
        self.read[key] = (*self.read.get(key, ()), LogRead(event, when))

    def hear(self, event: LogRecordSeen, when: When) -> None:
        """Take in a record. A doubtful one is told in the timeline, and believed by nobody."""
        if event.vm and event.vm_name and not event.is_doubtful:
            self.names[event.vm] = event.vm_name
        meaning = meaning_of(event.provider, event.channel, event.event_id)
        if meaning is None:
            key = _key(event)
            known, told = self.unknown.get(key, {}), (event.provider, event.event_id)
            self.unknown[key] = {**known, told: known.get(told, 0) + 1}
        elif event.vm is not None and not event.is_doubtful:
            if meaning.power is not None:
                self.power[event.vm] = PowerTold(meaning.power, when)
            if meaning.merge is not None:
                self.merges[event.vm] = MergeTold(meaning.merge, event.code, event.computer, when)

    def told(self, machine: Machine, when: When) -> Machine:
        """Give a VM without a history of its own the power that a record told just now."""
        last = self.power.get(machine.id)
        if machine.is_observed and last and last.when == when:
            return replace(machine, power=last.power)
        return machine

    def completed(self, machine: Machine) -> Machine:
        """Give a VM of which nothing else tells its power the one that a record told."""
        if machine.power is None and machine.id in self.power:
            return replace(machine, power=self.power[machine.id].power)
        return machine


def _key(event: HostLogEvent) -> LogKey:
    return event.computer.lower(), event.channel.lower().replace("/", "-")
