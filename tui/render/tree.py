"""The snapshot tree of a VM as lines: lanes, and what each snapshot holds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from eventstore.ids import SnapshotId
from projections.snapshot_tree import SnapshotNode, SnapshotTree
from tui.render import lanes
from tui.render.look import Look
from tui.render.tables import Cell, Line, table

_NOW = "now"


def tree_lines(tree: SnapshotTree, look: Look) -> list[str]:
    """Draw the tree: snapshots by the time they were taken, Now as the last leaf of its parent."""
    return [
        *_heading(tree, look),
        *table(list(_rows(tree, look)), look, flexible=3),
        *_after(tree, look),
    ]


def _heading(tree: SnapshotTree, look: Look) -> Iterator[str]:
    name = look.paint(look.text(tree.vm.name), "strong")
    count = len(tree.snapshots)
    state: str = tree.power or "power unknown"
    if tree.removed_at:
        state = f"removed {look.moment(tree.removed_at)}"
    snapshots = f"{count} snapshot{'' if count == 1 else 's'}"
    yield f"{name}  {state}, {snapshots}  {look.paint(tree.vm.id, 'dim')}"


def _rows(tree: SnapshotTree, look: Look) -> Iterator[Line]:
    nodes: dict[str, SnapshotNode] = {node.id: node for node in tree.snapshots}
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    for node in tree.snapshots:
        below[_parent(node.parent, nodes)].append(node.id)
    below[_parent(tree.now.parent, nodes)].append(_NOW)
    is_first = True
    ordered = lanes.trunk_last(below, [_NOW])
    for row in lanes.rows(ordered[None], lambda node: ordered.get(node, ())):
        if row.is_root and not is_first:
            yield None
        is_first = False
        if row.node == _NOW:
            yield _now_row(tree, row.graph(look.glyphs.now, look.glyphs), look)
        else:
            graph = row.graph(look.glyphs.snapshot, look.glyphs)
            yield _snapshot_row(nodes[row.node], graph, look)


def _parent(parent: SnapshotId | None, nodes: dict[str, SnapshotNode]) -> str | None:
    """A parent that is not known itself leaves its children at the top."""
    return parent if parent in nodes else None


def _snapshot_row(node: SnapshotNode, graph: str, look: Look) -> Line:
    doubt = "" if node.is_parent_known else " (its parent is not known)"
    return (
        Cell(f"{graph} {look.text(node.name)}{doubt}"),
        Cell(look.moment(node.taken_at), "dim"),
        Cell("with memory" if node.has_saved_state else "disks only", "dim"),
        Cell(_files(node.head_disks.values(), look)),
    )


def _now_row(tree: SnapshotTree, graph: str, look: Look) -> Line:
    alone = " (under no snapshot)" if tree.snapshots and tree.now.parent is None else ""
    return (
        Cell(f"{graph} Now{alone}", "mark"),
        Cell(""),
        Cell(tree.power or "", "mark"),
        Cell(_files(tree.now.head_disks.values(), look), "mark"),
    )


def _files(paths: Iterable[str], look: Look) -> str:
    return ", ".join(look.brief(path) for path in paths) or "no disk"


def _after(tree: SnapshotTree, look: Look) -> Iterator[str]:
    for merge in tree.merging:
        yield look.paint(f"merging {look.file(merge.child)} into {look.file(merge.into)}", "warn")
    for odd in tree.contradictions:
        text = f"#{odd.position} contradicts: expected {odd.expected}, found {odd.found}"
        yield look.paint(look.text(text), "warn")
