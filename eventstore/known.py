"""What the log knows of one folder's files: the last fact about each of them."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from eventstore.codec import decode
from eventstore.entry import Entry
from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    FolderRead,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.ids import SnapshotId, folder_stream

ConfigurationKey = tuple[str, SnapshotId | None, str]
"""Stream of the VM, the snapshot or None for the VM's own, and the place."""

ConfigurationFact = VmConfigurationSeen | SnapshotConfigurationSeen | ConfigurationGone

_TYPES = frozenset(
    each.__name__
    for each in (
        DiskSeen,
        DiskGone,
        FolderRead,
        VmConfigurationSeen,
        SnapshotConfigurationSeen,
        ConfigurationGone,
    )
)


class LastDisk(Struct, frozen=True):
    """The last fact about a disk file, and the id under which it is stored."""

    fact: DiskSeen | DiskGone
    entry_id: str


class LastConfiguration(Struct, frozen=True):
    """The last fact about a configuration file, and the id under which it is stored."""

    fact: ConfigurationFact
    entry_id: str


class LastWalk(Struct, frozen=True):
    """The last walk that was stored."""

    fact: FolderRead
    entry_id: str


class Known(Struct, frozen=True):
    """The last facts: disks by place, configurations of the whole host, and the last walk."""

    disks: Mapping[str, LastDisk]
    configurations: Mapping[ConfigurationKey, LastConfiguration]
    walk: LastWalk | None = None


NOTHING_KNOWN = Known(disks={}, configurations={})


def known_from(entries: Iterable[Entry], *, host: str, root: str) -> Known:
    """Fold what is known of `root` on `host` from `entries` in the log's order.

    Needed are the folder's stream and the streams of all VMs; other entries are passed over.
    """
    folder = folder_stream(host, root)
    disks: dict[str, LastDisk] = {}
    configurations: dict[ConfigurationKey, LastConfiguration] = {}
    walk: LastWalk | None = None
    for entry in entries:
        if entry.type not in _TYPES:
            continue
        is_of_host = entry.source is not None and entry.source.host == host
        match decode(entry):
            case DiskSeen() | DiskGone() as fact if entry.stream == folder:
                disks[fact.found_at] = LastDisk(fact, entry.id)
            case FolderRead() as fact if entry.stream == folder:
                walk = LastWalk(fact, entry.id)
            case VmConfigurationSeen() as fact if is_of_host:
                key: ConfigurationKey = (entry.stream, None, fact.found_at)
                configurations[key] = LastConfiguration(fact, entry.id)
            case SnapshotConfigurationSeen() | ConfigurationGone() as fact if is_of_host:
                key = (entry.stream, fact.snapshot, fact.found_at)
                configurations[key] = LastConfiguration(fact, entry.id)
            case _:
                pass  # another folder's or host's
    return Known(disks=disks, configurations=configurations, walk=walk)
