"""Which configuration files of a VM stand, and which of several counts.

Exports, backups and copies hold configurations of the same VM. Whichever is read last, the same
one counts: that which the host lists, else one in a folder where Hyper-V keeps them, else the
newest. The disks that the others name are needed too, because nobody can be sure.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from eventstore.events import (
    ConfigurationGone,
    HostRegistrySeen,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.hosts import of
from eventstore.ids import VmId
from eventstore.machine import ConfigurationLost, ConfigurationRead, Heads, Machine, When
from eventstore.moments import Moment
from eventstore.paths import PathKey, folder_of, name_of, path_key

Seen = VmConfigurationSeen | SnapshotConfigurationSeen

HOMES = frozenset({"virtual machines", "snapshots"})
"""The folders in which Hyper-V keeps configurations."""


def seen_of(reading: ConfigurationRead) -> Seen:
    found = reading.of_vm or reading.of_snapshot
    if found is None:
        raise ValueError("expected a reading of a VM's or a snapshot's configuration")
    return found


def owner_of(seen: Seen) -> str:
    """Give whose configuration it is: a snapshot's GUID, or `now`."""
    return seen.snapshot if isinstance(seen, SnapshotConfigurationSeen) else "now"


def heads_named(seen: Seen) -> Heads:
    return {disk.slot: path_key(disk.path) for disk in seen.disks}


def host_of(seen: Seen) -> str:
    """Give the label of the host that a configuration is on: nothing for the home and shares."""
    return next(filter(None, map(of, (seen.path, *(disk.path for disk in seen.disks)))), "")


def standing(machine: Machine, owner: str) -> tuple[ConfigurationRead, ...]:
    """Give the readings of one owner's configurations, the one that counts first."""
    own = (each for each in machine.readings if owner_of(seen_of(each)) == owner)
    return tuple(sorted(own, key=lambda each: _rank(machine, seen_of(each)), reverse=True))


def at_odds(machine: Machine, owner: str) -> tuple[ConfigurationRead, ...]:
    """Give the configurations of one owner if they name different disks, else nothing.

    Those of several hosts contradict nobody: each is right about its own.
    """
    found = standing(machine, owner)
    for host in dict.fromkeys(host_of(seen_of(each)) for each in found):
        own = tuple(each for each in found if host_of(seen_of(each)) == host)
        if any(heads_named(seen_of(each)) != heads_named(seen_of(own[0])) for each in own):
            return own
    return ()


def with_reading(machine: Machine, seen: Seen, when: When) -> Machine:
    """Remember what was read at its place, instead of what was read there before."""
    if isinstance(seen, VmConfigurationSeen):
        reading = ConfigurationRead(when, of_vm=seen)
    else:
        reading = ConfigurationRead(when, of_snapshot=seen)
    owner = owner_of(seen)
    others = _without(machine.readings, owner, seen)
    unfound = {each: lost for each, lost in machine.unfound.items() if each != owner}
    return settled(replace(machine, readings=(*others, reading), unfound=unfound), owner)


def without_reading(machine: Machine, gone: ConfigurationGone, when: When) -> Machine:
    """Forget what was read at a place; remember its loss when nothing stands in its stead."""
    owner = gone.snapshot or "now"
    machine = replace(machine, readings=_without(machine.readings, owner, gone))
    left = standing(machine, owner)
    if not any(_replaces(each, gone, when) for each in left):
        lost = ConfigurationLost(gone.path, when)
        machine = replace(machine, unfound={**machine.unfound, owner: lost})
    return settled(machine, owner) if left else machine


def outdated(machine: Machine) -> Machine:
    """Forget the configuration of Now that counted: the VM refers to other disks since."""
    counted = standing(machine, "now")[:1]
    readings = tuple(each for each in machine.readings if each not in counted)
    return replace(machine, configured=None, readings=readings)


def settled(machine: Machine, owner: str) -> Machine:
    """Let the disks that others of the owner's configurations name be needed beside its own."""
    counted, *others = standing(machine, owner)
    own = heads_named(seen_of(counted)).values()
    named = (key for each in others for key in heads_named(seen_of(each)).values())
    beside = tuple(sorted(set(named) - set(own)))
    if beside == machine.beside.get(owner, ()):
        return machine
    kept: dict[str, tuple[PathKey, ...]] = {
        each: keys for each, keys in machine.beside.items() if each != owner
    }
    return replace(machine, beside={**kept, owner: beside} if beside else kept)


def place_listed(registries: Iterable[HostRegistrySeen], vm: VmId) -> PathKey | None:
    """Give where a host says that a VM's configuration is; None where no host lists it."""
    found = (path for each in registries for listed, path in each.vms if listed == vm)
    return max(map(path_key, found), default=None)


def _without(
    readings: tuple[ConfigurationRead, ...], owner: str, place: Seen | ConfigurationGone
) -> tuple[ConfigurationRead, ...]:
    """Give the readings but that of one place; hosts may have the same places."""
    gone = (owner, place.found_at, of(place.path))
    return tuple(
        each
        for each in readings
        if (owner_of(seen := seen_of(each)), seen.found_at, of(seen.path)) != gone
    )


def _rank(machine: Machine, seen: Seen) -> tuple[bool, bool, Moment, PathKey, str]:
    key = path_key(seen.path)
    is_listed = isinstance(seen, VmConfigurationSeen) and key == machine.listed_at
    modified_at = seen.modified_at or Moment("")
    return is_listed, _is_at_home(seen.path), modified_at, key, seen.found_at


def _replaces(left: ConfigurationRead, gone: ConfigurationGone, when: When) -> bool:
    """Tell whether a configuration may be the one that is gone, moved: a copy elsewhere is not."""
    is_as_good = _is_at_home(seen_of(left).path) or not _is_at_home(gone.path)
    return is_as_good or left.when.at >= when.at


def _is_at_home(path: str) -> bool:
    return name_of(folder_of(path)).casefold() in HOMES
