"""What the log knows of one folder's files: the last fact about each, and the last word on it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from eventstore.codec import Unknown, decode
from eventstore.entry import Entry
from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    FolderRead,
    HostExportSeen,
    HostRegistryGone,
    HostRegistrySeen,
    LogCovered,
    LogRecordSeen,
    SideFileGone,
    SideFileSeen,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
    VmExportSeen,
)
from eventstore.ids import SnapshotId, folder_stream
from eventstore.last_words import SPEAKING, LastWords, Subject
from eventstore.moments import Moment, later
from eventstore.observe_sides import LastSide
from eventstore.paths import PathKey, path_key

ConfigurationKey = tuple[str, SnapshotId | None, str]
"""Stream of the VM, the snapshot or None for the VM's own, and the place."""

ConfigurationFact = VmConfigurationSeen | SnapshotConfigurationSeen | ConfigurationGone

_REGISTRY = (HostRegistrySeen, HostRegistryGone)

_SIDES = (SideFileSeen, SideFileGone)

_TYPES = frozenset(each.__name__ for each in (*SPEAKING, FolderRead, *_REGISTRY, *_SIDES))

_OF_LOGS = frozenset({LogRecordSeen.__name__, LogCovered.__name__})
_OF_EXPORTS = frozenset({VmExportSeen.__name__, HostExportSeen.__name__})


class LastDisk(Struct, frozen=True):
    """The last fact about a disk file, and the id under which it is stored."""

    fact: DiskSeen | DiskGone
    entry_id: str


class LastConfiguration(Struct, frozen=True):
    """The last fact about a configuration file, and the id under which it is stored."""

    fact: ConfigurationFact
    entry_id: str


class LastRegistry(Struct, frozen=True):
    """The last fact about a host's list of VMs, and the id under which it is stored."""

    fact: HostRegistrySeen | HostRegistryGone
    entry_id: str


class LastWalk(Struct, frozen=True):
    """The last walk that was stored."""

    fact: FolderRead
    entry_id: str


class Known(Struct, frozen=True):
    """The last facts: disks of the folder by place, configurations of the host, and the last walk.

    `registries` are the host's own lists of its VMs, `sides` the files beside disks, by place.
    `standing` are the disks that some walk of the host saw last, by place and path; `overtaken`
    is what by the last word of anybody is gone, or changed since it was seen; `last` is when the
    latest happened. `logged` are the ids of what event logs said, `exported` of what hosts did.
    """

    disks: Mapping[str, LastDisk]
    configurations: Mapping[ConfigurationKey, LastConfiguration]
    walk: LastWalk | None = None
    registries: Mapping[str, LastRegistry] = {}
    sides: Mapping[str, LastSide] = {}
    standing: Mapping[tuple[str, PathKey], LastDisk] = {}
    overtaken: frozenset[Subject] = frozenset()
    last: Moment | None = None
    logged: frozenset[str] = frozenset()
    exported: frozenset[str] = frozenset()

    def moment_after(self, clock: Moment) -> Moment:
        """Give when a walk happens that knows all this: by the clock, or just after the last.

        Simulated time, or the clock of another machine, may run ahead of ours. A walk dated before
        what it already knew would be taken for overtaken by it.
        """
        if self.last is None or clock > self.last:
            return clock
        return later(self.last, microseconds=1) if self.last < _END else self.last


_END = Moment("9999-12-31T23:59:59.999999Z")

NOTHING_KNOWN = Known(disks={}, configurations={})


def known_from(entries: Iterable[Entry], *, host: str, root: str) -> Known:
    """Fold what is known of `root` on `host` from `entries`, all of the log in its order."""
    fold = _Fold(host, folder_stream(host, root))
    last: Moment | None = None
    logged: set[str] = set()
    exported: set[str] = set()
    for entry in entries:
        if entry.source is not None and entry.source.read_at is not None:
            continue  # inferred from what was read, and no word of its own
        if entry.type in _OF_LOGS:
            logged.add(entry.id)  # and never dates a walk: no file is ever spoken of
            continue
        if entry.type in _OF_EXPORTS:
            exported.add(entry.id)
        last = max(last, entry.occurred_at) if last else entry.occurred_at
        if entry.type in _TYPES:
            fold.take_in(entry)
    return Known(
        disks=fold.disks,
        configurations=fold.configurations,
        walk=fold.walk,
        registries=fold.registries,
        sides=fold.sides,
        standing=fold.standing,
        overtaken=fold.words.overtaken,
        last=last,
        logged=frozenset(logged),
        exported=frozenset(exported),
    )


class _Fold:
    """Known in the making."""

    def __init__(self, host: str, folder: str) -> None:
        self.disks: dict[str, LastDisk] = {}
        self.configurations: dict[ConfigurationKey, LastConfiguration] = {}
        self.walk: LastWalk | None = None
        self.registries: dict[str, LastRegistry] = {}
        self.sides: dict[str, LastSide] = {}
        self.standing: dict[tuple[str, PathKey], LastDisk] = {}
        self.words = LastWords()
        self._host = host
        self._folder = folder

    def take_in(self, entry: Entry) -> None:
        event = decode(entry)
        if isinstance(event, Unknown):
            return
        self.words.hear(entry.stream, event, entry.occurred_at)
        if entry.source is None or entry.source.host != self._host:
            return
        match event:
            case DiskSeen() | DiskGone() as fact:
                self._disk(entry, fact)
            case FolderRead() as fact if entry.stream == self._folder:
                self.walk = LastWalk(fact, entry.id)
            case HostRegistrySeen() | HostRegistryGone() as fact:
                self.registries[fact.found_at] = LastRegistry(fact, entry.id)
            case SideFileSeen() | SideFileGone() as fact:
                self.sides[fact.found_at] = LastSide(fact, entry.id)
            case VmConfigurationSeen() as fact:
                key: ConfigurationKey = (entry.stream, None, fact.found_at)
                self.configurations[key] = LastConfiguration(fact, entry.id)
            case SnapshotConfigurationSeen() | ConfigurationGone() as fact:
                key = (entry.stream, fact.snapshot, fact.found_at)
                self.configurations[key] = LastConfiguration(fact, entry.id)
            case _:
                pass  # another folder's walk, or what nobody saw

    def _disk(self, entry: Entry, fact: DiskSeen | DiskGone) -> None:
        last = LastDisk(fact, entry.id)
        if entry.stream == self._folder:
            self.disks[fact.found_at] = last
        if isinstance(fact, DiskSeen):
            self.standing[fact.found_at, path_key(fact.path)] = last
        else:
            self.standing.pop((fact.found_at, path_key(fact.path)), None)
