"""A disk file among the others: who refers to it, what it hangs below, what hangs below it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, TypeVar

from msgspec import Struct

from eventstore.ids import SnapshotId, VmId
from eventstore.moments import Moment
from eventstore.paths import PathKey, path_key
from projections.witnesses import Presence

Value = TypeVar("Value")


class Reference(Struct, frozen=True):
    """A snapshot or Now of a VM points at a file; of a removed VM it is the last that was known."""

    vm: VmId
    holder: SnapshotId | Literal["now"]
    is_removed: bool


class DiskNode(Struct, frozen=True):
    """A disk file and its place among the others.

    `other_parents` are named by a second witness, `claimants` are the children by such a word.
    `needed_by` are the VMs that reach it by a reference, `once_needed_by` the removed ones.
    `is_automatic` marks an AVHD(X) that Hyper-V made; `is_told` what some history knows.
    `strays` are files elsewhere that are the disk by which others know this place, because it was
    moved; of such a file `homes` are the places where it belongs.
    """

    key: PathKey
    path: str
    found_at: str | None
    parent: PathKey | None
    other_parents: tuple[PathKey, ...]
    children: tuple[PathKey, ...]
    claimants: tuple[PathKey, ...]
    slot: str | None
    since: Moment | None
    is_automatic: bool
    is_told: bool
    presence: Presence
    references: tuple[Reference, ...]
    owners: tuple[VmId, ...]
    needed_by: frozenset[VmId]
    once_needed_by: frozenset[VmId]
    strays: tuple[PathKey, ...] = ()
    homes: tuple[PathKey, ...] = ()

    @property
    def exists(self) -> bool:
        return self.presence != "absent"

    @property
    def is_reachable(self) -> bool:
        return bool(self.needed_by or self.once_needed_by)

    @property
    def parents(self) -> tuple[PathKey, ...]:
        """The parents by anybody's word, the one to believe first."""
        return (*((self.parent,) if self.parent else ()), *self.other_parents)

    @property
    def below(self) -> tuple[PathKey, ...]:
        """The children by anybody's word."""
        return (*self.children, *self.claimants)


class DiskGraph(Struct, frozen=True):
    """All disk files. `complete` are the VMs of which every reference is known.

    `judged` are the files of which it is known who refers to them, `doubted` those of which any
    may be what somebody needs, `circle` those whose parents lead back to themselves.
    """

    nodes: Mapping[PathKey, DiskNode]
    complete: frozenset[VmId]
    judged: frozenset[PathKey]
    doubted: frozenset[PathKey]
    circle: frozenset[PathKey]

    def at(self, place: str) -> DiskNode | None:
        """Give the file by its Windows path, or by the place where it was found."""
        key = path_key(place)
        if key in self.nodes:
            return self.nodes[key]
        found = (node for node in self.nodes.values() if node.found_at)
        return next((node for node in found if path_key(node.found_at or "") == key), None)

    def ancestors(self, key: PathKey) -> Iterator[DiskNode]:
        """Give all files above `key` by anybody's word, nearest first; a cycle ends once round."""
        return self._walk(key, lambda node: node.parents)

    def descendants(self, key: PathKey) -> Iterator[DiskNode]:
        """Give all files below `key` by anybody's word, nearest first."""
        return self._walk(key, lambda node: node.below)

    def tree_of(self, key: PathKey) -> Iterator[DiskNode]:
        """Give `key` and every file that links lead to from it, up and down."""
        if key in self.nodes:
            yield self.nodes[key]
        yield from self._walk(key, lambda node: (*node.parents, *node.below))

    def reachable_children(self, node: DiskNode) -> tuple[DiskNode, ...]:
        """Give the files below that somebody needs; one that was moved counts once."""
        return tuple(
            child
            for key in node.below
            if (child := self.nodes[key]).is_reachable
            if not any(home in node.below and not self.nodes[home].exists for home in child.homes)
        )

    def is_settled(self, node: DiskNode) -> bool:
        """Tell whether a file without a known reference certainly has none."""
        return node.needed_by <= self.complete

    def _walk(
        self, start: PathKey, step: Callable[[DiskNode], Iterable[PathKey]]
    ) -> Iterator[DiskNode]:
        seen, waiting = {start}, deque([start])
        while waiting:
            node = self.nodes.get(waiting.popleft())
            for key in step(node) if node else ():
                if key not in seen and key in self.nodes:
                    seen.add(key)
                    waiting.append(key)
                    yield self.nodes[key]


def spread(
    sources: Mapping[PathKey, Value], near: Callable[[PathKey], Iterable[PathKey]]
) -> dict[PathKey, Value]:
    """Give every file that links reach from `sources` the value of the nearest source."""
    found = dict(sources)
    waiting = deque(found)
    while waiting:
        key = waiting.popleft()
        for other in near(key):
            if other not in found:
                found[other] = found[key]
                waiting.append(other)
    return found
