"""The pane of the time line: click or step to go there."""

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType

from tui.browser.lines import Lines
from tui.browser.scrubber import Track, track_lines

if TYPE_CHECKING:
    from eventstore.moments import Moment
    from tui.browser.app import Browser

_LOW = 2
"""With so few lines there is room for the letters and the track alone."""
_WORDS = {"S": "taken", "A": "applied", "D": "deleted", "M": "merged"}


class TrackPane(Lines):
    """Density, marks and playhead over the whole history of what is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "app.step(-1)", "Event before", show=False),
        Binding("right,l", "app.step(1)", "Next event", show=False),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id, has_cursor=False)
        self._track: Track | None = None

    def show_moment(self, browser: "Browser") -> None:
        """Draw where one stands."""
        cursor, width = browser.cursor, self.scrollable_content_region.width
        rows = cursor.rows
        if not rows or width < 1:
            self._track = None
            self.show_lines([])
            return
        times = browser.times()
        if self._track is None or self._track.times is not times or self._track.width != width:
            self._track = Track(times, width)
        mark: Moment | None = cursor.instant(cursor.mark).at if cursor.mark else None
        lines = list(
            track_lines(
                self._track,
                browser.marks(),
                cursor.instant().at,
                mark,
                browser.look_for(width),
                is_known_then=cursor.place.as_known_then,
            )
        )
        is_low = self.scrollable_content_region.height <= _LOW
        self.show_lines(lines[1:3] if is_low else lines)
        letters = ", ".join(f"{letter} {word}" for letter, word in _WORDS.items())
        self.entitle("5 Time", letters if width > len(letters) + 4 else "")

    async def _on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self._track is not None:
            event.stop()
            browser: Browser = self.app  # type: ignore[assignment]
            browser.action_seek(self._track.index(offset.x))
