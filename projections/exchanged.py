"""Two VHDX in each other's places, by what was read there: headers alone fit either place.

Every VHDX of a chain bears one VirtualDiskId, and siblings quote the same parent; only the
DataWriteGuid tells them apart. A file that a snapshot froze keeps it, so where it is found at
another place, and another one here, somebody exchanged the two.
"""

from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from eventstore.evidence.observations import DiskFacts
from eventstore.fleet import Fleet
from eventstore.machine import When
from eventstore.paths import PathKey
from projections.parent_links import Fingerprint, fingerprint


class Exchange(Struct, frozen=True):
    """The place that holds what was read here before, or held what is here now."""

    other: PathKey
    whens: tuple[When, ...]


def exchanged(fleet: Fleet) -> Mapping[PathKey, Exchange]:
    """Give the places whose disks were exchanged, each with the other one."""
    standing: defaultdict[Fingerprint, list[PathKey]] = defaultdict(list)
    left: dict[PathKey, Fingerprint] = {}
    for key, sighting in fleet.sightings.items():
        if sighting.gone is None and (mark := _mark(sighting.seen.facts)):
            standing[mark].append(key)
            before = _mark(sighting.first.seen.facts) if sighting.first else None
            if before and before != mark:
                left[key] = before
    found: dict[PathKey, Exchange] = {}
    for key, mark in left.items():
        for other in standing.get(mark, ()):
            whens = (fleet.sightings[key].when, fleet.sightings[other].when)
            found.setdefault(key, Exchange(other, whens))
            found.setdefault(other, Exchange(key, whens))
    return found


def _mark(facts: DiskFacts | None) -> Fingerprint | None:
    return fingerprint(facts) if facts and facts.format == "vhdx" and facts.data_write_id else None
