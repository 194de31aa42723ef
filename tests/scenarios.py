"""Random scenarios in the scenario language, played for real into a log and onto a folder."""

import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

from eventstore.errors import BadInput, Refused, SnapledgerError
from eventstore.fleet import Fleet
from eventstore.log.protocol import EventLog
from eventstore.paths import PathKey, suffix_of
from eventstore.simulate.player import By, Player
from eventstore.simulate.scenario import read_scenario
from tui.writing import WrittenHost

VMS = ("web01", "経理サーバー")
VERBS = (
    *("take",) * 3,
    *("apply", "delete", "start") * 2,
    *("delete-subtree", "revert", "shutdown", "turn-off", "save", "restart", "pause", "resume"),
    *("detach", "attach", "hold-merges", "finish-merges"),
)
HANDS = ("move", "copy")
"""What somebody does to files past Hyper-V, and the files alone tell afterwards."""


def play(log: EventLog, folder: Path, lines: Iterator[str]) -> list[str]:
    """Play what is possible of `lines` and write the files; give the lines that were obeyed."""
    player = Player(log, "story", By("tester", "test"))
    player.catch_up()
    written = WrittenHost(folder, player.host.fleet)
    obeyed: list[str] = []
    for told in lines:
        text = _with_files(told, player.host.fleet)
        line = next(read_scenario(io.BytesIO(text.encode()), "story"))
        try:
            played = player.play(line)
        except (BadInput, Refused):
            continue
        obeyed.append(text)
        if played is not None:
            problems = written.follow(played, player.host.fleet)
            if problems:
                raise SnapledgerError(f"{text}: {problems}")
    return obeyed


def _with_files(text: str, fleet: Fleet) -> str:
    """Put a file that stands for `<number>`, and for `home` a place where it stood before."""
    if not (found := re.search(r"<(\d+)>", text)):
        return text
    known = [*(each.disks for each in fleet.machines.values()), fleet.loose]
    standing = {
        key: disk.path for disks in known for key, disk in disks.items() if not disk.is_lost
    }
    key = list(standing)[int(found[1]) % len(standing)]  # ids differ from store to store
    homes = [fleet.gone_paths[each] for each in _homes(fleet, key) if each in fleet.lost]
    text = text.replace(found[0], standing[key]).replace("<suffix>", suffix_of(key))
    return text.replace("<home>", homes[0] if homes else standing[key])


def _homes(fleet: Fleet, key: PathKey) -> list[PathKey]:
    return list(fleet.arrivals[key].homes) if key in fleet.arrivals else []


def registrations(chance: random.Random) -> Iterator[str]:
    """Register both VMs, each with one or two disks, each in its own place and policy."""
    for number, name in enumerate(VMS):
        policy = chance.choice(("offline", "live"))
        suffix = ".vhd" if policy == "offline" else chance.choice((".vhd", ".vhdx"))
        disks = [f"C:\\VMs\\{number}\\base{suffix}", f"D:\\データ\\{number}{suffix}"]
        kept = " ".join(disks[: chance.choice((1, 2))])
        yield f"vm {name} policy={policy} {kept}"


def deeds(chance: random.Random, length: int, verbs: tuple[str, ...] = VERBS) -> Iterator[str]:
    """Give commands as they come to somebody with no plan; many of them are impossible.

    Files that hands touch are written `<7>`, a place where one stood before `<home>`.
    """
    taken: dict[str, list[str]] = {name: ["none yet"] for name in VMS}
    for number in range(length):
        vm = chance.choice(VMS)
        some = f'"{chance.choice(taken[vm])}"'
        new = f"スナップ {number}"
        verb = chance.choice(verbs)
        if verb == "take":
            taken[vm].append(new)
            yield f'take {vm} "{new}"'
        elif verb in {"apply", "delete", "delete-subtree"}:
            yield f"{verb} {vm} {some}"
        elif verb in HANDS:
            target = chance.choice((f"E:\\by hand {number}<suffix>", "<home>"))
            yield f'{verb} "<{chance.randrange(99)}>" "{target}"'
        elif verb == "detach":
            yield f'detach {vm} "{chance.choice(("IDE 0:0", "IDE 0:1", "SCSI 0:0"))}"'
        elif verb == "attach":
            yield f'attach {vm} "SCSI 0:0" E:\\late{number}.vhd'
        else:
            yield f"{verb} {vm}"
