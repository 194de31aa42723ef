"""What was not looked at since a file was let go of: worked out once, asked of every orphan."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine, When
from eventstore.paths import folder_of, path_key
from projections.coverage import gaps, told
from projections.disk_node import DiskNode
from projections.walks import Walk, last_walk

TOLD_MAX = 8
"""So much is told of one file; the rest is counted, and the coverage lists it."""


class Unseen:
    """Gaps of any time, and what was read last at some time: before a loss it proves nothing."""

    def __init__(
        self,
        fleet: Fleet,
        walks: tuple[Walk, ...],
        configurations: Mapping[VmId, When],
        missed: Iterable[DiskNode],
    ) -> None:
        self.gaps = gaps(fleet, walks)
        self._all = tuple(dict.fromkeys((*self.gaps, *_unread(fleet, missed))))
        self._dated = sorted(
            each
            for machine in fleet.machines.values()
            for each in _dated(machine, walks, configurations.get(machine.id))
        )

    def since(self, loss: When) -> Iterator[str]:
        """Say what speaks against the proof that nobody refers to a file since its loss."""
        stale = bisect_left(self._dated, (loss, ""))
        first = [*self._all[:TOLD_MAX], *self._stale(stale, loss)][:TOLD_MAX]
        yield from (told(gap) for gap in first)
        more = len(self._all) + stale - len(first)
        if more > 0:
            yield told(f"{more:,} more, which the coverage lists")

    def _stale(self, number: int, loss: When) -> Iterator[str]:
        """Give what was read last before `loss`, the latest first."""
        latest_first = (self._dated[index] for index in range(number - 1, -1, -1))
        return (f"{what} since {loss.at}" for _, what in islice(latest_first, TOLD_MAX))


def _dated(
    machine: Machine, walks: tuple[Walk, ...], read: When | None
) -> Iterator[tuple[When, str]]:
    """Give when each folder of a VM's disks was walked last, and when its configuration was read.

    A configuration that a later walk found unchanged is not stored again, but it was read.
    """
    if not machine.is_present:
        return
    name = machine.name or machine.id
    folders = [folder_of(disk.path) for disk in machine.disks.values()]
    for folder in {path_key(each): each for each in folders}.values():
        if walked := last_walk(walks, folder):
            yield walked, f"{folder}, which holds disks of {name}, was not read"
    if read:
        files = [file.path for file in machine.files if file.kind == "config"]
        walked_at = [when for path in files if (when := last_walk(walks, path))]
        yield max((read, *walked_at)), f"the configuration of {name}"


def _unread(fleet: Fleet, missed: Iterable[DiskNode]) -> Iterator[str]:
    """Give what any walk could not read and what contradicts itself: behind it may be an owner."""
    for folder in fleet.folders.values():
        for place, why in folder.read.unread:
            yield f"{place} ({why})"
    for node in missed:
        yield f"{node.path}, which is needed and not at its place"
    for sighting in fleet.sightings.values():
        if sighting.gone is None and sighting.seen.facts is None:
            yield f"{sighting.seen.path}, whose headers cannot be read"
    for machine in fleet.machines.values():
        name, listed = machine.name, machine.snapshots_listed
        if listed is not None and listed != len(machine.snapshots):
            known = len(machine.snapshots)
            yield f"all snapshots of {name}: {listed} are listed, {known} known"
        if machine.contradictions:
            yield f"what contradicts the history of {name}"
