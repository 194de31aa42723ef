"""What the screens have in common: the line that says where one is, the tabs, and the moment."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from tui.browser.copying import copyable
from tui.browser.exporting import Export, events_of
from tui.browser.lines import Lines
from tui.browser.moment import Cursor
from tui.render.look import Look
from tui.render.text import clip_middle

if TYPE_CHECKING:
    from tui.browser.app import Browser

TABS = (
    ("F2", "time", "Time"),
    ("F4", "findings", "Findings"),
    ("F6", "diff", "Diff"),
    ("F7", "whatif", "What if"),
)
READING = "READ-ONLY  reading the log…"
_NAME_CELLS_MAX = 28


class BrowserScreen(Screen[None]):
    """A full screen of the browser; `refresh_moment` is called whenever the moment changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket,comma,ctrl+left", "app.step(-1)", "Event", key_display="[ ]"),
        Binding("right_square_bracket,full_stop,ctrl+right", "app.step(1)", "Next", show=False),
        Binding(
            "left_curly_bracket,less_than_sign,ctrl+up",
            "app.step_change(-1)",
            "Snapshot",
            key_display="{ }",
        ),
        Binding(
            "right_curly_bracket,greater_than_sign,ctrl+down",
            "app.step_change(1)",
            "Next change",
            show=False,
        ),
        Binding("at,ctrl+end", "app.edge(1)", "Now", key_display="@"),
        Binding("ctrl+home", "app.edge(-1)", "First", show=False),
        Binding("minus,backspace,ctrl+z", "app.return", "Back", key_display="-"),
    ]
    name_of_mode: ClassVar[str] = ""

    def __init__(self) -> None:
        super().__init__()
        self._is_drawing = False

    def compose(self) -> ComposeResult:
        yield Static(READING, id="where", markup=False)
        yield Static(id="tabs", markup=False)
        yield from self.compose_body()
        yield Footer(compact=True, show_command_palette=False)

    def compose_body(self) -> ComposeResult:
        raise NotImplementedError

    @property
    def browser(self) -> "Browser":
        return cast("Browser", self.app)

    @property
    def cursor(self) -> Cursor:
        return self.browser.cursor

    def look(self, pane: Lines) -> Look:
        """Give how to draw for a pane."""
        return self.browser.look_for(pane.scrollable_content_region.width)

    def on_screen_resume(self) -> None:
        self.call_after_refresh(self.refresh_all)

    @on(Lines.Resized)
    def _resized(self) -> None:
        if not self._is_drawing:
            self._is_drawing = True
            self.call_after_refresh(self._draw_again)

    def _draw_again(self) -> None:
        self._is_drawing = False
        self.refresh_all()

    def refresh_all(self) -> None:
        """Draw everything anew; nothing while the log is still being read."""
        if self.browser.is_ready:
            self.refresh_head()
            self.refresh_moment()

    def refresh_moment(self) -> None:
        raise NotImplementedError

    def refresh_head(self) -> None:
        """Say where one is, and how much is odd."""
        self.query_one("#where", Static).update(Content(self._where()), layout=False)
        self.query_one("#tabs", Static).update(Content(self._tabs()), layout=False)

    def copyable(self) -> Iterator[tuple[str, str]]:
        """Give what can be copied here, each with a word for it."""
        return copyable(self.cursor, self.browser.look_for(None))

    def exportable(self) -> Iterator[Export]:
        """Give what of this screen can be written into a file."""
        return events_of(self.cursor, self.browser.look_for(None))

    def _where(self) -> str:
        app, cursor = self.browser, self.cursor
        look = app.look_for(None)
        vm = cursor.place.vm
        name = look.text(app.name_of(vm)) if vm else "all VMs"
        name = clip_middle(name, _NAME_CELLS_MAX, look.glyphs.more)
        head = f"READ-ONLY  {app.banner}  " if app.banner else "READ-ONLY  "
        row = cursor.row
        if row is None:
            return f"{head}{name}   no event"
        count = len(cursor.rows)
        state = "LIVE" if cursor.place.is_live else "PAST"
        known = " (as known then)" if cursor.place.as_known_then else ""
        mark = ""
        if cursor.mark is not None:
            mark = f"   A={look.moment(cursor.instant(cursor.mark).at)}"
        words = f"   filter: {look.text(cursor.place.words)}" if cursor.place.words else ""
        return (
            f"{head}{state}  {name}   {look.moment(row.occurred_at)}{known}   "
            f"event {cursor.place.index + 1:,}/{count:,}{mark}{words}"
        )

    def _tabs(self) -> str:
        told = []
        for key, mode, word in TABS:
            text = f"{key} {word}"
            if mode == "findings":
                text += self.browser.findings_told
            told.append(f"[{text}]" if mode == self.name_of_mode else f" {text} ")
        return " ".join(told)
