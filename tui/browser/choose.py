"""A box to choose one of many: typing narrows the list, Enter takes what the cursor is on."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.browser.lines import Lines
from tui.render.text import clip_end


class Choice(Struct, frozen=True):
    """One of the things to choose from: `text` is safe to show, `value` what choosing gives."""

    text: str
    value: str


class Choose(ModalScreen[str | None]):
    """Gives the value of what was chosen, None when nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "move(10)", "Further down", show=False, priority=True),
        Binding("pageup", "move(-10)", "Further up", show=False, priority=True),
    ]

    def __init__(
        self, title: str, choices: Sequence[Choice], *, hint: str = "type to find"
    ) -> None:
        super().__init__()
        self._title, self._hint = title, hint
        self._all = [(each.text.casefold(), each) for each in choices]
        self._found = list(choices)

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, markup=False)
            yield Input(placeholder=self._hint, id="line", compact=True)
            yield Lines(id="found")

    def on_mount(self) -> None:
        self.call_after_refresh(self._show)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    @on(Input.Changed, "#line")
    def _narrow(self, changed: Input.Changed) -> None:
        words = changed.value.casefold().split()
        self._found = [each for text, each in self._all if all(word in text for word in words)]
        self._show()

    @on(Input.Submitted, "#line")
    def _take(self) -> None:
        pane = self.query_one("#found", Lines)
        self.dismiss(self._found[pane.cursor].value if self._found else None)

    @on(Lines.Chosen, "#found")
    def _clicked(self, chosen: Lines.Chosen) -> None:
        self.dismiss(self._found[chosen.index].value)

    def action_move(self, by: int) -> None:
        self.query_one("#found", Lines).action_move(by)

    def _show(self) -> None:
        found = self._found

        def draw(index: int, width: int) -> str:
            return clip_end(found[index].text, width)

        pane = self.query_one("#found", Lines)
        pane.border_title = f"{len(found):,} of {len(self._all):,}"
        pane.show(len(found), draw)
