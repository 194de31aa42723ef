"""Colour, where a terminal wants it; it repeats what a word says and never says more."""

import ctypes
import os
import sys
from collections.abc import Mapping
from typing import Literal, TextIO

Tone = Literal["plain", "strong", "dim", "good", "warn", "bad", "mark"]

CODES: Mapping[Tone, str] = {
    "strong": "1",
    "dim": "90",
    "good": "32",
    "warn": "33",
    "bad": "31",
    "mark": "36",
}


def paint(text: str, tone: Tone) -> str:
    """Wrap `text` in the codes of `tone`."""
    code = CODES.get(tone)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def wants_colour(stream: TextIO, *, no_color: bool, environment: Mapping[str, str]) -> bool:
    """Tell whether to colour `stream`: a terminal, and nobody said no.

    `NO_COLOR` counts when it is not empty (no-color.org), `FORCE_COLOR` when it is not empty or 0.
    """
    if no_color or environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    is_terminal = stream.isatty() and environment.get("TERM") != "dumb"
    return is_terminal and _understands_codes()


if sys.platform == "win32":

    def _understands_codes() -> bool:
        """Switch on escape codes in a console that has them off."""
        if os.environ.get("WT_SESSION"):
            return True
        kernel = ctypes.windll.kernel32
        console = kernel.GetStdHandle(-11)
        mode = ctypes.c_ulong()
        if not kernel.GetConsoleMode(console, ctypes.byref(mode)):
            return False
        processing = 0x0004  # ENABLE_VIRTUAL_TERMINAL_PROCESSING
        return bool(kernel.SetConsoleMode(console, mode.value | processing))

else:

    def _understands_codes() -> bool:
        return True
