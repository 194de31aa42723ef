"""What merges write and how much room they take (R8): by blocks that were counted, else by size."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from eventstore.events import DiskSeen
from eventstore.evidence.allocated import Allocated
from eventstore.evidence.observations import DiskFacts
from eventstore.evidence.vhd_layout import bitmap_bytes
from eventstore.fleet import Fleet
from eventstore.machine import Merge
from eventstore.paths import PathKey, volume_of

BytesFrom = Literal["blocks", "size"]


class Contents(Struct, frozen=True):
    """What was read of disk files just now; of those that could not be counted, why not.

    `changed` are files that are not as they were when they were recorded.
    """

    counted: Mapping[PathKey, Allocated] = {}
    uncounted: Mapping[PathKey, str] = {}
    changed: frozenset[PathKey] = frozenset()


NOTHING_READ = Contents()


class Weight(Struct, frozen=True):
    """What one merge writes, and how much longer its target becomes at most; None: not known."""

    bytes: int | None
    bytes_from: BytesFrom | None
    free_space_needed: int | None


class VolumeNeed(Struct, frozen=True):
    """Space that merges need on a volume at most, in whatever order, and what is free there then.

    `is_enough`: True is certain, False means it may not be, None that nobody knows.
    """

    volume: str
    needed_bytes: int | None
    free_bytes: int | None
    is_enough: bool | None


class DiskSpace:
    """The files of a fleet as merges change them; each merge is asked of the state before it."""

    def __init__(self, fleet: Fleet, contents: Contents = NOTHING_READ) -> None:
        self._fleet = fleet
        self._held = dict(contents.counted)
        self._grown: dict[PathKey, int] = {}
        self._now_in: dict[PathKey, PathKey] = {}
        self._free = {volume: space.free_bytes for volume, space in fleet.volumes.items()}

    def merge(self, merge: Merge) -> Weight:
        """Let the merge run, and give its weight; a file that was merged is found in its target."""
        weight = self.weigh(merge)
        child, into = merge.child, self._target(merge.into)
        self._now_in[child] = into
        taken = self._held.get(child)
        target = self._held.get(into)
        if taken and target and target.can_take(taken):
            self._held[into] = target.after(taken)
        else:
            self._held.pop(into, None)
        self._takes_room(into, weight.free_space_needed)
        self.delete(child)
        return weight

    def delete(self, key: PathKey) -> None:
        """Let a file go: what it took is free again, if anybody knows how much that was."""
        volume, size = self._volume(key), self.size_bytes(key)
        if volume in self._free and size is not None:
            # A file that a merge lengthened may be shorter than that: its own size is certain.
            self._free[volume] += size - self._grown.get(key, 0)

    def _takes_room(self, into: PathKey, need: int | None) -> None:
        volume = self._volume(into)
        self._grown[into] = self._grown.get(into, 0) + (need or 0)
        if need is None:
            self._free.pop(volume, None)
        elif volume in self._free:
            self._free[volume] -= need

    def weigh(self, merge: Merge) -> Weight:
        """Give the weight of a merge as if it came next, and leave all as it is."""
        child, into = merge.child, self._target(merge.into)
        taken, target = self._held.get(child), self._held.get(into)
        if taken and target and target.can_take(taken):
            return Weight(taken.content_bytes, "blocks", target.growth_bytes(taken))
        size = self.size_bytes(child)
        return Weight(size, "size" if size is not None else None, self._estimate(child, into))

    def size_bytes(self, key: PathKey) -> int | None:
        """Give a file's size when it was last read, and what merges may have added since."""
        seen = self._seen(key)
        return seen.size_bytes + self._grown.get(key, 0) if seen else None

    def needs(self, merges: Iterable[Merge]) -> tuple[VolumeNeed, ...]:
        """Give what each volume needs for all of `merges`, which are not run.

        Which of several merges of one run Hyper-V begins with is not public. From the top down,
        only the topmost file grows; from the bottom up each takes in all below it first.
        """
        found: dict[str, list[int | None]] = {}
        for run in _runs(merges):
            for volume, need in self._run_needs(run):
                found.setdefault(volume, []).append(need)
        return tuple(self._need(volume, each) for volume, each in sorted(found.items()))

    def _run_needs(self, run: Sequence[PathKey]) -> Iterator[tuple[str, int | None]]:
        """Give what the files of a run, topmost first, need on their volumes."""
        steps = [(into, self._takes(into, run[at + 1 :])) for at, into in enumerate(run[:-1])]
        volumes = {self._volume(key) for key in run}
        sizes = {self._block_size(key) for key in run[1:]}
        if len(volumes) == 1 and len(sizes) <= 1:
            # What a file below the top grows by is given back when it is merged upward itself.
            known = [need for _, need in steps if need is not None]
            yield volumes.pop(), max(known) if len(known) == len(steps) else None
            return
        for into, need in steps:
            yield self._volume(into), need

    def _takes(self, into: PathKey, below: Sequence[PathKey]) -> int | None:
        """Give how much `into` grows when all of `below` ends up in it."""
        target, held = self._held.get(into), [self._held.get(key) for key in below]
        content: Allocated | None = None
        for each in reversed(held):
            if each is None or target is None or not target.can_take(each):
                break
            content = each if content is None else each.after(content)
        else:
            if target is not None and content is not None:
                return target.growth_bytes(content)
        estimates = [self._estimate(child, into) for child in below]
        known = [each for each in estimates if each is not None]
        return sum(known) if len(known) == len(estimates) else None

    def _need(self, volume: str, needs: Sequence[int | None]) -> VolumeNeed:
        known = [need for need in needs if need is not None]
        needed = sum(known) if len(known) == len(needs) else None
        free = self._free.get(volume)
        is_enough = None if needed is None or free is None else needed <= free
        return VolumeNeed(volume, needed, free, is_enough)

    def _estimate(self, child: PathKey, into: PathKey) -> int | None:
        """R8: what the child has and the parent has not, at most the child; 0 into a fixed disk.

        A parent with larger blocks takes a whole one for each small one of the child.
        """
        size, theirs, ours = self.size_bytes(child), self._facts(child), self._facts(into)
        if ours is not None and ours.kind == "fixed":
            return 0
        if size is None or not (theirs and ours):
            return size
        block, unit = ours.block_size_bytes or 0, theirs.block_size_bytes or 0
        if not 0 < unit < block:
            return size
        return min(size * -(-block // unit), max(size, _full(ours, block)))

    def _facts(self, key: PathKey) -> DiskFacts | None:
        seen = self._seen(key)
        return seen.facts if seen else None

    def _block_size(self, key: PathKey) -> int | None:
        held, facts = self._held.get(key), self._facts(key)
        return held.block_size_bytes if held else facts.block_size_bytes if facts else None

    def _seen(self, key: PathKey) -> DiskSeen | None:
        sighting = self._fleet.sightings.get(key)
        return sighting.seen if sighting and sighting.gone is None else None

    def _volume(self, key: PathKey) -> str:
        return volume_of(key).upper()

    def _target(self, key: PathKey) -> PathKey:
        while key in self._now_in:
            key = self._now_in[key]
        return key


def _runs(merges: Iterable[Merge]) -> list[list[PathKey]]:
    """Give each run of merges as its files, topmost first."""
    runs: list[list[PathKey]] = []
    for merge in merges:
        for run in runs:
            if merge.into in run:
                run.append(merge.child)
                break
        else:
            runs.append([merge.into, merge.child])
    return runs


def _full(facts: DiskFacts, block: int) -> int:
    """Give the room that all blocks of a disk take, with their bitmaps."""
    blocks = -(-facts.virtual_size_bytes // block)
    extra = bitmap_bytes(block) if facts.format == "vhd" else 0
    return blocks * (block + extra)
