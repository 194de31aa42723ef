"""Whatever keys are pressed in whatever order, the browser stays on its feet."""

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.tui.browser.driving import browse, store_of
from tui.browser.app import Browser

if TYPE_CHECKING:
    from eventstore.log.embedded import EmbeddedLog

ROUNDS = int(os.environ.get("SNAPLEDGER_BROWSER_ROUNDS", "2"))
KEYS = (
    *("[", "]", "{", "}", "@", "-", "t", "v", "m", "d", "x", "K", "T", "y", "?", "/", ":", "+"),
    *(
        "f1",
        "f2",
        "f4",
        "f6",
        "f5",
        "f7",
        "w",
        "Z",
        "e",
        "ctrl+s",
        "up",
        "down",
        "left",
        "right",
        "pageup",
        "pagedown",
    ),
    *("home", "end", "enter", "escape", "tab", "shift+tab", "1", "2", "3", "4", "5", "\\"),
    *("ctrl+home", "ctrl+end", "ctrl+p", "ctrl+left", "ctrl+right", "a", "経", "backspace"),
)
SIZES = ((120, 40), (80, 24), (40, 10), (200, 60))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_no_order_of_keys_and_sizes_breaks_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # an export goes where one stands
    chance = random.Random(seed)
    log: EmbeddedLog = store_of(tmp_path / "store")
    acts: list[object] = [chance.choice(KEYS) for _ in range(40)]

    async def resize(app: Browser, pilot: object) -> None:
        await pilot.resize_terminal(*chance.choice(SIZES))  # type: ignore[attr-defined]

    for place in range(10, 50, 10):
        acts.insert(place, resize)

    seen = browse(log, *acts)  # type: ignore[arg-type]

    assert seen.app.return_code in {None, 0}
    assert seen.app._exception is None
