"""Where answers go: stdout carries the answer and nothing else, stderr everything else."""

import io
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import tzinfo
from typing import TextIO

import msgspec

from projections.shapes import LastCounted
from tui.render.glyphs import glyphs_for
from tui.render.look import Look
from tui.render.style import Tone, wants_colour
from tui.render.text import wrapped

_UTF8_NAMES = frozenset({"utf-8", "utf8", "utf_8", "cp65001"})


class Output:
    """Prints one answer, as text or as JSON."""

    def __init__(self, stdout: TextIO, stderr: TextIO, look: Look) -> None:
        self.look = look
        self._stdout = stdout
        self._stderr = stderr
        self._is_progress_shown = False

    def lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.line(line)

    def line(self, line: str = "", tone: Tone = "plain") -> None:
        """Print a line; what the stream cannot carry is written out, never an error."""
        text = self.look.paint(line, tone) + "\n"
        self._clear_progress()
        self._stdout.write(_carried(text, self.look.encoding))

    def as_of(self, last: LastCounted | None) -> None:
        """Say on which entry an answer rests."""
        if last is not None:
            text = f"as of entry #{last.position}, {self.look.moment(last.occurred_at)}"
            self.line()
            self.line(text, "dim")

    def json(self, answer: object) -> None:
        """Print an answer as one line of JSON."""
        self.raw(msgspec.json.encode(answer) + b"\n")

    def raw(self, line: bytes) -> None:
        """Print a line of JSON as it is; a stream without UTF-8 gets its non-ASCII escaped."""
        text = line.decode()
        if self.look.encoding.lower() not in _UTF8_NAMES:
            text = "".join(char if char.isascii() else _escaped(char) for char in text)
        self._clear_progress()
        self._stdout.write(text)

    def note(self, text: str) -> None:
        """Tell something that is no part of the answer; not to be heard is no failure."""
        self._clear_progress()
        self._tell(sentences(self.look.told(text), self._stderr))

    def progress(self, text: str) -> None:
        """Show how far long work has come, on a terminal only; the next one replaces it."""
        if self._stderr.isatty():
            self._clear_progress()
            self._tell(text)
            self._is_progress_shown = True

    def flush(self) -> None:
        self._clear_progress()
        self._stdout.flush()

    def _clear_progress(self) -> None:
        """Clear it before anything else is said: both streams mostly end on one terminal."""
        if self._is_progress_shown:
            self._tell("\r\x1b[K")
            self._is_progress_shown = False

    def _tell(self, text: str) -> None:
        with suppress(OSError):
            self._stderr.write(_carried(text, encoding_of(self._stderr)))
            self._stderr.flush()


def look_for(
    stdout: TextIO,
    *,
    ascii_only: bool,
    no_color: bool,
    zone: tzinfo,
    environment: Mapping[str, str] = os.environ,
) -> Look:
    """Find out what `stdout` can show."""
    encoding = encoding_of(stdout)
    return Look(
        glyphs=glyphs_for(encoding, ascii_only=ascii_only),
        has_colour=wants_colour(stdout, no_color=no_color, environment=environment),
        encoding=encoding,
        width=shutil.get_terminal_size().columns if stdout.isatty() else None,
        zone=zone,
    )


def sentences(text: str, stream: TextIO) -> str:
    """Give `text`, safe to show already, as lines of the terminal that `stream` may be."""
    width = shutil.get_terminal_size().columns if stream.isatty() else None
    return "\n".join(wrapped(text, width)) + "\n"


def encoding_of(stream: TextIO) -> str:
    """Give the encoding of `stream`; one that keeps text as text carries everything."""
    return stream.encoding or "utf-8" if isinstance(stream, io.TextIOWrapper) else "utf-8"


def _carried(text: str, encoding: str) -> str:
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
