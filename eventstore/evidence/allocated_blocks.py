"""Block tables and sector bitmaps of open disk files, read in pieces and counted exactly."""

import sys
from array import array
from collections.abc import Iterator
from typing import BinaryIO

from eventstore.errors import DamagedDisk
from eventstore.evidence.allocated import (
    VHD_UNIT_BYTES_MAX,
    Allocated,
    Marks,
    unit_bytes_of,
)
from eventstore.evidence.header_bytes import HeaderBytes
from eventstore.evidence.observations import DiskFacts
from eventstore.evidence.vhd import dynamic_header
from eventstore.evidence.vhd_layout import FREE, SECTOR_BYTES, bitmap_bytes
from eventstore.evidence.vhdx import block_table
from eventstore.evidence.vhdx_layout import (
    BITMAP_BLOCK_BYTES,
    BITMAP_PRESENT,
    MIB,
    OFFSET_SHIFT,
    PAYLOAD_FULL,
    PAYLOAD_PARTIAL,
    STATE_MASK,
    blocks_per_bitmap,
    table_entries,
)

UNITS_MAX = 1 << 27
"""Sets of bits take 16 MiB each at most: 64 TiB, the most a VHDX can be, has half as many units."""

VHD_BITMAPS_MAX = 1 << 16
"""A VHD's bitmaps lie apart, each a seek: beyond 128 GiB of 2 MiB blocks whole blocks count."""

VHDX_BITMAPS_MAX = 1 << 10
"""A VHDX has 1 MiB of bitmaps for 4 GiB of disk: this is 4 TiB."""

OFFSET_MAX = 1 << 62

_PIECE_BYTES = 1 << 16


