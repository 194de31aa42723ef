"""Segments: the log's files, each named by the position of its first entry."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from eventstore.entry import Recorded
from eventstore.errors import LogDamaged
from eventstore.log.bulk import intact_entries
from eventstore.log.files import Files
from eventstore.log.line import Line, parse_line, recorded

SEGMENT_BYTES_MAX = 8 << 20
"""A new segment is begun rather than let one grow beyond this; a batch never spans two."""

_READ_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 16
"""Small enough to stay in the processor's cache while it is decoded, encoded and hashed."""

_FIRST_BYTES = 1 << 14
"""Who reads on from a place often needs a few entries: what is read grows from this."""

_OTHER_END = "the mark names another place for its end"
_NAME = re.compile(r"(\d{20})\.ndjson")

Taken = TypeVar("Taken")


class Place(NamedTuple):
    """The end of the entry at `position`: `offset` bytes into the segment named `segment`."""

    position: int
    segment: int
    offset: int


START = Place(position=0, segment=1, offset=0)


def segment_name(first: int) -> str:
    return f"{first:020d}.ndjson"


def is_segment_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


@lru_cache(maxsize=64)
def segment_path(folder: Path, first: int) -> Path:
    return _log(folder) / segment_name(first)


@lru_cache(maxsize=64)
def _log(folder: Path) -> Path:
    return folder / "log"


def segments(files: Files, folder: Path) -> list[int]:
    """Give the first positions that the segments are named by, in order."""
    names = files.names(folder / "log")
    return [int(found[1]) for name in names if (found := _NAME.fullmatch(name))]


def raw_lines(files: Files, path: Path, offset: int, end: int) -> Iterator[bytes]:
    """Cut the bytes `offset`..`end` into lines with their LF; a last one may lack it."""
    for chunk in whole_lines(files, path, offset, end):
        yield from _cut(chunk)


def whole_lines(files: Files, path: Path, offset: int, end: int) -> Iterator[bytes]:
    """Give the bytes `offset`..`end`, many lines at a time; the last line may lack its LF."""
    size, fitting = 4 * _FIRST_BYTES, _FIRST_BYTES
    while offset < end:
        try:
            block = files.read(path, offset, min(size, end - offset))
        except FileNotFoundError:
            return  # A recovery has just removed it, so nothing in it was published.
        begin = 0
        while whole := _end_of_lines(block, begin, fitting):
            yield block[begin:whole]
            begin, fitting = whole, min(2 * fitting, _CHUNK_BYTES)
        offset += begin
        if len(block) == size and (begin == 0 or size < _READ_BYTES):
            size *= 2  # No line may have been whole in what was read.
        elif begin == 0:
            if block:
                yield block
            return


def read_each(
    files: Files, folder: Path, start: Place, end: Place
) -> Iterator[tuple[Recorded, Place]]:
    """Give each entry after `start` through `end`, with its own place.

    Raises LogDamaged at the first position where the bytes are not what was published.
    """
    return _walk(files, folder, start, end, _each)


def read_entries(
    files: Files, folder: Path, start: Place, end: Place
) -> Iterator[tuple[Sequence[Recorded], Place]]:
    """Give the entries after `start` through `end`, some at a time, with the last one's place.

    Raises LogDamaged as `read_each` does.
    """
    return _walk(files, folder, start, end, _entries)


def entry_of(line: Line) -> Recorded:
    """Give the line as readers take it; LogDamaged when its bytes are no entry."""
    found = recorded(line)
    if found is None:
        raise LogDamaged(line.position, "altered", "the line holds no entry")
    return found


def locate(files: Files, folder: Path, after: int, end: Place) -> Place:
    """Give a place at or before the beginning of the entry that follows `after`."""
    if after >= end.position:
        return end
    begun = [first for first in segments(files, folder) if first <= after + 1]
    first = max(begun, default=START.segment)
    path = segment_path(folder, first)
    skipped = islice(raw_lines(files, path, 0, files.size(path) or 0), after + 1 - first)
    lengths = [len(raw) for raw in skipped]
    return Place(first - 1 + len(lengths), first, sum(lengths))


