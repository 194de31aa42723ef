r"""Words of Windows PowerShell commands, for somebody to paste: foreign text is quoted or left out.

In single quotes nothing is expanded; a quote inside is doubled. PowerShell takes four characters
of Unicode for a single quote too (U+2018 to U+201B), so they are doubled as well.
"""

import unicodedata

from eventstore.text import original

_QUOTES = "'\u2018\u2019\u201a\u201b"
_DOUBLED = str.maketrans({quote: quote * 2 for quote in _QUOTES})


def quoted(text: str) -> str:
    """Give `text` as one word of a command; it must be `can_be_typed`."""
    return f"'{text.translate(_DOUBLED)}'"


def can_be_typed(text: str) -> bool:
    """Tell whether `text` can be copied off a screen: nothing invisible, nothing undecodable."""
    return original(text) == text and all(_is_seen(char) for char in text)


def _is_seen(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"
