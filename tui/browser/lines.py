"""A pane of lines drawn on demand: a million of them cost no more than those that are seen."""

from collections.abc import Callable, Sequence
from typing import ClassVar, get_args

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.browser.painted import strip_of
from tui.render.style import Tone

Draw = Callable[[int, int], str]
"""Gives the painted line of an index, to be seen in so many cells."""

TONES: tuple[Tone, ...] = get_args(Tone)


class Lines(ScrollView, can_focus=True):
    """Shows `count` lines; with `has_cursor` one of them is chosen, and moving chooses another."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--cursor",
        "lines--future",
        *(f"lines--{tone}" for tone in TONES),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False),
        Binding("home,g", "edge(-1)", "First", show=False),
        Binding("end,G", "edge(1)", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False, init=False)
    # Another number of lines moves nothing else on the screen: the scroll bar is always there.
    virtual_size: reactive[Size] = reactive(Size(0, 0), layout=False, repaint=False)

    class Moved(Message):
        """Somebody moved the cursor of a pane to the line `index`."""

        def __init__(self, pane: "Lines", index: int) -> None:
            super().__init__()
            self.pane = pane
            self.index = index

        @property
        def control(self) -> "Lines":
            return self.pane

    class Resized(Message):
        """A pane has another width: what was drawn for the old one does not fit."""

    class Chosen(Moved):
        """Somebody chose the line `index`: Enter, or a second click."""

    def __init__(self, *, id: str, has_cursor: bool = True) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.has_cursor = has_cursor
        self.count = 0
        self.future_from: int | None = None
        self._draw: Draw = lambda _index, _width: ""
        self._styles: dict[Tone, Style] = {}
        self._width = 0

    def show(
        self, count: int, draw: Draw, *, cursor: int = 0, future_from: int | None = None
    ) -> None:
        """Show other lines; the cursor stands on line `cursor`, and nobody is told of it.

        Those from `future_from` on are dim. Only lines that look different are sent.
        """
        before, top = self._seen(), self.scroll_offset.y
        self.count, self._draw, self.future_from = count, draw, future_from
        self.virtual_size = Size(self.size.width, count)
        self.place(cursor)
        for y, (old, new) in enumerate(zip(before, self._seen(), strict=True)):
            if old != new:
                self.refresh_line(top + y)

    def show_lines(self, lines: Sequence[str], *, cursor: int = 0) -> None:
        self.show(len(lines), lambda index, _width: lines[index], cursor=cursor)

    def entitle(self, title: str, subtitle: str = "") -> None:
        """Write into the frame; the same again draws nothing."""
        if self.border_title != title:
            self.border_title = title
        if self.border_subtitle != subtitle:
            self.border_subtitle = subtitle

    def place(self, index: int) -> None:
        """Set the cursor, and nobody is told of it."""
        with self.prevent(Lines.Moved):
            self.cursor = self._within(index)
        self._reveal()

    def validate_cursor(self, index: int) -> int:
        return self._within(index)

    def watch_cursor(self, before: int, after: int) -> None:
        for index in (before, after):
            self.refresh_line(index)
        self._reveal()
        self.post_message(self.Moved(self, after))

    def watch_virtual_size(self, size: Size) -> None:
        self.vertical_scrollbar.window_virtual_size = size.height

    def render_line(self, y: int) -> Strip:
        width, styles = self.scrollable_content_region.width, self._tones()
        text, is_future, is_chosen = self._look_of(y + self.scroll_offset.y, width)
        strip = strip_of(text, styles, width)
        if is_future:
            strip = strip.apply_style(self.get_component_rich_style("lines--future", partial=True))
        if is_chosen:
            strip = strip.apply_style(self.get_component_rich_style("lines--cursor", partial=True))
        return strip

    def notify_style_update(self) -> None:
        self._styles.clear()
        super().notify_style_update()

    def on_resize(self, event: events.Resize) -> None:
        self.virtual_size = Size(event.size.width, self.count)
        if event.size.width != self._width:
            self._width = event.size.width
            self.post_message(self.Resized())
        self.call_after_refresh(self._reveal)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = offset.y + self.scroll_offset.y
        if not (self.has_cursor and 0 <= index < self.count):
            return
        if event.chain > 1 and index == self.cursor:
            self.action_choose()
        self.cursor = index

    def action_move(self, by: int) -> None:
        if self.has_cursor:
            self.cursor += by
        else:
            self.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        page = max(self.scrollable_content_region.height - 1, 1)
        self.action_move(by * page)

    def action_edge(self, side: int) -> None:
        self.action_move(side * max(self.count, 1))

    def action_choose(self) -> None:
        if self.has_cursor and self.count:
            self.post_message(self.Chosen(self, self.cursor))

    def _seen(self) -> list[tuple[str, bool, bool]]:
        """Give the lines in sight: what is drawn, whether it is to come, whether it is chosen."""
        top, region = self.scroll_offset.y, self.scrollable_content_region
        return [self._look_of(top + y, region.width) for y in range(region.height)]

    def _look_of(self, index: int, width: int) -> tuple[str, bool, bool]:
        if not 0 <= index < self.count:
            return "", False, False
        is_future = self.future_from is not None and index >= self.future_from
        return self._draw(index, width), is_future, self.has_cursor and index == self.cursor

    def _within(self, index: int) -> int:
        return max(0, min(index, self.count - 1))

    def _reveal(self) -> None:
        if self.has_cursor and self.count:
            line = Region(0, self.cursor, 1, 1)
            self.scroll_to_region(line, animate=False, force=True)

    def _tones(self) -> dict[Tone, Style]:
        if not self._styles:
            plain = self.rich_style
            self._styles = {
                tone: plain + self.get_component_rich_style(f"lines--{tone}", partial=True)
                for tone in TONES
            }
        return self._styles
