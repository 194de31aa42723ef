"""Disk chains as lines: every file under its parent, its role, and who needs it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from eventstore.ids import VmId
from eventstore.paths import PathKey, folder_of, path_key
from projections.disk_chain import ChainRow
from projections.roles import Role
from tui.render import lanes
from tui.render.labels import Labels
from tui.render.look import Look
from tui.render.style import Tone
from tui.render.tables import Cell, table

ROLES: Mapping[Role, tuple[str, Tone]] = {
    "missing": ("missing", "bad"),
    "unknown": ("unknown", "warn"),
    "orphan": ("orphan", "bad"),
    "held_base": ("held base", "warn"),
    "hidden_trunk": ("hidden trunk", "warn"),
    "pending": ("pending merge", "warn"),
    "base": ("base", "plain"),
    "in_tree": ("in the tree", "good"),
}


def chain_lines(
    disks: Sequence[ChainRow],
    labels: Labels,
    look: Look,
    *,
    vm: VmId | None = None,
    with_folders: bool = True,
) -> list[str]:
    """Draw the files, oldest first; `vm` is the one whose references go without its name.

    Without `with_folders` files of several folders go by their names alone.
    """
    if not disks:
        return ["no disk is known here"]
    folders = {path_key(folder_of(disk.path)): folder_of(disk.path) for disk in disks}
    heading = []
    if len(folders) == 1:
        heading = [look.paint(f"in {look.text(next(iter(folders.values())))}", "dim")]
    shows_slots = len({disk.slot for disk in disks}) > 1
    rows = [
        line if line is None or shows_slots else line[:2] + line[3:]
        for line in _rows(disks, labels, look, vm, in_full=with_folders and len(folders) > 1)
    ]
    return [*heading, *table(rows, look, flexible=(0, -1))]


def _rows(
    disks: Sequence[ChainRow], labels: Labels, look: Look, vm: VmId | None, *, in_full: bool
) -> Iterator[tuple[Cell, ...] | None]:
    known = {path_key(disk.path): disk for disk in disks}
    is_mixed = vm is None and len({disk.vm for disk in disks if disk.vm}) > 1
    for index, row in enumerate(_drawn(known)):
        if row.is_root and index:
            yield None
        disk = known[row.node]
        sign, tone = _sign(disk, look)
        word, role_tone = ROLES[disk.role]
        name = look.text(disk.path) if in_full else look.brief(disk.path)
        drawn = f"{row.graph(sign, look.glyphs)} {name}"
        yield (
            Cell(drawn, tone, brief=look.brief_id(drawn)),
            Cell(word, role_tone),
            Cell(disk.slot or "", "dim"),
            Cell(_needed_by(disk, labels, look, vm, is_mixed=is_mixed)),
        )


def _drawn(known: Mapping[PathKey, ChainRow]) -> list[lanes.Row[PathKey]]:
    """Put the files into lanes; where links run in a circle, from the oldest file on."""
    below: defaultdict[PathKey | None, list[PathKey]] = defaultdict(list)
    for key, disk in known.items():
        parent = path_key(disk.parent) if disk.parent else None
        below[parent if parent in known else None].append(key)
    nows = [key for key, disk in known.items() if _is_written(disk)]
    ordered = lanes.trunk_last(below, nows)
    drawn = list(lanes.rows(ordered.get(None, ()), lambda key: ordered.get(key, ())))
    left = known.keys() - {row.node for row in drawn}
    circles = [key for key in known if key in left]
    return [*drawn, *lanes.rows(circles, lambda key: ordered.get(key, ()))]


def _is_written(disk: ChainRow) -> bool:
    """Tell whether the Now of any VM refers to it."""
    return any(each.rpartition("/")[2] == "now" for each in disk.referenced_by)


def _sign(disk: ChainRow, look: Look) -> tuple[str, Tone]:
    """Choose a sign; the role's word beside it says the same."""
    glyphs = look.glyphs
    match disk.role:
        case "missing":
            return glyphs.missing, "bad"
        case "orphan" | "unknown":
            return glyphs.question, "bad" if disk.role == "orphan" else "warn"
        case "held_base" | "hidden_trunk" | "pending":
            return glyphs.waiting, "warn"
        case _:
            return (
                (glyphs.active, "mark") if "now" in disk.referenced_by else (glyphs.disk, "plain")
            )


def _references(disk: ChainRow, *, is_mixed: bool) -> Iterator[str]:
    """Give who refers to a file; among the files of several VMs each says of which it is."""
    for each in disk.referenced_by:
        yield f"{disk.vm.id}/{each}" if is_mixed and disk.vm and "/" not in each else each


def _needed_by(
    disk: ChainRow, labels: Labels, look: Look, vm: VmId | None, *, is_mixed: bool
) -> str:
    users = ", ".join(labels.holder(each, vm) for each in _references(disk, is_mixed=is_mixed))
    if users:
        return f"{look.glyphs.back} {users}"
    if disk.role == "pending" and disk.children:
        return f"takes in {look.brief(disk.children[0])}"
    count = len(disk.children)
    return f"{count} file{'' if count == 1 else 's'} below" if count else ""
