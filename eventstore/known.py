"""What the log knows of one folder's files: the last fact about each, and the last word on it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import Unknown, decode
from eventstore.entry import Entry
from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    Event,
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


class Told(Struct, frozen=True):
    """Under which id something is stored, when it was seen, and on which host."""

    entry_id: str
    at: Moment
    host: str


class LastDisk(Struct, frozen=True):
    """The last fact about a disk file, the id under which it is stored, and when it was seen."""

    fact: DiskSeen | DiskGone
    entry_id: str
    at: Moment


class LastConfiguration(Struct, frozen=True):
    """The last fact about a configuration file, as for disks."""

    fact: ConfigurationFact
    entry_id: str
    at: Moment


class LastRegistry(Struct, frozen=True):
    """The last fact about a host's list of VMs, as for disks."""

    fact: HostRegistrySeen | HostRegistryGone
    entry_id: str
    at: Moment


class LastWalk(Struct, frozen=True):
    """The last walk that was stored."""

    fact: FolderRead
    entry_id: str
    at: Moment


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

    def told_at(self, moment: Moment) -> "Known":
        """Give only what was seen at one moment."""
        return replace(
            self,
            disks={key: each for key, each in self.disks.items() if each.at == moment},
            configurations={
                k: each for k, each in self.configurations.items() if each.at == moment
            },
            registries={key: each for key, each in self.registries.items() if each.at == moment},
            sides={key: each for key, each in self.sides.items() if each.at == moment},
        )


_END = Moment("9999-12-31T23:59:59.999999Z")

NOTHING_KNOWN = Known(disks={}, configurations={})


def known_from(
    entries: Iterable[Entry], *, host: str, root: str, until: Moment | None = None
) -> Known:
    """Fold what is known of `root` on `host` from all of the log, in the order of happening.

    What was later than `until` is no part of it, but for what logs and hosts said, at any time.
    """
    fold = KnownFold(host, folder_stream(host, root))
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
        if until is None or entry.occurred_at <= until:
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


class KnownFold:
    """Known in the making: of the files of `host`, and of the walks that stand in `folder`."""

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
        """Take in the entry that happened next."""
        event = decode(entry) if entry.type in _TYPES else None
        if event is None or isinstance(event, Unknown):
            return
        host = entry.source.host if entry.source else ""
        self.hear(entry.stream, event, Told(entry.id, entry.occurred_at, host))

    def hear(self, stream: str, event: Event, told: Told) -> None:
        """Take in the event that happened next."""
        self.words.hear(stream, event, told.at)
        if told.host != self._host or not told.host:
            return
        match event:
            case DiskSeen() | DiskGone() as fact:
                self._disk(stream, fact, told)
            case FolderRead() as fact if stream == self._folder:
                self.walk = LastWalk(fact, told.entry_id, told.at)
            case HostRegistrySeen() | HostRegistryGone() as fact:
                self.registries[fact.found_at] = LastRegistry(fact, told.entry_id, told.at)
            case SideFileSeen() | SideFileGone() as fact:
                self.sides[fact.found_at] = LastSide(fact, told.entry_id, told.at)
            case VmConfigurationSeen() as fact:
                key: ConfigurationKey = (stream, None, fact.found_at)
                self.configurations[key] = LastConfiguration(fact, told.entry_id, told.at)
            case SnapshotConfigurationSeen() | ConfigurationGone() as fact:
                key = (stream, fact.snapshot, fact.found_at)
                self.configurations[key] = LastConfiguration(fact, told.entry_id, told.at)
            case _:
                pass  # another folder's walk, or what nobody saw

    def _disk(self, stream: str, fact: DiskSeen | DiskGone, told: Told) -> None:
        last = LastDisk(fact, told.entry_id, told.at)
        if stream == self._folder:
            self.disks[fact.found_at] = last
        if isinstance(fact, DiskSeen):
            self.standing[fact.found_at, path_key(fact.path)] = last
        else:
            self.standing.pop((fact.found_at, path_key(fact.path)), None)
