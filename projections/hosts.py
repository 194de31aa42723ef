r"""Which hosts the evidence is of, and which may have been left out.

Only the home has plain local paths; two hosts with such paths are from a store in which a file
was known by its path alone.
"""

from collections.abc import Iterator

from msgspec import Struct

from eventstore.fleet import Fleet
from eventstore.hosts import Hosts, Naming, is_local, is_of_cluster, is_same_host, is_shared, of
from eventstore.ids import guid
from eventstore.machine import Machine, When
from eventstore.moments import Moment
from eventstore.paths import PathKey, is_posix, server_label
from eventstore.readings import host_of
from eventstore.sightings import FolderSeen

_MIXED = (
    "which host a file stands on: {number} hosts were recorded into this store, and one path on "
    "two of them was taken for one file; record them again, each with its --host: {hosts}"
)
_UNNAMED = (
    "whose files were recorded without --host: {hosts} have told of their VMs; record them again "
    "with the name of their host"
)
_CLUSTER = (
    "which other hosts use the volumes of their cluster, as {path}: {recorded}; record every node "
    "with its --host"
)


class HostCoverage(Struct, frozen=True):
    """What was recorded of one host; `is_home` has the plain local paths.

    `vms_listed`: the host's own list of its VMs was read, or what it answered when asked for them.
    """

    name: str
    is_home: bool
    folders: int
    first_read_at: Moment | None
    last_read_at: Moment | None
    vms_listed: bool


