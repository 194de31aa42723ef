"""Which hosts the log has heard of, in the order in which they were recorded."""

from collections.abc import Iterator

from msgspec import Struct, json

from eventstore.entry import Entry
from eventstore.events import (
    DiskSeen,
    FolderRead,
    HostExportSeen,
    HostRegistrySeen,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
    VmExportSeen,
)
from eventstore.evidence.folder import FolderReading
from eventstore.hosts import Hosts, is_local, is_shared
from eventstore.ids import guid
from eventstore.paths import is_posix

_EXPORTS = frozenset({VmExportSeen.__name__, HostExportSeen.__name__})
_FILES = frozenset(
    each.__name__
    for each in (
        DiskSeen,
        FolderRead,
        HostRegistrySeen,
        SnapshotConfigurationSeen,
        VmConfigurationSeen,
    )
)
_TELLING = _EXPORTS | _FILES


class _Told(Struct):
    """What of an event tells of hosts."""

    path: str = ""
    computer: str = ""


def heard_of(hosts: Hosts, entry: Entry) -> Hosts:
    """Give the hosts after `entry`.

    Files that any host may read tell of none, unless somebody said whose evidence they are.
    """
    if entry.type not in _TELLING or entry.source is None:
        return hosts
    host = entry.source.host
    if host and not guid(host):
        hosts = hosts.heard(host)
    elif host and entry.type in _FILES and not hosts.known(host):
        told = json.decode(entry.data, type=_Told)
        hosts = hosts.heard(host) if is_of_one_host(told.path) else hosts
    if entry.type in _EXPORTS and (computer := json.decode(entry.data, type=_Told).computer):
        hosts = hosts.heard(computer, answered=True)
    return hosts


def read_from(hosts: Hosts, reading: FolderReading, host: str) -> Hosts:
    """Give the hosts after `reading` of what is `host`'s will be stored."""
    if not guid(host):
        hosts = hosts.heard(host)
    for found in sorted(reading.exports, key=lambda each: (each.asked_at, each.sha256)):
        for computer in (*(vm.computer for vm in found.export.vms), found.export.computer):
            hosts = hosts.heard(computer, answered=True) if computer else hosts
    return hosts.heard(host) if guid(host) and has_local_files(reading) else hosts


def has_local_files(reading: FolderReading) -> bool:
    """Tell whether `reading` holds files whose paths mean something on one host only."""
    places = [
        *(each.path for each in reading.disks),
        *(each.path for each in reading.configurations),
        *(each.path for each in reading.registries),
        *_named_from_outside(reading),
    ]
    return any(map(is_of_one_host, places))


def _named_from_outside(reading: FolderReading) -> Iterator[str]:
    """Give the disks of configurations on a share: nothing tells whose drives they name."""
    for found in reading.configurations:
        if is_shared(found.path):
            yield from (disk.path for disk in found.configuration.disks)


def is_of_one_host(path: str) -> bool:
    return is_local(path) or is_posix(path)
