"""When the snapshots of a VM began and ended, those that are gone included."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.events import (
    ConfigurationGone,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    SubtreeDeleted,
)
from eventstore.ids import VmId, vm_stream
from eventstore.moments import Moment


class Named(Struct, frozen=True):
    """Something that can be asked for: when it began, and when it ended if it did."""

    id: str
    name: str
    since: Moment
    until: Moment | None = None


def lives(entries: Iterable[Recorded], vm: VmId) -> tuple[Named, ...]:
    """Give every snapshot that `vm` ever had, by its last name, from `entries` in time's order."""
    found: dict[str, Named] = {}
    for recorded in entries:
        if recorded.entry.stream == vm_stream(vm):
            _live(found, recorded)
    return tuple(found.values())


def _live(found: dict[str, Named], recorded: Recorded) -> None:
    at = recorded.entry.occurred_at
    match decode(recorded.entry):
        case SnapshotTaken(snapshot, name):
            found[snapshot] = Named(snapshot, name, at)
        case SnapshotConfigurationSeen(snapshot=snapshot, name=name, taken_at=taken_at):
            before = found.get(snapshot, Named(snapshot, name or snapshot, taken_at or at))
            found[snapshot] = replace(before, name=name or before.name, until=None)
        case SnapshotRenamed(snapshot, name) if snapshot in found:
            found[snapshot] = replace(found[snapshot], name=name)
        case SnapshotDeleted(snapshot):
            _end(found, (snapshot,), at)
        case SubtreeDeleted(snapshots=snapshots):
            _end(found, snapshots, at)
        case ConfigurationGone(snapshot=snapshot) if snapshot is not None:
            _end(found, (snapshot,), at)
        case _:
            pass  # nothing else begins, names or ends a snapshot


def _end(found: dict[str, Named], snapshots: Iterable[str], at: Moment) -> None:
    for snapshot in snapshots:
        if snapshot in found:
            found[snapshot] = replace(found[snapshot], until=at)
