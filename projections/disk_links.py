"""Which file hangs below which: what history and headers say of parents, joined per file.

A file's parent is the one that history tells; where history tells none, the one that its header
names. Places are one witness and identities another: a *stray* is a disk that stands elsewhere
than at the place by which others name it. It counts as needed by whatever needs that place.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from eventstore.machine import When
from eventstore.paths import PathKey, is_posix, path_key
from eventstore.sightings import Arrival
from projections.hosts import Namings
from projections.parent_links import Fingerprint, HeaderParent, SeenDisks, fingerprint
from projections.witnesses import Presence, Witnesses


class Links:
    """All files with their parents, first the one to believe, and the strays of every place.

    `doubted` are files of which several may be meant by whoever needs one: those that bear what a
    child quotes, twins, and what was moved when another stands there now.
    """

    def __init__(self, witnesses: Witnesses, referenced: Mapping[PathKey, str]) -> None:
        self._witnesses = witnesses
        self.paths = {key: witnesses.path(key) for key in witnesses.keys}
        self.paths |= {key: path for key, path in referenced.items() if key not in self.paths}
        self.presence: dict[PathKey, Presence] = {
            key: witnesses.presence(key) for key in self.paths
        }
        self.parents: dict[PathKey, tuple[PathKey, ...]] = {}
        self.strays: defaultdict[PathKey, dict[PathKey, When | None]] = defaultdict(dict)
        self.doubted: set[PathKey] = set()
        self._told()
        self._seen = {
            key: witnesses.fleet.sightings[key].seen
            for key, presence in self.presence.items()
            if presence == "seen"
        }
        self._disks = SeenDisks(self._seen, Namings(witnesses.fleet).of)
        self._fitting: set[PathKey] = set()
        for key, disk in self._seen.items():
            if named := self._disks.parent_of(disk):
                self._named(key, named)
        self._by_history()
        self._by_memory()
        self._by_likeness()

    def is_absent(self, key: PathKey) -> bool:
        return self.presence[key] == "absent"

    def _told(self) -> None:
        for key in tuple(self.paths):
            # What hands put there is what stands there, whatever a VM had there before.
            witnesses = sorted(self._witnesses.told(key), key=lambda each: each.vm is not None)
            told = [each.disk.parent for each in witnesses if each.disk.parent]
            for parent in told:
                if parent not in self.paths:
                    self.paths[parent] = self._witnesses.path(parent)
                    self.presence[parent] = self._witnesses.presence(parent)
            by_hand = told[:1] if key in self._witnesses.fleet.arrivals else []
            self.parents[key] = tuple(dict.fromkeys(by_hand + sorted(told, key=self.is_absent)))

    # --- headers --------------------------------------------------------------------------------

    def _named(self, child: PathKey, named: HeaderParent) -> None:
        """Take in what a header says; against history only a parent that stands there counts."""
        if named.fits:
            self._fitting.add(child)
        else:
            self._doubt(named.quoted)
        place = self._place(child, named)
        self._hang(child, place)
        if place not in self.paths:
            was_looked_for = self._witnesses.was_looked_for(named.places)
            self.paths[place] = named.path
            self.presence[place] = "absent" if was_looked_for else "told"
            self.parents[place] = ()
        is_its_place = place in map(path_key, named.places) and self.presence[place] != "told"
        if named.bearer and is_its_place:
            self._stray(path_key(named.bearer), place)
            self._hang(child, path_key(named.bearer))

    def _place(self, child: PathKey, named: HeaderParent) -> PathKey:
        """Give the parent to believe, by the header and by what history told before."""
        told = self.parents[child]
        if named.is_found:
            return path_key(named.path)
        if agreed := [key for key in map(path_key, named.places) if key in told]:
            return agreed[0]
        if named.bearer and (told or not self._is_empty(child, named)):
            return path_key(named.bearer)
        return told[0] if told else path_key(named.path)

    def _is_empty(self, child: PathKey, named: HeaderParent) -> bool:
        """Tell whether the place by which people know the parent is known to hold no file.

        What was read without a mapping was copied from elsewhere: there nothing is empty.
        """
        if is_posix(child):
            return False
        known = self.presence.get(path_key(named.path))
        return known == "absent" or self._witnesses.was_looked_for((named.path,))

    def _doubt(self, marks: Iterable[Fingerprint]) -> None:
        for mark in marks:
            bearers = self._disks.bearers(mark)
            if len(bearers) > 1 and bearers[0] not in self.doubted:
                self.doubted.update(bearers)

    def _hang(self, child: PathKey, parent: PathKey) -> None:
        if parent != child and parent not in self.parents[child]:
            self.parents[child] = (*self.parents[child], parent)

    def _stray(self, key: PathKey, place: PathKey, left: When | None = None) -> None:
        if key != place:
            self.strays[place].setdefault(key, left)

    # --- what was moved -------------------------------------------------------------------------

    def _by_history(self) -> None:
        """Hands moved or copied a file: it is still what it was to whoever knew it before."""
        below = [(child, parents[0]) for child, parents in self.parents.items() if parents]
        for key, arrival in self._witnesses.fleet.arrivals.items():
            for place, left in arrival.homes.items() if not self.is_absent(key) else ():
                if place not in self.presence:
                    continue
                if self._still_holds(place, left):
                    if self._was_refilled(place, left):
                        self.doubted.update((key, place))
                elif not self._was_made_since(place, left) or any(
                    parent == place and self._is_older(child, left) for child, parent in below
                ):
                    self._stray(key, place, left)
        for child, place in below:
            for stray, until in self.strays.get(place, {}).items():
                if until and child not in self._fitting and self._is_older(child, until):
                    self._hang(child, stray)

    def _still_holds(self, place: PathKey, left: When) -> bool:
        """Tell whether the file that was at `place` then stands there now."""
        if self.is_absent(place):
            return False
        arrival = self._witnesses.fleet.arrivals.get(place) or Arrival(left)
        is_another = arrival.when > left or self._was_made_since(place, left)
        return place in arrival.homes or not is_another

    def _was_made_since(self, place: PathKey, left: When) -> bool:
        """Tell whether Hyper-V made a disk of its own at `place` after the file there left."""
        made = [each.disk for each in self._witnesses.told(place) if each.disk.is_automatic]
        return any(disk.since > left.at and not disk.is_lost for disk in made)

    def _was_refilled(self, place: PathKey, left: When) -> bool:
        """Tell whether the file left for good, and nobody knows how one came to stand there since.

        It may have been put back from a copy: which of the two is meant, no history tells.
        """
        fleet = self._witnesses.fleet
        return fleet.lost.get(place) == left and place not in fleet.arrivals

    def _is_older(self, child: PathKey, left: When) -> bool:
        since = self._witnesses.since(child)
        return since is None or since <= left.at

    def _by_memory(self) -> None:
        """A place is remembered by the identity that was last read or told there."""
        for place in tuple(self.paths):
            marks = tuple(self._remembered(place))
            found = [key for mark in marks for key in self._disks.bearers(mark)[:3]]
            others = dict.fromkeys(key for key in found if key != place)
            if len(others) == 1:
                self._stray(next(iter(others)), place)
            elif others:
                self._doubt(marks)

    def _by_likeness(self) -> None:
        """Of twins that no history knows, any may be the copy."""
        for twins in self._disks.twins():
            self.doubted.update(key for key in twins if not self._witnesses.is_told(key))

    def _remembered(self, place: PathKey) -> Iterator[Fingerprint]:
        """Give what stood at `place`, where that is gone or another disk stands there now."""
        sighting = self._witnesses.fleet.sightings.get(place)
        facts = sighting.seen.facts if sighting else None
        if facts and self.is_absent(place):
            yield fingerprint(facts)
        first = sighting.first.seen.facts if sighting and sighting.first else None
        if facts and first and first.identity != facts.identity:
            yield fingerprint(first)
        for told in self._witnesses.told(place):
            if told.disk.disk_id and (
                self.is_absent(place) or (facts and facts.disk_id != told.disk.disk_id)
            ):
                yield told.disk.disk_id, "vhd"
