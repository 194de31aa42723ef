"""Whether an EVTX file is whole: its checksums, its records one by one, its end.

The package that decodes the records checks no checksum and ends silently where a file was cut.
Layout: libevtx's "Windows XML Event Log (EVTX) format". All numbers are little-endian, every
checksum is the plain CRC-32.
"""

from struct import Struct as Layout
from typing import BinaryIO
from zlib import crc32

from msgspec import Struct

SIGNATURE = b"ElfFile\0"
FILE_HEADER_BYTES = 0x1000
CHUNK_BYTES = 0x10000
RECORDS_AT = 0x200
"""A chunk's records follow its header and two tables, both under the header's checksum."""

CHUNKS_MAX = (1 << 16) - 1
"""The file's header counts its chunks in 16 bits: no log is longer than 4 GiB."""

NUMBERS_MAX = 1_000_000
"""So many records of one file are looked at, whoever wrote them: each costs 100 bytes."""

DAMAGE_MAX = 20
"""So many damaged places are told one by one."""

_HEADER = Layout("<16x8xQ10xH")
"""After the signature, first and last chunk: the next record; after sizes: how many chunks."""

_FLAGS, _HEADER_CHECKED = 120, 120
_DIRTY = 1
_UNUSED = bytes(CHUNK_BYTES)
_CHUNK_SIGNATURE = b"ElfChnk\0"
_CHUNK = Layout("<8x16xQQ4x4xII")
"""First and last record number, the end of the records, their checksum."""

_CHUNK_CHECKED, _CHUNK_CHECKSUM, _TABLES = 120, 124, 128
_RECORD = Layout("<4sIQ")
_RECORD_SIGNATURE = b"**\0\0"
_RECORD_BYTES_MIN = 28


class EvtxCheck(Struct, frozen=True):
    """The numbers of all records that stand in the file, and what is wrong with it.

    `doubtful` are those in chunks that do not match their checksums. `is_dirty`: Windows had the
    log open when it was copied, so its header, and its last chunk's, may be out of date.
    """

    numbers: tuple[int, ...]
    doubtful: frozenset[int]
    damage: tuple[str, ...]
    is_dirty: bool


def check_evtx(file: BinaryIO) -> EvtxCheck:
    """Look at every chunk and record of an open file; raises OSError alone."""
    look = _Look()
    file.seek(0)
    header = file.read(FILE_HEADER_BYTES)
    chunk, place = file.read(CHUNK_BYTES), 0
    while chunk and place < CHUNKS_MAX and len(look.numbers) < NUMBERS_MAX:
        look.chunk(chunk, place)
        chunk, place = file.read(CHUNK_BYTES), place + 1
    if chunk:
        look.stopped(place)
    else:
        look.header(header, place)
    return EvtxCheck(
        numbers=tuple(look.numbers),
        doubtful=frozenset(look.doubtful),
        damage=look.told(),
        is_dirty=look.is_dirty,
    )


class _Look:
    """Collects what is seen and what is wrong."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.doubtful: set[int] = set()
        self.is_dirty = False
        self._damage: list[str] = []
        self._untold = 0

    def told(self) -> tuple[str, ...]:
        rest = (f"and {self._untold} more damaged places",) if self._untold else ()
        return (*self._damage, *rest)

    def stopped(self, place: int) -> None:
        """Say that the file goes on behind what is looked at."""
        self._damaged(f"the file goes on after chunk {place - 1}: what follows was not looked at")

    def _damaged(self, what: str) -> None:
        if len(self._damage) < DAMAGE_MAX:
            self._damage.append(what)
        else:
            self._untold += 1

    def header(self, data: bytes, chunks: int) -> None:
        """Judge the file's header, when it is known how many chunks there are."""
        if len(data) < FILE_HEADER_BYTES or not data.startswith(SIGNATURE):
            self._damaged("the file's header is cut or has no signature")
            return
        checksum = int.from_bytes(data[_FLAGS + 4 : _FLAGS + 8], "little")
        if crc32(data[:_HEADER_CHECKED]) != checksum:
            self._damaged("the file's header does not match its checksum")
            return
        self.is_dirty = bool(data[_FLAGS] & _DIRTY)
        following, counted = _HEADER.unpack_from(data)
        if chunks < counted:
            self._damaged(f"the file is cut: its header counts {counted} chunks, not {chunks}")
        last = max(self.numbers, default=0)
        if self.is_dirty:
            return
        if following > last + 1:
            self._damaged(f"records {last + 1} to {following - 1} are missing at the end")

    def chunk(self, data: bytes, place: int) -> None:
        if len(data) < CHUNK_BYTES:
            self._damaged(f"chunk {place} is cut after {len(data)} of {CHUNK_BYTES} bytes")
        elif data == _UNUSED:
            return  # space that Windows has not used yet
        if not data.startswith(_CHUNK_SIGNATURE) or len(data) < RECORDS_AT:
            self._damaged(f"chunk {place} has no signature")
            return
        first, last, free, checksum = _CHUNK.unpack_from(data)
        checked = data[:_CHUNK_CHECKED] + data[_TABLES:RECORDS_AT]
        is_right = crc32(checked) == int.from_bytes(data[_CHUNK_CHECKSUM:_TABLES], "little")
        if not is_right:
            self._damaged(f"the header of chunk {place} does not match its checksum")
        if crc32(data[RECORDS_AT:free]) != checksum:
            is_right = False
            self._damaged(f"the records of chunk {place} do not match their checksum")
        numbers = self._records(data, min(free, len(data)), place)
        if is_right and numbers and (numbers[0], numbers[-1]) != (first, last):
            self._damaged(
                f"chunk {place} says it holds records {first} to {last}, "
                f"and holds {numbers[0]} to {numbers[-1]}"
            )
        self.numbers.extend(numbers)
        if not is_right:
            self.doubtful.update(numbers)

    def _records(self, data: bytes, end: int, place: int) -> list[int]:
        numbers: list[int] = []
        at = RECORDS_AT
        while at + _RECORD_BYTES_MIN <= end:
            signature, size, number = _RECORD.unpack_from(data, at)
            copy = int.from_bytes(data[at + size - 4 : at + size], "little")
            if signature != _RECORD_SIGNATURE or size < _RECORD_BYTES_MIN or copy != size:
                break
            numbers.append(number)
            at += size
        if at != end:
            self._damaged(f"the records of chunk {place} do not fit together at byte {at}")
        return numbers
