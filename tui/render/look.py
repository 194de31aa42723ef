"""How an answer looks: its signs, its colours, its width, its time zone, its encoding."""

import re
from datetime import UTC, tzinfo

from msgspec import Struct

from eventstore.moments import Moment, datetime_of
from eventstore.paths import name_of
from tui.render.glyphs import UNICODE, Glyphs
from tui.render.style import Tone, paint
from tui.render.text import visible

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
"""A moment as sentences hold it; people see it as every other time."""
_GUID = re.compile(r"([0-9A-Fa-f]{8})(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class Look(Struct, frozen=True):
    """`width` is that of the terminal in cells, None where lines may be of any length."""

    glyphs: Glyphs = UNICODE
    has_colour: bool = False
    encoding: str = "utf-8"
    width: int | None = None
    zone: tzinfo = UTC

    def text(self, foreign: str) -> str:
        """Give a name or path as it can be shown here."""
        shown = visible(foreign)
        return shown.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def told(self, sentence: str) -> str:
        """Give one of our sentences as it can be shown here, its times as `moment` gives them."""
        return _MOMENT.sub(lambda found: self.moment(Moment(found[0])), self.text(sentence))

    def file(self, path: str) -> str:
        """Give the name of the file at `path`."""
        return self.text(name_of(path) or path)

    def brief(self, path: str) -> str:
        """Give the name of a file; on a terminal GUIDs in it are cut to their first digits."""
        name = self.file(path)
        return self.brief_id(name) if self.width else name

    def brief_id(self, text: str) -> str:
        """Cut the GUIDs in `text` to their first digits."""
        return _GUID.sub(rf"\1{self.glyphs.more}", text)

    def paint(self, text: str, tone: Tone) -> str:
        return paint(text, tone) if self.has_colour else text

    def moment(self, when: Moment) -> str:
        """Give `2010-09-26 06:03:00Z`, or the time in the zone asked for with its offset.

        Seconds say enough to people; scripts get all digits.
        """
        try:
            local = datetime_of(when).astimezone(self.zone)
        except OverflowError:
            local = datetime_of(when)
        text = local.isoformat(" ", "seconds")
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text
