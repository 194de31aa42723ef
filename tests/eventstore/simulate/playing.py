"""Scenarios played into a log in a temporary folder, for tests that read like a scenario."""

from pathlib import Path

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.machine import Machine
from eventstore.simulate.player import By, Played, Player
from eventstore.simulate.scenario import read_scenario

STORE = "11111111-1111-4111-8111-111111111111"
WEB01 = r"vm web01 C:\VMs\web01.vhd"


def new_log(folder: Path) -> EmbeddedLog:
    return open_store(folder, create=True, new_id=lambda: STORE)


def play(log: EmbeddedLog, *lines: str, run: str = "") -> list[Played]:
    """Play `lines` on a new host, as one run of the program does."""
    player = Player(log, "story.txt", By("somebody", run=run))
    raw = [line.encode() for line in lines]
    return [done for line in read_scenario(raw, "story.txt") if (done := player.play(line))]


def machine(log: EmbeddedLog, name: str = "web01") -> Machine:
    player = Player(log, "", By())
    player.catch_up()
    return next(each for each in player.host.fleet.machines.values() if each.name == name)


def types(entries: list[Recorded]) -> list[str]:
    return [type(decode(recorded.entry)).__name__ for recorded in entries]
