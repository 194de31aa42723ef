"""Without a store: the demo is offered, and how to record is said."""

import asyncio
import subprocess
import sys
from pathlib import Path

from tests.tui.browser.driving import LOOK, browse, store_of
from tests.tui.browser.test_terminal import Tmux, terminal
from tui.browser.welcome import Welcome, how_to_begin
from tui.demo_store import demo_store

__all__ = ["terminal"]


def answer(store: Path, *keys: str) -> Path | str | None:
    app = Welcome(store, LOOK)

    async def pressed() -> Path | str | None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
        return app.return_value

    return asyncio.run(pressed())


def test_the_demo_can_be_looked_at_without_leaving_anything(tmp_path: Path) -> None:
    assert answer(tmp_path / "none", "enter") == "look"
    assert not (tmp_path / "none").exists()


def test_the_demo_is_kept_only_in_a_folder_that_was_confirmed(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    keys = ["ctrl+u", *str(folder), "enter"]

    assert answer(tmp_path / "none", "down", "enter", "end", *keys) == folder
    assert folder.is_dir()


def test_a_folder_with_something_in_it_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear", encoding="utf-8")

    found = answer(
        tmp_path / "none", "down", "enter", "end", "ctrl+u", *str(tmp_path / "mine"), "enter"
    )

    assert found is None
    assert [each.name for each in (tmp_path / "mine").iterdir()] == ["letter"]


def test_who_wants_no_demo_leaves(tmp_path: Path) -> None:
    assert answer(tmp_path / "none", "escape") == "leave"
    told = "\n".join(how_to_begin(tmp_path / "none", LOOK))
    assert "snapledger record FOLDER" in told


def test_the_demo_is_marked_as_one(tmp_path: Path) -> None:
    log = demo_store(tmp_path)
    seen = browse(log, banner="DEMO (temporary)")

    assert seen.rows[0].startswith(" READ-ONLY  DEMO (temporary)  LIVE  all VMs")
    assert "riddle" in seen


def test_an_empty_store_says_how_to_record(tmp_path: Path) -> None:
    seen = browse(store_of(tmp_path / "empty", ""))

    assert "nothing is recorded yet" in seen
    assert "snapledger record FOLDER" in seen


def test_on_a_terminal_the_demo_opens_and_goes(terminal: Tmux, tmp_path: Path) -> None:
    terminal.open(tmp_path / "none")
    terminal.shows("There is no store")

    terminal.keys("Enter")
    terminal.shows("DEMO (temporary)")
    terminal.keys("q")
    screen = terminal.shows("left with 0")

    assert "snapledger record FOLDER" in screen
    assert not (tmp_path / "none").exists()


def test_without_a_terminal_nothing_is_asked(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tui", "--store", str(tmp_path / "none"), "browse"],
        cwd=Path(__file__).resolve().parents[3],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )

    assert (told.returncode, told.stdout) == (2, "")
