"""Everything the log tells, folded: all machines of a host, and what is known of files besides.

What hands and accidents do to files stands in a stream of its own, because a file may belong to
several VMs or to none; the fleet tells every machine that knows the file.
"""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, assert_never, get_args

from msgspec.structs import replace

from eventstore import disk_changes
from eventstore.codec import Unknown, decode
from eventstore.disk_rules import Neighbours
from eventstore.entry import Recorded
from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskGone,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskSeen,
    DiskWritten,
    Event,
    FolderRead,
    ForkedFrom,
    FreeSpaceSeen,
    HandEvent,
    HostExportSeen,
    HostRegistryGone,
    HostRegistrySeen,
    LogCovered,
    LogRecordSeen,
    MergeCompleted,
    SideFileGone,
    SideFileSeen,
    TailSetAside,
    VmEvent,
)
from eventstore.evolve import evolve
from eventstore.foreseen import Foreseen, foresee
from eventstore.host_logs import HostLogs
from eventstore.ids import VmId
from eventstore.machine import Disk, Machine, When, when_of
from eventstore.observed import listed_at
from eventstore.paths import PathKey, path_key, volume_of
from eventstore.readings import place_listed
from eventstore.shared_files import Neighbourhood, SharedFiles
from eventstore.side_files import SideFile, take_side_file
from eventstore.sightings import Arrival, Attached, FolderSeen, HandMerge, Oddment, Sighting, Space

if TYPE_CHECKING:
    from typing_extensions import TypeIs

_VM_EVENTS = frozenset(get_args(VmEvent))


