"""The time screen: snapshots, disks and events of a VM at a moment, and the whole time line."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from projections.vms import VmRow, vm_rows
from tui.browser.event_lines import details_lines, event_line, nothing_yet, vm_line
from tui.browser.journey import Gone, Scene
from tui.browser.lines import Lines
from tui.browser.screen import BrowserScreen
from tui.browser.track import TrackPane
from tui.render.chain import chain_lines
from tui.render.labels import Labels
from tui.render.look import Look
from tui.render.tree import Deleted, tree_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventstore.moments import Moment

GONE_MAX = 6
"""So many deleted snapshots stay to be seen; `x` shows all."""
TITLES = ("Snapshots", "Disks", "Events", "Details", "Time")
PANES = ("snapshots", "chain", "events", "details", "track")


class TimeScreen(BrowserScreen):
    """Moving in the events moves the moment, and everything follows."""

    name_of_mode = "time"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's own shape
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012 - Textual's own shape
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"focus_pane('{pane}')", f"Pane {title}", show=False)
            for number, (pane, title) in enumerate(zip(PANES, TITLES, strict=True), start=1)
        ),
        Binding("x", "toggle_gone", "Deleted snapshots", show=False),
        Binding("escape", "leave", "All VMs", show=False),
        Binding("plus,f11", "zoom", "Zoom", key_display="+", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shows_all_gone = False
        self._taken: list[Moment | None] = []
        self._vms: tuple[VmRow, ...] = ()

    def compose_body(self) -> ComposeResult:
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield Lines(id="snapshots")
                yield Lines(id="chain", has_cursor=False)
            with Vertical(id="right"):
                yield Lines(id="events")
                yield Lines(id="details", has_cursor=False)
        yield TrackPane(id="track")

    def on_mount(self) -> None:
        for number, (pane, title) in enumerate(zip(PANES, TITLES, strict=True), start=1):
            self._pane(pane).entitle(f"{number} {title}")
        self._pane("events").focus()

    def refresh_moment(self) -> None:
        scene = self.browser.scene()
        self._show_snapshots(scene)
        self._show_chain(scene)
        self._show_events()
        self._show_details()
        self.query_one(TrackPane).show_moment(self.browser)

    def _pane(self, name: str) -> Lines:
        return self.query_one(f"#{name}", Lines)

    def _show_snapshots(self, scene: Scene) -> None:
        pane = self._pane("snapshots")
        look = self.look(pane)
        self._taken, self._vms = [], ()
        if self.cursor.place.vm is None:
            self._show_vms(scene, pane, look)
            return
        pane.entitle("1 Snapshots")
        if scene.tree is None:
            pane.show_lines([look.paint("this VM did not exist at this moment", "dim")])
            return
        gone = scene.gone if self._shows_all_gone else scene.gone[-GONE_MAX:]
        drawn = tree_rows(scene.tree, look, [_deleted(each) for each in gone], with_disks=False)
        taken: dict[str, Moment] = {each.id: each.taken_at for each in scene.tree.snapshots}
        taken |= {each.snapshot.id: each.snapshot.taken.at for each in gone}
        self._taken = [taken.get(node) if node else None for node, _ in drawn]
        lines = [line for _, line in drawn]
        if hidden := len(scene.gone) - len(gone):
            lines.append(look.paint(f"{hidden:,} more were deleted before: x shows them", "dim"))
        pane.show_lines(lines, cursor=pane.cursor)

    def _show_vms(self, scene: Scene, pane: Lines, look: Look) -> None:
        self._vms = vms = vm_rows(scene.fleet, {}, with_removed=True)
        pane.entitle(f"1 VMs ({len(vms):,})")
        if not vms:
            pane.show_lines([look.paint("no VM was known at this moment", "dim")])
            return
        pane.show(
            len(vms), lambda index, width: vm_line(vms[index], look, width), cursor=pane.cursor
        )

    def _show_chain(self, scene: Scene) -> None:
        pane = self._pane("chain")
        look = self.look(pane)
        if self.cursor.place.vm is None:
            hint = "choose a VM (1, then Enter, or v) to see its disks; F4 lists what is odd"
            pane.show_lines([look.paint(hint, "dim")])
            return
        labels = Labels(scene.fleet, look)
        pane.show_lines(
            chain_lines(scene.chain, labels, look, vm=self.cursor.place.vm, with_folders=False)
        )

    def _show_events(self) -> None:
        pane, cursor = self._pane("events"), self.cursor
        rows, kind = cursor.rows, cursor.journey.kind
        look, future = self.look(pane), cursor.future_from
        pane.entitle(f"3 Events ({len(rows):,})")

        def draw(index: int, width: int) -> str:
            row = rows[index]
            return event_line(row, kind(row), look, width, is_future=index >= future)

        pane.show(len(rows), draw, cursor=cursor.place.index, future_from=future)

    def _show_details(self) -> None:
        pane, row = self._pane("details"), self.cursor.row
        if row is None:
            pane.show_lines(list(nothing_yet(self.look(pane))))
            return
        look = self.look(pane)
        recorded = self.cursor.journey.entry(row.position)
        changes: Sequence[str] = list(self.browser.changes(look))
        pane.show_lines(list(details_lines(row, recorded, changes, look)))
        pane.scroll_home(animate=False)

    @on(Lines.Moved, "#events")
    def _event_moved(self, moved: Lines.Moved) -> None:
        self.browser.action_seek(moved.index)

    @on(Lines.Chosen, "#snapshots")
    def _snapshot_chosen(self, chosen: Lines.Chosen) -> None:
        if self._vms:
            self.browser.look_at(self._vms[chosen.index].id)
        elif chosen.index < len(self._taken) and (at := self._taken[chosen.index]):
            self.browser.go_to_time(at)

    def action_focus_pane(self, name: str) -> None:
        self._pane(name).focus()

    def action_toggle_gone(self) -> None:
        self._shows_all_gone = not self._shows_all_gone
        self._show_snapshots(self.browser.scene())

    def action_leave(self) -> None:
        """Go one level up: out of the zoom, then from the VM to all of them."""
        if self.maximized:
            self.minimize()
        else:
            self.browser.look_at(None)

    def action_zoom(self) -> None:
        if self.maximized:
            self.minimize()
        elif self.focused is not None:
            self.maximize(self.focused, container=False)


def _deleted(gone: Gone) -> Deleted:
    snapshot = gone.snapshot
    return Deleted(snapshot.id, snapshot.name, snapshot.parent, snapshot.taken.at, gone.when.at)
