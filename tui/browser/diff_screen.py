"""The diff screen: mark A and where one stands, what changed between, both chains side by side."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from projections.difference import difference_of
from projections.disk_chain import chain_of_vm
from tui.browser.lines import Lines
from tui.browser.screen import BrowserScreen
from tui.render.chain import chain_lines
from tui.render.difference import difference_lines
from tui.render.labels import Labels


class DiffScreen(BrowserScreen):
    """B is where one stands and moves with it; A is the mark, else the moment before."""

    name_of_mode = "diff"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "focus_pane('changes')", "Pane Changes", show=False),
        Binding("2", "focus_pane('before')", "Pane A", show=False),
        Binding("3", "focus_pane('after')", "Pane B", show=False),
        Binding("x", "swap", "Swap A and B"),
        Binding("escape", "app.switch_mode('time')", "Time", show=False),
    ]

    def compose_body(self) -> ComposeResult:
        with Vertical(id="body"):
            yield Lines(id="changes", has_cursor=False)
            with Horizontal(id="sides"):
                yield Lines(id="before", has_cursor=False)
                yield Lines(id="after", has_cursor=False)

    def on_mount(self) -> None:
        self._pane("changes").focus()

    def refresh_moment(self) -> None:
        cursor, vm = self.cursor, self.cursor.place.vm
        if cursor.row is None:
            self._pane("changes").show_lines(["nothing is recorded yet"])
            return
        before, after = cursor.earlier(), cursor.instant()
        fleets = [cursor.journey.fleet_at(each) for each in (before, after)]
        pane = self._pane("changes")
        look = self.look(pane)
        told = difference_of(fleets[0], fleets[1], vm, events=self.browser.between(before, after))
        labels = [Labels(fleet, look) for fleet in fleets]
        pane.entitle("1 What changed from A to B")
        pane.show_lines(_split(difference_lines(told, labels, look)))
        for name, letter, fleet, instant in (
            ("before", "2 A", fleets[0], before),
            ("after", "3 B", fleets[1], after),
        ):
            side = self._pane(name)
            side_look = self.look(side)
            side.entitle(f"{letter}: {side_look.moment(instant.at)}")
            if vm is None:
                side.show_lines([look.paint("choose a VM (v) to compare its disks", "dim")])
            else:
                rows = chain_of_vm(fleet, vm)
                side.show_lines(
                    chain_lines(
                        rows, Labels(fleet, side_look), side_look, vm=vm, with_folders=False
                    )
                )

    def _pane(self, name: str) -> Lines:
        return self.query_one(f"#{name}", Lines)

    def action_focus_pane(self, name: str) -> None:
        self._pane(name).focus()

    def action_swap(self) -> None:
        self.cursor.swap()
        self.browser.moved()


def _split(lines: Iterator[str]) -> list[str]:
    return [part for line in lines for part in line.split("\n")]
