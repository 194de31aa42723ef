"""The standard streams, of which whoever starts the program may have closed any."""

import io
import os
import sys

from eventstore.errors import SnapledgerError


def open_streams() -> None:
    """Let what the streams cannot carry be written out, and put stand-ins for closed ones.

    A stand-in takes the stream's number too: the next file to be opened would get it, and what
    is meant for the terminal would go into the log. An input that is closed stays told as None.
    """
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)
    is_stdout_closed = sys.stdout is None
    if is_stdout_closed:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if is_stdout_closed:
        raise SnapledgerError("standard output is closed: nothing was done, as nobody would see it")


def _nowhere() -> io.TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - stays open to the end
