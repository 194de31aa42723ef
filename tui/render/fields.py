"""A name and what there is to say of it, in two columns; and sentences that go on below."""

from collections.abc import Iterator

from tui.render.look import Look
from tui.render.style import Tone
from tui.render.text import cells, pad, wrapped

_INDENT = "    "
_NAME_WIDTH = 13
_TEXT_MIN = 30


def sentence(
    head: str, text: str, look: Look, tone: Tone = "plain", *, head_tone: Tone | None = None
) -> Iterator[str]:
    """Give `text` after `head`; what a terminal has no room for goes on below, as far in."""
    width = max(look.width - cells(head), _TEXT_MIN) if look.width else None
    first, *more = wrapped(text, width)
    yield look.paint(head, head_tone or tone) + look.paint(first, tone)
    for line in more:
        yield " " * cells(head) + look.paint(line, tone)


def field(name: str, text: str, look: Look) -> str:
    """Lay out one field; `text` is safe to show already, a long one goes on below itself."""
    indent = len(_INDENT) + _NAME_WIDTH
    width = max(look.width - indent, _TEXT_MIN) if look.width else None
    first, *more = wrapped(text, width)
    head = f"{_INDENT}{look.paint(pad(name, _NAME_WIDTH), 'dim')}{first}"
    return "\n".join((head, *(" " * indent + line for line in more)))
