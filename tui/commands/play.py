r"""Play a scenario, line by line: a simulated Hyper-V host obeys it and every event is stored.

A line that is impossible, or cannot be understood, stops the run with file, line and reason;
nothing of it is stored, the lines before it stay. `-` reads the lines from standard input.
What it stores is simulated history: give it a `--store` of its own, apart from what you record.
Into the usual store, which nobody named, it is refused once that holds recorded evidence.

    vm web01 C:\VMs\web01.vhd
    start web01
    take web01 "before the update"
    delete web01 "before the update"
    shutdown web01
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from eventstore.errors import BadInput, LogError, Refused, SnapledgerError
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.simulate.grammar import SHAPES, usage
from eventstore.simulate.player import Played, Player
from eventstore.simulate.scenario import Line, read_scenario
from projections.states import Everything
from tui.call import Call, Exit
from tui.store_place import is_chosen
from tui.telling import Teller
from tui.user import by_this_user
from tui.writing import WrittenHost

_LINES = r"""
lines of a scenario ([what may be left out], # begins a comment, "words with spaces" in quotes):
{}

  at           moves the clock; else every line comes a minute after the last
  policy=      when merges run: offline (2008, 2008 R2) at the next stop,
               live (2012 and later) at once, and only live knows VHDX;
               without it offline
  merge-on-save=no   a save does not count as a stop
  id=          the GUID that it shall have
  as=          the file that it shall write to from then on:
               as="IDE 0:0=C:\VMs\x.avhd"
"""


class Summary(Struct, frozen=True):
    """What a run stored; `positions` are the first and the last, None when it stored nothing."""

    lines: int
    events: int
    positions: tuple[int, int] | None


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE|-", help="the scenario, UTF-8; - is standard input")
    parser.add_argument(
        "--write-disks",
        metavar="DIR",
        help="make the real disk, configuration and saved-state files in this folder",
    )
    parser.epilog = _LINES.format("\n".join(f"  {usage(verb)}" for verb in SHAPES))


def run(call: Call) -> Exit:
    file, folder = call.words.file, call.words.write_disks
    name = "standard input" if file == "-" else file
    with _opened(file) as lines:
        log = call.session.log_to_write()
        player = Player(log, name, by_this_user())
        player.catch_up()
        if player.host.fleet.folders and not is_chosen(call.words.store, os.environ):
            raise BadInput(
                f"{call.store} holds what was recorded of a real host; simulated history would "
                "mix with it. Name a store for it: snapledger --store DIR play "
                f"{call.out.look.text(name if file != '-' else '-')}"
            )
        written = WrittenHost(Path(folder), player.host.fleet) if folder is not None else None
        teller = Teller(player.host.fleet, call.out.look)
        done: list[Played] = []
        for line, played in play_all(player, read_scenario(lines, name)):
            done.append(played)
            if not call.wants_json:
                tell(call, teller, played)
            if written:
                for problem in written.follow(played, player.host.fleet):
                    call.out.note(f"{name}:{line.number}: {problem}")
    keep_keyframes(log, Everything)
    if written:
        call.out.note(f"the files stand in {folder}; `snapledger record {folder}` reads them")
    if call.wants_json:
        events = sum(len(played.events) for played in done)
        positions = (done[0].first, done[-1].last) if done else None
        call.out.json(Summary(len(done), events, positions))
    return Exit.FINE


def play_line(player: Player, line: Line) -> Played | None:
    """Play one line; an error of the log says which line it stopped."""
    try:
        return player.play(line)
    except LogError as error:
        error.add_note(f"at {player.name}:{line.number}; the lines before it are stored")
        raise


def play_all(player: Player, lines: Iterable[Line]) -> Iterator[tuple[Line, Played]]:
    """Play line by line; an error in a later one says that what came before stays."""
    is_begun = False
    try:
        for line in lines:
            if played := play_line(player, line):
                is_begun = True
                yield line, played
    except (BadInput, Refused) as error:
        if is_begun:
            error.add_note(
                "the lines before it are stored: go on with the rest, or play all into a new store"
            )
        raise


def tell(call: Call, teller: Teller, played: Played) -> None:
    """Print a sentence for each event of a line."""
    for position, event in enumerate(played.events, start=played.first):
        call.out.line(teller.told(played.stream, event, position, played.when))


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin is None:
            raise SnapledgerError("standard input is closed: there is no scenario to read")
        yield sys.stdin.buffer
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - only opening it is bad input
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror or error}") from None
    with opened:
        yield opened
