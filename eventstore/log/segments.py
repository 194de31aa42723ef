"""Segments: the log's files, each named by the position of its first entry."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from eventstore.errors import LogDamaged
from eventstore.log.files import Files
from eventstore.log.line import Line, parse_line

SEGMENT_BYTES_MAX = 8 << 20
"""A new segment is begun rather than let one grow beyond this; a batch never spans two."""

_CHUNK_BYTES = 1 << 20
_NAME = re.compile(r"(\d{20})\.ndjson")


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


def segment_path(folder: Path, first: int) -> Path:
    return folder / "log" / segment_name(first)


def segments(files: Files, folder: Path) -> list[int]:
    """Give the first positions that the segments are named by, in order."""
    names = files.names(folder / "log")
    return [int(found[1]) for name in names if (found := _NAME.fullmatch(name))]


def raw_lines(files: Files, path: Path, offset: int, end: int) -> Iterator[bytes]:
    """Cut the bytes `offset`..`end` into lines with their LF; a last one may lack it."""
    rest = b""
    while offset < end:
        try:
            chunk = files.read(path, offset, min(_CHUNK_BYTES, end - offset))
        except FileNotFoundError:
            break  # A recovery has just removed it, so nothing in it was published.
        if not chunk:
            break
        offset += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


def read_lines(
    files: Files, folder: Path, start: Place, end: Place
) -> Iterator[tuple[Line, Place]]:
    """Give each line after `start` through `end`, with its end's place.

    Raises LogDamaged at the first position where the bytes are not what was published.
    """
    place = start
    while place.position < end.position:
        for line, at in _segment_lines(files, folder, place, end):
            yield line, at
            place = at
        if place.position < end.position:
            place = _next_segment(files, folder, place)
    if (place.segment, place.offset) != (end.segment, end.offset):
        raise LogDamaged(end.position, "mark_wrong", "the mark names another place for its end")


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


def _segment_lines(
    files: Files, folder: Path, start: Place, end: Place
) -> Iterator[tuple[Line, Place]]:
    path = segment_path(folder, start.segment)
    size = files.size(path)
    expected = start.position + 1
    if size is None:
        raise LogDamaged(expected, "segment_missing", f"there is no {path.name}")
    offset = start.offset
    limit = end.offset if start.segment == end.segment else size
    for raw in raw_lines(files, path, offset, limit):
        if expected > end.position:
            raise LogDamaged(end.position, "mark_wrong", "the mark names another place for its end")
        line = parse_line(raw)
        if line is None:
            raise LogDamaged(expected, "altered", f"{path.name}, byte {offset}, was changed")
        if line.position != expected:
            kind = "removed" if line.position > expected else "inserted"
            raise LogDamaged(expected, kind, f"{path.name} has {line.position} in its place")
        offset += len(raw)
        yield line, Place(expected, start.segment, offset)
        expected += 1


def _next_segment(files: Files, folder: Path, place: Place) -> Place:
    following = Place(place.position, place.position + 1, 0)
    is_same = following.segment == place.segment
    if is_same or files.size(segment_path(folder, following.segment)) is None:
        later = [first for first in segments(files, folder) if first > following.segment]
        kind = "segment_missing" if later else "removed"
        text = f"{segment_name(place.segment)} ends at {place.position} and none follows"
        raise LogDamaged(following.segment, kind, text)
    return following
