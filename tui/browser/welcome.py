"""Where there is no store yet: look at the demo, keep it in a folder, or hear how to record."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from textual.app import App

from eventstore.log.embedded import EmbeddedLog
from tui.browser.ask import Ask
from tui.browser.choose import Choice, Choose
from tui.browser.event_lines import HOW_TO_RECORD
from tui.browser.themes import COLOUR_BLIND, NO_COLOUR, THEMES
from tui.demo_store import demo_store
from tui.render.glyphs import ASCII
from tui.render.look import Look

_LOOK_AROUND, _KEEP, _LEAVE = "look", "keep", "leave"
KEPT_IN = "snapledger-demo"
"""The folder that is offered for a demo that stays."""


class Demo(Struct, frozen=True):
    """A demo to browse: its mark in the first line, and what to say when one has left it."""

    log: EmbeddedLog
    banner: str
    afterwards: tuple[str, ...]


class Welcome(App[Path | str]):
    """Asks what to do without a store: gives `look`, the folder to keep a demo in, or `leave`."""

    CSS_PATH = "browser.tcss"

    def __init__(self, store: Path, look: Look) -> None:
        super().__init__(ansi_color=None if look.has_colour else True)
        self._store, self._drawn = store, look

    def on_mount(self) -> None:
        self.register_theme(COLOUR_BLIND)
        self.theme = THEMES[0] if self._drawn.has_colour else NO_COLOUR
        self.set_class(self._drawn.glyphs is ASCII, "-ascii")
        self.set_class(not self._drawn.has_colour, "-colourless")
        self._ask()

    def _ask(self) -> None:
        where = self._drawn.text(str(self._store))
        choices = [
            Choice("look around in the demo; it is gone when you leave", _LOOK_AROUND),
            Choice("make the demo in a folder, and keep it", _KEEP),
            Choice("leave, and say how to record a host of my own", _LEAVE),
        ]
        self.push_screen(Choose(f"There is no store in {where} yet.", choices), self._chosen)

    def _chosen(self, chosen: str | None) -> None:
        if chosen != _KEEP:
            self.exit(chosen or _LEAVE)
            return
        title = "Into which new or empty folder?"
        self.push_screen(Ask(title, KEPT_IN, self._keep, text=KEPT_IN), lambda _: self._again())

    def _again(self) -> None:
        if self.return_value is None:
            self._ask()

    def _keep(self, words: str) -> str | None:
        folder = Path(words).expanduser()
        try:
            if not words or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
                return f"{words or 'nothing'}: expected a new or empty folder"
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            return f"{words}: {getattr(error, 'strerror', None) or error}"
        self.exit(folder.absolute())
        return None


@contextmanager
def chosen_demo(store: Path, look: Look) -> Iterator[Demo | None]:
    """Ask, and give the demo wished for, None for none; a temporary one goes at the end."""
    chosen = Welcome(store, look).run()
    if isinstance(chosen, Path):
        where = look.text(str(chosen / "store"))
        told = f"The demo stays: snapledger --store {where} browse"
        yield Demo(demo_store(chosen), "DEMO", (told,))
    elif chosen == _LOOK_AROUND:
        with TemporaryDirectory(prefix="snapledger-demo-") as temporary:
            afterwards = ("The demo is gone. With files of your own:", *_how(look))
            yield Demo(demo_store(Path(temporary)), "DEMO (temporary)", afterwards)
    else:
        yield None


def how_to_begin(store: Path, look: Look) -> Iterator[str]:
    """Say how a store comes to be."""
    yield f"There is no store in {look.text(str(store))}; these make one:"
    yield from _how(look)
    yield "--store or $SNAPLEDGER_STORE names another; `snapledger demo` tells a story first."


def _how(look: Look) -> Iterator[str]:
    for words, told in HOW_TO_RECORD:
        yield look.paint(f"  {words}", "strong")
        yield f"      {told}"
