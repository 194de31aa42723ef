"""Lines that were painted for a terminal, as strips in the theme's colours.

The same functions draw for the command line and for the browser; they paint with the codes of
`render/style.py`. Foreign text was made visible before, so every escape code in a line is ours.
"""

import re
from collections.abc import Mapping

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.render.style import CODES, Tone

_CODE = re.compile(r"\x1b\[([0-9]+)m")
_TONES: Mapping[str, Tone] = {code: tone for tone, code in CODES.items()}


def strip_of(line: str, styles: Mapping[Tone, Style], width: int) -> Strip:
    """Give a painted line as a strip of exactly `width` cells."""
    segments = []
    tone: Tone = "plain"
    for index, part in enumerate(_CODE.split(line)):
        if index % 2:
            tone = _TONES.get(part, "plain")
        elif part:
            segments.append(Segment(part, styles[tone]))
    return Strip(segments).adjust_cell_length(width, styles["plain"])
