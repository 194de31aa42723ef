"""The browser's state: which VM, which moment, which marks, and where one came from."""

from bisect import bisect_right

from msgspec import Struct
from msgspec.structs import replace

from eventstore.ids import VmId
from eventstore.moments import Moment
from projections.timeline import Row
from tui.browser.journey import SNAPSHOT_CHANGES, Instant, Journey

VISITED_MAX = 200


class Place(Struct, frozen=True):
    """Where the browser stands: row `index` of the events of `vm`, None for everything.

    `words` filter the events, see `Journey.rows`.
    `as_known_then`: by what was known when that entry was the newest. `is_live`: at the end, and
    going along with what comes.
    """

    vm: VmId | None = None
    index: int = 0
    words: str = ""
    as_known_then: bool = False
    is_live: bool = True


class Cursor:
    """Moves through a journey; every jump can be taken back."""

    def __init__(self, journey: Journey, vm: VmId | None = None) -> None:
        self.journey = journey
        self.mark: Place | None = None
        self._visited: list[Place] = []
        self.place = Place(vm, max(len(journey.rows(vm)) - 1, 0))

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._rows(self.place)

    @property
    def row(self) -> Row | None:
        return self.rows[self.place.index] if self.rows else None

    def instant(self, place: Place | None = None) -> Instant:
        """Give the moment of a place, else of where one stands."""
        place = place or self.place
        rows = self._rows(place)
        if not rows:
            return Instant(Moment("9999"))
        row = rows[place.index]
        known = self.journey.entry(row.position).batch[1] if place.as_known_then else None
        return Instant(row.occurred_at, known)

    def earlier(self) -> Instant:
        """Give the other side of a comparison: the mark, else the moment before this one."""
        if self.mark is not None:
            return self.instant(self.mark)
        here = self.instant()
        rows = self.rows[: self.place.index]
        before = [row.occurred_at for row in rows if row.occurred_at < here.at]
        return Instant(before[-1], here.known) if before else here

    @property
    def future_from(self) -> int:
        """The first row that has not happened yet."""
        times = [row.occurred_at for row in self.rows[self.place.index :]]
        return self.place.index + bisect_right(times, times[0]) if times else 0

    def step(self, by: int) -> None:
        """Go to the next event, or the one before; not remembered, as it is easily undone."""
        self._stand(self.place.index + by)

    def seek(self, index: int) -> None:
        self._stand(index)

    def step_change(self, by: int) -> None:
        """Go to the next or former event that changed the snapshots or merged a disk."""
        rows, index = self.rows, self.place.index + by
        while 0 <= index < len(rows):
            if self.journey.kind(rows[index]) in SNAPSHOT_CHANGES:
                self.jump(index)
                return
            index += by

    def jump(self, index: int) -> None:
        """Go to a row and remember where one was."""
        self._remember()
        self._stand(index)

    def jump_to_time(self, at: Moment) -> None:
        """Go to the last event that happened until `at`."""
        self.jump(bisect_right([row.occurred_at for row in self.rows], at) - 1)

    def jump_to_position(self, position: int) -> bool:
        """Go to the entry `position`; where it is not of this VM, leave the VM."""
        own = replace(self.place, words="")
        for place in (self.place, own, replace(own, vm=None)):
            for index, row in enumerate(self._rows(place)):
                if row.position == position:
                    self._remember()
                    self.place = place
                    self._stand(index)
                    return True
        return False

    def look_at(self, vm: VmId | None) -> None:
        """Look at another VM, at the same moment as far as it has one."""
        if vm == self.place.vm:
            return
        at, live = self.instant().at, self.place.is_live
        self._remember()
        self.place = replace(self.place, vm=vm, index=0, words="")
        self._stand_at(at, is_live=live)

    def filter(self, words: str) -> bool:
        """Show only events with `words`; False, and nothing is changed, where there is none."""
        if not self._rows(replace(self.place, words=words)):
            return False
        at, live = self.instant().at, self.place.is_live
        self._remember()
        self.place = replace(self.place, words=words, index=0)
        self._stand_at(at, is_live=live)
        return True

    def back(self) -> bool:
        """Go back to where the last jump came from; False when there was none."""
        if not self._visited:
            return False
        self.place = self._visited.pop()
        return True

    def toggle_known(self) -> None:
        self.place = replace(self.place, as_known_then=not self.place.as_known_then)

    def toggle_mark(self) -> None:
        self.mark = None if self.mark == self.place else self.place

    def swap(self) -> None:
        """Stand where the mark is, and mark where one stood."""
        if self.mark is not None:
            self.mark, self.place = self.place, self.mark

    def go_on(self, journey: Journey) -> None:
        """Take over a longer journey; who is live goes along, everybody else stays."""
        row = self.row
        self.journey = journey
        if self.place.is_live or row is None:
            self._stand(len(self.rows) - 1)
            return
        # Something learned late may stand before it.
        index = next(i for i, each in enumerate(self.rows) if each.position == row.position)
        self._stand(index)

    def _rows(self, place: Place) -> tuple[Row, ...]:
        return self.journey.rows(place.vm, place.words)

    def _stand_at(self, at: Moment, *, is_live: bool) -> None:
        times = [row.occurred_at for row in self.rows]
        self._stand(len(times) - 1 if is_live else bisect_right(times, at) - 1)

    def _stand(self, index: int) -> None:
        last = max(len(self.rows) - 1, 0)
        index = max(0, min(index, last))
        self.place = replace(self.place, index=index, is_live=index == last)

    def _remember(self) -> None:
        self._visited.append(self.place)
        del self._visited[:-VISITED_MAX]
