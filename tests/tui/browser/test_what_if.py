"""What if: commands tried on the model as of the moment, in the words of `forecast`."""

from pathlib import Path

import pytest

from eventstore.log.embedded import EmbeddedLog
from tests.tui.browser.driving import HOSTILE, browse, store_of
from tests.tui.calling import Snapledger
from tui.browser.app import Browser
from tui.browser.lines import Lines
from tui.browser.whatif_screen import WhatIfScreen

KEIRI = "経理サーバー"
DELETE_FIRST = "down", "down", "down", "down", "down", "down"


@pytest.fixture
def log(tmp_path: Path) -> EmbeddedLog:
    return store_of(tmp_path / "store")


class Tried:
    """An act that keeps what the what-if screen tells, lines out of sight too."""

    def __init__(self) -> None:
        self.copyable: dict[str, str] = {}

    def __call__(self, app: Browser, _pilot: object) -> None:
        screen = app.screen
        assert isinstance(screen, WhatIfScreen)
        assert screen.tried is not None
        assert screen.idea is not None
        self.idea, self.outcome, self.cursor = screen.idea, screen.tried, app.cursor
        for word, text in screen.copyable():
            self.copyable.setdefault(word, text)
        self.lines = [line for pane in screen.query(Lines) for line in _lines(pane)]


def _lines(pane: Lines) -> list[str]:
    width = pane.scrollable_content_region.width
    return [pane._draw(index, width) for index in range(pane.count)]


def test_it_says_in_the_first_line_that_nothing_of_it_is_real(log: EmbeddedLog) -> None:
    seen = browse(log, "f7", vm=KEIRI)

    assert seen.rows[0].startswith(" NOT REAL  what if   shutdown   LIVE  経理サーバー")


def test_it_says_what_forecast_says_of_that_moment(
    log: EmbeddedLog, snapledger: Snapledger
) -> None:
    tried = Tried()
    browse(log, *["up"] * 8, "w", *DELETE_FIRST, tried, vm=KEIRI)

    row, idea = tried.cursor.row, tried.idea
    assert row is not None
    assert idea.verb == "delete"
    assert idea.snapshot is not None
    words = "forecast", KEIRI, "delete", idea.snapshot, "--at", row.occurred_at
    answer = snapledger(*words, "--json").json
    assert tried.outcome.foreseen is not None
    found = tried.outcome.foreseen.told
    assert answer["steps"] == list(found.steps)
    assert [each["child"] for each in answer["merges"]] == [each.child for each in found.merges]
    assert answer["doubts"] == list(found.doubts)
    assert any("you are here" in line or "Now" in line for line in tried.lines)


def test_the_command_that_says_the_same_can_be_copied(log: EmbeddedLog) -> None:
    tried = Tried()
    browse(log, "up", "w", tried, vm=KEIRI)

    command = tried.copyable["command"]
    assert command.startswith("snapledger forecast ")
    assert command.endswith(" shutdown --at 2010-10-14T12:01:00.000000Z")


def test_moving_in_time_tries_the_same_on_the_model_of_then(log: EmbeddedLog) -> None:
    here, then = Tried(), Tried()
    browse(log, "w", *DELETE_FIRST, here, *["["] * 8, then, vm=KEIRI)

    assert then.idea == here.idea
    assert here.outcome.known.fleet.last != then.outcome.known.fleet.last


def test_what_cannot_be_done_is_refused_with_its_reason(log: EmbeddedLog) -> None:
    seen = browse(log, "w", vm=KEIRI)

    assert "refused: " in seen
    assert "all stays as it is" in seen


def test_the_last_idea_is_the_plan_to_no_avhds(log: EmbeddedLog, snapledger: Snapledger) -> None:
    tried = Tried()
    browse(log, "w", "end", tried, vm=KEIRI)

    assert tried.idea.verb == "plan"
    first = snapledger("plan", KEIRI).out.splitlines()[0]
    assert any(first in line for line in tried.lines)


def test_escape_goes_back_to_what_is_and_nothing_was_done(log: EmbeddedLog) -> None:
    head = log.head()
    seen = browse(log, "w", *DELETE_FIRST, "escape", vm=KEIRI)

    assert "NOT REAL" not in seen
    assert "● 月例更新" in seen
    assert log.head() == head


def test_without_a_vm_it_says_how_to_choose_one(log: EmbeddedLog) -> None:
    assert "choose a VM (v)" in browse(log, "w")


def test_hostile_names_are_shown_in_ideas_and_outcomes(tmp_path: Path) -> None:
    story = f'vm "{HOSTILE}" C:\\a.vhd\nstart "{HOSTILE}"\ntake "{HOSTILE}" "{HOSTILE}"\n'
    log = store_of(tmp_path / "hostile", story)

    seen = browse(log, "w", *DELETE_FIRST)

    assert "delete evil ␛]2;PWNED" in seen
    assert not set(str(seen)) & {"\x1b", "\u202e", "\x9b"}
