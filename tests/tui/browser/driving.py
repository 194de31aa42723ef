"""A browser on a store of its own, driven by keys as somebody would; what it shows as text."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta, timezone
from itertools import groupby
from pathlib import Path

from textual.pilot import Pilot

from eventstore.ids import derive
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import Moment
from eventstore.simulate.player import By, Player
from eventstore.simulate.scenario import read_scenario
from tui.browser.app import Browser
from tui.browser.screen import BrowserScreen
from tui.render.look import Look
from tui.render.text import cells

STORY = """\
vm "経理サーバー" C:\\VMs\\keiri.vhd D:\\VMs\\data.vhd
start "経理サーバー"
take "経理サーバー" "初期導入"
take "経理サーバー" "SP2 適用前"
take "経理サーバー" "試験用の枝"
apply "経理サーバー" "SP2 適用前"
take "経理サーバー" "更新後"
delete "経理サーバー" "試験用の枝"
vm web02 policy=live E:\\web02.vhdx
start web02
take web02 "before [update] [/]"
at 2010-10-14T21:00:00+09:00
take "経理サーバー" "月例更新"
delete "経理サーバー" "更新後"
"""
HOSTILE = "evil \x1b]2;PWNED\x1b\\ [red]x[/] \u202egnp \x9b31m"
LOOK = Look(has_colour=True, zone=timezone(timedelta(hours=9)))


def store_of(folder: Path, story: str = STORY) -> EmbeddedLog:
    """Give a store in which `story` happened; the same story gives the same ids."""
    log = open_store(
        folder,
        create=True,
        clock=lambda: Moment("2010-12-24T12:00:00.000000Z"),
        new_id=lambda: derive("browser tests").lower(),
    )
    play(log, story)
    return log


def play(log: EmbeddedLog, story: str) -> None:
    player = Player(log, "story", By(actor="test", run="test"))
    player.catch_up()
    for line in read_scenario(story.encode().splitlines(keepends=True), "story"):
        player.play(line)


class Driven:
    """What stands on the screen after the keys; `app` is as they left it."""

    def __init__(self, app: Browser, rows: Sequence[str]) -> None:
        self.app = app
        self.rows = list(rows)

    def __str__(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows) + "\n"

    def __contains__(self, text: str) -> bool:
        return text in str(self)


Act = str | Callable[[Browser, Pilot[None]], object]
"""A key to press, or what else to do."""


def browse(
    log: EmbeddedLog,
    *acts: Act,
    size: tuple[int, int] = (120, 40),
    vm: str | None = None,
    look: Look = LOOK,
    banner: str = "",
) -> Driven:
    """Open the browser, do all `acts`, and give what is on the screen then."""
    app = Browser(log, look, vm=vm, banner=banner)
    return asyncio.run(_driven(app, acts, size))


async def _driven(app: Browser, acts: Sequence[Act], size: tuple[int, int]) -> Driven:
    async with app.run_test(size=size) as pilot:
        await _quiet(app, pilot)
        for _, some in groupby(acts, lambda act: isinstance(act, str)):
            together = list(some)
            await pilot.press(*(act for act in together if isinstance(act, str)))
            for act in together:
                found = None if isinstance(act, str) else act(app, pilot)
                if asyncio.iscoroutine(found):
                    await found
            await _quiet(app, pilot)
        return Driven(app, rows_of(app))


async def _quiet(app: Browser, pilot: Pilot[None]) -> None:
    await pilot.pause()
    while app.is_running and not app._exit and not app.is_ready:
        await pilot.pause(0.02)  # the log is read when the frame stands
    while any(not worker.is_finished for worker in app.workers):
        await app.workers.wait_for_complete()  # one may have begun another
        await pilot.pause()
    while app.is_running and not app._exit and _lacks_keys(app):
        await pilot.pause(0.02)  # they come when everything else has been drawn


def _lacks_keys(app: Browser) -> bool:
    keys = app.screen.query("FooterKey")
    return isinstance(app.screen, BrowserScreen) and not any(key.size.width for key in keys)


class Looks:
    """An act that looks at the screen in between, and keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[Driven] = []

    def __call__(self, app: Browser, _pilot: Pilot[None]) -> None:
        self.seen.append(Driven(app, rows_of(app)))


def rows_of(app: Browser) -> list[str]:
    """Give the lines of the screen as they go to the terminal, each exactly as wide as it is."""
    rows = [strip.text for strip in app.screen._compositor.render_strips()]
    for row in rows:
        assert cells(row) == app.size.width, f"not {app.size.width} cells wide: {row!r}"
    return rows
