"""Reading a disk's headers inside the file's bounds, and one digest over all that was read."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

HEADER_BYTES_MAX = 1 << 20
"""No single header structure of a VHD or VHDX is longer; longer claims are cut to this."""

TABLE_BYTES_MAX = 16 << 20
"""How much of a block table is looked at: 8 TiB of 2 MiB blocks in a VHD, 4 TiB in a VHDX."""

_CHUNK_BYTES = 1 << 16


class HeaderBytes:
    """The header structures of one file; offsets and lengths may be any number a file can hold.

    `sha256` covers the ranges given by `read`: the longest at each offset, in the order of their
    offsets, with nothing between them. Block tables, read with `table`, are not part of it.
    """

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._read: dict[int, bytes] = {}
        self.size_bytes = size_bytes

    def read(self, offset: int, length: int) -> bytes:
        """Give the bytes at `offset`, fewer or none where the file ends earlier."""
        data = self._peek(offset, min(length, HEADER_BYTES_MAX))
        if len(data) > len(self._read.get(offset, b"")):
            self._read[offset] = data
        return data

    def table(self, offset: int, length: int) -> Iterator[bytes]:
        """Give a block table in chunks of at most 64 KiB, up to `TABLE_BYTES_MAX` of it."""
        end = offset + min(length, TABLE_BYTES_MAX)
        for start in range(offset, end, _CHUNK_BYTES):
            chunk = self._peek(start, min(_CHUNK_BYTES, end - start))
            if not chunk:
                return
            yield chunk

    def sha256(self) -> str:
        """Give the digest of the headers read so far, as lower-case hex."""
        digest = hashlib.sha256()
        for _, data in sorted(self._read.items()):
            digest.update(data)
        return digest.hexdigest()

    def _peek(self, offset: int, length: int) -> bytes:
        if not 0 <= offset < self.size_bytes or length <= 0:
            return b""
        self._file.seek(offset)
        return self._file.read(min(length, self.size_bytes - offset))
