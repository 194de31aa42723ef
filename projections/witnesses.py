"""What the witnesses say of one disk file before they are joined: history, and the last reading."""

from collections import defaultdict
from typing import Literal

from msgspec import Struct

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Disk
from eventstore.moments import Moment
from eventstore.paths import PathKey
from projections.completeness import has_own_history
from projections.walks import Walk, last_walk

Presence = Literal["seen", "told", "absent"]
"""*seen*: found where it should be. *told*: somebody says so, nobody looked. *absent*: gone."""


class Told(Struct, frozen=True):
    """What one VM's history says of a file; hands that made it speak for no VM."""

    vm: VmId | None
    disk: Disk
    has_own_history: bool


class Witnesses:
    """History, configuration and readings, asked file by file."""

    def __init__(self, fleet: Fleet, walks: tuple[Walk, ...]) -> None:
        self.fleet = fleet
        self._walks = walks
        self._told: defaultdict[PathKey, list[Told]] = defaultdict(list)
        for machine in fleet.machines.values():
            for key, disk in machine.disks.items():
                self._told[key].append(Told(machine.id, disk, has_own_history(machine)))
        for key, disk in fleet.loose.items():
            self._told[key].append(Told(None, disk, has_own_history=True))

    @property
    def keys(self) -> tuple[PathKey, ...]:
        return tuple(dict.fromkeys((*self._told, *self.fleet.sightings)))

    def told(self, key: PathKey) -> list[Told]:
        """Give what history says, VMs with a history of their own first."""
        return sorted(self._told.get(key, ()), key=lambda each: not each.has_own_history)

    def is_told(self, key: PathKey) -> bool:
        """Tell whether a history of its own knows the file."""
        return any(each.has_own_history for each in self._told.get(key, ()))

    def path(self, key: PathKey) -> str:
        told = self.told(key)
        if told:
            return told[0].disk.path
        sighting = self.fleet.sightings.get(key)
        return sighting.seen.path if sighting else self.fleet.gone_paths.get(key, key)

    def since(self, key: PathKey) -> Moment | None:
        """Give since when the file is known; of a file that was only read, when it was made."""
        if told := self.told(key):
            return min(each.disk.since for each in told)
        if sighting := self.fleet.sightings.get(key):
            facts = sighting.seen.facts
            return (facts.written_at if facts else None) or sighting.when.at
        return None

    def presence(self, key: PathKey) -> Presence:
        """Tell whether the file stands at its place, believing whoever spoke last.

        A configuration names a file and says nothing of whether it stands.
        """
        sighting, lost = self.fleet.sightings.get(key), self.fleet.lost.get(key)
        if sighting and sighting.gone is None and not (lost and lost > sighting.when):
            return "seen"
        named = [each for each in self.told(key) if not each.disk.is_lost]
        standing = [each.disk.since for each in named if each.has_own_history]
        if arrival := self.fleet.arrivals.get(key):
            standing.append(arrival.when.at)
        if lost:
            return "told" if standing and max(standing) > lost.at else "absent"
        if sighting and sighting.gone:
            return "told" if standing and max(standing) > sighting.gone.at else "absent"
        if not named and (self._told.get(key) or key in self.fleet.gone_paths):
            return "absent"
        walked = last_walk(self._walks, self.path(key))
        if walked and (not standing or walked.at > max(standing)):
            return "absent"
        return "told"

    def was_looked_for(self, places: tuple[str, ...]) -> bool:
        """Tell whether a walk would have found a file at any of `places`."""
        return any(last_walk(self._walks, place) for place in places)
