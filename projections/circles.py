"""Where parents lead back to themselves: no rule makes a circle, but headers may tell one."""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def in_circles(starts: Iterable[Node], parent: Callable[[Node], Node | None]) -> frozenset[Node]:
    """Give all of `starts` whose parents lead back to themselves, each looked at once."""
    circle: set[Node] = set()
    walked: set[Node] = set()
    for start in starts:
        trail: dict[Node, int] = {}
        node: Node | None = start
        while node is not None and node not in walked and node not in trail:
            trail[node] = len(trail)
            node = parent(node)
        if node is not None and node in trail:
            circle.update(each for each, at in trail.items() if at >= trail[node])
        walked.update(trail)
    return frozenset(circle)
