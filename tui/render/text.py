r"""Foreign text made safe to show, and measured in terminal cells.

Names and paths come from machines that somebody else controls. Control characters could drive the
terminal, bidirectional ones could turn a path round: both are shown, never sent.
"""

import unicodedata

from wcwidth import wcswidth, wcwidth

from eventstore.text import original

_CONTROL_PICTURES = 0x2400
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Controls, format characters (bidi, zero width, BOM), lone surrogates, line separators."""


def visible(text: str) -> str:
    r"""Give `text` as it was found, with what would not be seen written out: `␛`, `\u202e`."""
    found = original(text)
    if found.isprintable():
        return found
    return "".join(char if char.isprintable() else _shown(char) for char in found)


def cells(text: str) -> int:
    """Give how many terminal cells visible `text` takes."""
    return len(text) if text.isascii() else max(wcswidth(text), 0)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill `text` with spaces up to `width` cells; `right` aligns it to the right."""
    space = " " * (width - cells(text))
    return space + text if right else text + space


def clip_middle(text: str, width: int, mark: str = "…") -> str:
    """Cut `text` down to `width` cells in its middle: of a path, both ends say most."""
    if cells(text) <= width:
        return text
    room = max(width - cells(mark), 0)
    tail = _head(text[::-1], room - room // 3)[::-1]
    return _head(text, room - cells(tail)) + mark + tail


def clip_end(text: str, width: int, mark: str = "…") -> str:
    """Cut `text` down to `width` cells at its end: of a sentence, the beginning says most."""
    if cells(text) <= width:
        return text
    return _head(text, max(width - cells(mark), 0)) + mark


def wrapped(text: str, width: int | None) -> list[str]:
    """Break visible `text` into lines of `width` cells, at spaces where there are any."""
    if width is None or cells(text) <= width:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while cells(word) > width and (head := _head(word, width)):
            lines.append(head)
            word = word[len(head) :]  # noqa: PLW2901 - what is left of it
        line = word
    return [*lines, line]


def _head(text: str, width: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += max(wcwidth(char), 0)
        if used > width:
            return text[:index]
    return text


def _shown(char: str) -> str:
    code = ord(char)
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    if unicodedata.category(char) not in _UNSAFE:
        return char
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the BMP's end
