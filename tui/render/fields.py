"""A name and what there is to say of it, in two columns."""

from tui.render.look import Look
from tui.render.text import pad, wrapped

_INDENT = "    "
_NAME_WIDTH = 13
_TEXT_MIN = 30


def field(name: str, text: str, look: Look) -> str:
    """Lay out one field; `text` is safe to show already, a long one goes on below itself."""
    indent = len(_INDENT) + _NAME_WIDTH
    width = max(look.width - indent, _TEXT_MIN) if look.width else None
    first, *more = wrapped(text, width)
    head = f"{_INDENT}{look.paint(pad(name, _NAME_WIDTH), 'dim')}{first}"
    return "\n".join((head, *(" " * indent + line for line in more)))
