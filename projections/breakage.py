"""What would become unreadable without a file: worked out once for all files of a graph."""

from collections import Counter, deque
from collections.abc import Iterator

from eventstore.paths import PathKey
from projections.disk_node import DiskGraph


class Breakage:
    """The files below each file, nearest first; in a plain tree they are a slice of one list.

    A file that hangs below two others, by different witnesses, makes a knot: what stands above it
    is followed link by link, and so is a circle.
    """

    def __init__(self, graph: DiskGraph) -> None:
        self._nodes = graph.nodes
        self._graph = graph
        self._above = Counter(child for node in graph.nodes.values() for child in node.below)
        self._listed: list[tuple[int, PathKey]] = []
        self._slices: dict[PathKey, tuple[int, int]] = {}
        for root in graph.nodes:
            if self._above[root] != 1:
                self._list(root)
        for key in self._above_knots():
            self._slices.pop(key, None)

    def of(self, key: PathKey) -> tuple[str, ...]:
        """Give the paths of the files that stand below `key`."""
        if key not in self._slices:
            return tuple(node.path for node in self._graph.descendants(key) if node.exists)
        first, end = self._slices[key]
        below = (self._nodes[each] for _, each in sorted(self._listed[first:end]))
        return tuple(node.path for node in below if node.exists)

    def _list(self, root: PathKey) -> None:
        """List what hangs below `root` so that everything below any file of it lies together."""
        rank = {key: number for number, key in enumerate(self._nearest_first(root))}
        waiting: list[tuple[PathKey, bool]] = [(root, False)]
        while waiting:
            key, is_done = waiting.pop()
            if is_done:
                self._slices[key] = (self._slices[key][0], len(self._listed))
            else:
                self._listed.append((rank[key], key))
                self._slices[key] = (len(self._listed), 0)
                waiting.append((key, True))
                waiting.extend((child, False) for child in self._below(key))

    def _nearest_first(self, root: PathKey) -> Iterator[PathKey]:
        waiting = deque([root])
        while waiting:
            key = waiting.popleft()
            yield key
            waiting.extend(self._below(key))

    def _below(self, key: PathKey) -> Iterator[PathKey]:
        """Give the files that hang below this one and no other."""
        return (child for child in self._nodes[key].below if self._above[child] == 1)

    def _above_knots(self) -> set[PathKey]:
        parents: dict[PathKey, list[PathKey]] = {}
        for node in self._nodes.values():
            for child in node.below:
                parents.setdefault(child, []).append(node.key)
        waiting = [key for key, number in self._above.items() if number > 1]
        found: set[PathKey] = set()
        while waiting:
            for parent in parents.get(waiting.pop(), ()):
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found
