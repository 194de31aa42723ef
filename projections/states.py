"""What keyframes save and answers start from: folds that are gone on from together."""

from typing import TYPE_CHECKING

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.fleet import Fleet
from eventstore.machine import when_of
from eventstore.mentions import Mentions
from projections.ownership import Ownership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance


class Heard:
    """The fleet, and when each stream and disk was heard of last: enough for trees and chains."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self.mentions = Mentions()

    def take(self, recorded: Recorded) -> None:
        stream, event, when = recorded.entry.stream, decode(recorded.entry), when_of(recorded)
        self.fleet.evolve(stream, event, when)
        self.mentions.hear(stream, event, when)

    def parts(self) -> "Mapping[str, DataclassInstance]":
        return {"fleet": self.fleet, "mentions": self.mentions}


class Remembered:
    """The fleet, and what became of each file: enough for verdicts."""

    def __init__(self) -> None:
        self.ownership = Ownership()

    def take(self, recorded: Recorded) -> None:
        entry = recorded.entry
        self.ownership.evolve(entry.stream, decode(entry), when_of(recorded))

    def parts(self) -> "Mapping[str, DataclassInstance]":
        return {"fleet": self.ownership.fleet, "ownership": self.ownership}


class Everything:
    """All of these together, as they are saved."""

    def __init__(self) -> None:
        self.ownership = Ownership()
        self.mentions = Mentions()

    def take(self, recorded: Recorded) -> None:
        stream, event, when = recorded.entry.stream, decode(recorded.entry), when_of(recorded)
        self.ownership.evolve(stream, event, when)
        self.mentions.hear(stream, event, when)

    def parts(self) -> "Mapping[str, DataclassInstance]":
        fleet = self.ownership.fleet
        return {"fleet": fleet, "ownership": self.ownership, "mentions": self.mentions}
