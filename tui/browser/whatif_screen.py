"""The what-if screen: a command tried on the model, what would come of it, and nothing done."""

import shlex
from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from eventstore.ids import VmId
from tui.browser.journey import Instant, Journey
from tui.browser.lines import Lines
from tui.browser.screen import BrowserScreen
from tui.browser.whatif import PLAN, Foresight, Idea, Outcome, ideas
from tui.render.fields import sentence
from tui.render.forecast import after_lines, outcome_lines
from tui.render.labels import Labels
from tui.render.look import Look
from tui.render.plan import plan_lines
from tui.render.text import clip_end

Wanted = tuple[Journey, VmId, Instant | None, Idea]
"""What an outcome is of: another of any of these makes it another."""

_PLAN_TOLD = "the safe order to no AVHDs"


class WhatIfScreen(BrowserScreen):
    """Ideas as of the moment; moving in them, or in time, tries another."""

    name_of_mode = "whatif"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "focus_pane('ideas')", "Pane Ideas", show=False),
        Binding("2", "focus_pane('outcome')", "Pane Outcome", show=False),
        Binding("3", "focus_pane('afterwards')", "Pane Afterwards", show=False),
        Binding("escape", "app.switch_mode('time')", "Back to what is"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ideas: list[Idea] = []
        self.idea: Idea | None = None
        self._told: tuple[Wanted, Outcome] | None = None
        self._foresight: tuple[tuple[object, ...], Foresight] | None = None

    @property
    def tried(self) -> Outcome | None:
        """What would come of the idea, None while it is being tried."""
        return self._told[1] if self._told and self._told[0] == self._wanted() else None

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield Lines(id="ideas")
            with Vertical(id="right"):
                yield Lines(id="outcome", has_cursor=False)
                yield Lines(id="afterwards", has_cursor=False)

    def on_mount(self) -> None:
        for name, title in (
            ("ideas", "1 What if …"),
            ("outcome", "2 What would come of it"),
            ("afterwards", "3 So that it would be"),
        ):
            self._pane(name).entitle(title)
        self._pane("ideas").focus()

    def refresh_moment(self) -> None:
        pane, tree = self._pane("ideas"), self.browser.scene().tree
        self._ideas = list(ideas(tree)) if tree is not None else []
        if not self._ideas:
            self.idea = None
            told = "choose a VM (v) to try something on it"
            if self.cursor.place.vm is not None:
                told = "this VM did not exist at this moment"
            pane.show_lines([self.look(pane).paint(told, "dim")])
            for name in ("outcome", "afterwards"):
                self._pane(name).show_lines([])
            return
        at = self._ideas.index(self.idea) if self.idea in self._ideas else 0
        self.idea = self._ideas[at]
        pane.show(len(self._ideas), partial(self._draw, self._ideas), cursor=at)
        self._tell()

    def copyable(self) -> Iterator[tuple[str, str]]:
        """Give the command that says the same, before all else."""
        idea, vm = self.idea, self.cursor.place.vm
        if idea is not None and vm is not None:
            words = (vm,) if idea.verb == PLAN else (vm, idea.verb, *idea.operands)
            verb = PLAN if idea.verb == PLAN else "forecast"
            text = f"snapledger {verb} {shlex.join(words)}"
            yield "command", text + self._options()
        yield from super().copyable()

    def _options(self) -> str:
        instant = self._instant()
        if instant is None:
            return ""
        known = "" if instant.known is None else f" --known-at {instant.known}"
        return f" --at {instant.at}{known}"

    def _where(self) -> str:
        idea = f"   {self._words(self.idea)}" if self.idea else ""
        return f"NOT REAL  what if{idea}   {super()._where().removeprefix('READ-ONLY  ')}"

    def _pane(self, name: str) -> Lines:
        return self.query_one(f"#{name}", Lines)

    def _words(self, idea: Idea) -> str:
        return f"{idea.verb} {self.browser.look_for(None).text(idea.name)}".rstrip()

    def _draw(self, shown: list[Idea], index: int, width: int) -> str:
        idea, look = shown[index], self.browser.look_for(width)
        words = f"{PLAN}: {_PLAN_TOLD}" if idea.verb == PLAN else self._words(idea)
        return clip_end(words, width, look.glyphs.more)

    def _instant(self) -> Instant | None:
        return None if self.cursor.place.is_live else self.cursor.instant()

    def _wanted(self) -> Wanted | None:
        vm = self.cursor.place.vm
        if vm is None or self.idea is None:
            return None
        return self.cursor.journey, vm, self._instant(), self.idea

    def _tell(self) -> None:
        """Show what would come of the idea; where that is not known yet, find it out aside."""
        wanted = self._wanted()
        if wanted is None:
            return
        outcome = self.tried
        if outcome is None:
            pane = self._pane("outcome")
            pane.show_lines([self.look(pane).paint("trying it on the model…", "dim")])
            self._pane("afterwards").show_lines([])
            self._try(wanted)
            return
        for name, draw in (("outcome", _outcome), ("afterwards", _afterwards)):
            pane = self._pane(name)
            lines = (part for line in draw(outcome, self.look(pane)) for part in line.split("\n"))
            pane.show_lines(list(lines))
            pane.scroll_home(animate=False)

    @work(thread=True, exclusive=True, group="try")
    def _try(self, wanted: Wanted) -> None:
        journey, vm, instant, idea = wanted
        if self._foresight is None or self._foresight[0] != wanted[:3]:
            self._foresight = wanted[:3], Foresight(journey, vm, instant)
        outcome = self._foresight[1].outcome(idea)
        self.app.call_from_thread(self._tried, wanted, outcome)

    def _tried(self, wanted: Wanted, outcome: Outcome) -> None:
        if wanted == self._wanted():
            self._told = wanted, outcome
            self._tell()

    @on(Lines.Moved, "#ideas")
    def _moved(self, moved: Lines.Moved) -> None:
        if self._ideas:
            self.idea = self._ideas[moved.index]
            self.refresh_head()
            self._tell()

    def action_focus_pane(self, name: str) -> None:
        self._pane(name).focus()


def _outcome(outcome: Outcome, look: Look) -> Iterator[str]:
    if outcome.refused:
        yield from sentence("", f"refused: {look.text(outcome.refused)}", look, "warn")
    elif outcome.plan is not None:
        yield from plan_lines(outcome.plan, look)
    elif outcome.foreseen is not None:
        told = outcome.foreseen.told
        labels = Labels(outcome.known.fleet, look, told.snapshots.added)
        yield from outcome_lines(told, labels, look, loses_now=outcome.foreseen.loses_now)


def _afterwards(outcome: Outcome, look: Look) -> Iterator[str]:
    if outcome.foreseen is None:
        told = "the steps above lead there" if outcome.plan else "all stays as it is"
        yield look.paint(told, "dim")
        return
    told_all = outcome.foreseen.told
    yield from after_lines(
        told_all, Labels(outcome.known.fleet, look, told_all.snapshots.added), look
    )
