"""The snapshot tree of a VM as lines: lanes, and what each snapshot holds."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence

from msgspec import Struct

from eventstore.ids import SnapshotId
from eventstore.moments import Moment
from projections.snapshot_tree import SnapshotNode, SnapshotTree
from tui.render import lanes
from tui.render.look import Look
from tui.render.style import Tone
from tui.render.tables import Cell, Line, table

_NOW = "now"
_FILES = -1
_MINUTES = len("2010-09-26 06:03")
_YEAR = len("2010-")
_DAY = len("2010-09-26")
_ROOMY = 44
"""In fewer cells it is not told when a snapshot was deleted."""
_NARROW = 64
"""In fewer cells a time goes without its year."""


class Deleted(Struct, frozen=True):
    """A snapshot that is no more: where it hung, when it was taken, and when deleted."""

    id: SnapshotId
    name: str
    parent: SnapshotId | None
    taken_at: Moment
    deleted_at: Moment


def tree_lines(tree: SnapshotTree, look: Look) -> list[str]:
    """Draw the tree: snapshots by the time they were taken, Now as the last leaf of its parent."""
    return [line for _, line in tree_rows(tree, look)]


def tree_rows(
    tree: SnapshotTree,
    look: Look,
    deleted: Sequence[Deleted] = (),
    *,
    with_disks: bool = True,
) -> list[tuple[str | None, str]]:
    """Draw the tree, each line with the snapshot, or `now`, that it tells of.

    `deleted` are drawn beside what stands, below the snapshot that they hung under.
    """
    rows = list(_rows(tree, look, deleted, with_disks=with_disks))
    drawn = table([line for _, line in rows], look, flexible=(_FILES, 0) if with_disks else (0,))
    return [
        *((None, line) for line in _heading(tree, look)),
        *((node, line) for (node, _), line in zip(rows, drawn, strict=True)),
        *((None, line) for line in _after(tree, look)),
    ]


def _heading(tree: SnapshotTree, look: Look) -> Iterator[str]:
    name = look.paint(look.text(tree.vm.name), "strong")
    count = len(tree.snapshots)
    state: str = tree.power or "power unknown"
    if tree.removed_at:
        state = f"removed {look.moment(tree.removed_at)}"
    snapshots = f"{count} snapshot{'' if count == 1 else 's'}"
    guid = look.brief_id(tree.vm.id) if look.width else tree.vm.id
    yield f"{name}  {state}, {snapshots}  {look.paint(guid, 'dim')}"


def _rows(
    tree: SnapshotTree, look: Look, deleted: Sequence[Deleted], *, with_disks: bool
) -> Iterator[tuple[str | None, Line]]:
    nodes: dict[str, SnapshotNode] = {node.id: node for node in tree.snapshots}
    gone = {each.id: each for each in deleted}
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    placed: list[SnapshotNode | Deleted] = [*tree.snapshots, *deleted]
    for one in sorted(placed, key=lambda each: each.taken_at):
        below[_parent(one.parent, {*nodes, *gone})].append(one.id)
    below[_parent(tree.now.parent, nodes)].append(_NOW)
    ordered = lanes.trunk_last(below, [_NOW])
    all_heads = [*(node.head_disks for node in tree.snapshots), tree.now.head_disks]
    shows_slots = any(len(heads) > 1 for heads in all_heads)
    circles = (node.id for node in tree.snapshots if node.is_in_circle)
    roots = [*ordered.get(None, ()), *circles]
    for index, row in enumerate(lanes.rows(roots, lambda node: ordered.get(node, ()))):
        if row.is_root and index:
            yield None, None
        if row.node in gone:
            sign = row.graph(look.glyphs.waiting, look.glyphs)
            one = gone[SnapshotId(row.node)]
            yield row.node, _deleted_cells(one, sign, look)
            continue
        under = row.below(look.glyphs, goes_on=bool(ordered.get(row.node)))
        if row.node == _NOW:
            told = _now_cells(tree, row.graph(look.glyphs.now, look.glyphs))
            disks = _disk_cells(tree.now.head_disks, look, "mark", shows_slots=shows_slots)
            if not tree.now.are_disks_known:
                disks = [(*disks[0][:-1], Cell("its disks are not known", "warn"))]
        else:
            node = nodes[row.node]
            told = _snapshot_cells(node, row.graph(look.glyphs.snapshot, look.glyphs), look)
            disks = _disk_cells(node.head_disks, look, "plain", shows_slots=shows_slots)
            if not node.are_disks_known and not node.head_disks:
                disks = [(*disks[0][:-1], Cell("its disks are not known", "warn"))]
        first, *others = disks
        yield row.node, (*told, *first) if with_disks else told
        for each in others if with_disks else ():
            yield row.node, (Cell(under), Cell(""), Cell(""), *each)


def _parent(parent: SnapshotId | None, nodes: Container[str]) -> str | None:
    """A parent that is not known itself leaves its children at the top."""
    return parent if parent in nodes else None


def _snapshot_cells(node: SnapshotNode, graph: str, look: Look) -> tuple[Cell, ...]:
    doubt = "" if node.is_parent_known else " (its parent is not known)"
    held = "with memory" if node.has_saved_state else "disks only"
    if node.is_in_circle:
        doubt = " (its parents lead back to it)"
    kind = "" if node.kind in {"", "standard"} else f" ({look.text(node.kind)})"
    return (
        Cell(f"{graph} {look.text(node.name)}{kind}{doubt}"),
        Cell(taken := look.moment(node.taken_at), "dim", brief=_brief(taken, look)),
        Cell(held, "dim", brief=held.removeprefix("with ").removesuffix(" only")),
    )


def _deleted_cells(one: Deleted, graph: str, look: Look) -> tuple[Cell, ...]:
    taken, deleted = look.moment(one.taken_at), look.moment(one.deleted_at)
    is_roomy = look.width is None or look.width >= _ROOMY
    return (
        Cell(f"{graph} {look.text(one.name)}", "dim"),
        Cell(taken, "dim", brief=_brief(taken, look)),
        Cell(
            f"deleted {deleted}",
            "dim",
            brief=f"deleted {deleted[_YEAR:_DAY]}" if is_roomy else "deleted",
        ),
    )


def _brief(time: str, look: Look) -> str:
    is_narrow = look.width is not None and look.width < _NARROW
    return time[_YEAR:_MINUTES] if is_narrow else time[:_MINUTES]


def _now_cells(tree: SnapshotTree, graph: str) -> tuple[Cell, ...]:
    alone = " (under no snapshot)" if tree.snapshots and tree.now.parent is None else ""
    if not tree.now.is_parent_known:
        alone = " (not known under which snapshot)"
    return Cell(f"{graph} Now{alone}", "mark"), Cell(""), Cell(tree.power or "", "mark")


def _disk_cells(
    heads: Mapping[str, str], look: Look, tone: Tone, *, shows_slots: bool
) -> list[tuple[Cell, ...]]:
    """Give the end of a line for each disk: its file, after its slot where some have several."""
    disks = [(Cell(slot, "dim"), Cell(look.brief(path), tone)) for slot, path in heads.items()]
    disks = disks or [(Cell(""), Cell("no disk", tone))]
    return [cells if shows_slots else cells[1:] for cells in disks]


def _after(tree: SnapshotTree, look: Look) -> Iterator[str]:
    for merge in tree.merging:
        yield look.paint(f"merging {look.file(merge.child)} into {look.file(merge.into)}", "warn")
    for odd in tree.contradictions:
        text = f"#{odd.position} contradicts: expected {odd.expected}, found {odd.found}"
        yield look.paint(look.text(text), "warn")
