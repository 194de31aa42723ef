"""Scenario lines played into a log: each line decided, stored as one batch, and given back."""

from collections.abc import Sequence

from msgspec import Struct

from eventstore.codec import encode
from eventstore.entry import Source
from eventstore.errors import BadInput, Refused, WrongRevision
from eventstore.events import Event
from eventstore.ids import derive
from eventstore.log.chunks import chunks
from eventstore.log.protocol import Appended, EventLog
from eventstore.moments import Moment
from eventstore.simulate.clock import Clock
from eventstore.simulate.host import Decided, Host
from eventstore.simulate.scenario import Line
from eventstore.text import storable

TRIES_MAX = 100
"""So often may other writers come first before a line is given up."""


class By(Struct, frozen=True):
    """Who plays: `actor` did it, `recorder` recorded it, and `run` tells two runs apart.

    Two runs that decide the same at the same revision must not be taken for one that repeats
    its append; `run` keeps their event ids apart. All other ids follow from the store alone.
    """

    actor: str | None = None
    recorder: str = ""
    run: str = ""


class Played(Struct, frozen=True):
    """A line that was obeyed: its `events` stand in `stream` at positions `first`..`last`."""

    line: Line
    stream: str
    when: Moment
    events: Sequence[Event]
    first: int
    last: int


class Player:
    """Plays the lines of the scenario `name` into `log`, on a host that knows all of it."""

    def __init__(self, log: EventLog, name: str, by: By) -> None:
        self._log = log
        self.name = name
        self._by = by
        self._clock = Clock()
        self._read = 0
        self.host = Host(log.origin, log.read_stream)

    def play(self, line: Line) -> Played | None:
        """Obey one line; an `at` line gives None.

        Raises Refused or BadInput, with file and line, when it cannot be obeyed: then nothing of
        it is stored. Raises whatever `EventLog.append` does when it cannot be stored.
        """
        try:
            if line.deed.verb != "at":
                return self._obey(line)
            self._clock.set(line.deed.operands[0])
        except (BadInput, Refused) as error:
            raise type(error)(f"{self.name}:{line.number}: {error}") from error
        return None

    def catch_up(self) -> None:
        """Let the host know what others have written since it last looked."""
        for recorded in self._log.read(self._read):
            if self.host.is_late(recorded):
                self._start_anew()
                return
            self.host.learn(recorded)
            self._read = recorded.position

    def _obey(self, line: Line) -> Played:
        for _ in range(TRIES_MAX):
            self.catch_up()
            decided = self.host.obey(line.deed)
            when = self._clock.time(
                of_stream=self.host.last(decided.stream), of_all=self.host.last()
            )
            try:
                first, last = self._store(line, decided, when)
            except WrongRevision:
                self._start_anew()
                continue
            self._clock.passed(when)
            self.catch_up()
            return Played(line, decided.stream, when, decided.events, first, last)
        raise Refused(f"others wrote first, {TRIES_MAX} times in a row; nothing of it is stored")

    def _start_anew(self) -> None:
        """Read everything in the order in which it happened.

        The log's origin is asked again: a copied store gets its own with its first append.
        """
        self.host = Host(self._log.origin, self._log.read_stream)
        everything = sorted(
            self._log.read(), key=lambda each: (each.entry.occurred_at, each.position)
        )
        for recorded in everything:
            self.host.learn(recorded)
        self._read = max((recorded.position for recorded in everything), default=0)

    def _store(self, line: Line, decided: Decided, when: Moment) -> tuple[int, int]:
        """Append the events in as few batches as may be; give their first and last position."""
        source = Source(
            "scenario", storable(self.name), f"line {line.number}", recorder=self._by.recorder
        )
        entries = [
            encode(
                event,
                event_id=derive(self._log.origin, decided.stream, revision, self._by.run),
                occurred_at=when,
                actor=self._by.actor,
                source=source,
            )
            for revision, event in enumerate(decided.events, start=decided.revision + 1)
        ]
        stored: list[Appended] = []
        expected = decided.revision
        for batch in chunks(entries):
            stored.append(self._log.append(decided.stream, batch, expected=expected))
            expected = stored[-1].revision
        return stored[-1].last - len(entries) + 1, stored[-1].last
