"""The places that the words of a command name, wildcards included where the shell leaves them."""

import glob
import sys
from collections.abc import Iterable

WILD = frozenset("*?")


def named_places(words: Iterable[str], *, is_windows: bool = sys.platform == "win32") -> list[str]:
    """Give every place that is named: on Windows no shell expands `*.avhd`, elsewhere each does.

    A word that matches nothing stays, so that it can be said that there is no such thing. Square
    brackets are no wildcards: names of VMs have them.
    """
    return [place for word in words for place in _expanded(word, is_windows=is_windows)]


def _expanded(word: str, *, is_windows: bool) -> list[str]:
    # In a path that begins with \\?\ the question mark is none.
    if not is_windows or WILD.isdisjoint(word.removeprefix("\\\\?\\")):
        return [word]
    found = glob.glob(word.replace("[", "[[]"))  # noqa: PTH207 - the words stay as they were typed
    return sorted(found) or [word]