@dataclass
class Fleet:
    """The state of everything; `evolve` changes it in place, one entry at a time.

    `loose` holds disks that hands made, moved or copied and no VM has used yet; `arrivals` says of
    every such file that stands where it comes from. `written` says when a file was last written
    past Hyper-V, `lost` when it vanished without Hyper-V's doing. `gone_paths` keeps how files
    that are gone were spelled: others may still name them as their parent. `registries` are the
    hosts' lists of VMs, by host and place. `attached` says what hosts used beside their VMs.
    `side_files` are in no chain. `foreseen`, what was true before it was read, changes no machine.
    """

    machines: dict[VmId, Machine] = field(default_factory=dict)
    loose: dict[PathKey, Disk] = field(default_factory=dict)
    arrivals: dict[PathKey, Arrival] = field(default_factory=dict)
    sightings: dict[PathKey, Sighting] = field(default_factory=dict)
    side_files: dict[PathKey, SideFile] = field(default_factory=dict)
    folders: dict[str, FolderSeen] = field(default_factory=dict)
    registries: dict[tuple[str, str], HostRegistrySeen] = field(default_factory=dict)
    written: dict[PathKey, When] = field(default_factory=dict)
    merged_by_hand: dict[PathKey, HandMerge] = field(default_factory=dict)
    lost: dict[PathKey, When] = field(default_factory=dict)
    gone_paths: dict[PathKey, str] = field(default_factory=dict)
    volumes: dict[str, Space] = field(default_factory=dict)
    attached: dict[str, Attached] = field(default_factory=dict)
    host_logs: HostLogs = field(default_factory=HostLogs)
    oddments: list[Oddment] = field(default_factory=list)
    foreseen: dict[VmId, Foreseen] = field(default_factory=dict)
    last: When | None = None

    def __post_init__(self) -> None:
        self._shared: SharedFiles | None = None

    def put(self, machine: Machine) -> None:
        """Let the fleet have this machine in the place of the one of its id."""
        self.machines[machine.id] = machine
        if self._shared:
            self._shared.changed(machine)

    def evolve(self, stream: str, event: Event | Unknown, when: When) -> None:
        """Take in one event of `stream`."""
        self.last = when if self.last is None else max(self.last, when)
        if _is_of_vm(event):
            self._told_of_vm(VmId(stream.removeprefix("vm/").upper()), event, when)
            return
        if isinstance(event, HandEvent):
            self._by_hand(event, when)
            return
        match event:
            case Unknown():
                self.oddments.append(Oddment(stream, event, when))
            case DiskSeen(path):
                before = self.sightings.get(path_key(path))
                self.sightings[path_key(path)] = Sighting(event, stream, when).after(before)
                self._stands(path_key(path))
            case DiskGone(path):
                self._unseen(path_key(path), when)
            case FolderRead():
                self.folders[stream] = FolderSeen(event, when).after(self.folders.get(stream))
            case HostRegistrySeen(host, _, found_at):
                self.registries[host, found_at] = event
                for vm, listed in event.vms:
                    if machine := self.machines.get(vm):
                        self.put(listed_at(machine, path_key(listed), when))
            case HostRegistryGone(host, _, found_at):
                self.registries.pop((host, found_at), None)
            case HostExportSeen():
                self.attached = Attached.asked(self.attached, event, when)
            case SideFileSeen() | SideFileGone():
                take_side_file(self.side_files, event, when)
            case LogCovered():
                self.host_logs.read_at(event, when)
            case LogRecordSeen():
                self.host_logs.hear(event, when)
                if event.vm in self.machines:
                    self.put(self.host_logs.told(self.machines[event.vm], when))
            case TailSetAside() | ForkedFrom():
                pass  # the log's own housekeeping says nothing about machines
            case _:
                assert_never(event)

    def disk(self, key: PathKey) -> Disk | None:
        """Give a disk as history knows it: what hands put there last, or a machine's own."""
        loose = self.loose.get(key)
        for machine in self.knowing(key):
            disk = machine.disks[key]
            if not (loose and self._is_older(disk, key)):
                return disk
        return loose

    def _is_older(self, disk: Disk, key: PathKey) -> bool:
        return key in self.arrivals and disk.since <= self.arrivals[key].when.at

    def ancestor_paths(self, path: str) -> tuple[str, ...]:
        """Give the parents of a known disk, nearest first."""
        found: list[str] = []
        disk = self.disk(path_key(path))
        while disk is not None and disk.parent is not None:
            parent = self.disk(disk.parent)
            if parent is None or parent.path in found:
                break
            found.append(parent.path)
            disk = parent
        return tuple(found)

    def copy(self) -> "Fleet":
        """Give a fleet that can be evolved without changing this one."""
        mine = {field.name: getattr(self, field.name) for field in fields(self)}
        return Fleet(**{name: copy(value) for name, value in mine.items()})

    def neighbours(self, vm: VmId) -> Neighbours:
        """Give what all VMs but `vm` have to do with its disks, as it is when that is asked."""
        return Neighbourhood(self._shared_files(), self.loose, vm)

    def _shared_files(self) -> SharedFiles:
        if self._shared is None:
            self._shared = SharedFiles(self.machines)
        return self._shared

    def knowing(self, key: PathKey) -> list[Machine]:
        """Give the machines that know a file."""
        return self._shared_files().knowing(key)

    def _told_of_vm(self, vm: VmId, event: VmEvent, when: When) -> None:
        if when.is_inferred:
            foresee(self.foreseen, vm, event, when)
            return
        machine = self.machines.get(vm)
        if machine is None:
            machine = Machine(vm, listed_at=place_listed(self.registries.values(), vm))
        self.put(self.host_logs.completed(evolve(machine, event, when)))
        if isinstance(event, DiskDeleted):
            self._removed(event.path, vm, when)
        elif isinstance(event, MergeCompleted):
            self._removed(event.child, vm, when)
            self._relinked(event, vm)

    def _removed(self, path: str, by: VmId, when: When) -> None:
        """Hyper-V removed a file for one VM: nobody else will find it at its place any more."""
        key = path_key(path)
        self.gone_paths.setdefault(key, path)
        self._leaves(key, when)
        for machine in self.knowing(key):
            if machine.id != by:
                self.put(disk_changes.disk_lost(machine, key))

    def _relinked(self, merge: MergeCompleted, by: VmId) -> None:
        """Hyper-V mends the links of the VM's own files; one that came back home is one again."""
        child, into = path_key(merge.child), path_key(merge.into)
        for key in self.machines[by].disks.keys() & self.loose.keys():
            disk, is_home = self.loose[key], key in self.arrivals[key].homes
            if disk.parent == child and is_home:
                self.loose[key] = replace(disk, parent=into)

    def _by_hand(self, event: HandEvent, when: When) -> None:
        match event:
            case DiskCloned(child, parent, disk_id):
                arrival = Arrival(when)
                if self.disk(path_key(parent)) is None:
                    self._appears(disk_changes.unheard_of(parent, when), arrival)
                self._appears(Disk(child, path_key(parent), False, "", disk_id, when.at), arrival)
            case DiskCopied(path, to):
                self._appears_as(path, to, when, is_automatic=False)
            case DiskMoved(path, to):
                known = self.disk(path_key(path)) or disk_changes.unheard_of(path, when)
                self._appears_as(path, to, when, is_automatic=known.is_automatic)
                self._vanishes(path, when)
            case DiskLost(path):
                self._vanishes(path, when)
            case DiskWritten(path):
                self.written[path_key(path)] = when
            case DiskMergedByHand(child, into):
                self.merged_by_hand[path_key(child)] = HandMerge(path_key(into), when)
                self.written[path_key(into)] = when
            case FreeSpaceSeen(volume, free_bytes):
                self.volumes[volume_of(volume).upper() or volume] = Space(free_bytes, when)

    def _appears_as(self, path: str, to: str, when: When, *, is_automatic: bool) -> None:
        """The file at `path` stands at `to` too: as old as it was, below the same parent."""
        key = path_key(path)
        known = self.disk(key) or disk_changes.unheard_of(path, when)
        before = self.arrivals.get(key)
        homes = {**(before.homes if before else {}), key: when}
        disk = Disk(to, known.parent, is_automatic, "", known.disk_id, known.since)
        self._appears(disk, Arrival(when, homes))

    def _appears(self, disk: Disk, arrival: Arrival) -> None:
        key = path_key(disk.path)
        self.lost.pop(key, None)
        self.loose[key] = disk
        self.arrivals[key] = arrival
        for machine in self.knowing(key):
            self.put(disk_changes.disk_found(machine, disk))

    def _vanishes(self, path: str, when: When) -> None:
        key = path_key(path)
        self.lost[key] = when
        self.gone_paths.setdefault(key, path)
        self._leaves(key, when)
        for machine in self.knowing(key):
            self.put(disk_changes.disk_lost(machine, key))

    def _stands(self, key: PathKey) -> None:
        """A file that was gone was read at its place: whoever knows it can use it again."""
        if key in self.gone_paths:
            for machine in self.knowing(key):
                if (disk := machine.disks[key]).is_lost:
                    self.put(disk_changes.disk_found(machine, disk))

    def _leaves(self, key: PathKey, when: When) -> None:
        """Whatever was read at this place, or put there by hand, is not there any more."""
        self._unseen(key, when)
        self.loose.pop(key, None)
        self.arrivals.pop(key, None)

    def _unseen(self, key: PathKey, when: When) -> None:
        if (sighting := self.sightings.get(key)) and sighting.gone is None:
            self.sightings[key] = replace(sighting, gone=when)


def _is_of_vm(event: Event | Unknown) -> "TypeIs[VmEvent]":
    # Most events are; each pattern that does not match costs as much as this whole question.
    return type(event) in _VM_EVENTS


def fold(entries: Iterable[Recorded]) -> Fleet:
    """Give the fleet after `entries`, in the order in which things happened.

    Evidence arrives late, so the order is (`occurred_at`, `position`), not that of the log.
    """
    fleet = Fleet()
    for recorded in sorted(entries, key=when_of):
        take(fleet, recorded)
    return fleet


def take(fleet: Fleet, recorded: Recorded) -> None:
    """Let `fleet` take in the entry that happened next."""
    fleet.evolve(recorded.entry.stream, decode(recorded.entry), when_of(recorded))
