"""The keys that work here, to be searched."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.screen import Screen

from tui.browser.choose import Choice, Choose
from tui.render.text import pad

if TYPE_CHECKING:
    from textual.binding import Binding

_KEYS_CELLS = 26
_SHOWN = {
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "full_stop": ".",
    "comma": ",",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "backslash": "\\",
}


def help_on(screen: Screen[object]) -> Choose:
    """Give the box with the keys of `screen` as they are now; choosing one presses it."""
    found = [
        Choice(f"{pad(_shown(keys), _KEYS_CELLS)} {words}", keys[0])
        for words, keys in _keys(screen)
    ]
    return Choose("Keys that work here", found, hint="type a key or a word")


def choices(screen: Screen[object]) -> Iterator[tuple[str, str]]:
    """Give what can be done on `screen`, each with the key that does it."""
    for words, keys in _keys(screen):
        yield words, keys[0]


def _keys(screen: Screen[object]) -> Iterator[tuple[str, list[str]]]:
    found: dict[tuple[str, str], list[str]] = {}
    # What moves within a pane everybody tries by himself: what the browser can comes first.
    ordered = sorted(screen.active_bindings.values(), key=lambda each: each.node is screen.focused)
    for active in ordered:
        binding: Binding = active.binding
        if binding.description and not binding.system and "Scroll" not in binding.description:
            found.setdefault((binding.description, binding.action), []).append(binding.key)
    for (words, _), keys in found.items():
        yield words, keys


def _shown(keys: list[str]) -> str:
    return "  ".join(_SHOWN.get(key, key) for key in keys)
