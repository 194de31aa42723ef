"""What was read, and what the history says → the events that explain the difference.

Everything follows from what was read and what happened first-hand, in the order of time, and from
nothing that was inferred before. So evidence that comes late is explained like any other, the same
evidence again explains nothing new, and the order in which evidence is recorded does not matter.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import Unknown, decode
from eventstore.entry import Recorded
from eventstore.events import (
    DiskGone,
    DiskSeen,
    HostRegistrySeen,
    LogRecordSeen,
    SnapshotTaken,
    VmConfigurationSeen,
    VmRegistered,
    VmRemoved,
)
from eventstore.evidence.log_meanings import meaning_of
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.inference import READINGS, Change, Inference, Told
from eventstore.last_seen import LastSeen, registry_stream
from eventstore.machine import Machine, When, when_of
from eventstore.moments import Moment
from eventstore.observe import Observed, by_stream
from eventstore.paths import PathKey, path_key
from eventstore.reconcile_merges import merges
from eventstore.reconcile_snapshots import snapshot_changes
from eventstore.sightings import Sighting


def reconcile(entries: Iterable[Recorded], recorder: str) -> tuple[Observed, ...]:
    """Give what can be inferred from `entries` and is not among them.

    They are the whole log, in the order in which things happened.
    """
    work = _Reconciliation()
    for at, group in groupby(entries, key=lambda each: each.entry.occurred_at):
        work.take_in(at, (each for each in group if not work.is_inferred(each)))
    found = (each.observed(recorder) for each in (*work.births(), *work.found))
    return tuple(by_stream(each for each in found if each.event_id not in work.stored))


class _Birth(Struct, frozen=True):
    """The first that was read of a VM, and the earliest moment that anything tells it existed."""

    first: Told
    machine: Machine
    read_at: Moment
    existed_at: Moment


class _Reconciliation:
    """The pass over the log: what is known by now, and what had to be inferred on the way."""

    def __init__(self) -> None:
        self.stored: set[str] = set()
        self.found: list[Inference] = []
        self._fleet = Fleet()
        self._seen = LastSeen()
        self._births: dict[VmId, _Birth] = {}
        self._finished: dict[VmId, list[Told]] = {}

    def is_inferred(self, recorded: Recorded) -> bool:
        """Remember what is stored already; nothing is inferred from it."""
        is_inferred = when_of(recorded).is_inferred
        if is_inferred:
            self.stored.add(recorded.entry.id)
        return is_inferred

    def take_in(self, at: Moment, group: Iterator[Recorded]) -> None:
        """Take in all that happened, or was read, at one moment."""
        fleet = self._fleet
        # Of a walk's hundred thousand disks none is held here: the fleet alone remembers them.
        before, registries = dict(fleet.machines), dict(fleet.registries)
        changed: dict[PathKey, Sighting | None] = {}
        told: list[Told] = []
        of_vms: dict[VmId, list[Told]] = {}
        for recorded in group:
            entry, event = recorded.entry, decode(recorded.entry)
            if isinstance(event, DiskSeen | DiskGone):
                key = path_key(event.path)
                changed.setdefault(key, fleet.sightings.get(key))
            else:
                told.append(Told(entry, event))
                if vm := _vm(entry.stream):
                    of_vms.setdefault(vm, []).append(told[-1])
            fleet.evolve(entry.stream, event, When(at, recorded.position))
        for vm, readings in of_vms.items():
            # What happened at this very moment is told first-hand, and explains itself.
            if all(isinstance(each.event, READINGS) for each in readings):
                self._explain(vm, before.get(vm) or Machine(vm), tuple(readings), at, changed)
        for each in told:
            self._unlisted(each, at, registries)
            self._hear(each)

    def births(self) -> Iterator[Inference]:
        """Give for every VM that it was registered, when it is first known to have existed."""
        for birth in self._births.values():
            machine = birth.machine
            if birth.existed_at < birth.read_at:
                yield Inference(
                    stream=vm_stream(machine.id),
                    event=VmRegistered(
                        machine.name, machine.policy, merge_on_save=True, root=machine.root
                    ),
                    at=birth.existed_at,
                    read_at=birth.read_at,
                    basis=(birth.first.entry,),
                )

    def _explain(
        self,
        vm: VmId,
        before: Machine,
        readings: tuple[Told, ...],
        at: Moment,
        changed: Mapping[PathKey, Sighting | None],
    ) -> None:
        stream, after = vm_stream(vm), self._fleet.machines[vm]
        since = self._seen.of(stream)
        change = Change(
            stream=stream,
            before=before,
            after=after,
            at=at,
            readings=readings,
            seen=self._seen,
            disks=self._fleet.sightings,
            changed=changed,
            finished=tuple(
                each
                for each in self._finished.get(vm, ())
                if since is None or each.entry.occurred_at > since
            ),
        )
        found = [*snapshot_changes(change), *merges(change)]
        self.found.extend(found)
        self._existed(change, found)

    def _existed(self, change: Change, found: Iterable[Inference]) -> None:
        """Remember the first reading that names a VM, and how old the VM is by any of them."""
        vm, birth = change.after.id, self._births.get(change.after.id)
        if birth is None:
            told = change.reading_of(None)
            if told is None or not change.after.name or not change.after.is_observed:
                return
            birth = _Birth(told, change.after, change.at, change.at)
        created = (
            each.event.created_at
            for each in change.readings
            if isinstance(each.event, VmConfigurationSeen) and each.event.created_at
        )
        taken = (each.at for each in found if isinstance(each.event, SnapshotTaken))
        self._births[vm] = replace(birth, existed_at=min((birth.existed_at, *created, *taken)))

    def _unlisted(
        self, told: Told, at: Moment, before: Mapping[tuple[str, str], HostRegistrySeen]
    ) -> None:
        """A host that listed a VM and does so no longer has removed it, if no other lists it."""
        event = told.event
        if not isinstance(event, HostRegistrySeen):
            return
        known = before.get((event.host, event.found_at))
        listed = {vm for each in self._fleet.registries.values() for vm, _ in each.vms}
        for vm, _ in known.vms if known else ():
            machine = self._fleet.machines.get(vm)
            if vm not in listed and machine is not None and machine.is_present:
                since = self._seen.of(registry_stream(event.host, event.found_at))
                self.found.append(
                    Inference(vm_stream(vm), VmRemoved(), at, at, (told.entry,), not_before=since)
                )

    def _hear(self, told: Told) -> None:
        event = told.event
        if isinstance(event, Unknown):
            return
        self._seen.hear(told.entry, event)
        if isinstance(event, LogRecordSeen) and event.vm and not event.is_doubtful:
            meaning = meaning_of(event.provider, event.channel, event.event_id)
            if meaning and meaning.merge == "finished":
                self._finished.setdefault(event.vm, []).append(told)


def _vm(stream: str) -> VmId | None:
    kind, _, vm = stream.partition("/")
    return VmId(vm.upper()) if kind == "vm" else None
