"""Columns aligned by cells, so that Japanese names stand straight."""

from collections.abc import Sequence

from msgspec import Struct

from tui.render.look import Look
from tui.render.style import Tone
from tui.render.text import cells, clip_middle

GAP = "  "
FLEXIBLE_MIN = 12
"""A column narrower than this says nothing any more; then lines may wrap instead."""


class Cell(Struct, frozen=True):
    """One field of a table, already safe to show; `brief` says it where there is little room."""

    text: str
    tone: Tone = "plain"
    right: bool = False
    brief: str = ""


Line = Sequence[Cell] | None
"""A row of cells; None is an empty line."""


def table(lines: Sequence[Line], look: Look, *, flexible: Sequence[int] = ()) -> list[str]:
    """Lay out `lines`. What is too wide for a terminal is said briefly where a cell can.

    If that is not enough, the columns `flexible` are cut in their middle, the widest first.
    """
    widths = _widths(lines)
    if _excess(widths, look) > 0:
        lines = [line and [_brief(cell) for cell in line] for line in lines]
        widths = _widths(lines)
    while flexible and _excess(widths, look) > 0:
        widest = max(flexible, key=widths.__getitem__)
        if widths[widest] <= FLEXIBLE_MIN:
            break
        widths[widest] -= 1
    return ["" if line is None else _laid_out(line, widths, look) for line in lines]


def _widths(lines: Sequence[Line]) -> list[int]:
    full = [line for line in lines if line is not None]
    return [
        max(cells(line[index].text) for line in full if index < len(line))
        for index in range(max(map(len, full), default=0))
    ]


def _excess(widths: Sequence[int], look: Look) -> int:
    """Give by how many cells a line of these columns is wider than the terminal."""
    return 0 if look.width is None else sum(widths) + len(GAP) * (len(widths) - 1) - look.width


def _brief(cell: Cell) -> Cell:
    return Cell(cell.brief or cell.text, cell.tone, cell.right)


def _laid_out(line: Sequence[Cell], widths: Sequence[int], look: Look) -> str:
    fields = []
    for cell, width in zip(line, widths, strict=False):
        text = clip_middle(cell.text, width, look.glyphs.more)
        space = " " * (width - cells(text))
        painted = look.paint(text, cell.tone)
        fields.append(space + painted if cell.right else painted + space)
    return GAP.join(fields).rstrip()
