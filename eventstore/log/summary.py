"""What an intact segment amounts to, so that the check joins segments instead of lines.

Only a segment without a fault or an oddity has a summary; of any other the check asks each line.
Segments do not depend on each other, so several processes can share them.
"""

from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from hashlib import sha256
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from eventstore.entry import Entry, Recorded
from eventstore.events import ForkedFrom, TailSetAside
from eventstore.log.bulk import bodies_of, canonical_entries, have_digests
from eventstore.log.files import Files
from eventstore.log.index_check import links_of
from eventstore.log.line import TAIL_BYTES, Envelope
from eventstore.log.segments import segment_path, whole_lines

SEGMENTS_BY_PROCESS = 4
"""Fewer are read here before another process has begun."""

_POSITION_KEY = b'{"position":'
_ENTRY_KEY = b'"entry":'
_REVISION_KEY = b',"revision":'
_OWN_TYPES = frozenset({TailSetAside.__name__, ForkedFrom.__name__})


class Part(NamedTuple):
    """The bytes up to `length` of the segment named `first`."""

    first: int
    length: int


class Stretch(Struct):
    """The entries of one stream in a segment: how they begin, where they end, and their ids.

    `first_position` and `position` are of the first and the last of them.
    """

    first_position: int
    first_revision: int
    first_prev: str
    position: int
    revision: int
    digest: str
    ids: list[str]


class Summary(Struct, frozen=True):
    """An intact segment of whole batches; `own` are the log's own entries, by position.

    `links` are what the index should say, but for the first entries of streams in it.
    """

    first: Envelope
    last: Envelope
    stretches: dict[tuple[str, str], Stretch]
    own: dict[int, Entry]
    links: bytes


def summaries(
    files: Files, folder: Path, parts: Sequence[Part], processes: int
) -> Iterator[Summary | None]:
    """Give the summary of each part in order, None where the check has to ask each line."""
    sharing = max(min(processes, len(parts) // SEGMENTS_BY_PROCESS), 1)
    mine = -(-len(parts) // sharing)
    if sharing == 1:
        yield from (summarize(files, folder, part) for part in parts)
        return
    with ProcessPoolExecutor(sharing - 1, mp_context=get_context("spawn")) as pool:
        theirs = [pool.submit(summarize, files, folder, part) for part in parts[mine:]]
        yield from (summarize(files, folder, part) for part in parts[:mine])
        for future in theirs:
            try:
                yield future.result()
            except BrokenExecutor:
                yield None  # A process that was killed says nothing about the log.


def summarize(files: Files, folder: Path, part: Part) -> Summary | None:
    """Give what the segment amounts to, None when anything in it needs a closer look."""
    first = last = None
    streams, position = _Streams(), part.first
    ends = array("Q")
    for chunk in whole_lines(files, segment_path(folder, part.first), 0, part.length):
        entries = canonical_entries(chunk, position)
        bodies = bodies_of(chunk)
        if not entries or not have_digests(entries, bodies):
            return None
        for begin, end, entry_at in _runs(entries, bodies):
            if not _goes_on(last, entries[begin], entries[end - 1].position):
                return None
            digests = [sha256(body[entry_at:]).hexdigest() for body in bodies[begin:end]]
            if not streams.take(entries[begin:end], digests):
                return None
            last = entries[end - 1]
        first = first or entries[0]
        position += len(entries)
        lengths = [len(body) + TAIL_BYTES for body in bodies]
        ends.extend(islice(accumulate(lengths, initial=ends[-1] if ends else 0), 1, None))
    if first is None or last is None or last.position != last.batch[1]:
        return None
    links = links_of(part.first, ends, streams.previous)
    return Summary(_envelope(first), _envelope(last), streams.stretches, streams.own, links)


def _runs(entries: Sequence[Recorded], bodies: Sequence[bytes]) -> Iterator[tuple[int, int, int]]:
    """Cut lines of the exact form into runs of one batch and one stream.

    Gives where each begins and ends, and where the entry begins in its lines: all their bytes from
    the position to the revision are the same. No string holds what is looked for, as a quotation
    mark in it has a backslash.
    """
    begin = 0
    while begin < len(bodies):
        body, digits = bodies[begin], len(str(entries[begin].position))
        at = len(_POSITION_KEY) + digits
        common = body[at : body.index(_REVISION_KEY) + len(_REVISION_KEY)]
        longer = begin + 10**digits - entries[begin].position
        end, limit = begin + 1, min(len(bodies), longer)
        while end < limit and bodies[end].startswith(common, at):
            end += 1
        yield begin, end, at + common.index(_ENTRY_KEY) + len(_ENTRY_KEY)
        begin = end


def _goes_on(before: Recorded | None, first: Recorded, last: int) -> bool:
    """Say whether a run through position `last` goes on from the entry before it.

    Batches are in one piece and of one time, which never goes back.
    """
    if last > first.batch[1]:
        return False
    if before is None or before.position == before.batch[1]:
        is_late = before is not None and first.recorded_at < before.recorded_at
        return first.batch[0] == first.position > first.synced and not is_late
    return (first.batch, first.synced, first.recorded_at) == (
        before.batch,
        before.synced,
        before.recorded_at,
    )


def _envelope(recorded: Recorded) -> Envelope:
    return Envelope(recorded.position, recorded.recorded_at, recorded.batch, recorded.synced)


class _Streams:
    """The streams so far: each entry follows from the one before it."""

    def __init__(self) -> None:
        self.stretches: dict[tuple[str, str], Stretch] = {}
        self.own: dict[int, Entry] = {}
        self.previous = array("Q")

    def take(self, run: Sequence[Recorded], digests: Sequence[str]) -> bool:
        """Take entries of one stream in; False when one does not follow on the one before."""
        entries = [each.entry for each in run]
        first, last = entries[0], entries[-1]
        stretch = self.stretches.get((first.origin, first.stream))
        if stretch is None:
            stretch = self.stretches[first.origin, first.stream] = _begun(run[0])
        elif first.revision != stretch.revision + 1 or first.prev != stretch.digest:
            return False
        revisions = [each.revision for each in entries]
        if revisions != list(range(first.revision, first.revision + len(run))):
            return False
        if [each.prev for each in entries[1:]] != digests[:-1]:
            return False
        self.previous.append(stretch.position)
        self.previous.extend(range(run[0].position, run[-1].position))
        stretch.position, stretch.revision = run[-1].position, last.revision
        stretch.digest = digests[-1]
        stretch.ids += [each.id for each in entries]
        if not _OWN_TYPES.isdisjoint([each.type for each in entries]):
            own = (each for each in run if each.entry.type in _OWN_TYPES)
            self.own.update((each.position, each.entry) for each in own)
        return True


def _begun(recorded: Recorded) -> Stretch:
    entry, position = recorded.entry, recorded.position
    return Stretch(position, entry.revision, entry.prev, position, entry.revision, "", [])
