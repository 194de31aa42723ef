"""What can be typed after `:`; each line goes somewhere, and says what is wrong where it cannot."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from eventstore.errors import BadInput
from projections.names import find_vm

if TYPE_CHECKING:
    from tui.browser.app import Browser

SHAPES = ":vm NAME, :at TIME, :#7, :time, :findings, :diff, :what-if, :q"
_SCREENS: Mapping[str, str] = {
    "time": "time",
    "findings": "findings",
    "orphans": "findings",
    "diff": "diff",
    "what-if": "whatif",
    "whatif": "whatif",
}


def obey(browser: "Browser", line: str) -> str | None:
    """Do what a line says; give what is wrong with it, None when it was done."""
    verb, _, rest = line.removeprefix(":").strip().partition(" ")
    rest = rest.strip()
    if verb.startswith("#"):
        return browser.go_to_words(verb)
    if mode := _SCREENS.get(verb):
        browser.call_later(browser.switch_mode, mode)
        return None
    verbs: Mapping[str, Callable[[Browser, str], str | None]] = {
        "vm": _vm,
        "at": lambda there, words: there.go_to_words(words),
        "q": _quit,
        "quit": _quit,
    }
    if verb not in verbs:
        return f"'{verb}' is no command here; there are {SHAPES}"
    return verbs[verb](browser, rest)


def _vm(browser: "Browser", word: str) -> str | None:
    if not word:
        browser.look_at(None)
        return None
    fleet = browser.cursor.journey.fleet
    try:
        browser.look_at(find_vm(word, fleet, lambda: fleet).id)
    except BadInput as error:
        return str(error)
    return None


def _quit(browser: "Browser", _words: str) -> None:
    browser.exit()
