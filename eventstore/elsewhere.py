"""One VM on several hosts, by migration or Replica: what each of them names is needed.

What a host says replaces what it said before, and never what another said. `Machine.beside` keeps
what the others named last under `@` and the label of the host: of the home, `@` alone.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from eventstore.disk_rules import references
from eventstore.events import ConfigurationGone, VmConfigurationSeen, VmExportSeen
from eventstore.hosts import is_shared, of
from eventstore.machine import Machine
from eventstore.readings import host_of


def answered(before: Machine, after: Machine, event: VmExportSeen) -> Machine:
    """Give `after`, in which one host has told of the VM, with what the others told before."""
    told = (event.disks, *(each.disks for each in event.snapshots))
    disks = (disk.path for disks in told for disk in disks or ())
    host = _host((event.location, *disks))
    has_told_all = {**before.has_told_all, host: event.has_all_snapshots}
    return _kept(before, replace(_without(after, host), has_told_all=has_told_all), host)


def configured(before: Machine, after: Machine, event: VmConfigurationSeen) -> Machine:
    """Give `after`, in which a configuration was read, with what other hosts told before."""
    return _kept(before, after, host_of(event))


def unconfigured(machine: Machine, event: ConfigurationGone) -> Machine:
    """Give the VM without what a host told that has no configuration of it any more."""
    return machine if event.snapshot else _without(machine, of(event.path))


def _host(paths: Iterable[str]) -> str:
    return next(filter(None, map(of, paths)), "")


def _kept(before: Machine, after: Machine, host: str) -> Machine:
    """Let what is not referred to any more be needed still, where it is local on another host."""
    gone = references(before).keys() - references(after).keys()
    lost = [key for key in gone if of(key) != host and not is_shared(key)]
    if not lost:
        return after
    beside = dict(after.beside)
    for key in sorted(lost):
        owner = _owner(of(key))
        beside[owner] = (*(each for each in beside.get(owner, ()) if each != key), key)
    return replace(after, beside=beside)


def _without(machine: Machine, host: str) -> Machine:
    if (owner := _owner(host)) not in machine.beside:
        return machine
    left = {each: keys for each, keys in machine.beside.items() if each != owner}
    return replace(machine, beside=left)


def _owner(host: str) -> str:
    return f"@{host}"
