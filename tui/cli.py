"""The command line: words in, an exit code out, and never a traceback for its users."""

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from importlib import import_module

from eventstore.errors import (
    BadInput,
    EvidenceError,
    LogDamaged,
    NotAStore,
    Refused,
    SnapledgerError,
)
from tui.call import Call, Exit
from tui.commands import COMMANDS, NAGIOS
from tui.options import parse
from tui.output import Output, encoding_of, look_for, sentences
from tui.render.plugin import PluginState, unknown_line
from tui.render.text import visible
from tui.session import Session
from tui.store_place import store_place
from tui.streams import open_streams
from tui.time_zone import time_zone


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; only Ctrl+C goes on to whoever called."""
    thresholds = gc.get_threshold()
    try:
        # What is read lives to the end: looking for circles in it took a quarter of the time.
        gc.set_threshold(100_000, 50, 100)
        open_streams()
        code = _code_of(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return Exit.FINE
    except Exception as error:  # noqa: BLE001 - the last stop before a user would see a traceback
        failed = _failed(error)
        return _failed_plugin(error) if NAGIOS in (argv or sys.argv[1:]) else failed
    finally:
        gc.set_threshold(*thresholds)
    return code


def _code_of(argv: Sequence[str]) -> int:
    try:
        return int(_run(argv))
    except SystemExit as left:  # argparse has printed its help or version
        return Exit.FINE if not left.code else Exit.USAGE


def _run(argv: Sequence[str]) -> Exit:
    words = parse(argv)
    zone = time_zone(words.tz, os.environ)
    look = look_for(sys.stdout, ascii_only=words.ascii, no_color=words.no_color, zone=zone)
    out = Output(sys.stdout, sys.stderr, look)
    store = store_place(words.store, os.environ)
    session = Session(store, at=words.at, known_at=words.known_at, zone=zone, tell=out.note)
    try:
        found = import_module(f"tui.commands.{words.command}").run(Call(words, out, session, store))
        out.flush()
        return Exit(found)
    except BrokenPipeError:
        if not COMMANDS[words.command].writes:
            raise
        _forget_stdout()
        raise SnapledgerError(
            f"{words.command} stopped: nobody reads its answer any more; what it stored stays"
        ) from None
    finally:
        session.close()
        out.flush()


def _failed(error: Exception) -> Exit:
    """Say in one sentence what went wrong, and give the exit code for it."""
    if os.environ.get("SNAPLEDGER_DEBUG"):
        traceback.print_exc()
    notes = "".join(f" ({note})" for note in getattr(error, "__notes__", ()))
    match error:
        case BadInput() | Refused() | NotAStore() | EvidenceError():
            code = Exit.USAGE
        case LogDamaged():
            code = Exit.FOUND
            notes += _after_damage(error)
        case SnapledgerError() | OSError():
            code = Exit.UNFINISHED
        case _:
            _say(
                f"snapledger: a fault of its own: {type(error).__name__}: {error}{notes}. "
                "Nothing more was done; SNAPLEDGER_DEBUG=1 shows where",
            )
            return Exit.UNFINISHED
    _say(f"snapledger: {error}{notes}")
    return code


def _failed_plugin(error: Exception) -> PluginState:
    """Tell monitoring that nobody could look: by its codes 2 would be CRITICAL."""
    with suppress(OSError):  # the exit code says it too
        look = look_for(sys.stdout, ascii_only=False, no_color=True, zone=UTC)
        Output(sys.stdout, sys.stderr, look).line(unknown_line(str(error), look))
        sys.stdout.flush()
    return PluginState.UNKNOWN


def _after_damage(damage: LogDamaged) -> str:
    """Say what to do about a damaged log."""
    before = damage.position - 1
    earlier = f" --at #{before} or less asks the entries before it." if before > 0 else ""
    return (
        f".{earlier} `snapledger verify` lists all that is wrong; "
        "put the whole store back from a copy to have the rest"
    )


def _say(text: str) -> None:
    encoding = encoding_of(sys.stderr)
    carried = visible(text).encode(encoding, "backslashreplace").decode(encoding)
    with suppress(OSError):  # the exit code says it too
        sys.stderr.write(sentences(carried, sys.stderr))


def _forget_stdout() -> None:
    """Let the interpreter flush into nothing at its end: nobody reads the answer any more."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nothing, sys.stdout.fileno())
    except (OSError, ValueError):
        pass  # a stand-in for stdout, which has no descriptor
    finally:
        os.close(nothing)
