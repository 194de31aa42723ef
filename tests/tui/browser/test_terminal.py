"""The browser on a real terminal, tmux: what comes there, and what must not."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.browser.driving import HOSTILE, store_of
from tui.render.text import visible

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 30


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator["Tmux"]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    found = Tmux(tmp_path / "tmux.socket")
    yield found
    found.run("kill-server", check=False)


class Tmux:
    """A terminal of its own."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def run(self, *words: str, check: bool = True) -> str:
        environment = {**os.environ, "LANG": "C.UTF-8", "TERM": "screen-256color"}
        for name in ("TMUX", "COLUMNS", "LINES"):
            environment.pop(name, None)
        command = ["tmux", "-S", str(self._socket), "-f", os.devnull, *words]
        told = subprocess.run(
            command, check=check, capture_output=True, text=True, env=environment, timeout=30
        )
        return told.stdout

    def open(self, store: Path, *words: str, size: tuple[int, int] = (120, 40)) -> None:
        program = f"{sys.executable} -m tui --store {store} browse {' '.join(words)}"
        line = f"cd {ROOT} && {program}; echo left with $?; sleep 60"
        width, height = map(str, size)
        self.run("new-session", "-d", "-x", width, "-y", height, f"sh -c '{line}'")

    def keys(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def shows(self, text: str, *options: str) -> str:
        """Wait until `text` is on the screen, and give the screen."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while text not in (screen := self.run("capture-pane", "-p", *options)):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        else:
            return screen
        raise AssertionError(f"{text!r} did not come in {PATIENCE_SECONDS} s:\n{screen}")


def test_keys_mouse_resizing_and_leaving(terminal: Tmux, tmp_path: Path) -> None:
    store_of(tmp_path / "store")
    terminal.open(tmp_path / "store", "経理サーバー")
    terminal.shows("event 18/18")

    terminal.keys("[")
    terminal.shows("event 17/18")
    terminal.keys("-l", "\x1b[<0;2;38M\x1b[<0;2;38m")
    terminal.shows("event 1/18")
    terminal.run("resize-window", "-x", "80", "-y", "24")
    terminal.shows("5 Time")
    terminal.keys("q")
    terminal.shows("left with 0")


def test_a_hostile_name_changes_neither_title_nor_colours_nor_cursor(
    terminal: Tmux, tmp_path: Path
) -> None:
    story = f'vm "{HOSTILE}" C:\\a.vhd\nstart "{HOSTILE}"\ntake "{HOSTILE}" "{HOSTILE}"\n'
    store_of(tmp_path / "store", story)
    terminal.open(tmp_path / "store")
    terminal.shows("event 3/3")

    for key, proof in (
        ("F4", "[F4"),
        ("F6", "[F6"),
        ("F7", "[F7"),
        ("F2", "[F2"),
        ("v", "Which VM?"),
    ):
        terminal.keys(key)
        screen = terminal.shows(proof)
        assert visible(HOSTILE)[:12] in screen
    assert "PWNED" not in terminal.run("display-message", "-p", "#{pane_title}")


@pytest.mark.parametrize("word", ["", "--no-color"])
def test_no_color_means_no_colour(
    word: str, terminal: Tmux, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "" if word else "1")
    store_of(tmp_path / "store")
    terminal.open(tmp_path / "store", "web02", word)

    screen = terminal.shows("event 3/3", "-e")

    codes = {
        code for part in screen.split("\x1b[")[1:] for code in part.partition("m")[0].split(";")
    }
    assert codes <= {"", "0", "1", "2", "4", "7", "39", "49"}


def test_without_a_terminal_it_says_what_to_use_instead(tmp_path: Path) -> None:
    store_of(tmp_path / "store")

    told = subprocess.run(
        [sys.executable, "-m", "tui", "--store", str(tmp_path / "store"), "browse"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert told.returncode == 2
    assert told.stdout == ""
    assert "needs a terminal" in told.stderr
