"""Where the browser stands in a store, and going elsewhere: what the screens ask and move."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace
from textual.app import App

from eventstore.ids import VmId
from eventstore.moments import Moment
from projections.difference import difference_of
from projections.shapes import vm_ref
from tui.browser.findings_at import Found
from tui.browser.journey import Instant, Scene
from tui.browser.moment import Cursor
from tui.browser.screen import BrowserScreen
from tui.render.difference import difference_lines
from tui.render.labels import Labels
from tui.render.look import Look


class Stage(App[None]):
    """One moment of one store; every change of it is drawn at once."""

    def __init__(self, look: Look, banner: str = "") -> None:
        super().__init__(ansi_color=None if look.has_colour else True)
        self.drawn = look
        self.banner = banner
        self.found: Found | None = None
        self.found_now: Found | None = None
        self._cursor: Cursor | None = None

    @property
    def is_ready(self) -> bool:
        """False while the log is being read for the first time."""
        return self._cursor is not None

    @property
    def cursor(self) -> Cursor:
        if self._cursor is None:
            raise RuntimeError("the log has not been read yet")
        return self._cursor

    def look_for(self, width: int | None) -> Look:
        """Give how to draw in so many cells; the colours are the theme's."""
        return replace(self.drawn, width=width, has_colour=True)

    def name_of(self, vm: VmId) -> str:
        machine = self.cursor.journey.fleet.machines.get(vm)
        return vm_ref(machine).name if machine else vm

    def scene(self) -> Scene:
        return self.cursor.journey.scene(self.cursor.place.vm, self.cursor.instant())

    def times(self) -> Sequence[Moment]:
        """Give when the events happened, the same object as long as they are the same."""
        place = self.cursor.place
        return self.cursor.journey.times(place.vm, place.words)

    def marks(self) -> Sequence[tuple[Moment, str]]:
        """Give the changes of snapshots and the merges, each with its letter."""
        place = self.cursor.place
        return self.cursor.journey.marks(place.vm, place.words)

    def changes(self, look: Look) -> Iterator[str]:
        """Tell what the events of this moment changed, compared with just before."""
        journey, vm = self.cursor.journey, self.cursor.place.vm
        if vm is None:
            return
        before = journey.fleet_before(self.cursor.instant().at)
        after = self.scene().fleet
        labels = [Labels(fleet, look) for fleet in (before, after)]
        for line in difference_lines(difference_of(before, after, vm), labels, look):
            yield from line.split("\n")

    def between(self, before: Instant, after: Instant) -> tuple[int, ...]:
        """Give the positions of the events of this VM between two moments."""
        first, last = sorted((before.at, after.at))
        rows = self.cursor.journey.rows(self.cursor.place.vm)
        return tuple(sorted(row.position for row in rows if first < row.occurred_at <= last))

    def findings(self) -> Found | None:
        """Give the findings as of the moment, None while they are still being looked for."""
        wanted = None if self.cursor.place.is_live else self.cursor.instant()
        if self.found is not None and self.found.instant == wanted:
            return self.found
        self.judge(wanted)
        return None

    def judge(self, instant: Instant | None) -> None:
        """Look for findings as of `instant` aside, and draw again when they are there."""
        raise NotImplementedError

    @property
    def findings_told(self) -> str:
        """How many findings want attention as of now, for the tabs."""
        if self.found_now is None:
            return " …"
        count = self.found_now.attention
        return f" {count}!" if count else " 0"

    # --- going somewhere ----------------------------------------------------------------------

    def moved(self) -> None:
        """The moment is another: draw it."""
        if isinstance(self.screen, BrowserScreen):
            self.screen.refresh_all()

    def look_at(self, vm: VmId | None) -> None:
        self.cursor.look_at(vm)
        self.moved()

    def go_to_time(self, at: Moment, vm: VmId | None = None) -> None:
        if vm is not None:
            self.cursor.look_at(vm)
        self.cursor.jump_to_time(at)
        self.moved()

    def go_to_position(self, position: int, vm: VmId | None = None) -> None:
        """Go to an entry and show it on the time screen."""
        if vm is not None:
            self.cursor.look_at(vm)
        if self.cursor.jump_to_position(position):
            self.switch_mode("time")
            self.moved()
        else:
            self.notify(f"there is no entry #{position} here", markup=False)

    def action_seek(self, index: int) -> None:
        self.cursor.seek(index)
        self.moved()

    def action_step(self, by: int) -> None:
        self.cursor.step(by)
        self.moved()

    def action_step_change(self, by: int) -> None:
        self.cursor.step_change(by)
        self.moved()

    def action_edge(self, side: int) -> None:
        self.cursor.jump(len(self.cursor.rows) if side > 0 else 0)
        self.moved()

    def action_return(self) -> None:
        if not self.cursor.back():
            self.notify("this is where you began", markup=False)
        self.moved()

    def action_mark(self) -> None:
        self.cursor.toggle_mark()
        self.moved()

    def action_known(self) -> None:
        self.cursor.toggle_known()
        self.moved()
