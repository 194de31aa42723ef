"""The palette (Ctrl+P): every command, VM, snapshot and file by name."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from eventstore.moments import Moment
from tui.browser.help import choices

if TYPE_CHECKING:
    from tui.browser.app import Browser

HITS_MAX = 200


class Names(Provider):
    """Finds what the store knows by name; choosing goes there."""

    @property
    def _browser(self) -> "Browser":
        return cast("Browser", self.app)

    async def discover(self) -> Hits:
        for description, key in choices(self.screen):
            yield DiscoveryHit(
                Content(description), partial(self._press, key), text=description, help=key
            )

    async def search(self, query: str) -> Hits:
        for description, key in choices(self.screen):
            if query.casefold() in description.casefold():
                yield Hit(1.0, Content(description), partial(self._press, key), description, key)
        words, given = query.casefold().split(), 0
        for text, go in self._names():
            if all(word in text.casefold() for word in words):
                yield Hit(0.5, Content(text), go, text)
                given += 1
                if given == HITS_MAX:
                    return

    def _names(self) -> Iterator[tuple[str, partial[None]]]:
        browser = self._browser
        if not browser.is_ready:
            return
        look, fleet = browser.look_for(None), browser.cursor.journey.fleet
        for machine in fleet.machines.values():
            name = look.text(browser.name_of(machine.id))
            yield f"VM {name}", partial(browser.look_at, machine.id)
            for snapshot in machine.snapshots.values():
                text = f"snapshot {look.text(snapshot.name)} of {name}"
                yield text, partial(browser.go_to_time, snapshot.taken.at, machine.id)
            for disk in machine.disks.values():
                yield (
                    f"file {look.text(disk.path)}",
                    partial(browser.go_to_time, Moment(disk.since), machine.id),
                )

    def _press(self, key: str) -> None:
        self.app.simulate_key(key)