def read_allocated(file: BinaryIO, size_bytes: int, facts: DiskFacts) -> Allocated:
    """Count what the open `file`, whose headers are `facts`, holds itself; raise `DamagedDisk`.

    Memory is bounded by `UNITS_MAX`, whatever the file claims. A VHDX with changes to replay must
    not come here: its table may be older than the truth.
    """
    source = HeaderBytes(file, size_bytes)
    if facts.format == "vhdx":
        return _Vhdx(file, source, facts).read()
    header = dynamic_header(source)
    if header is None:
        return _fixed(facts)
    if header.block_size_bytes < SECTOR_BYTES or header.block_size_bytes % SECTOR_BYTES:
        raise DamagedDisk(f"its blocks have {header.block_size_bytes} bytes, no whole sectors")
    blocks = -(-facts.virtual_size_bytes // header.block_size_bytes)
    if header.table_entries < blocks:
        raise DamagedDisk(f"its table has {header.table_entries} entries for {blocks} blocks")
    counting = _Vhd(file, facts, header.block_size_bytes)
    return counting.read(_entries(file, header.table_offset, blocks, "I", ">", b"\xff"))


def _fixed(facts: DiskFacts) -> Allocated:
    unit = VHD_UNIT_BYTES_MAX
    everything = (1 << _bounded(-(-facts.virtual_size_bytes // unit))) - 1
    size = facts.virtual_size_bytes
    return Allocated("vhd", "fixed", unit, unit, 0, everything, everything, size)


class _Counting:
    """Blocks of one file as they are met."""

    def __init__(self, file: BinaryIO, facts: DiskFacts, block_size_bytes: int) -> None:
        self.file, self.facts = file, facts
        self.block_bytes = block_size_bytes
        self.unit = unit_bytes_of(facts.format, block_size_bytes)
        units = -(-facts.virtual_size_bytes // self.unit)
        # The last block may reach beyond the disk.
        self.units = _bounded(units + block_size_bytes // self.unit)
        self.content, self.room = Marks(self.units), Marks(self.units)
        self.content_bytes = 0
        self.bitmaps_read = 0
        self.is_exact = True

    def has_room(self, block: int) -> None:
        self.room.add(*self._span(block))

    def holds_all(self, block: int) -> None:
        self.content.add(*self._span(block))
        self.content_bytes += self._inside(block)

    def holds(self, block: int, bits: bytes, sector_bytes: int, order: str) -> None:
        """Take in a block's sector bitmap; `order` says which bit of a byte is its first sector."""
        sectors = self._inside(block) // sector_bytes
        number = int.from_bytes(bits, "little") if order == "low" else _turned(bits)
        number &= (1 << sectors) - 1
        self.content_bytes += number.bit_count() * sector_bytes
        each = self.unit // sector_bytes
        first, past = self._span(block)
        for index in range(past - first if number else 0):
            if number >> index * each & ((1 << each) - 1):
                self.content.add(first + index, first + index + 1)

    def may_read_bitmap(self, most: int) -> bool:
        """Tell whether one more bitmap is worth a seek; if not, whole blocks are counted."""
        self.bitmaps_read += 1
        self.is_exact = self.is_exact and self.bitmaps_read <= most
        return self.bitmaps_read <= most

    def _span(self, block: int) -> tuple[int, int]:
        units = self.block_bytes // self.unit
        return block * units, (block + 1) * units

    def _inside(self, block: int) -> int:
        """Give how much of a block lies within the virtual disk."""
        left = self.facts.virtual_size_bytes - block * self.block_bytes
        return max(0, min(self.block_bytes, left))


class _Vhd(_Counting):
    def read(self, entries: Iterator[tuple[int, int]]) -> Allocated:
        length = bitmap_bytes(self.block_bytes)
        has_parent = self.facts.kind == "differencing"
        for block, entry in entries:
            if entry == FREE:
                continue
            self.has_room(block)
            if has_parent and self.may_read_bitmap(VHD_BITMAPS_MAX):
                bits = _read(self.file, entry * SECTOR_BYTES, length)
                self.holds(block, bits, SECTOR_BYTES, "high")
            else:
                self.holds_all(block)
        return Allocated(
            format="vhd",
            kind=self.facts.kind,
            unit_bytes=self.unit,
            block_size_bytes=self.block_bytes,
            block_cost_bytes=length + self.block_bytes,
            content=self.content.bits(),
            room=self.room.bits(),
            content_bytes=self.content_bytes,
            is_exact=self.is_exact,
        )


class _Vhdx(_Counting):
    """2.5: after every `ratio` blocks the table has the entry of the bitmap that covers them."""

    def __init__(self, file: BinaryIO, source: HeaderBytes, facts: DiskFacts) -> None:
        self._table_offset, metadata = block_table(source)
        if metadata.block_size_bytes is None:
            raise DamagedDisk("its block size is no possible one")
        super().__init__(file, facts, metadata.block_size_bytes)
        self._sector = metadata.sector_bytes
        self._ratio = blocks_per_bitmap(self.block_bytes, self._sector)
        self._mapped = Marks(self.units)

    def read(self) -> Allocated:
        has_parent = self.facts.kind == "differencing"
        count = table_entries(
            self.facts.virtual_size_bytes, self.block_bytes, self._sector, has_parent=has_parent
        )
        partial: list[int] = []
        for index, entry in _entries(self.file, self._table_offset, count, "Q", "<", b"\0"):
            chunk, within = divmod(index, self._ratio + 1)
            state, offset = entry & STATE_MASK, (entry >> OFFSET_SHIFT) * MIB
            block = chunk * self._ratio + within
            if within == self._ratio and state == BITMAP_PRESENT:
                self._take_bitmap(chunk, offset, partial)
                partial = []
            elif within < self._ratio and state in (PAYLOAD_FULL, PAYLOAD_PARTIAL):
                self.has_room(block)
                if state == PAYLOAD_FULL:
                    self.holds_all(block)
                else:
                    partial.append(block)
        if partial:
            raise DamagedDisk(f"{len(partial)} blocks are partly there and have no sector bitmap")
        span = self._ratio * self.block_bytes if has_parent else 0
        return Allocated(
            format="vhdx",
            kind=self.facts.kind,
            unit_bytes=self.unit,
            block_size_bytes=self.block_bytes,
            block_cost_bytes=self.block_bytes,
            content=self.content.bits(),
            room=self.room.bits(),
            content_bytes=self.content_bytes,
            is_exact=self.is_exact,
            mapped=self._mapped.bits() if has_parent else 0,
            bitmap_span_bytes=span,
            bitmap_cost_bytes=BITMAP_BLOCK_BYTES if has_parent else 0,
        )

    def _take_bitmap(self, chunk: int, offset: int, partial: list[int]) -> None:
        units = self._ratio * self.block_bytes // self.unit
        self._mapped.add(chunk * units, chunk * units + 1)
        strangers = [block for block in partial if block // self._ratio != chunk]
        if strangers:
            raise DamagedDisk(f"block {strangers[0]} is partly there and has no sector bitmap")
        if not partial or not self.may_read_bitmap(VHDX_BITMAPS_MAX):
            for block in partial:
                self.holds_all(block)
            return
        bits = _read(self.file, offset, BITMAP_BLOCK_BYTES)
        length = self.block_bytes // self._sector // 8
        for block in partial:
            at = block % self._ratio * length
            self.holds(block, bits[at : at + length], self._sector, "low")


def _entries(
    file: BinaryIO, offset: int, count: int, typecode: str, order: str, free: bytes
) -> Iterator[tuple[int, int]]:
    """Give the entries in use with their indexes; pieces without any are passed over at once."""
    size = array(typecode).itemsize
    for first in range(0, count, _PIECE_BYTES // size):
        length = min(_PIECE_BYTES, (count - first) * size)
        piece = _read(file, offset + first * size, length)
        if piece == free * length:
            continue
        entries = array(typecode, piece)
        if (order == ">") != (sys.byteorder == "big"):
            entries.byteswap()
        yield from ((i, entry) for i, entry in enumerate(entries, first) if entry)


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    data = b""
    if offset < OFFSET_MAX:  # what lies beyond cannot even be sought
        file.seek(offset)
        data = file.read(length)
    if len(data) < length:
        raise DamagedDisk(f"it ends before or within the {length} bytes at {offset}")
    return data


def _bounded(units: int) -> int:
    if units > UNITS_MAX:
        raise DamagedDisk(f"it claims {units} units of its disk, at most {UNITS_MAX} are counted")
    return units


_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _turned(bits: bytes) -> int:
    """Give a bitmap of which each byte's highest bit comes first as a number, first bit lowest."""
    return int.from_bytes(bits.translate(_TURNED), "little")
