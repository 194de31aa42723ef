"""What a walk saw, held against what the log knows: the events to store, and no others.

The same evidence again stores nothing, unless history said in between that it is gone or changed:
what stands has the last word. An id follows from the evidence (digest, host, root, place, size,
time) and from the id of the fact before it about the same file, so that a file may become what it
once was, and a repeated append is recognised.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from eventstore import codec
from eventstore.entry import NewEntry, Source
from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    Event,
    FolderRead,
    HostRegistryGone,
    HostRegistrySeen,
    SideFileGone,
    SideFileSeen,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.hosts import renamed
from eventstore.ids import derive, folder_stream, vm_stream
from eventstore.known import ConfigurationFact, ConfigurationKey, Known, LastWalk
from eventstore.looked_at import hidden_places, was_looked_at
from eventstore.moments import Moment
from eventstore.observe_sides import sides_gone, sides_seen
from eventstore.observe_walk import covers_other_ground, folder_read
from eventstore.paths import path_key

FileEvent = (
    DiskSeen
    | DiskGone
    | VmConfigurationSeen
    | SnapshotConfigurationSeen
    | ConfigurationGone
    | HostRegistrySeen
    | HostRegistryGone
    | SideFileSeen
    | SideFileGone
)


class Observer(Struct, frozen=True):
    """Whose evidence it is, when it was read, and by whom.

    `called` is the name that somebody gave a host whose evidence is kept under a GUID. `is_dated`
    when somebody said when it was read: then that may be earlier than what is known.
    """

    host: str
    now: Moment
    recorder: str = ""
    called: str = ""
    is_dated: bool = False


class Observed(Struct, frozen=True):
    """An event on its way into `stream`."""

    stream: str
    event: Event
    event_id: str
    occurred_at: Moment
    source: Source

    def entry(self) -> NewEntry:
        return codec.encode(
            self.event,
            event_id=self.event_id,
            occurred_at=self.occurred_at,
            source=self.source,
        )


def observe(
    reading: FolderReading, known: Known, by: Observer, *, confirm: bool = False
) -> tuple[Observed, ...]:
    """Give what `reading` adds to `known`, in the order in which it is to be appended.

    The streams of VMs come first and the folder's last, so that a stored `FolderRead` says that
    everything it counts is stored, too. `confirm` asks for one even if nothing changed.
    All are dated by the observer's clock, but never before what is known already. Of a dated
    reading `known` is what was known then; that it was made is stored even if nothing changed.
    Files that were read without their folder tell of themselves only.
    """
    if not by.is_dated:
        by = replace(by, now=known.moment_after(by.now))
    if not reading.is_whole:
        known = known.told_at(by.now) if by.is_dated else known
        return (
            *by_stream(_configurations_seen(reading, known, by)),
            *_disks_seen(reading, known, by),
            *_registries_seen(reading, known, by),
            *_sides(reading, known, by),
        )
    seen, gone = _configurations_seen(reading, known, by), _configurations_gone(reading, known, by)
    news = [
        *by_stream((*seen, *gone)),
        *_disks_seen(reading, known, by),
        *_disks_gone(reading, known, by),
        *_registries_seen(reading, known, by),
        *_registries_gone(reading, known, by),
        *_sides(reading, known, by),
    ]
    host = renamed(known.walk.fact.host if known.walk else by.host, by.called)
    walk = folder_read(reading, host)
    last = known.walk
    is_new = (
        last is None or covers_other_ground(last.fact, walk) or (by.is_dated and last.at != by.now)
    )
    if confirm or news or is_new:
        news.append(_of_walk(by, walk, last))
    return tuple(news)


def by_stream(news: Iterable[Observed]) -> Iterator[Observed]:
    """Give what is of one stream together: a stream is appended to, and synced, in one go."""
    streams: dict[str, list[Observed]] = {}
    for each in news:
        streams.setdefault(each.stream, []).append(each)
    return chain.from_iterable(streams.values())


def _configurations_seen(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    for found in reading.configurations:
        event = found.event()
        last = known.configurations.get(_key(found))
        is_overtaken = (vm_stream(found.vm), found.snapshot) in known.overtaken
        if last and _same_configuration(last.fact, event) and not is_overtaken:
            continue
        evidence = (reading.root, found.path, last.entry_id if last else "")
        yield of_file(by, vm_stream(found.vm), event, evidence, found.sha256)


def _configurations_gone(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    # One that was moved within the folder was seen at its new place: its VM loses nothing.
    seen = {_key(found) for found in reading.configurations}
    hidden = hidden_places(reading)
    for (stream, snapshot, found_at), last in known.configurations.items():
        if (stream, snapshot, found_at) in seen or isinstance(last.fact, ConfigurationGone):
            continue
        if was_looked_at(found_at, reading.root, hidden):
            event = ConfigurationGone(path=last.fact.path, found_at=found_at, snapshot=snapshot)
            yield of_file(by, stream, event, (reading.root, last.entry_id))


def _disks_seen(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    stream = folder_stream(by.host, reading.root)
    paths = {path_key(found.path) for found in reading.disks}
    for found in reading.disks:
        event = found.event()
        last = known.disks.get(found.found_at)
        is_same = last and isinstance(last.fact, DiskSeen) and _same_disk(last.fact, event)
        if is_same and path_key(found.path) not in known.overtaken:
            continue
        if reading.is_whole and last and isinstance(last.fact, DiskSeen):
            former = last.fact.path
            if path_key(former) not in paths:
                # Another map than before: under its former name nobody has this disk.
                gone = DiskGone(path=former, found_at=found.found_at)
                yield of_file(by, stream, gone, (reading.root, last.entry_id))
        size_and_time = (found.size_bytes, found.modified_at)
        evidence = (reading.root, found.path, *size_and_time, last.entry_id if last else "")
        yield of_file(by, stream, event, evidence, found.header_sha256)


def _disks_gone(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    stream = folder_stream(by.host, reading.root)
    seen = {found.found_at for found in reading.disks}
    paths = {path_key(found.path) for found in reading.disks}
    hidden = hidden_places(reading)
    for (found_at, path), last in known.standing.items():
        if found_at in seen or path in paths:
            continue
        if was_looked_at(found_at, reading.root, hidden):
            event = DiskGone(path=last.fact.path, found_at=found_at)
            yield of_file(by, stream, event, (reading.root, last.entry_id))


def _registries_seen(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    stream = folder_stream(by.host, reading.root)
    for found in reading.registries:
        event = HostRegistrySeen(by.host, found.path, found.found_at, found.vms, found.sha256)
        last = known.registries.get(found.found_at)
        if last is None or last.fact != event:
            evidence = (reading.root, found.path, last.entry_id if last else "")
            yield of_file(by, stream, event, evidence, found.sha256)


def _registries_gone(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    stream = folder_stream(by.host, reading.root)
    seen = {found.found_at for found in reading.registries}
    hidden = hidden_places(reading)
    for found_at, last in known.registries.items():
        if found_at in seen or isinstance(last.fact, HostRegistryGone):
            continue
        if was_looked_at(found_at, reading.root, hidden):
            event = HostRegistryGone(by.host, last.fact.path, found_at)
            yield of_file(by, stream, event, (reading.root, last.entry_id))


def _sides(reading: FolderReading, known: Known, by: Observer) -> Iterator[Observed]:
    stream = folder_stream(by.host, reading.root)
    news = [*sides_seen(reading.side_files, known.sides)]
    if reading.is_whole:
        hidden = hidden_places(reading)
        looked_at = {
            place: last
            for place, last in known.sides.items()
            if was_looked_at(place, reading.root, hidden)
        }
        news += sides_gone(reading.side_files, looked_at)
    for each in news:
        yield of_file(by, stream, each.event, (reading.root, *each.evidence))


def of_file(
    by: Observer, stream: str, event: FileEvent, evidence: tuple[str | int, ...], sha256: str = ""
) -> Observed:
    """Give `event` as the log takes it: `evidence` is what its id follows from beside its place."""
    kind = type(event).__name__
    return Observed(
        stream=stream,
        event=event,
        event_id=derive(kind, sha256, by.host, event.found_at, *evidence, *_date(by)),
        occurred_at=by.now,
        source=Source(
            kind="evidence",
            name=event.found_at,
            sha256=sha256,
            recorder=by.recorder,
            host=by.host,
        ),
    )


def _of_walk(by: Observer, walk: FolderRead, last: LastWalk | None) -> Observed:
    return Observed(
        stream=folder_stream(by.host, walk.root),
        event=walk,
        event_id=derive(
            "FolderRead", by.host, walk.root, last.entry_id if last else "", *_date(by)
        ),
        occurred_at=by.now,
        source=Source(kind="evidence", name=walk.root, recorder=by.recorder, host=by.host),
    )


def _date(by: Observer) -> tuple[str, ...]:
    """What was dated by hand may be what was seen before, at another time."""
    return (by.now,) if by.is_dated else ()


def _key(found: FoundConfiguration) -> ConfigurationKey:
    return (vm_stream(found.vm), found.snapshot, found.found_at)


def _same_disk(known: DiskSeen, seen: DiskSeen) -> bool:
    return (
        known.header_sha256 == seen.header_sha256
        and known.modified_at == seen.modified_at
        and known.size_bytes == seen.size_bytes
        and known.path == seen.path
    )


def _same_configuration(
    known: ConfigurationFact, seen: VmConfigurationSeen | SnapshotConfigurationSeen
) -> bool:
    match known, seen:
        case VmConfigurationSeen(), VmConfigurationSeen():
            return (known.sha256, known.path) == (seen.sha256, seen.path)
        case SnapshotConfigurationSeen(), SnapshotConfigurationSeen():
            state = known.has_saved_state == seen.has_saved_state
            return state and (known.sha256, known.path) == (seen.sha256, seen.path)
        case _:
            return False
