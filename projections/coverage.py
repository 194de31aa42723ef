"""What was looked at, and what was not: a file can only be called unused where everything was."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from eventstore.disk_rules import references
from eventstore.fleet import Fleet
from eventstore.hosts import Hosts
from eventstore.ids import VmId
from eventstore.machine import Machine, When
from eventstore.moments import Moment
from eventstore.paths import PathKey, folder_of, is_posix, path_key
from eventstore.readings import seen_of
from projections.completeness import (
    missing_references,
    odds_of,
    odds_told,
    owner_told,
    unfound_of,
)
from projections.hosts import (
    HostCoverage,
    doubt_of_home,
    host_coverage,
    hosts_of,
    hosts_of_vm,
    left_out,
)
from projections.log_coverage import LogCoverage, log_coverage
from projections.namesakes import told_apart
from projections.shapes import VmRef, vm_ref
from projections.side_files import SideCoverage, side_coverage
from projections.walks import Walk, last_walk, walks_of


class VmCoverage(Struct, frozen=True):
    """How a registered VM is known; `folders_unread` are those of its disks nobody walked.

    `hosts` are those that have a configuration of it, or told of it: several after a migration or
    with Replica, and nothing says on which of them it runs.
    """

    vm: VmRef
    is_configuration_read: bool
    snapshots_listed: int | None
    snapshots_known: int
    folders_unread: tuple[str, ...]
    hosts: tuple[str, ...] = ()


class FolderCoverage(Struct, frozen=True):
    """A folder that was walked, and the places below it that could not be read."""

    host: str
    path: str
    found_at: str
    read_at: Moment
    position: int
    unread: tuple[tuple[str, str], ...]


class Coverage(Struct, frozen=True):
    """All VMs, folders and hosts known, and in `gaps` what would have to be read to be certain.

    `logs` are event logs of hosts with gaps of their own, `side_files` what lies beside disks:
    neither makes a verdict less certain.
    """

    vms: tuple[VmCoverage, ...]
    folders: tuple[FolderCoverage, ...]
    gaps: tuple[str, ...]
    logs: tuple[LogCoverage, ...] = ()
    side_files: tuple[SideCoverage, ...] = ()
    hosts: tuple[HostCoverage, ...] = ()


def coverage(fleet: Fleet) -> Coverage:
    """Tell what the fleet's knowledge rests on."""
    walks, hosts = walks_of(fleet), hosts_of(fleet)
    machines = [machine for machine in fleet.machines.values() if machine.is_present]
    return Coverage(
        vms=tuple(_of_vm(machine, walks, hosts) for machine in machines),
        folders=tuple(
            FolderCoverage(
                folder.read.host,
                folder.read.root_path,
                folder.read.root,
                folder.when.at,
                folder.when.position,
                folder.read.unread,
            )
            for folder in fleet.folders.values()
        ),
        gaps=gaps(told_apart(fleet), walks),
        logs=log_coverage(fleet),
        side_files=side_coverage(fleet),
        hosts=host_coverage(fleet),
    )


class Hidden(Struct, frozen=True):
    """A disk or configuration that a VM needs, at or below a `place` that could not be read."""

    vm: VmId
    path: str
    is_disk: bool
    place: str
    why: str
    when: When


def hidden_files(fleet: Fleet) -> Iterator[Hidden]:
    """Give what VMs need and the last walk came to and could not read."""
    for folder in fleet.folders.values():
        unread = {path_key(place): (place, why) for place, why in folder.read.unread}
        for machine in fleet.machines.values() if unread else ():
            if machine.is_present:
                yield from _hidden_of(fleet, machine, unread, folder.when)


def _hidden_of(
    fleet: Fleet, machine: Machine, unread: Mapping[PathKey, tuple[str, str]], when: When
) -> Iterator[Hidden]:
    read = {seen_of(each).path: each.when for each in machine.readings}
    seen = {machine.path(key): fleet.sightings.get(key) for key in references(machine)}
    disks = {path: sighting.when if sighting else None for path, sighting in seen.items()}
    for path, last in (*read.items(), *disks.items()):
        hidden = next((unread[key] for key in _at_and_above(path) if key in unread), None)
        if hidden and (last is None or last.at < when.at):
            yield Hidden(machine.id, path, path in disks, *hidden, when)


