"""Trees in lanes, as git draws them: deep chains stay narrow.

The last child goes on in its parent's lane, the ones before it branch off to the right, each with
all that hangs below it:

    ● 1
    ├─● 1-1
    │ ● 1-1-1
    ├─● 1-2
    ● 1-3
    ◆ Now

So a chain is one straight line however deep. Siblings stand in their order, but for the one that
leads to Now, which is put last: the trunk always leads to Now.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

from tui.render.glyphs import Glyphs

Node = TypeVar("Node", bound=Hashable)


def trunk_last(
    below: Mapping[Node | None, Sequence[Node]], ends: Iterable[Node]
) -> dict[Node | None, list[Node]]:
    """Give the children in `below` anew, those that lead to one of `ends` after the others."""
    parents = {child: parent for parent, children in below.items() for child in children}
    trunk: set[Node | None] = {None}
    for end in ends:
        node: Node | None = end
        while node not in trunk:
            trunk.add(node)
            node = parents.get(node) if node is not None else None
    return {parent: sorted(children, key=trunk.__contains__) for parent, children in below.items()}


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

    def below(self, glyphs: Glyphs, *, goes_on: bool) -> str:
        """Draw the lanes of a line under this row; its own is drawn where it `goes_on`."""
        return glyphs.lane * self.lane + (glyphs.lane.strip() if goes_on else " ")


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
