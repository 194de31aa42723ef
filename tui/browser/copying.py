"""What can be copied of where one stands, the command that says the same among it."""

import shlex
from collections.abc import Iterator

from tui.browser.moment import Cursor
from tui.commands.log import stored_line
from tui.render.look import Look


def copyable(cursor: Cursor, look: Look) -> Iterator[tuple[str, str]]:
    """Give texts safe to paste, each with a word for it."""
    row, vm = cursor.row, cursor.place.vm
    if row is None:
        return
    instant = cursor.instant()
    known = f" --known-at {instant.known}" if instant.known is not None else ""
    yield "sentence", look.text(row.text)
    yield "time", instant.at
    yield "position", f"#{row.position}"
    if vm is not None:
        yield "GUID", vm
        yield "command", f"snapledger tree {shlex.quote(vm)} --at {instant.at}{known}"
    yield "JSON", stored_line(cursor.journey.entry(row.position)).decode().rstrip("\n")
