"""Saved states on disk, `keyframes/`: a cache beside the log that anybody may delete at any time.

    list      for each state 96 bytes: where its last line stands in the log, the state's own
              place, which whole state it builds on, its latest moment, a check over these
    states    the states one after the other, each a header and its parts, compressed

A state is whole, or it is what changed since the one before it. Both files only grow; nothing is
ever synced. A row that was torn is none, nor is a state of which any part or predecessor is not
as it was written. Whether a state belongs to this log is for the reader to ask: it names a line.
"""

import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from struct import Struct as Layout
from typing import NamedTuple

import msgspec
from msgspec import Struct

from eventstore.log.files import Files, write_all
from eventstore.log.segments import Place
from eventstore.moments import Moment

KEYFRAMES = "keyframes"
_ROW = Layout("<QQQQQQQ32s")
_CHECK_BYTES = 8
_ROW_BYTES = _ROW.size + _CHECK_BYTES
_ROWS_READ = 64
"""Neighbours are read together: a search looks at few places."""

_HEAD = Layout("<32sI")
_DIGEST_BYTES = 32


class Row(NamedTuple):
    """A state of the log through the line of `line_bytes` that ends at `place`.

    Its latest event happened at `latest`; it builds on the states from number `whole` on.
    """

    place: Place
    line_bytes: int
    offset: int
    size: int
    whole: int
    latest: Moment


class PartHead(Struct, frozen=True, array_like=True):
    """A part of a state: who folded it, and how its bytes are known."""

    name: str
    program: str
    size: int
    digest: bytes


class Header(Struct, frozen=True, array_like=True):
    """What a state is: `digest` is that of its last line, `before` that of the state below it."""

    position: int
    digest: str
    before: bytes
    parts: tuple[PartHead, ...]


class Saved(NamedTuple):
    """A state as it was read: its header, and its parts as long as nobody asks still packed."""

    header: Header
    own_digest: bytes
    packed: Mapping[str, bytes]

    def part(self, name: str, program: str) -> bytes | None:
        """Give the bytes of a part that `program` folded, None when there are none."""
        for head in self.header.parts:
            data = self.packed[head.name]
            if (head.name, head.program) == (name, program):
                return zlib.decompress(data) if sha256(data).digest() == head.digest else None
        return None


class KeyframeFiles:
    """The saved states of one store, as they stand when they are first looked at."""

    def __init__(self, files: Files, folder: Path) -> None:
        self._files = files
        self._list = folder / KEYFRAMES / "list"
        self._states = folder / KEYFRAMES / "states"
        self._chunks: dict[int, bytes] = {}

    def count(self) -> int:
        return (self._files.size(self._list) or 0) // _ROW_BYTES

    def row(self, number: int) -> Row | None:
        """Give the row of this number, None when it was torn."""
        chunk, at = divmod(number, _ROWS_READ)
        if chunk not in self._chunks:
            size = _ROWS_READ * _ROW_BYTES
            self._chunks[chunk] = self._files.read(self._list, chunk * size, size)
        data = self._chunks[chunk][at * _ROW_BYTES : (at + 1) * _ROW_BYTES]
        body, check = data[: _ROW.size], data[_ROW.size :]
        if sha256(body).digest()[:_CHECK_BYTES] != check:
            return None
        position, segment, end, line_bytes, offset, size, whole, latest = _ROW.unpack(body)
        when = Moment(latest.rstrip(b"\0").decode("ascii", "replace"))
        return Row(Place(position, segment, end), line_bytes, offset, size, whole, when)

    def number_before(self, position: int, latest: Moment) -> int:
        """Give the last row that goes neither beyond `position` nor beyond `latest`; -1: none."""

        def is_beyond(number: int) -> bool:
            row = self.row(number)
            return row is None or row.place.position > position or row.latest > latest

        return bisect_right(range(self.count()), False, key=is_beyond) - 1

    def saved(self, number: int) -> list[Saved] | None:
        """Give the whole state that this one builds on and all changes since; None: not intact."""
        last = self.row(number)
        if last is None or last.whole > number:
            return None
        rows = [self.row(each) for each in range(last.whole, number + 1)]
        begin = rows[0].offset if rows[0] else last.offset
        data = self._files.read(self._states, begin, last.offset + last.size - begin)
        found: list[Saved] = []
        before = b""
        for row in rows:
            state = row and _saved(data[row.offset - begin : row.offset - begin + row.size])
            if row is None or state is None or state.header.before != before:
                return None
            if state.header.position != row.place.position or row.whole != last.whole:
                return None
            before = state.own_digest
            found.append(state)
        return found

    def add(self, row: Row, state: bytes, *, after: int) -> None:
        """Put a state behind the first `after` ones, which stay.

        The caller holds the writer's lock. Raises OSError.
        """
        self._files.make_folder(self._list.parent)
        numbers = (*row.place, row.line_bytes, row.offset, row.size, row.whole)
        listed = _ROW.pack(*numbers, row.latest.encode())
        self._write(self._states, state, row.offset)
        self._write(self._list, listed + sha256(listed).digest()[:_CHECK_BYTES], after * _ROW_BYTES)
        self._chunks.clear()

    def clear(self) -> None:
        """Remove every state; the caller holds the writer's lock."""
        self._chunks.clear()
        for path in (self._list, self._states):
            if self._files.size(path) is not None:
                self._files.remove(path)

    def _write(self, path: Path, data: bytes, offset: int) -> None:
        """Write `data`, and let the file end with it."""
        file = self._files.open(path)
        try:
            write_all(file, data, offset)
            if (self._files.size(path) or 0) > offset + len(data):
                file.truncate(offset + len(data))
        finally:
            file.close()


def packed(
    position: int, digest: str, parts: Iterable[tuple[str, str, bytes]], *, before: bytes
) -> bytes:
    """Give the bytes of a state through the line of this digest, of parts with name and program.

    One part is packed before the next is asked for: whole they are as large as what they tell.
    `before` is the digest of the state that it builds on. The result begins with its own digest.
    """
    data = {name: (program, zlib.compress(part, 1)) for name, program, part in parts}
    heads = tuple(
        PartHead(name, program, len(part), sha256(part).digest())
        for name, (program, part) in data.items()
    )
    header = msgspec.msgpack.encode(Header(position, digest, before, heads))
    packed_parts = (part for _, part in data.values())
    return b"".join((_HEAD.pack(sha256(header).digest(), len(header)), header, *packed_parts))


def digest_of(state: bytes) -> bytes:
    """Give the digest that the next state names as `before`."""
    return state[:_DIGEST_BYTES]


def _saved(data: bytes) -> Saved | None:
    if len(data) < _HEAD.size:
        return None
    digest, length = _HEAD.unpack_from(data)
    header = data[_HEAD.size : _HEAD.size + length]
    if sha256(header).digest() != digest:
        return None
    found = msgspec.msgpack.decode(header, type=Header)
    return Saved(found, digest, dict(_cut(data, _HEAD.size + length, found.parts)))


def _cut(data: bytes, begin: int, parts: Iterable[PartHead]) -> Iterator[tuple[str, bytes]]:
    for part in parts:
        yield part.name, data[begin : begin + part.size]
        begin += part.size