class Namings:
    """Whose words a header is in: paths in it are resolved on the host of the child."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._home = frozenset(server_label(host) for host in homes(fleet) if not guid(host))

    def of(self, key: PathKey, path: str) -> Naming:
        """Say how what the header of the file at `path` calls other files is called here."""
        server = of(path)
        if not server and (is_posix(path) or is_shared(path)):
            server = self._reader(key)
        return Naming(server.upper(), self._home)

    def _reader(self, key: PathKey) -> str:
        """Give the host whose walk saw a file that does not tell it by its path."""
        sighting = self._fleet.sightings.get(key)
        folder = self._fleet.folders.get(sighting.stream) if sighting else None
        host = folder.read.host if folder else ""
        is_home = not host or guid(host) or server_label(host) in self._home or not self._home
        return "" if is_home else server_label(host)


def homes(fleet: Fleet) -> tuple[str, ...]:
    """Give the hosts that have plain local paths, in one spelling each: one, but in old stores."""
    found: list[str] = []
    for folder in fleet.folders.values():
        if _has_local_paths(folder) and not any(is_same_host(folder.read.host, h) for h in found):
            found.append(folder.read.host)
    return tuple(found)


def hosts_of(fleet: Fleet) -> Hosts:
    """Give the hosts that were recorded: walked, or asked for their VMs. The home is the first.

    Who came without a name and read no local path tells of no host.
    """
    hosts = Hosts()
    walked = (folder.read.host for folder in fleet.folders.values())
    listing = (host for host, _ in fleet.registries)
    for host in (*homes(fleet), *(each for each in (*walked, *listing) if not guid(each))):
        hosts = hosts.heard(host)
    for computer in filter(None, fleet.attached):
        hosts = hosts.heard(computer, answered=True)
    return hosts


def hosts_of_vm(machine: Machine, hosts: Hosts) -> tuple[str, ...]:
    """Give the hosts that have a configuration of a VM, or were asked and told of it."""
    configured = (host_of(own) for each in machine.readings if (own := each.of_vm))
    home = hosts.called()[0] if hosts.names else ""
    labels = dict.fromkeys((*configured, *machine.has_told_all))
    known = {server_label(each): each for each in hosts.called()}
    return tuple(known.get(label, label) if label else home for label in labels if label or home)


def on_several_hosts(fleet: Fleet, machine: Machine) -> str:
    """Say so when more than one host has a VM: a rule asked of it would mix what both have."""
    found = hosts_of_vm(machine, hosts_of(fleet))
    name, names = machine.name or machine.id, " and ".join(found)
    return f"{name} is on {names}, and nothing tells where it runs" if len(found) > 1 else ""


def host_coverage(fleet: Fleet) -> tuple[HostCoverage, ...]:
    """Tell what was recorded of each host."""
    home = homes(fleet)[:1]
    listed = {host for host, _ in fleet.registries} | set(fleet.attached)
    return tuple(
        _of_host(fleet, names, name, is_home=home[0] in names if home else False, listed=listed)
        for names, name in zip(hosts_of(fleet).names, hosts_of(fleet).called(), strict=True)
    )


def _of_host(
    fleet: Fleet, names: tuple[str, ...], name: str, *, is_home: bool, listed: set[str]
) -> HostCoverage:
    walked = [folder for folder in fleet.folders.values() if folder.read.host in names]
    return HostCoverage(
        name=name,
        is_home=is_home,
        folders=len(walked),
        first_read_at=min((_first(folder).at for folder in walked), default=None),
        last_read_at=max((folder.when.at for folder in walked), default=None),
        vms_listed=not listed.isdisjoint(names),
    )


def doubt_of_home(fleet: Fleet) -> str:
    """Say why nobody can be sure on which host a local file stands; nothing when it is certain."""
    found = homes(fleet)
    if len(found) > 1:
        return _MIXED.format(number=len(found), hosts=", ".join(sorted(found)))
    answered = sorted(filter(None, fleet.attached), key=server_label)
    if not found or not guid(found[0]) or any(is_same_host(found[0], each) for each in answered):
        return ""
    labels = {server_label(each) for each in answered}
    return _UNNAMED.format(hosts=", ".join(answered)) if len(labels) > 1 else ""


def are_others_known(fleet: Fleet) -> bool:
    """Tell whether shared storage can be judged: every node of the cluster was recorded.

    Where nobody told its nodes, more than one host has to be.
    """
    recorded = {server_label(each) for each in hosts_of(fleet).called()}
    nodes = {server_label(node) for each in fleet.attached.values() for node in each.nodes}
    return nodes <= recorded and (bool(nodes) or len(recorded) > 1)


def left_out(fleet: Fleet) -> Iterator[str]:
    """Say of which hosts nothing was recorded though something names them."""
    hosts = hosts_of(fleet)
    are_told = any(each.nodes for each in fleet.attached.values())
    if (shared := _on_cluster(fleet)) and not (are_told or are_others_known(fleet)):
        names = ", ".join(hosts.called()) or "nobody"
        yield _CLUSTER.format(path=shared, recorded=f"{names} alone was recorded")
    for name, witness in _named(fleet):
        after = hosts.heard(name, answered=True)
        if len(after.names) > max(1, len(hosts.names)):
            yield f"{name}, which {witness}: nothing of this host was recorded"
        elif not hosts.names:
            hosts = after


def _named(fleet: Fleet) -> Iterator[tuple[str, str]]:
    """Give the hosts that paths and event logs name, each with the witness."""
    found: dict[str, str] = {}
    for read in fleet.host_logs.read.values():
        found.setdefault(read[0].covered.computer, "its own event log names")
    for computer, each in fleet.attached.items():
        for node in each.nodes:
            found.setdefault(node, f"is a node of the cluster of {computer or 'a host'}")
    machines = fleet.machines.values()
    for disk in (disk for machine in machines for disk in machine.disks.values()):
        if server := of(disk.path):
            found.setdefault(server.upper(), f"{disk.path} is on")
    yield from found.items()


def _on_cluster(fleet: Fleet) -> str:
    """Give a path on a cluster's volume, if any is known."""
    seen = (each.seen.path for each in fleet.sightings.values() if each.gone is None)
    named = (disk.path for machine in fleet.machines.values() for disk in machine.disks.values())
    return next((path for path in (*seen, *named) if is_of_cluster(path)), "")


def _has_local_paths(folder: FolderSeen) -> bool:
    if folder.read.folders is None and is_posix(folder.read.root_path):
        return True  # a walk that did not tell its map yet
    roots = (folder.read.root_path, *(path for _, path in folder.read.folders or ()))
    return any(map(is_local, roots))


def _first(folder: FolderSeen) -> When:
    return folder.first or folder.when
