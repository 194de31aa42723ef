"""What an open log knows of its streams: revisions, ids and where each entry lies.

Most of it stands in the index on disk. What follows on the index is read once, line by line, and
kept in memory; without an index that is the whole log. A handle that writes moves what it read
into the index, a page at a time.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import msgspec

from eventstore.entry import Entry, Recorded
from eventstore.errors import LogDamaged
from eventstore.events import TailSetAside
from eventstore.log.batch import Encoded, Tip
from eventstore.log.files import Files
from eventstore.log.index import LINK, NO_TIMES, Index, line_between
from eventstore.log.index_pages import NewPage, add_page
from eventstore.log.index_table import IndexDoubtful, id_keys, stream_key
from eventstore.log.line import EntryHead, Line, digest_of, entry_head, first_prev
from eventstore.log.protocol import LOG_STREAM
from eventstore.log.segments import START, Place


class Entered(NamedTuple):
    """Where an entry stands, in its stream and in the log; 0 and 0 before the first."""

    revision: int
    position: int


class _Stream:
    """The entries of one stream that follow on the index, the first of them at `first`."""

    __slots__ = ("first", "ids", "last_digest", "positions")

    def __init__(self, first: int) -> None:
        self.first = first
        self.ids: dict[str, int] = {}
        self.positions = array("Q")
        self.last_digest = ""

    @property
    def last(self) -> Entered:
        return Entered(self.first + len(self.positions) - 1, self.positions[-1])


class Streams:
    """Every stream of every origin, through the entry at `place`.

    Any question may raise IndexDoubtful when there is an index; without one none does.
    """

    def __init__(self, files: Files, folder: Path, index: Index | None = None) -> None:
        self.index = index
        self._files = files
        self._folder = folder
        self._follow_on(index)

    def _follow_on(self, index: Index | None) -> None:
        self.index = index
        self.place = index.place if index else START
        self.tails_set_aside = set(index.manifest.tails_set_aside if index else ())
        self.bytes_behind_index = 0
        self._origins = set(index.manifest.origins if index else ())
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._in_index: dict[tuple[str, str], Entered] = {}
        self._firsts: list[int] = []
        self._segments: list[int] = []
        self._ends: list[array[int]] = []
        self._times = NO_TIMES
        self._last_line = 0, ""

    def advance(self, record: Recorded, place: Place, *, entry_digest: str = "") -> None:
        """Take in the next entry, which ends at `place`; its writer knows the digest of it."""
        entry, position = record.entry, record.position
        stream = self._stream_of(entry, position)
        stream.ids[entry.id] = position
        stream.positions.append(position)
        stream.last_digest = entry_digest
        self._origins.add(entry.origin)
        if entry.type == TailSetAside.__name__ and entry.stream.startswith(LOG_STREAM):
            self.tails_set_aside.add(_kept_as(entry))
        line_bytes = place.offset - self._begin_in(place.segment, position)
        self._ends[-1].append(place.offset)
        self._times = self._times.including(entry.occurred_at, record.recorded_at)
        self._last_line = line_bytes, record.digest
        self.bytes_behind_index += line_bytes
        self.place = place

    def take(self, batch: Sequence[Encoded], end: Place) -> None:
        """Take in the next batch, which ends at `end` and of which its writer knows everything."""
        lengths = [len(each.line) for each in batch]
        begin = end.offset - sum(lengths)
        head, last = batch[0].record, batch[-1].record
        if head.entry.stream != last.entry.stream:
            # The log's own entries come first, and seldom.
            place = Place(head.position, end.segment, begin + lengths[0])
            self.advance(head, place, entry_digest=batch[0].entry_digest)
            self.take(batch[1:], end)
            return
        stream = self._stream_of(head.entry, head.position)
        positions = range(head.position, end.position + 1)
        entries = [each.record.entry for each in batch]
        stream.ids.update(zip([each.id for each in entries], positions, strict=True))
        stream.positions.extend(positions)
        stream.last_digest = batch[-1].entry_digest
        self._origins.add(head.entry.origin)
        self._begin_in(end.segment, head.position)
        self._ends[-1].extend(accumulate(lengths[1:], initial=begin + lengths[0]))
        earliest = min(each.occurred_at for each in entries)
        self._times = self._times.including(earliest, head.recorded_at)
        self._last_line = lengths[-1], last.digest
        self.bytes_behind_index += end.offset - begin
        self.place = end

    def knows_origin(self, origin: str) -> bool:
        return origin in self._origins

    def last(self, origin: str, stream: str) -> Entered:
        """Give the stream's last entry."""
        found = self._streams.get((origin, stream))
        if found is None:
            return self._last_in_index(origin, stream)
        self._must_follow_on(origin, stream, found)
        return found.last

    def tip(self, origin: str, stream: str) -> Tip:
        """Give where the stream stands.

        The digest of what this handle wrote itself is remembered; any other entry is read.
        """
        found = self._streams.get((origin, stream))
        last = self.last(origin, stream)
        if not last.revision:
            return Tip(0, first_prev(origin, stream))
        known = found.last_digest if found else ""
        return Tip(last.revision, known or digest_of(self.line_at(last.position).entry))

    def positions(self, origin: str, stream: str, after: int = 0) -> Sequence[int]:
        """Give the positions of the revisions greater than `after`, in order."""
        found = self._streams.get((origin, stream))
        last = self._last_in_index(origin, stream)
        before = self._linked(last, max(after, 0)) if after < last.revision else []
        if found is None:
            return before
        self._must_follow_on(origin, stream, found)
        return [*before, *found.positions[max(after + 1 - found.first, 0) :]]

    def find(self, origin: str, stream: str, event_id: str) -> Entered | None:
        """Give where the entry with this id stands, None when the stream has none."""
        found = self._streams.get((origin, stream))
        if found and (position := found.ids.get(event_id)):
            self._must_follow_on(origin, stream, found)
            return Entered(found.first + bisect_left(found.positions, position), position)
        if self.index is None or not self._last_in_index(origin, stream).revision:
            return None
        at = self.index.position_of(origin, stream, event_id)
        if at is None:
            return None
        head = self._head_in_index(at, origin, stream)
        if head.id != event_id:
            raise IndexDoubtful(f"{at} is not {event_id}")
        return Entered(head.revision, at)

    def find_all(self, origin: str, stream: str, event_ids: Sequence[str]) -> dict[str, Entered]:
        """Give where the entries with these ids stand, as far as the stream has them."""
        found = self._streams.get((origin, stream))
        known = [each for each in event_ids if each in found.ids] if found else []
        if self.index and self._last_in_index(origin, stream).revision:
            known += self.index.known_ids(origin, stream, event_ids)
        entered = ((each, self.find(origin, stream, each)) for each in known)
        return {each: at for each, at in entered if at is not None}

    def place_of(self, position: int) -> Place:
        """Give the end of the entry at `position`."""
        if self.index and position <= self.index.place.position:
            return self.index.link(position).end
        at = bisect_right(self._firsts, position) - 1
        return Place(position, self._segments[at], self._ends[at][position - self._firsts[at]])

    def place_before(self, position: int) -> Place:
        """Give the beginning of the entry at `position`, in its own segment."""
        if self.place_of(position).segment == position:
            return Place(position - 1, position, 0)
        return self.place_of(position - 1) if position > 1 else START

    def line_at(self, position: int) -> Line:
        """Give the line at `position`."""
        begin, end = self.place_before(position), self.place_of(position)
        try:
            return line_between(self._files, self._folder, begin, end)
        except IndexDoubtful as error:
            if self.index:
                raise
            raise LogDamaged(position, "altered", str(error)) from None

    def move_to_index(self) -> None:
        """Write what follows on the index into it; OSError when that fails, which harms nothing."""
        first = self.place.position + 1 - sum(map(len, self._ends))
        previous: dict[int, int] = {}
        keys: dict[bytes, int] = {}
        for (origin, stream), found in self._streams.items():
            self._must_follow_on(origin, stream, found)
            before = self._last_in_index(origin, stream).position
            previous |= zip(found.positions, (before, *found.positions), strict=False)
            keys[stream_key(origin, stream)] = found.last.position
            keys |= zip(id_keys(origin, stream, found.ids), found.ids.values(), strict=True)
        line_bytes, digest = self._last_line
        page = NewPage(
            first=first,
            end=self.place,
            links=self._links(first, previous),
            keys=keys,
            times=self._times,
            line_bytes=line_bytes,
            digest=digest,
            origins=frozenset(self._origins),
            tails_set_aside=frozenset(self.tails_set_aside),
        )
        self._follow_on(add_page(self._files, self._folder, self.index, page))

    def _begin_in(self, segment: int, position: int) -> int:
        """Give where the entry at `position` begins, the next one, in its segment."""
        is_same = segment == self.place.segment
        if not self._segments or not is_same:
            self._firsts.append(position)
            self._segments.append(segment)
            self._ends.append(array("Q"))
        return self.place.offset if is_same else 0

    def _links(self, first: int, previous: Mapping[int, int]) -> list[bytes]:
        """Give the links of what follows on the index, which begins at `first`."""
        ends = zip(self._segments, self._ends, strict=True)
        places = ((segment, offset) for segment, offsets in ends for offset in offsets)
        return [LINK.pack(*at, previous[position]) for position, at in enumerate(places, first)]

    def _stream_of(self, entry: Entry, position: int) -> _Stream:
        key = entry.origin, entry.stream
        found = self._streams.get(key)
        if found is None:
            # With an index it is asked what came before when the stream is.
            first = entry.revision if self.index else 1
            found = self._streams[key] = _Stream(first)
        expected = found.first + len(found.positions)
        if entry.revision != expected:
            text = f"{entry.stream} goes from revision {expected - 1} to {entry.revision}"
            raise LogDamaged(position, "revision_gap", text)
        return found

    def _must_follow_on(self, origin: str, stream: str, found: _Stream) -> None:
        if found.first != self._last_in_index(origin, stream).revision + 1:
            raise IndexDoubtful(f"{stream} does not go on with revision {found.first}")

    def _last_in_index(self, origin: str, stream: str) -> Entered:
        if self.index is None:
            return Entered(0, 0)
        found = self._in_index.get((origin, stream))
        if found is None:
            position = self.index.newest(origin, stream)
            head = self._head_in_index(position, origin, stream) if position else None
            found = Entered(head.revision if head else 0, position)
            self._in_index[origin, stream] = found
        return found

    def _head_in_index(self, position: int, origin: str, stream: str) -> EntryHead:
        head = entry_head(self.line_at(position))
        if head is None or (head.origin, head.stream) != (origin, stream):
            raise IndexDoubtful(f"{position} is not of {stream}")
        return head

    def _linked(self, last: Entered, after: int) -> list[int]:
        """Walk back from a stream's last entry in the index to the one after `after`."""
        if self.index is None:
            return []
        positions, before = self.index.back_from(last.position, last.revision - after)
        if (before == 0) != (after == 0):
            raise IndexDoubtful(f"{last.position} is not linked to the entries before it")
        return positions


def runs(positions: Sequence[int], *, gap_max: int = 4) -> Iterator[Sequence[int]]:
    """Cut ascending positions where reading on would cost more than reading anew."""
    begin = 0
    for at in range(1, len(positions) + 1):
        if at == len(positions) or positions[at] - positions[at - 1] > gap_max:
            yield positions[begin:at]
            begin = at


def _kept_as(entry: Entry) -> str:
    return msgspec.json.decode(entry.data, type=TailSetAside).kept_as
