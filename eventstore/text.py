r"""Foreign text that JSON cannot carry, stored reversibly.

Windows names may hold unpaired surrogates, Linux names undecodable bytes (which Python reads as
unpaired surrogates too). UTF-8, and so JSON, has no form for them. `storable` writes each as
U+FFFD and four hex digits, and U+FFFD itself the same way, so that `original` can give back
exactly what was found.
"""

import re

_MARK = "\N{REPLACEMENT CHARACTER}"
_UNSTORABLE = re.compile("[\ud800-\udfff\ufffd]")
_STORED = re.compile(f"{_MARK}([0-9A-F]{{4}})")


def storable(text: str) -> str:
    """Give text that UTF-8 can carry and `original` turns back."""
    if text.isascii():
        return text
    return _UNSTORABLE.sub(lambda found: f"{_MARK}{ord(found[0]):04X}", text)


def original(text: str) -> str:
    """Give what `storable` was given."""
    return _STORED.sub(lambda found: chr(int(found[1], 16)), text)
