"""The findings screen: every odd file, why, what would break, and what to do."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from projections.coverage import Coverage
from projections.finding import ORDINARY, Finding
from tui.browser.exporting import Export, findings_of
from tui.browser.findings_at import Found
from tui.browser.lines import Lines
from tui.browser.screen import BrowserScreen
from tui.render.coverage import coverage_lines
from tui.render.findings import finding_lines
from tui.render.look import Look
from tui.render.sizes import size_text
from tui.render.text import cells, clip_middle, pad


class FindingsScreen(BrowserScreen):
    """Findings as of the moment, those that want attention first; the reasons beside them."""

    name_of_mode = "findings"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own shape
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "focus_pane('findings')", "Pane Findings", show=False),
        Binding("2", "focus_pane('why')", "Pane Why", show=False),
        Binding("escape", "app.switch_mode('time')", "Time", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: Found | None = None
        self._findings: list[Finding] = []

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            yield Lines(id="findings")
            yield Lines(id="why", has_cursor=False)

    def on_mount(self) -> None:
        self._pane("why").entitle("2 Why, and what to do")
        self._pane("findings").focus()

    def refresh_moment(self) -> None:
        pane = self._pane("findings")
        found = self.browser.findings()
        look = self.look(pane)
        if found is None:
            self._findings = []
            pane.entitle("1 Findings")
            pane.show_lines([look.paint("looking at every file…", "dim")])
            self._pane("why").show_lines([])
            return
        if found is not self._found:
            self._found = found
            self._findings = sorted(found.findings, key=lambda each: each.verdict in ORDINARY)
        count = sum(each.verdict not in ORDINARY for each in self._findings)
        pane.entitle(f"1 Findings: {count} to look at, {len(self._findings) - count} usual")
        if not self._findings:
            pane.show_lines([look.paint("nothing odd was found at this moment", "good")])
        else:
            draw = partial(self._draw, self._findings)
            pane.show(len(self._findings), draw, cursor=pane.cursor)
        self._tell()

    def exportable(self) -> Iterator[Export]:
        """Give the findings, then the events."""
        yield from findings_of(self._findings)
        yield from super().exportable()

    def _pane(self, name: str) -> Lines:
        return self.query_one(f"#{name}", Lines)

    def _draw(self, shown: list[Finding], index: int, width: int) -> str:
        finding, look = shown[index], self.browser.look_for(width)
        is_usual = finding.verdict in ORDINARY
        word = f"{look.glyphs.waiting if is_usual else '!'} {finding.verdict.replace('_', ' ')}"
        size = "" if finding.size_bytes is None else size_text(finding.size_bytes)
        whose = look.file(finding.path) if finding.path else ""
        if not whose and finding.vm:
            whose = look.text(finding.vm.name)
        room = max(width - 22 - cells(size) - 2, 8)
        told = pad(clip_middle(whose, room, look.glyphs.more), room)
        return look.paint(pad(word, 22), "warn" if is_usual else "bad") + told + f"  {size}"

    def _tell(self) -> None:
        pane = self._pane("why")
        look, found = self.look(pane), self._found
        lines: list[str] = []
        if self._findings:
            lines.extend(finding_lines(self._findings[self._pane("findings").cursor], look))
            lines.append("")
        if found is not None:
            lines.extend(_not_looked_at(found.coverage, found, look))
        pane.show_lines([part for line in lines for part in line.split("\n")])
        pane.scroll_home(animate=False)

    @on(Lines.Moved, "#findings")
    def _moved(self) -> None:
        self._tell()

    @on(Lines.Chosen, "#findings")
    def _chosen(self, chosen: Lines.Chosen) -> None:
        """Go to the last entry that speaks for the finding."""
        if not self._findings:
            return
        finding = self._findings[chosen.index]
        positions = [each for reason in finding.reasons for each in reason.positions]
        if not positions:
            self.notify("no entry of the log tells when", markup=False)
            return
        self.browser.go_to_position(max(positions), vm=finding.vm.id if finding.vm else None)

    def action_focus_pane(self, name: str) -> None:
        self._pane(name).focus()


def _not_looked_at(covered: Coverage, found: Found, look: Look) -> list[str]:
    return list(coverage_lines(covered, found.fleet, look))
