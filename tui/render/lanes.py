"""Trees in lanes, as git draws them: deep chains stay narrow.

The last child goes on in its parent's lane, the ones before it branch off to the right, each with
all that hangs below it:

    ● 1
    ├─● 1-1
    │ ● 1-1-1
    ├─● 1-2
    ● 1-3
    ◆ Now

So a chain is one straight line however deep, siblings stand in their order, and the line to the
newest, where Now mostly is, is the trunk.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from tui.render.glyphs import Glyphs

Node = TypeVar("Node", bound=Hashable)


class Row(Struct, Generic[Node], frozen=True):
    """A node in its lane; `is_branch` where it turns off its parent's, `is_root` without one."""

    node: Node
    lane: int
    is_branch: bool
    is_root: bool

    def graph(self, sign: str, glyphs: Glyphs) -> str:
        """Draw the lanes of this row and the node's `sign` in its own."""
        passing = self.lane - 1 if self.is_branch else self.lane
        return glyphs.lane * passing + (glyphs.branch if self.is_branch else "") + sign


def rows(roots: Iterable[Node], children: Callable[[Node], Sequence[Node]]) -> Iterator[Row[Node]]:
    """Give the nodes of a forest top down; one that is met again is not drawn again."""
    seen: set[Node] = set()
    waiting = [Row(root, 0, is_branch=False, is_root=True) for root in roots][::-1]
    while waiting:
        row = waiting.pop()
        if row.node in seen:
            continue
        seen.add(row.node)
        yield row
        below = [child for child in children(row.node) if child not in seen]
        for child in below[-1:]:
            waiting.append(Row(child, row.lane, is_branch=False, is_root=False))
        for child in below[-2::-1]:
            waiting.append(Row(child, row.lane + 1, is_branch=True, is_root=False))
