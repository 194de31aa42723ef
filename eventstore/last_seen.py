"""When a reading last showed a VM, a snapshot or a list of VMs to be there.

What vanished went after that. A walk that found a configuration as it was stores nothing of it,
and has seen it all the same.
"""

from collections import defaultdict

from eventstore.entry import Entry
from eventstore.events import (
    ConfigurationGone,
    Event,
    FolderRead,
    HostRegistrySeen,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
    VmExportSeen,
)
from eventstore.ids import SnapshotId
from eventstore.looked_at import at_and_above, was_looked_at
from eventstore.moments import Moment
from eventstore.paths import path_key

Thing = tuple[str, SnapshotId | None]
"""The stream of a VM, with one of its snapshots or None for the VM itself; of a list of VMs, its
host and place."""

_Place = tuple[str, str, str]
"""Host, place found, and path."""


class LastSeen:
    """The fold, in the order in which things happened."""

    def __init__(self) -> None:
        self._at: dict[Thing, Moment] = {}
        self._places: defaultdict[Thing, set[_Place]] = defaultdict(set)

    def of(self, stream: str, snapshot: SnapshotId | None = None) -> Moment | None:
        return self._at.get((stream, snapshot))

    def hear(self, entry: Entry, event: Event) -> None:
        """Take in what was read; other events say nothing of when a reading saw anything."""
        stream, at, host = (
            entry.stream,
            entry.occurred_at,
            entry.source.host if entry.source else "",
        )
        match event:
            case VmConfigurationSeen(path=path, found_at=found_at):
                self._saw((stream, None), at, (host, found_at, path))
            case SnapshotConfigurationSeen(snapshot, path, found_at):
                self._saw((stream, snapshot), at, (host, found_at, path))
            case ConfigurationGone(path, found_at, snapshot):
                self._places[stream, snapshot].discard((host, found_at, path))
            case VmExportSeen(snapshots=snapshots):
                for each in (None, *(told.snapshot for told in snapshots)):
                    self._at[stream, each] = at
            case HostRegistrySeen(path=path, found_at=found_at):
                self._saw((registry_stream(host, found_at), None), at, (host, found_at, path))
            case FolderRead():
                self._walked(event, host, at)
            case _:
                pass

    def _saw(self, thing: Thing, at: Moment, place: _Place) -> None:
        self._at[thing] = at
        self._places[thing].add(place)

    def _walked(self, walk: FolderRead, by: str, at: Moment) -> None:
        hidden = frozenset(str(path_key(path)) for path, _ in walk.unread)
        for thing, places in self._places.items():
            for host, found_at, path in places:
                is_below = was_looked_at(found_at, walk.root, frozenset())
                is_open = hidden.isdisjoint(at_and_above(str(path_key(path)))) if hidden else True
                if host == by and is_below and is_open:
                    self._at[thing] = at


def registry_stream(host: str, found_at: str) -> str:
    """Name a host's list of VMs as if it had a stream of its own."""
    return f"{host}\n{found_at}"
