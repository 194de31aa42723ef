"""Columns aligned by cells, so that Japanese names stand straight."""

from collections.abc import Sequence

from msgspec import Struct

from tui.render.look import Look
from tui.render.style import Tone
from tui.render.text import cells, clip_middle

GAP = "  "
FLEXIBLE_MIN = 16
"""A column narrower than this says nothing any more; then lines may wrap instead."""


class Cell(Struct, frozen=True):
    """One field of a table, already safe to show."""

    text: str
    tone: Tone = "plain"
    right: bool = False


Line = Sequence[Cell] | None
"""A row of cells; None is an empty line."""


def table(lines: Sequence[Line], look: Look, *, flexible: int | None = None) -> list[str]:
    """Lay out `lines`; on a terminal too narrow the column `flexible` is cut in its middle."""
    full = [line for line in lines if line is not None]
    count = max((len(line) for line in full), default=0)
    widths = [
        max((cells(line[index].text) for line in full if index < len(line)), default=0)
        for index in range(count)
    ]
    if flexible is not None and look.width is not None and flexible < count:
        excess = sum(widths) + len(GAP) * (count - 1) - look.width
        widths[flexible] = max(
            widths[flexible] - max(excess, 0), min(widths[flexible], FLEXIBLE_MIN)
        )
    return ["" if line is None else _laid_out(line, widths, look) for line in lines]


def _laid_out(line: Sequence[Cell], widths: Sequence[int], look: Look) -> str:
    fields = []
    for cell, width in zip(line, widths, strict=False):
        text = clip_middle(cell.text, width, look.glyphs.more)
        space = " " * (width - cells(text))
        painted = look.paint(text, cell.tone)
        fields.append(space + painted if cell.right else painted + space)
    return GAP.join(fields).rstrip()
