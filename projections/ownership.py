"""What became of every disk file: when it came, who referred to it last, what was done to it.

The fold remembers what a state forgets: that deleting snapshot S2 at position 17 took the last
reference away, and that nobody wrote to the file since.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, assert_never

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import Unknown, decode
from eventstore.disk_rules import references
from eventstore.entry import Recorded
from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskSeen,
    DiskWritten,
    Event,
    FolderEvent,
    FreeSpaceSeen,
    HandEvent,
    HostLogEvent,
    LogEvent,
    LogRecordSeen,
    MergeCompleted,
    MergeFailed,
    MergeInterrupted,
    VmConfigurationSeen,
    VmEvent,
    VmExportSeen,
)
from eventstore.evidence.log_meanings import meaning_of
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import Disk, Machine, When, when_of
from eventstore.paths import PathKey, path_key
from projections.as_of import Anew
from projections.parent_links import Fingerprint, fingerprint


class Owner(Struct, frozen=True):
    """Who refers to a file, by the names of that moment."""

    vm: VmId
    vm_name: str
    holder: SnapshotId | Literal["now"]
    holder_name: str

    def __str__(self) -> str:
        who = "the running state" if self.holder == "now" else f'snapshot "{self.holder_name}"'
        return f"{who} of {self.vm_name}"


class Loss(Struct, frozen=True):
    """How a file lost its last reference: whose it was, and the type of the event."""

    owner: Owner
    when: When
    event: str


class MergeTrouble(Struct, frozen=True):
    """A merge that failed, with the HRESULT `code` if one is known, or was interrupted."""

    when: When
    code: str = ""
    is_failure: bool = True


class DiskPast(Struct, frozen=True):
    """What history remembers of one file; `changed` when its parent or its content became other.

    `relinked` is when Hyper-V hung it below another file, `took_in` when it merged one into it.
    `loss` is None while somebody refers to it, and where nobody ever did. `removed` is when
    Hyper-V removed the file, with the type of the event. `disk` is the last that history told of
    it, and `read_as` what its headers said when they were last read before that loss.
    """

    path: str
    known: When
    made_by: str
    loss: Loss | None = None
    changed: When | None = None
    removed: tuple[When, str] | None = None
    disk: Disk | None = None
    read_as: Fingerprint | None = None
    relinked: When | None = None
    took_in: When | None = None
    troubles: tuple[MergeTrouble, ...] = ()


class ReferenceChange(Struct, frozen=True):
    """A reference that `owner` gained or lost; `is_last` when no other is left anywhere."""

    key: PathKey
    owner: Owner
    is_gain: bool
    is_last: bool = False


@dataclass
class Ownership:
    """The fold; `fleet` is the state it stands at. `configurations`: when each VM's was read.

    `logged_troubles` are the merges of a VM that went wrong by the event logs of its host since
    one came to its end: a log names no file.
    """

    fleet: Fleet = field(default_factory=Fleet)
    past: dict[PathKey, DiskPast] = field(default_factory=dict)
    configurations: dict[VmId, When] = field(default_factory=dict)
    logged_troubles: dict[VmId, tuple[MergeTrouble, ...]] = field(default_factory=dict)

    def evolve(
        self, stream: str, event: Event | Unknown, when: When
    ) -> tuple[ReferenceChange, ...]:
        """Take in one event, and tell what it did to references."""
        if when.is_inferred:
            self.fleet.evolve(stream, event, when)
            return ()  # what was inferred changes no reference
        if isinstance(event, Unknown | HandEvent | FolderEvent | HostLogEvent | LogEvent):
            self.fleet.evolve(stream, event, when)
            if isinstance(event, HandEvent):
                self._by_hand(event, when)
            elif isinstance(event, DiskSeen):
                self._read(event)
            elif isinstance(event, LogRecordSeen):
                self._heard(event, when)
            return ()
        vm = vm_of(stream)
        before = self.fleet.machines.get(vm) or Machine(vm)
        self.fleet.evolve(stream, event, when)
        after = self.fleet.machines[vm]
        self._disks(before, after, event, when)
        changes = self._references(before, after)
        for change in changes:
            name = type(event).__name__
            path = after.path(change.key)
            past = self.past.get(change.key) or DiskPast(path, when, name)
            if change.is_gain:
                past = replace(past, loss=None)
            elif change.is_last:
                past = replace(past, loss=Loss(change.owner, when, name))
            self.past[change.key] = past
        self._told(vm, event, when)
        return changes

    def _disks(self, before: Machine, after: Machine, event: VmEvent, when: When) -> None:
        if before.disks is after.disks:
            return
        name = type(event).__name__
        for key, disk in after.disks.items():
            known = before.disks.get(key)
            if known is None:
                self._appeared(key, disk.path, name, when)
            elif known is disk and self.past[key].disk is disk:
                continue
            elif known.parent != disk.parent:
                self._remember(key, changed=when, relinked=when)
            self._remember(key, disk=disk)
        for key in before.disks.keys() - after.disks.keys():
            self._remember(key, removed=(when, name))

    def _appeared(self, key: PathKey, path: str, made_by: str, when: When) -> None:
        past = self.past.get(key)
        if past is None or past.removed is not None:
            self.past[key] = DiskPast(path, when, made_by)

    def _remember(self, key: PathKey, **news: object) -> None:
        self.past[key] = replace(self.past[key], **news)

    def _read(self, seen: DiskSeen) -> None:
        past = self.past.get(path_key(seen.path))
        if past is not None and past.loss is None and seen.facts is not None:
            self._remember(path_key(seen.path), read_as=fingerprint(seen.facts))

    def _heard(self, event: LogRecordSeen, when: When) -> None:
        meaning = meaning_of(event.provider, event.channel, event.event_id)
        if event.vm is None or event.is_doubtful or meaning is None:
            return
        if meaning.merge == "finished":
            self.logged_troubles.pop(event.vm, None)
        elif meaning.merge in {"failed", "interrupted"}:
            trouble = MergeTrouble(when, event.code, is_failure=meaning.merge == "failed")
            self.logged_troubles[event.vm] = (*self.logged_troubles.get(event.vm, ()), trouble)

    def _references(self, before: Machine, after: Machine) -> tuple[ReferenceChange, ...]:
        if (
            before.snapshots is after.snapshots
            and before.now is after.now
            and before.configured is after.configured
        ):
            return ()
        had, has = references(before), references(after)
        return (*self._lost(before, had, has), *_gained(after, had, has))

    def _lost(self, before: Machine, had: "_Holders", has: "_Holders") -> Iterable[ReferenceChange]:
        for key, holders in had.items():
            for holder in holders:
                if holder not in has.get(key, ()):
                    is_last = holder == holders[-1] and not has.get(key) and self._is_free(key)
                    yield ReferenceChange(key, _owner(before, holder), False, is_last)

    def _is_free(self, key: PathKey) -> bool:
        return not any(
            key in machine.disks and key in references(machine)
            for machine in self.fleet.machines.values()
        )

    def _told(self, vm: VmId, event: VmEvent, when: When) -> None:
        match event:
            case VmConfigurationSeen():
                self.configurations[vm] = when
            case VmExportSeen(disks=disks, snapshots=snapshots, has_all_snapshots=True):
                if disks is not None and all(each.disks is not None for each in snapshots):
                    self.configurations[vm] = when
            case MergeCompleted(into=into):
                self._remember(path_key(into), changed=when, took_in=when, troubles=())
            case MergeFailed(into=into, code=code) if past := self.past.get(path_key(into)):
                troubles = (*past.troubles, MergeTrouble(when, code))
                self._remember(path_key(into), troubles=troubles)
            case MergeInterrupted(into=into) if past := self.past.get(path_key(into)):
                troubles = (*past.troubles, MergeTrouble(when, is_failure=False))
                self._remember(path_key(into), troubles=troubles)
            case _:
                pass  # no other event says more than its effect on disks and references

    def _by_hand(self, event: HandEvent, when: When) -> None:
        name = type(event).__name__
        match event:
            case DiskCloned(child, parent):
                for path in (parent, child):
                    self._appeared(path_key(path), path, name, when)
            case DiskCopied(to=path) | DiskMoved(to=path):
                self._appeared(path_key(path), path, name, when)
            case DiskWritten(path) | DiskMergedByHand(into=path):
                past = self.past.get(path_key(path)) or DiskPast(path, when, name)
                self.past[path_key(path)] = replace(past, changed=when)
            case DiskLost() | FreeSpaceSeen():
                pass  # the fleet remembers when a file was lost
            case _:
                assert_never(event)


_Holders = dict[PathKey, tuple[str, ...]]


def ownership_of(entries: Iterable[Recorded]) -> Ownership:
    """Fold `entries`, in the order in which things happened."""
    ownership = Ownership()
    for when, stream, event in in_time(entries):
        ownership.evolve(stream, event, when)
    return ownership


Told = tuple[When, str, Event | Unknown]
"""An entry as projections fold it: its place on both axes, its stream, its event."""


def vm_of(stream: str) -> VmId:
    """Give the VM that a stream tells of; of another stream an id that no VM has."""
    return VmId(stream.removeprefix("vm/").upper())


def in_time(entries: Iterable[Recorded]) -> Iterable[Told]:
    """Give decoded entries by (`occurred_at`, position), each with its stream.

    What is read anew comes in that order by itself, and is not held in memory.
    """
    ordered = entries if isinstance(entries, Anew) else sorted(entries, key=when_of)
    return ((when_of(each), each.entry.stream, decode(each.entry)) for each in ordered)


def _gained(after: Machine, had: _Holders, has: _Holders) -> Iterable[ReferenceChange]:
    for key, holders in has.items():
        for holder in holders:
            if holder not in had.get(key, ()):
                yield ReferenceChange(key, _owner(after, holder), is_gain=True)


def _owner(machine: Machine, holder: str) -> Owner:
    name = machine.name or machine.id
    if holder == "now":
        return Owner(machine.id, name, "now", "Now")
    snapshot = SnapshotId(holder)
    return Owner(machine.id, name, snapshot, machine.snapshots[snapshot].name)
