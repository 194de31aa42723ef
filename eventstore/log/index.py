"""The index on disk, `index/`: where each stream, id and moment is found without reading the log.

    manifest            how far the index goes, its pages and tables, and a check over itself
    links               for each position 24 bytes: segment, end in it, entry before in its stream
    <first>-<last>.table   streams and ids of these positions (see `index_table`)

It is a cache: nothing of it is ever synced, anybody may delete it at any time, and what it says is
held against the log. The manifest names the digest of the line that it ends with; if the log has
another line there the index belongs to another log, or to this one before a backup was put back.
A place is believed when the line there says that it is the one. What cannot be held against a
line - that a stream, an id or a moment does not occur - is covered by checks that hang on that
digest. At the first disagreement the index is `IndexDoubtful`, and the log is read instead.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from struct import Struct as Layout
from typing import NamedTuple

import msgspec
from msgspec import Struct

from eventstore.log.files import Files
from eventstore.log.index_table import (
    IndexDoubtful,
    Table,
    TableRow,
    doubting,
    id_key,
    id_keys,
    stream_key,
)
from eventstore.log.line import Line, parse_line
from eventstore.log.segments import START, Place, segment_path
from eventstore.moments import FIRST_MOMENT, LAST_MOMENT, Moment

FORMAT = 2
INDEX = "index"
LINK = Layout("<QQQ")
"""Segment, end of the line in it, position of the entry before in its stream or 0."""

_LINKS_READ = 170
_CHUNKS_KEPT_MAX = 512
_NONE: Mapping[TableRow, Table] = {}


class Times(Struct, frozen=True, array_like=True):
    """When the first event of a stretch was, and between which moments it was recorded."""

    earliest: Moment
    recorded_from: Moment
    recorded_to: Moment

    def including(self, earliest: Moment, recorded_at: Moment) -> "Times":
        return Times(
            min(self.earliest, earliest),
            min(self.recorded_from, recorded_at),
            max(self.recorded_to, recorded_at),
        )


NO_TIMES = Times(LAST_MOMENT, LAST_MOMENT, FIRST_MOMENT)


class Page(Struct, frozen=True, array_like=True):
    """A stretch of the log that ends with `position`."""

    position: int
    segment: int
    offset: int
    times: Times

    @property
    def end(self) -> Place:
        return Place(self.position, self.segment, self.offset)


class Manifest(Struct, frozen=True):
    """What the index consists of; its last line has `line_bytes` and the digest `digest`."""

    format: int
    pages: tuple[Page, ...]
    tables: tuple[TableRow, ...]
    line_bytes: int
    digest: str
    origins: tuple[str, ...]
    tails_set_aside: tuple[str, ...]


class Link(NamedTuple):
    """The end of an entry, and the position of the one before it in its stream (0: none)."""

    end: Place
    previous: int


class Index:
    """The index as one manifest has it; another writer may put a longer one in its place."""

    def __init__(
        self,
        files: Files,
        folder: Path,
        manifest: Manifest,
        check: str,
        known: Mapping[TableRow, Table],
    ) -> None:
        self.manifest = manifest
        self.check = check
        self._files = files
        self._folder = folder
        rows = reversed(manifest.tables)
        self._tables = [known.get(row) or Table(files, folder / INDEX, row) for row in rows]
        self._chunks: dict[int, bytes] = {}

    @property
    def place(self) -> Place:
        return self.manifest.pages[-1].end

    def newest(self, origin: str, stream: str) -> int:
        """Give the position of a stream's last entry, 0 when it has none here."""
        return self._find(stream_key(origin, stream)) or 0

    def read_whole(self) -> None:
        """Read all tables; IndexDoubtful when one is not as it was written."""
        for table in self._tables:
            table.read_whole()

    def tables(self) -> dict[TableRow, Table]:
        """Give the tables that are still there, with what was read of them."""
        return {table.row: table for table in self._tables if table.is_there()}

    def position_of(self, origin: str, stream: str, event_id: str) -> int | None:
        """Give where an entry with this id may stand; the line there says whether it is so."""
        return self._find(id_key(origin, stream, event_id))

    def known_ids(self, origin: str, stream: str, event_ids: Sequence[str]) -> list[str]:
        """Give those of the ids that may have an entry here, as `position_of` says of each."""
        keys = dict(zip(id_keys(origin, stream, event_ids), event_ids, strict=True))
        known = {key for table in self._tables for key in table.some_of(keys)}
        return [keys[key] for key in known]

    def link(self, position: int) -> Link:
        number, at = divmod(position - 1, _LINKS_READ)
        chunk = self._chunks.get(number) or self._chunk(number)
        found = chunk[at * LINK.size : (at + 1) * LINK.size]
        if not 0 < position <= self.place.position or len(found) < LINK.size:
            raise IndexDoubtful(f"there is no link of {position}")
        segment, offset, previous = LINK.unpack(found)
        if not 0 < segment <= position or previous >= position:
            raise IndexDoubtful(f"the link of {position} is none")
        return Link(Place(position, segment, offset), previous)

    def back_from(self, position: int, count: int) -> tuple[list[int], int]:
        """Walk back through a stream by `count` entries, the first of them at `position`.

        Gives their positions in order, and that of the entry before them (0: none).
        """
        positions: list[int] = []
        first, chunk = position + 1, b""
        for _ in range(count):
            if position < first:
                self.link(position)
                number = (position - 1) // _LINKS_READ
                first, chunk = number * _LINKS_READ + 1, self._chunks[number]
            positions.append(position)
            _, _, previous = LINK.unpack_from(chunk, (position - first) * LINK.size)
            if previous >= position:
                raise IndexDoubtful(f"the link of {position} is none")
            position = previous
        return positions[::-1], position

    def begin_of(self, position: int) -> Place:
        """Give the beginning of the entry at `position`, in its own segment."""
        if self.link(position).end.segment == position:
            return Place(position - 1, position, 0)
        return self.link(position - 1).end if position > 1 else START

    def line_at(self, position: int) -> Line:
        """Give the line at `position`, which is the one."""
        begin, end = self.begin_of(position), self.link(position).end
        return line_between(self._files, self._folder, begin, end)

    def _find(self, key: bytes) -> int | None:
        for table in self._tables:
            if (position := table.find(key)) is not None:
                return position
        return None

    def _chunk(self, number: int) -> bytes:
        size = _LINKS_READ * LINK.size
        with doubting():
            chunk = self._files.read(self._folder / INDEX / "links", number * size, size)
        if len(self._chunks) >= _CHUNKS_KEPT_MAX:
            self._chunks.clear()
        self._chunks[number] = chunk
        return chunk


