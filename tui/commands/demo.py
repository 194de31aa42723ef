"""Tell what snapshots do to disks, on files really written into a temporary folder.

First the story of the article, then the riddle of its comments; after each step the snapshot tree
beside the disk chain, and what there is to say about the files. At the end the files are read
back, as evidence from a strange machine would be, and must tell the same story.
"""

import re
import textwrap
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from eventstore.errors import BadInput, Refused
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.simulate.player import Player
from eventstore.simulate.scenario import read_scenario
from projections.as_of import EVERYTHING
from projections.disk_chain import ChainRow, chain_of_vm, whole_chain
from projections.findings import findings_of_vm
from projections.snapshot_tree import tree_of
from tui.call import Call, Exit
from tui.demo_store import BY, begun_store
from tui.demo_story import SCENES, Scene
from tui.knowledge import Knowledge
from tui.recording import Evidence, record
from tui.render.chain import chain_lines
from tui.render.findings import findings_lines
from tui.render.labels import Labels
from tui.render.tree import tree_lines
from tui.sources import InLog
from tui.telling import Teller
from tui.writing import WrittenHost

_WIDTH = 78
_CHOSEN = re.compile(r' as="[^"]*"=\S+')
"""What a line says of file names: the sentence below it says it again."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--keep", metavar="DIR", help="a new folder for store and files, kept")


def run(call: Call) -> Exit:
    if call.wants_json:
        raise BadInput("demo is a story and has no JSON; `demo --keep DIR` leaves a store to ask")
    with _folder(call.words.keep) as folder:
        call.out.line(f"Everything below happens in {call.out.look.text(str(folder))}", "dim")
        log = begun_store(folder)
        player = Player(log, "demo", BY)
        stage = _Stage(call, log, player, WrittenHost(folder / "host", player.host.fleet))
        for number, scene in enumerate(SCENES, start=1):
            stage.play(number, scene)
        is_same = _read_back(call, folder, stage.known())
        if call.words.keep:
            where = call.out.look.text(str(folder))
            call.out.line(f"Kept: {where}/host has the files, --store {where}/store the history.")
            call.out.line(f"Try: snapledger --store {where}/store chain riddle")
    if not call.words.keep:
        call.out.line(
            "The temporary folder is gone; `snapledger demo --keep DIR` keeps it. Then try:"
        )
        call.out.line("  snapledger --store DIR/store chain riddle")
    return Exit.FINE if is_same else Exit.FOUND


class _Stage:
    """Plays scenes, and shows after each where it led."""

    def __init__(self, call: Call, log: EmbeddedLog, player: Player, written: WrittenHost) -> None:
        self._call = call
        self._out = call.out
        self._log = log
        self._player = player
        self._written = written
        self._teller = Teller(player.host.fleet, call.out.look)

    def known(self) -> Knowledge:
        return Knowledge(InLog(self._log, EVERYTHING))

    def play(self, number: int, scene: Scene) -> None:
        look = self._out.look
        self._out.line()
        self._out.line(
            f"{look.glyphs.rule * 2} {number}. {scene.title} ".ljust(_WIDTH, look.glyphs.rule),
            "strong",
        )
        self._out.lines(textwrap.wrap(scene.about, _WIDTH))
        self._out.line()
        for text in filter(None, scene.lines.splitlines()):
            self._line(text)
        if scene.refused:
            self._refused(scene.refused)
        self._show(scene)

    def _line(self, text: str) -> None:
        self._out.line(f"> {_CHOSEN.sub('', text)}", "mark")
        for line in read_scenario([text.encode()], "demo"):
            if played := self._player.play(line):
                for position, event in enumerate(played.events, start=played.first):
                    self._out.line(self._teller.told(played.stream, event, position, played.when))
                for problem in self._written.follow(played, self._player.host.fleet):
                    self._out.note(problem)

    def _refused(self, text: str) -> None:
        try:
            self._line(text)
        except Refused as refused:
            reason = self._out.look.text(str(refused.__cause__))
            self._out.line(f"refused: {reason}", "warn")

    def _show(self, scene: Scene) -> None:
        known, out = self.known(), self._out
        machine = known.vm(scene.vm)
        out.line()
        out.lines(tree_lines(tree_of(machine), out.look))
        out.line()
        disks = chain_of_vm(known.fleet, machine.id)
        out.lines(chain_lines(disks, Labels(known.fleet, out.look), out.look, vm=machine.id))
        if findings := findings_of_vm(known.findings, known.graph, machine.id):
            out.line()
            out.lines(findings_lines(findings, out.look))


def _read_back(call: Call, folder: Path, told: Knowledge) -> bool:
    """Record the written files into an empty store, and hold its answer against the history."""
    out = call.out
    out.line()
    out.line("The same files, read by somebody who knows nothing of their history:", "strong")
    log = open_store(folder / "evidence", create=True)
    evidence = Evidence(folder / "host", (), "demo", "snapledger demo")
    recorded = record(log, evidence, out)
    seen = Knowledge(InLog(log, EVERYTHING))
    history, headers = (_compared(whole_chain(known.fleet)) for known in (told, seen))
    out.line(
        f"{len(recorded.reading.disks)} disks and {len(recorded.reading.configurations)} "
        f"configurations were read, {recorded.events} events stored."
    )
    if history == headers:
        out.line(f"History and headers agree on {len(history)} files: parents and roles.", "good")
        return True
    for path in sorted(history.keys() | headers.keys()):
        if history.get(path) != headers.get(path):
            out.line(f"{path}: history {history.get(path)}, headers {headers.get(path)}", "bad")
    return False


def _compared(rows: tuple[ChainRow, ...]) -> dict[str, tuple[str | None, str]]:
    return {
        row.path.upper(): (row.parent.upper() if row.parent else None, row.role) for row in rows
    }


@contextmanager
def _folder(kept: str | None) -> Iterator[Path]:
    if kept is None:
        with TemporaryDirectory(prefix="snapledger-demo-") as temporary:
            yield Path(temporary)
        return
    folder = Path(kept)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"--keep {kept}: expected a new or empty folder")
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
