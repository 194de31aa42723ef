"""What an open log knows of its streams: revisions, ids and where each entry lies.

Kept in memory and advanced line by line, it is built anew by each handle. An index on disk can
take its place behind the same methods.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from eventstore.errors import LogDamaged
from eventstore.events import TailSetAside
from eventstore.log.line import Line, entry_head, recorded
from eventstore.log.segments import START, Place

LOG_STREAM = "log/"
"""Streams of this prefix are the log's own."""


class _Stream:
    __slots__ = ("ids", "positions")

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.positions = array("Q")


class Streams:
    """Every stream of every origin, through the entry at `place`."""

    def __init__(self) -> None:
        self.place = START
        self.tails_set_aside: set[str] = set()
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._origins: set[str] = set()
        self._firsts: list[int] = []
        self._ends: list[array[int]] = []

    def advance(self, line: Line, place: Place) -> None:
        """Take in the next line, which ends at `place`."""
        head = entry_head(line)
        if head is None:
            raise LogDamaged(line.position, "altered", "the line holds no entry")
        stream = self._streams.get((head.origin, head.stream)) or _Stream()
        if head.revision != len(stream.positions) + 1:
            text = f"{head.stream} goes from revision {len(stream.positions)} to {head.revision}"
            raise LogDamaged(line.position, "revision_gap", text)
        stream.ids[head.id] = head.revision
        stream.positions.append(line.position)
        self._streams[head.origin, head.stream] = stream
        self._origins.add(head.origin)
        if head.type == TailSetAside.__name__ and head.stream.startswith(LOG_STREAM):
            self.tails_set_aside.add(_kept_as(line))
        if not self._firsts or self._firsts[-1] != place.segment:
            self._firsts.append(place.segment)
            self._ends.append(array("Q"))
        self._ends[-1].append(place.offset)
        self.place = place

    def knows_origin(self, origin: str) -> bool:
        return origin in self._origins

    def revision(self, origin: str, stream: str) -> int:
        return len(self.positions(origin, stream))

    def positions(self, origin: str, stream: str) -> Sequence[int]:
        """Give the positions of revisions 1, 2, 3 and on."""
        found = self._streams.get((origin, stream))
        return found.positions if found else ()

    def revision_of(self, origin: str, stream: str, event_id: str) -> int | None:
        found = self._streams.get((origin, stream))
        return found.ids.get(event_id) if found else None

    def place_of(self, position: int) -> Place:
        """Give the end of the entry at `position`."""
        at = bisect_right(self._firsts, position) - 1
        return Place(position, self._firsts[at], self._ends[at][position - self._firsts[at]])

    def place_before(self, position: int) -> Place:
        """Give the beginning of the entry at `position`, in its own segment."""
        at = bisect_right(self._firsts, position) - 1
        if position == self._firsts[at]:
            return Place(position - 1, position, 0)
        return self.place_of(position - 1)


def runs(positions: Sequence[int], *, gap_max: int = 32) -> Iterator[Sequence[int]]:
    """Cut ascending positions where reading on would cost more than reading anew."""
    begin = 0
    for at in range(1, len(positions) + 1):
        if at == len(positions) or positions[at] - positions[at - 1] > gap_max:
            yield positions[begin:at]
            begin = at


def _kept_as(line: Line) -> str:
    found = recorded(line)
    if found is None:
        raise LogDamaged(line.position, "altered", "the line holds no entry")
    return msgspec.json.decode(found.entry.data, type=TailSetAside).kept_as
