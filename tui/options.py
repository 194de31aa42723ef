"""The words of the command line, and the help that a newcomer reads."""

import re
from argparse import SUPPRESS, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from itertools import groupby
from typing import NoReturn

from eventstore.errors import BadInput
from tui.commands import COMMANDS
from tui.render.text import wrapped
from tui.user import program_version

_AGO = re.compile(r"-\d+[smhdw]")
_MARK = "\0"
_INVALID_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from", re.DOTALL)

_DASHED = "; a name that begins with a dash goes after `--`"
_ABOUT = """\
Snapledger is the flight recorder of Hyper-V snapshots: every take, apply, delete and merge is
kept as an event, and of every AVHD file it says who needs it, why it exists, and what will
happen to it next. It reads evidence and never changes it; advice is printed, never run.
"""
_EXAMPLES = """\
to begin:
  snapledger demo                        the whole idea in a minute
  snapledger record D:\\VMs               read what stands in a folder
  snapledger orphans D:\\VMs              what is wrong there, and why
  snapledger tree web01 --at -2d         the snapshots as they were two days ago

`snapledger COMMAND --help` says more about each. A name that begins with a dash goes after `--`:
  snapledger forecast web01 delete -- --odd
exit codes: 0 fine, 1 something was found, 2 bad input or refused, 3 could not finish
"""


class _Words(Namespace):
    """What was read, without the marks."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, list):
            value = [str(each).removeprefix(_MARK) for each in value]
        elif isinstance(value, str):
            value = value.removeprefix(_MARK)
        super().__setattr__(name, value)


class Help(RawDescriptionHelpFormatter):
    """Sentences as wide as the terminal is; lines that stand further in stay as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines: list[str] = []
        for is_sentence, found in groupby(text.splitlines(), lambda line: line[:1].strip() != ""):
            group = list(found)
            lines.extend(wrapped(" ".join(group), width) if is_sentence else group)
        return "".join(f"{indent}{line}\n" for line in lines)


class Parser(ArgumentParser):
    """Raises BadInput where argparse would print and leave."""

    def error(self, message: str) -> NoReturn:
        if found := _INVALID_CHOICE.search(message):
            close = get_close_matches(found[1], COMMANDS, n=1)
            hint = (
                f"; did you mean '{close[0]}'?" if close else f"; there are: {', '.join(COMMANDS)}"
            )
            raise BadInput(f"'{found[1]}' is no command{hint}")
        hint = _DASHED if "unrecognized arguments: -" in message else ""
        raise BadInput(f"{message}{hint}; `{self.prog} --help` says more".replace(_MARK, ""))


def parse(argv: Sequence[str]) -> Namespace:
    """Read the words; BadInput when they cannot be understood, SystemExit after help."""
    words = parser(argv).parse_args([_marked(word) for word in argv], _Words())
    for option in ("at", "known_at"):
        if getattr(words, option) is not None and not COMMANDS[words.command].reads_time:
            raise BadInput(f"{words.command} takes no --{option.replace('_', '-')}")
    return words


def parser(argv: Sequence[str]) -> Parser:
    """Give the parser for the commands that `argv` may call; others are only named in it."""
    top = Parser(
        prog="snapledger",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=Help,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"snapledger {program_version()}")
    _add_common(top, is_top=True)
    commands = top.add_subparsers(
        dest="command", metavar="COMMAND", required=True, title="commands"
    )
    for name, entry in COMMANDS.items():
        below = commands.add_parser(
            name,
            help=entry.help,
            formatter_class=Help,
            allow_abbrev=False,
        )
        if name in argv:
            module = import_module(f"tui.commands.{name}")
            below.description = module.__doc__
            module.add_arguments(below)
            _add_common(below, is_top=False, reads_time=entry.reads_time)
    return top


def _add_common(to: ArgumentParser, *, is_top: bool, reads_time: bool = True) -> None:
    """Add what every command knows; it may stand before the command or after it."""
    group = to.add_argument_group("options of every command") if not is_top else to

    def unset(value: object) -> object:
        return value if is_top else SUPPRESS

    group.add_argument(
        "--store",
        metavar="DIR",
        default=unset(None),
        help="the store (else $SNAPLEDGER_STORE, else the user's data folder)",
    )
    if reads_time:
        group.add_argument(
            "--at",
            metavar="TIME|N",
            default=unset(None),
            help="as of a time (2010-09-26T15:03:00+09:00, -2h, -3d), or as the log was at entry N",
        )
        group.add_argument(
            "--known-at",
            metavar="N|TIME",
            default=unset(None),
            help="with --at TIME: by what was known when entry N was the newest, or at TIME",
        )
    group.add_argument(
        "--tz",
        metavar="ZONE",
        default=unset(None),
        help="zone of times without offset and of all times shown: UTC, local, +09:00, Asia/Tokyo "
        "(else $SNAPLEDGER_TZ, else UTC)",
    )
    group.add_argument(
        "--json", action="store_true", default=unset(False), help="answer in JSON, for scripts"
    )
    group.add_argument(
        "--ascii", action="store_true", default=unset(False), help="draw with ASCII signs only"
    )
    group.add_argument(
        "--no-color", action="store_true", default=unset(False), help="no colours (NO_COLOR too)"
    )


def _marked(word: str) -> str:
    """Keep `-2h` from being taken for an option, by a mark that no word can have."""
    return f"{_MARK}{word}" if _AGO.fullmatch(word) else word
