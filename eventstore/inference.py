"""An event that nobody saw: what it explains, the entries it rests on, and when it happened.

A `Change` is one VM before and after all that was read of it at one moment. An event is inferred
only from what was read; a VM with a history of its own is told what is new beside it.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from eventstore.codec import Unknown
from eventstore.entry import Entry, Source
from eventstore.events import (
    ConfigurationGone,
    Event,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
    VmEvent,
    VmExportSeen,
)
from eventstore.ids import SnapshotId, derive
from eventstore.last_seen import LastSeen
from eventstore.machine import Machine
from eventstore.moments import Moment
from eventstore.observe import Observed
from eventstore.paths import PathKey
from eventstore.sightings import Sighting

READINGS = (VmConfigurationSeen, SnapshotConfigurationSeen, ConfigurationGone, VmExportSeen)
"""What a VM's own stream tells that was read, and did not happen."""


class Told(Struct, frozen=True):
    """An entry and the event in it."""

    entry: Entry
    event: Event | Unknown


class Change(Struct, frozen=True):
    """A VM `before` and `after` the `readings` of the moment `at`, at least one.

    `seen` tells when readings saw what before. `disks` are the files as they are known now, and
    `changed` those that were read now, each as it was known before. `finished` are the records of
    event logs by which a merge of the VM came to its end since.
    """

    stream: str
    before: Machine
    after: Machine
    at: Moment
    readings: tuple[Told, ...]
    seen: LastSeen
    disks: Mapping[PathKey, Sighting]
    changed: Mapping[PathKey, Sighting | None]
    finished: tuple[Told, ...] = ()

    def disk_before(self, key: PathKey) -> Sighting | None:
        """Give a file that stood before, as it was known then."""
        known = self.changed[key] if key in self.changed else self.disks.get(key)
        return known if known and known.gone is None else None

    def disk(self, key: PathKey) -> Sighting | None:
        """Give a file that stands now."""
        known = self.disks.get(key)
        return known if known and known.gone is None else None

    def reading_of(self, snapshot: SnapshotId | None) -> Told | None:
        """Give the reading that told of a snapshot, or of the VM itself, of several the first."""
        for told in self.readings:
            match told.event:
                case VmExportSeen(snapshots=named, has_all_snapshots=has_all):
                    if snapshot is None or has_all or any(snapshot == s.snapshot for s in named):
                        return told
                case SnapshotConfigurationSeen(snapshot=of) | ConfigurationGone(snapshot=of):
                    if of == snapshot:
                        return told
                case VmConfigurationSeen() if snapshot is None:
                    return told
                case _:
                    pass  # of another snapshot
        return None


class Inference(Struct, frozen=True):
    """An event of `stream` that explains what was read at `read_at`; it happened `at`.

    Where no witness tells the moment, that is the reading's own, and it happened after
    `not_before`, when a reading told otherwise.
    """

    stream: str
    event: VmEvent
    at: Moment
    read_at: Moment
    basis: tuple[Entry, ...]
    not_before: Moment | None = None

    def observed(self, recorder: str) -> Observed:
        """Give the event as the log takes it; its id follows from what it says."""
        kind, first = type(self.event).__name__, self.basis[0]
        said = msgspec.json.encode(self.event).decode()
        limits = (self.at, self.read_at, self.not_before or "")
        named = first.source or Source("evidence")
        source = Source(
            kind="inferred",
            name=named.name,
            place=" and ".join(_record(entry) for entry in self.basis[1:]),
            sha256=named.sha256,
            recorder=recorder,
            certainty="inferred",
            host=named.host,
            not_before=self.not_before,
            read_at=self.read_at,
            basis=tuple(entry.id for entry in self.basis),
        )
        event_id = derive("inferred", kind, self.stream, said, *limits)
        return Observed(self.stream, self.event, event_id, self.at, source)


def _record(entry: Entry) -> str:
    """Name a record of an event log: `log-of/<computer>/<channel>` is its stream."""
    _, computer, channel = entry.stream.split("/", 2)
    place = entry.source.place if entry.source else ""
    return f"{place or 'a record'} of {channel} on {computer}"
