"""The demo's story as a store to look around in, with the files that it left behind."""

from contextlib import closing
from pathlib import Path

from eventstore.ids import derive
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.simulate.player import By, Player
from eventstore.simulate.scenario import read_scenario
from tui.demo_story import SCENES
from tui.writing import WrittenHost

BY = By(actor="demo", recorder="snapledger demo", run="demo")


def demo_store(folder: Path) -> EmbeddedLog:
    """Play all scenes: `store` in `folder` has the history, `host` the files. OSError."""
    with closing(begun_store(folder)) as log:
        player = Player(log, "demo", BY)
        written = WrittenHost(folder / "host", player.host.fleet)
        for scene in SCENES:
            lines = scene.lines.encode().splitlines()
            for line in read_scenario(lines, "demo"):
                if played := player.play(line):
                    written.follow(played, player.host.fleet)
    return open_store(folder / "store")


def begun_store(folder: Path) -> EmbeddedLog:
    """Give the empty store of a demo; that of another demo has the same ids."""
    return open_store(folder / "store", create=True, new_id=lambda: derive("demo").lower())
