r"""A scenario played: into a log of its own, onto real files, into the truth, and then recorded.

Lines are those of `snapledger play`. A name without a folder stands in `C:\VMs`, and
`take web01 S1 -> L1.avhd` names the file that Now writes to from then on. What follows a `!` the
host's history never hears of; `README.md` lists these lines.
"""

import io
import re
from collections.abc import Iterable
from pathlib import Path

from eventstore.errors import BadInput, SnapledgerError
from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.path_map import PathMap, path_map
from eventstore.find import find_vm
from eventstore.fleet import Fleet
from eventstore.known import known_from
from eventstore.moments import Moment, later
from eventstore.observe import Observer, observe
from eventstore.paths import PathKey
from eventstore.simulate.player import By, Player
from eventstore.simulate.scenario import read_scenario
from eventstore.simulate.windows_folder import WindowsFolder
from eventstore.simulate.words import words
from tests.catalogue.accidents import Accidents
from tests.catalogue.world import Truth, World
from tests.contract.in_memory import InMemoryLog
from tui.writing import WrittenHost

HOST = "HV01"
SLOTS = ("IDE 0:0", "IDE 0:1")
START = Moment("2010-09-26T06:00:00.000000Z")
_BARE = re.compile(r"(?<=[ \"])([\w$~.-]+\.(?:a?vhdx?|vhds|iso|rct|mrt))(?![\w.])", re.IGNORECASE)
_BECOMES = re.compile(r"->\s*(.+)$")


class Diverged(SnapledgerError):
    """The simulated host said that it did something which its files did not allow."""


class Stage:
    """Plays line by line; `history` knows what was played, and both logs what was recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = InMemoryLog([])
        self.evidence = InMemoryLog([])
        self.world = World()
        self.reading: FolderReading | None = None
        self._player = Player(self.history, "catalogue", By("tester", "test"))
        self._player.catch_up()
        self._written = WrittenHost(folder, self.fleet)
        self._places = WindowsFolder(folder)
        self._accidents = Accidents(folder, self.world)
        self._now = START

    @property
    def fleet(self) -> Fleet:
        return self._player.host.fleet

    def play(self, lines: Iterable[str]) -> None:
        """Play and record everything; BadInput, Refused, Diverged for what is impossible."""
        for line in lines:
            self.line(line)
        if self.reading is None:
            self.record()

    def line(self, told: str) -> None:
        text = _with_places(told.strip())
        if text.startswith("!"):
            verb, *operands = words(text[1:])
            self._past_history(verb, operands)
        elif text and not text.startswith("#"):
            self.reading = None
            self._obey(text)

    def as_read(self, reading: FolderReading) -> FolderReading:
        """Give `reading` as it is while some files are locked."""
        return self._accidents.as_read(reading)

    def truths(self) -> dict[PathKey, Truth]:
        """Say the truth of every file that whoever records could have seen."""
        hidden = self._accidents.hidden
        return {key: truth for key, truth in self.world.truths().items() if key not in hidden}

    # --- what history tells -------------------------------------------------------------------

    def _obey(self, text: str) -> None:
        line = next(read_scenario(io.BytesIO(text.encode()), "catalogue"))
        played = self._player.play(line)
        if played is None:
            return
        self._now = played.when
        problems = self._written.follow(played, self.fleet)
        if problems:
            raise Diverged(f"{text}: {problems}")
        for event in played.events:
            self.world.happens(played.stream.removeprefix("vm/").upper(), event)

    # --- what it does not ---------------------------------------------------------------------

    def _past_history(self, verb: str, operands: list[str]) -> None:
        self._now = later(self._now, seconds=1)
        match verb, operands:
            case "record", folders:
                self.record(*folders)
                return
            case "guest", [name]:
                vm = find_vm(self.fleet.machines.values(), name)
                self._accidents.guest_writes(vm, self._now)
            case _, [what, *others]:
                self.reading = None
                self._accidents.happens(verb, self._meant(what), others, self._now)
            case _:
                raise BadInput(f"what is '! {verb}'?")
        self.reading = None

    def _meant(self, what: str) -> str:
        """Give the path of a configuration that is told by its VM, or VM and snapshot."""
        name, _, snapshot = what.partition("/")
        machine = next((each for each in self.fleet.machines.values() if each.name == name), None)
        if machine is None:
            return what
        owners = {each.name: str(each.id) for each in machine.snapshots.values()} | {"": "now"}
        owner = owners.get(snapshot)
        found = [f.path for f in machine.files if (f.kind, f.owner) == ("config", owner)]
        if not found:
            raise BadInput(f"{what} has no configuration")
        return found[0]

    def record(self, *folders: str) -> None:
        """Record the folder, or some Windows folders of it one by one, into both logs."""
        self._now = later(self._now, seconds=1)
        for place, mapping in self._evidence(folders):
            self.reading = self.as_read(walk(place, mapping))
            for log in (self.history, self.evidence):
                _observed(log, self.reading, self._now)

    def _evidence(self, folders: Iterable[str]) -> Iterable[tuple[Path, PathMap]]:
        if not folders:
            yield self.folder, path_map(self.folder)
        for folder in folders:
            place = self._places.place(folder)
            yield place, path_map(place, [f"{folder}={place}"])


def _observed(log: InMemoryLog, reading: FolderReading, now: Moment) -> None:
    known = known_from((each.entry for each in log.entries), host=HOST, root=reading.root)
    for each in observe(reading, known, Observer(HOST, now, "test")):
        log.append(each.stream, [each.entry()], expected=log.revision(each.stream))


def _with_places(line: str) -> str:
    r"""Let names without a folder stand in `C:\VMs`, and `-> L1.avhd` be Now's next file."""
    text = _BARE.sub(r"C:\\VMs\\\1", line)
    if found := _BECOMES.search(text):
        paths = zip(SLOTS, found[1].split(", "), strict=False)
        text = text[: found.start()] + " ".join(f'as="{slot}={path}"' for slot, path in paths)
    return text
