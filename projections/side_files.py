"""Files beside disks: whose they are, and whose are gone though needed. None is ever an orphan.

A file of state is called by the GUID of its VM or snapshot, change tracking by its disk, a Replica
log like its disk; an image belongs to whoever's configuration has it in a drive.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec import Struct

from eventstore.disk_rules import references
from eventstore.events import SideKind
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine, When
from eventstore.moments import Moment
from eventstore.paths import PathKey, beside, path_key, stem_of
from eventstore.readings import owner_of as configured_by
from eventstore.readings import seen_of
from eventstore.side_files import SideFile, disk_tracked, owner_of

WORDS: dict[SideKind, str] = {
    "vhd_set": "VHD set",
    "change_tracking": "change tracking",
    "modified_regions": "modified regions",
    "replica_log": "Replica log",
    "image": "image",
    "memory": "memory",
    "devices": "device states",
    "runtime_state": "runtime state",
    "guest_state": "guest state",
}
"""What people call the kinds."""

LOSSES: dict[SideKind, str] = {
    "vhd_set": "VMs that share a disk through it do not find it",
    "change_tracking": "the next backup of the disk has to read all of it",
    "modified_regions": "the next backup of the disk may have to read all of it",
    "image": "a VM that has it in a drive may not start until it is taken out",
    "memory": "what the VM or snapshot had in memory is lost; its disks are not",
    "devices": "the saved state cannot be restored without it; its disks are not touched",
    "runtime_state": "a saved state in it is lost; its disks are not",
    "guest_state": "a VM of generation 2 loses its firmware settings and its virtual TPM",
}
"""What it means that one is gone; Replica removes its own logs all the time."""


class SideRow(Struct, frozen=True):
    """A side file of one VM; `owner` is `now`, a snapshot, or None where only the VM is known."""

    path: str
    kind: SideKind
    owner: str | None
    size_bytes: int
    seen_at: Moment
    gone_at: Moment | None


class MissedSideFile(Struct, frozen=True):
    """A side file that is gone, and that a VM still needs."""

    vm: VmId
    path: str
    kind: SideKind
    seen: When
    gone: When


class SideCoverage(Struct, frozen=True):
    """How many files of one kind were seen and stand, and which are gone though needed."""

    kind: SideKind
    files: int
    missed: tuple[str, ...]


def side_coverage(fleet: Fleet) -> tuple[SideCoverage, ...]:
    """Tell of every kind that was seen."""
    standing = Counter(each.seen.kind for each in fleet.side_files.values() if not each.gone)
    missed: dict[SideKind, dict[str, None]] = {}
    for each in missed_side_files(fleet):
        missed.setdefault(each.kind, {})[each.path] = None
    return tuple(
        SideCoverage(kind, standing[kind], tuple(missed.get(kind, ())))
        for kind in WORDS
        if standing[kind] or kind in missed
    )


def missed_side_files(fleet: Fleet) -> Iterator[MissedSideFile]:
    """Give the side files that are gone while what they belong to is not."""
    gone = [each for each in fleet.side_files.values() if each.gone]
    index = _Index(fleet) if gone else None
    for side in gone:
        for machine, owner in index.users(side) if index else ():
            if side.gone and machine.is_present and _is_needed(fleet, machine, owner, side):
                yield MissedSideFile(
                    machine.id, side.seen.path, side.seen.kind, side.when, side.gone
                )


def side_files_of(fleet: Fleet, machine: Machine) -> tuple[SideRow, ...]:
    """Give the side files of one VM, in the order in which they were first heard of."""
    index = _Index(fleet)
    return tuple(
        SideRow(
            side.seen.path,
            side.seen.kind,
            owner,
            side.seen.size_bytes,
            side.when.at,
            side.gone.at if side.gone else None,
        )
        for side in fleet.side_files.values()
        for user, owner in index.users(side)
        if user.id == machine.id
    )


def _is_needed(fleet: Fleet, machine: Machine, owner: str | None, side: SideFile) -> bool:
    kind, path, gone = side.seen.kind, side.seen.path, side.gone
    if tracked := disk_tracked(path):
        disk = machine.disks.get(path_key(tracked))
        sighting = fleet.sightings.get(path_key(tracked))
        return bool(disk and not disk.is_lost and not (sighting and sighting.gone))
    if kind in {"memory", "devices"} and owner == "now":
        # A VM that is off has neither; whether it is on, its own history alone can tell.
        return any(
            path_key(file.path) == path_key(path) and gone and file.since < gone.at
            for file in machine.files
        )
    return kind in LOSSES


class _Index:
    """Finds the VMs that a side file belongs to, by what it is called."""

    def __init__(self, fleet: Fleet) -> None:
        self._by_guid: dict[str, tuple[Machine, str]] = {}
        self._by_disk: defaultdict[PathKey, list[Machine]] = defaultdict(list)
        self._logs: defaultdict[PathKey, list[PathKey]] = defaultdict(list)
        self._images: defaultdict[PathKey, dict[VmId, tuple[Machine, str]]] = defaultdict(dict)
        for machine in fleet.machines.values():
            self._by_guid[machine.id] = (machine, "now")
            self._by_guid.update({each: (machine, each) for each in machine.snapshots})
            for key, disk in machine.disks.items():
                self._by_disk[key].append(machine)
                self._logs[path_key(beside(disk.path, f"{stem_of(disk.path)}.hrl"))].append(key)
            for seen in map(seen_of, machine.readings):
                for medium in seen.media:
                    found = (machine, configured_by(seen))
                    self._images[path_key(medium.path)].setdefault(machine.id, found)

    def users(self, side: SideFile) -> Iterator[tuple[Machine, str | None]]:
        """Give each VM that uses the file, with who of it does."""
        path = side.seen.path
        key = path_key(path)
        if own := owner_of(path):
            yield from [self._by_guid[own]] if own in self._by_guid else []
        elif tracked := disk_tracked(path):
            yield from self._users_of(path_key(tracked))
        elif side.seen.kind == "replica_log":
            yield from (user for disk in self._logs[key][:1] for user in self._users_of(disk))
        else:
            yield from self._images[key].values()
            yield from self._users_of(key)

    def _users_of(self, disk: PathKey) -> Iterator[tuple[Machine, str | None]]:
        for machine in self._by_disk.get(disk, ()):
            yield machine, next(iter(references(machine).get(disk, ())), None)
