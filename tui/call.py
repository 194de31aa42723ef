"""One call of the program, as a command gets it."""

from argparse import Namespace
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from tui.output import Output
from tui.session import Session


class Exit(IntEnum):
    """What a command's end means to scripts."""

    FINE = 0
    FOUND = 1
    """Findings, violations or a damaged log."""
    USAGE = 2
    """Usage, bad input or a refused command."""
    UNFINISHED = 3
    """I/O, lock, unknown outcome."""


@dataclass
class Call:
    """What was asked (`words`), where the answer goes, and what it is asked of."""

    words: Namespace
    out: Output
    session: Session
    store: Path

    @property
    def wants_json(self) -> bool:
        return bool(self.words.json)
