"""What an intact segment amounts to, so that the check joins segments instead of lines.

Only a segment without a fault or an oddity has a summary; of any other the check asks each line.
Segments do not depend on each other, so several processes can share them.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from eventstore.entry import Entry, Recorded
from eventstore.events import ForkedFrom, TailSetAside
from eventstore.log.bulk import bodies_of, canonical_entries, have_digests
from eventstore.log.files import Files
from eventstore.log.line import Envelope
from eventstore.log.segments import segment_path, whole_lines

SEGMENTS_BY_PROCESS = 4
"""Fewer are read here before another process has begun."""

_ENTRY_KEY = b'"entry":'
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
    """An intact segment of whole batches; `own` are the log's own entries, by position."""

    first: Envelope
    last: Envelope
    stretches: dict[tuple[str, str], Stretch]
    own: dict[int, Entry]


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
    for chunk in whole_lines(files, segment_path(folder, part.first), 0, part.length):
        entries = canonical_entries(chunk, position)
        if not entries:
            return None
        bodies = bodies_of(chunk)
        if not have_digests(entries, bodies) or not _batches_go_on(last, entries):
            return None
        if not streams.take(entries, bodies):
            return None
        first, last = first or entries[0], entries[-1]
        position += len(entries)
    if first is None or last is None or last.position != last.batch[1]:
        return None
    return Summary(_envelope(first), _envelope(last), streams.stretches, streams.own)


def _batches_go_on(before: Recorded | None, entries: Sequence[Recorded]) -> bool:
    """Say whether each batch is in one piece and of one time, which never goes back."""
    for each in entries:
        if before is None or before.position == before.batch[1]:
            if not each.batch[0] == each.position > each.synced:
                return False
            if before is not None and each.recorded_at < before.recorded_at:
                return False
        elif (each.batch, each.synced, each.recorded_at) != (
            before.batch,
            before.synced,
            before.recorded_at,
        ):
            return False
        before = each
    return True


def _envelope(recorded: Recorded) -> Envelope:
    return Envelope(recorded.position, recorded.recorded_at, recorded.batch, recorded.synced)


class _Streams:
    """The streams so far: each entry follows from the one before it."""

    def __init__(self) -> None:
        self.stretches: dict[tuple[str, str], Stretch] = {}
        self.own: dict[int, Entry] = {}

    def take(self, entries: Sequence[Recorded], bodies: Sequence[bytes]) -> bool:
        """Take lines in; False when an entry does not follow in its stream."""
        digests = [sha256(body[body.index(_ENTRY_KEY) + 8 :]).hexdigest() for body in bodies]
        for recorded, digest in zip(entries, digests, strict=True):
            entry = recorded.entry
            stretch = self.stretches.get((entry.origin, entry.stream))
            if stretch is None:
                stretch = _begun(recorded)
                self.stretches[entry.origin, entry.stream] = stretch
            elif entry.revision != stretch.revision + 1 or entry.prev != stretch.digest:
                return False
            stretch.position, stretch.revision = recorded.position, entry.revision
            stretch.digest = digest
            stretch.ids.append(entry.id)
            if entry.type in _OWN_TYPES:
                self.own[recorded.position] = entry
        return True


def _begun(recorded: Recorded) -> Stretch:
    entry, position = recorded.entry, recorded.position
    return Stretch(position, entry.revision, entry.prev, position, entry.revision, "", [])
