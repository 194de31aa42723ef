"""Another disk stands where one was known: by its identity, or because a whole one stands there.

A VHD's unique id and a VHDX's VirtualDiskId stay through writing and merging. Converting,
compacting and resizing by hand may renew them, so this accuses nobody.
"""

from collections.abc import Iterator

from msgspec import Struct

from eventstore.evidence.observations import DiskFacts
from eventstore.fleet import Fleet
from eventstore.machine import Disk, When
from eventstore.paths import PathKey
from projections.case import Case, because
from projections.completeness import has_own_history
from projections.deletable import careful
from projections.finding import Finding
from projections.strays import back_step, strays_of, strays_told

LOST_STEP = (
    "Do not start the VM and do not merge. Look for the disk that was known here, in backups too, "
    "and put it back. If somebody converted, compacted or resized the disk, it may have been given "
    "a new identity by that: then ask whoever did it."
)


class Replacement(Struct, frozen=True):
    """What was known of the disk at a place, and what stands there now: words for a sentence."""

    known: str
    found: str
    whens: tuple[When, ...]

    def __str__(self) -> str:
        return f"was last known here {self.known}; what stands here now is {self.found}"


def replaced_findings(case: Case) -> Iterator[Finding]:
    """Judge every file that a VM needs and whose place holds another disk now."""
    for node in case.graph.nodes.values():
        if node.presence != "seen" or not node.needed_by:
            continue
        if another := replacement(case.fleet, node.key):
            strays = strays_of(case, node)
            yield case.finding(
                node,
                "unverified",
                (
                    because(f"{node.path} {another}.", *another.whens),
                    *strays_told(case, node, strays, "The disk that belongs there"),
                ),
                deletable=careful(node),
                next_step=back_step(node, strays) if strays else LOST_STEP,
            )


def replacement(fleet: Fleet, key: PathKey) -> Replacement | None:
    """Tell whether the last reading of a place shows another disk than was known there before."""
    sighting = fleet.sightings.get(key)
    facts = sighting.seen.facts if sighting and sighting.gone is None else None
    if sighting is None or facts is None:
        return None
    known = [_by_history(fleet, key, facts), _by_reading(fleet, key, facts)]
    return next((each for each in known if each), None)


def _by_history(fleet: Fleet, key: PathKey, facts: DiskFacts) -> Replacement | None:
    """Hold the reading against the identity and the kind that history gave the disk."""
    sighting = fleet.sightings[key]
    for disk in _told(fleet, key):
        if _is_newer(fleet, key, disk, sighting.when):
            continue
        if disk.disk_id and disk.disk_id.upper() != facts.disk_id.upper():
            known = f"with identity {disk.disk_id}"
            return Replacement(known, f"another disk ({_identity(facts)})", (sighting.when,))
        if disk.is_automatic and facts.kind != "differencing":
            known = "as a differencing disk that Hyper-V made"
            return Replacement(known, f"a whole disk ({_identity(facts)})", (sighting.when,))
    return None


def _by_reading(fleet: Fleet, key: PathKey, facts: DiskFacts) -> Replacement | None:
    """Hold the reading against the first one since the disk came to its place."""
    sighting = fleet.sightings[key]
    first = sighting.first
    before = first.seen.facts if first else None
    if first is None or before is None:
        return None
    if not any(
        disk.disk_id is None and not _is_newer(fleet, key, disk, first.when)
        for machine in fleet.machines.values()
        if (disk := machine.disks.get(key))
    ):
        return None
    whens = (first.when, sighting.when)
    if before.identity != facts.identity:
        found = f"another disk ({_identity(facts)})"
        return Replacement(f"with {_identity(before)}", found, whens)
    if (before.kind == "differencing") != (facts.kind == "differencing"):
        return Replacement(f"as {_kind(before)}", f"{_kind(facts)} ({_identity(facts)})", whens)
    return None


def _told(fleet: Fleet, key: PathKey) -> Iterator[Disk]:
    loose = fleet.loose.get(key)
    if loose:
        yield loose
        return
    for machine in fleet.knowing(key):
        if has_own_history(machine):
            yield machine.disks[key]


def _is_newer(fleet: Fleet, key: PathKey, disk: Disk, reading: When) -> bool:
    """Tell whether the disk came to its place only after a reading: then that was of another."""
    arrival = fleet.arrivals.get(key)
    return disk.since > reading.at or (arrival is not None and arrival.when > reading)


def _identity(facts: DiskFacts) -> str:
    return f"identity {facts.disk_id}"


def _kind(facts: DiskFacts) -> str:
    return "a differencing disk" if facts.kind == "differencing" else "a whole disk"