def _walk(
    files: Files,
    folder: Path,
    start: Place,
    end: Place,
    take: Callable[[bytes, Place, Place], Iterator[tuple[Taken, Place]]],
) -> Iterator[tuple[Taken, Place]]:
    """Go through the bytes after `start` through `end`; `take` cuts chunks into what is wanted."""
    place = start
    while place.position < end.position:
        for chunk in _segment_chunks(files, folder, place, end):
            for taken, at in take(chunk, place, end):
                yield taken, at
                place = at
        if place.position < end.position:
            place = _next_segment(files, folder, place)
    if (place.segment, place.offset) != (end.segment, end.offset):
        raise LogDamaged(end.position, "mark_wrong", _OTHER_END)


def _segment_chunks(files: Files, folder: Path, start: Place, end: Place) -> Iterator[bytes]:
    path = segment_path(folder, start.segment)
    size = files.size(path)
    if size is None:
        raise LogDamaged(start.position + 1, "segment_missing", f"there is no {path.name}")
    limit = end.offset if start.segment == end.segment else size
    return whole_lines(files, path, start.offset, limit)


def _entries(chunk: bytes, start: Place, end: Place) -> Iterator[tuple[Sequence[Recorded], Place]]:
    entries = intact_entries(chunk, start.position + 1)
    if entries and entries[-1].position <= end.position:
        yield entries, Place(entries[-1].position, start.segment, start.offset + len(chunk))
    else:
        for line, at in _lines(chunk, start, end):
            yield (entry_of(line),), at


def _each(chunk: bytes, start: Place, end: Place) -> Iterator[tuple[Recorded, Place]]:
    entries = intact_entries(chunk, start.position + 1)
    if entries and entries[-1].position <= end.position:
        ends = accumulate((len(raw) for raw in _cut(chunk)), initial=start.offset)
        for entry, offset in zip(entries, islice(ends, 1, None), strict=True):
            yield entry, Place(entry.position, start.segment, offset)
    else:
        for line, at in _lines(chunk, start, end):
            yield entry_of(line), at


def _lines(chunk: bytes, start: Place, end: Place) -> Iterator[tuple[Line, Place]]:
    name = segment_name(start.segment)
    offset, expected = start.offset, start.position + 1
    for raw in _cut(chunk):
        if expected > end.position:
            raise LogDamaged(end.position, "mark_wrong", _OTHER_END)
        line = parse_line(raw)
        if line is None:
            raise LogDamaged(expected, "altered", f"{name}, byte {offset}, was changed")
        if line.position != expected:
            kind = "removed" if line.position > expected else "inserted"
            raise LogDamaged(expected, kind, f"{name} has {line.position} in its place")
        offset += len(raw)
        yield line, Place(expected, start.segment, offset)
        expected += 1


def _end_of_lines(block: bytes, begin: int, size: int) -> int:
    """Give where the lines that fit into `size` end, or the first line; 0 when none does."""
    return block.rfind(b"\n", begin, begin + size) + 1 or block.find(b"\n", begin) + 1


def _cut(chunk: bytes) -> Iterator[bytes]:
    *whole, rest = chunk.split(b"\n")
    for line in whole:
        yield line + b"\n"
    if rest:
        yield rest


def _next_segment(files: Files, folder: Path, place: Place) -> Place:
    following = Place(place.position, place.position + 1, 0)
    is_same = following.segment == place.segment
    if is_same or files.size(segment_path(folder, following.segment)) is None:
        later = [first for first in segments(files, folder) if first > following.segment]
        kind = "segment_missing" if later else "removed"
        text = f"{segment_name(place.segment)} ends at {place.position} and none follows"
        raise LogDamaged(following.segment, kind, text)
    return following