def _at_and_above(path: str) -> Iterator[PathKey]:
    yield path_key(path)
    while (above := folder_of(path)) != path:
        path = above
        yield path_key(path)


def told(gap: str) -> str:
    """Give a gap as the sentence that stands among the reasons of a finding."""
    return f"Not looked at: {gap}."


def gaps(fleet: Fleet, walks: tuple[Walk, ...], since: When | None = None) -> tuple[str, ...]:
    """Say what was not looked at, or not since `since`: nothing means that all was."""
    found = [doubt] if (doubt := doubt_of_home(fleet)) else []
    found.extend(left_out(fleet))
    for machine in fleet.machines.values():
        if machine.is_present:
            if unknown := _unread_configuration(machine, walks):
                found.append(unknown)
            found.extend(_at_odds(machine))
            found.extend(
                f"{folder}, which holds disks of {machine.name or machine.id}, was not read"
                + (f" since {since.at}" if since and last_walk(walks, folder) else "")
                for folder in _unwalked(machine, walks, since)
            )
    found.extend(_registered_and_unread(fleet))
    found.extend(f"{each.place} ({each.why})" for each in hidden_files(fleet))
    found.extend(_not_understood(fleet))
    return tuple(dict.fromkeys(found))


def _at_odds(machine: Machine) -> Iterator[str]:
    """Say which configurations contradict each other, and which are gone from their places."""
    for odds in odds_of(machine):
        yield f"which of them Hyper-V uses: {odds_told(machine, odds)}"
    for owner, lost in unfound_of(machine):
        told = owner_told(machine, owner)
        yield f"the configuration of {told}, read before at {lost.path}, is gone"


def _registered_and_unread(fleet: Fleet) -> Iterator[str]:
    """Say which configurations a host lists and nobody read: any file may be one of theirs."""
    for registry in fleet.registries.values():
        for vm, path in registry.vms:
            machine = fleet.machines.get(vm)
            name = machine.name if machine and machine.name else vm
            listed = f"{path}, which its host lists as the configuration of {name}, was not read"
            if machine is None or not machine.is_present:
                yield listed
            elif other := _read_elsewhere(machine, path):
                yield f"{listed}; what was read is {other}"


def _not_understood(fleet: Fleet) -> Iterator[str]:
    """Say which entries this version cannot read: a newer one wrote them, of whatever file."""
    for oddment in fleet.oddments:
        kind, problem = oddment.unknown.type, oddment.unknown.problem
        yield f"what entry #{oddment.when.position} tells, a {kind}: {problem}"


def _read_elsewhere(machine: Machine, listed: str) -> str:
    """Give the configuration that was read, where it is another file than the one listed.

    One found on POSIX, without a map, has no Windows path to compare.
    """
    read = [file.path for file in machine.files if (file.kind, file.owner) == ("config", "now")]
    read += [each.of_vm.path for each in machine.readings if each.of_vm]
    is_same = any(is_posix(path) or path_key(path) == path_key(listed) for path in read)
    return "" if is_same or not machine.is_observed else ", ".join(dict.fromkeys(read))


def _unread_configuration(machine: Machine, walks: tuple[Walk, ...]) -> str:
    if machine.configured is None:
        name = machine.name or machine.id
        return f"the configuration of {name} was never read, or not since Now's disks changed"
    return missing_references(machine, walks)


def _of_vm(machine: Machine, walks: tuple[Walk, ...], hosts: Hosts) -> VmCoverage:
    return VmCoverage(
        vm=vm_ref(machine),
        is_configuration_read=machine.configured is not None,
        snapshots_listed=machine.snapshots_listed,
        snapshots_known=len(machine.snapshots),
        folders_unread=_unwalked(machine, walks, None),
        hosts=hosts_of_vm(machine, hosts),
    )


def _unwalked(machine: Machine, walks: tuple[Walk, ...], since: When | None) -> tuple[str, ...]:
    """Give the folders of a VM's disks that no walk covered, each once."""
    folders = {
        path_key(folder): folder
        for folder in (folder_of(disk.path) for disk in machine.disks.values())
    }
    return tuple(
        folder
        for folder in folders.values()
        if not (walked := last_walk(walks, folder)) or (since is not None and walked < since)
    )
