"""Saved states on disk, `keyframes/`: a cache beside the log that anybody may delete at any time.

    list      for each state 64 bytes: position, offset, size, latest moment, check
    states    the states one after the other, each 32 bytes of SHA-256 and compressed msgpack

Both only grow; nothing is ever synced. A line of the list that was torn, or of a state that was,
is none. Whether a state belongs to this log is for the reader to ask: it names a line's digest.
"""

import zlib
from bisect import bisect_right
from hashlib import sha256
from pathlib import Path
from struct import Struct as Layout
from typing import NamedTuple

from eventstore.log.files import Files, write_all
from eventstore.moments import Moment

KEYFRAMES = "keyframes"
_ROW = Layout("<QQQ32s")
_CHECK_BYTES = 8
_ROW_BYTES = _ROW.size + _CHECK_BYTES
_DIGEST_BYTES = 32


class Row(NamedTuple):
    """A state of the log through `position`, whose latest event happened at `latest`."""

    position: int
    offset: int
    size: int
    latest: Moment


class KeyframeFiles:
    """The saved states of one store."""

    def __init__(self, files: Files, folder: Path) -> None:
        self._files = files
        self._list = folder / KEYFRAMES / "list"
        self._states = folder / KEYFRAMES / "states"

    def count(self) -> int:
        return (self._files.size(self._list) or 0) // _ROW_BYTES

    def row(self, number: int) -> Row | None:
        """Give the row of this number, None when it was torn."""
        data = self._files.read(self._list, number * _ROW_BYTES, _ROW_BYTES)
        body, check = data[: _ROW.size], data[_ROW.size :]
        if number < 0 or sha256(body).digest()[:_CHECK_BYTES] != check:
            return None
        position, offset, size, latest = _ROW.unpack(body)
        return Row(position, offset, size, Moment(latest.rstrip(b"\0").decode("ascii", "replace")))

    def number_before(self, position: int, latest: Moment) -> int:
        """Give the last row that goes neither beyond `position` nor beyond `latest`; -1: none."""

        def is_beyond(number: int) -> bool:
            row = self.row(number)
            return row is None or row.position > position or row.latest > latest

        return bisect_right(range(self.count()), False, key=is_beyond) - 1

    def state(self, row: Row) -> bytes | None:
        """Give a state's bytes, None when they are not as they were written."""
        data = self._files.read(self._states, row.offset, row.size)
        digest, packed = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
        return zlib.decompress(packed) if sha256(packed).digest() == digest else None

    def add(self, position: int, latest: Moment, state: bytes, *, after: int) -> int:
        """Put a state behind the first `after` ones, which stay; gives its size in bytes.

        The caller holds the writer's lock. Raises OSError.
        """
        self._files.make_folder(self._list.parent)
        packed = zlib.compress(state, 1)
        before = self.row(after - 1) if after else None
        offset = before.offset + before.size if before else 0
        row = Row(position, offset, _DIGEST_BYTES + len(packed), latest)
        body = _ROW.pack(row.position, row.offset, row.size, latest.encode())
        self._write(self._states, sha256(packed).digest() + packed, offset)
        self._write(self._list, body + sha256(body).digest()[:_CHECK_BYTES], after * _ROW_BYTES)
        return row.size

    def clear(self) -> None:
        """Remove every state; the caller holds the writer's lock."""
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
