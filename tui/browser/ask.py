"""A box that asks for one line: a time, a filter, a command."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.render.text import visible

Accept = Callable[[str], str | None]
"""Does what was typed; gives what is wrong with it, None when it was done."""


class Ask(ModalScreen[None]):
    """Stays open, and says why, until what was typed could be done."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "Close")]

    def __init__(self, title: str, hint: str, accept: Accept, *, text: str = "") -> None:
        super().__init__()
        self._title, self._hint, self._accept, self._text = title, hint, accept, text

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Static(self._title, markup=False)
            yield Input(self._text, placeholder=self._hint, id="line", compact=True)
            yield Static("", id="said", markup=False)

    @on(Input.Submitted, "#line")
    def _submitted(self, submitted: Input.Submitted) -> None:
        problem = self._accept(submitted.value.strip())
        if problem is None:
            self.dismiss()
        else:
            self.query_one("#said", Static).update(visible(problem))