def load_index(files: Files, folder: Path, known: Mapping[TableRow, Table] = _NONE) -> Index | None:
    """Give the index if there is one and it belongs to this log.

    A table never changes, so those of an index before it need not be read again.
    """
    path = folder / INDEX / "manifest"
    try:
        body, _, check = files.read(path, 0, files.size(path) or 0).rpartition(b"\n")
        if sha256(body).hexdigest().encode() != check:
            return None
        manifest = msgspec.json.decode(body, type=Manifest)
        if manifest.format != FORMAT or not manifest.pages:
            return None
        index = Index(files, folder, manifest, check.decode(), known)
        end = index.place
        begin = end._replace(position=end.position - 1, offset=end.offset - manifest.line_bytes)
        is_of_this_log = line_between(files, folder, begin, end).digest == manifest.digest
    except (OSError, IndexDoubtful, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return index if is_of_this_log else None


def encode_manifest(manifest: Manifest) -> bytes:
    """Give the manifest's bytes, its check on a line of its own."""
    body = msgspec.json.encode(manifest)
    return body + b"\n" + sha256(body).hexdigest().encode()


def line_between(files: Files, folder: Path, begin: Place, end: Place) -> Line:
    """Give the line that stands here; IndexDoubtful when these are not its ends."""
    if begin.offset < 0:
        raise IndexDoubtful(f"{end.position} begins before its segment")
    with doubting():
        raw = files.read(segment_path(folder, end.segment), begin.offset, end.offset - begin.offset)
    line = parse_line(raw)
    if line is None or line.position != end.position:
        raise IndexDoubtful(f"{end.position} does not stand where it should")
    return line
