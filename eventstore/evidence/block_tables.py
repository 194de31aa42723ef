"""Block tables held against the file's end: a cut file is one whose blocks lie outside it."""

import sys
from array import array
from collections.abc import Iterator

from eventstore.evidence.header_bytes import TABLE_BYTES_MAX, HeaderBytes
from eventstore.evidence.observations import Check
from eventstore.evidence.vhd_layout import FREE, SECTOR_BYTES, DynamicHeader, bitmap_bytes
from eventstore.evidence.vhdx_layout import (
    BITMAP_BLOCK_BYTES,
    BITMAP_PRESENT,
    MIB,
    OFFSET_SHIFT,
    PAYLOAD_FULL,
    PAYLOAD_PARTIAL,
    STATE_MASK,
    blocks_per_bitmap,
)

TABLE = "block table"
BLOCKS = "blocks inside the file"
PIECE_BYTES = 4096


def vhd_blocks(
    source: HeaderBytes, header: DynamicHeader, virtual_size_bytes: int
) -> tuple[Check, ...]:
    """Check that a VHD's table covers the disk and that its blocks lie in the file."""
    covered = header.table_entries * header.block_size_bytes
    table_bytes = 4 * header.table_entries
    problem = _table_problem(source, header.table_offset, table_bytes)
    if header.block_size_bytes < SECTOR_BYTES:
        problem = f"block size {header.block_size_bytes}, expected at least {SECTOR_BYTES}"
    elif covered < virtual_size_bytes:
        problem = f"its {header.table_entries} blocks hold {covered} of {virtual_size_bytes} bytes"
    size_bytes = bitmap_bytes(header.block_size_bytes) + header.block_size_bytes
    last = 0
    for _, entries in _entries(source, header.table_offset, table_bytes, "I", ">", b"\xff"):
        used = [entry for entry in entries if entry != FREE]
        last = max(last, max(used, default=0) * SECTOR_BYTES + size_bytes if used else 0)
    return _table_check(problem, table_bytes), _blocks_check(last, source.size_bytes)


def vhdx_blocks(
    source: HeaderBytes,
    table_offset: int,
    table_bytes: int,
    *,
    block_size_bytes: int,
    sector_bytes: int,
    region_bytes: int,
) -> tuple[Check, ...]:
    """Check that a VHDX's table fits its region and that its blocks lie in the file."""
    problem = _table_problem(source, table_offset, table_bytes)
    if table_bytes > region_bytes:
        problem = f"{table_bytes} bytes needed, its region has {region_bytes}"
    period = blocks_per_bitmap(block_size_bytes, sector_bytes) + 1
    needed = min(table_bytes, region_bytes)
    last = 0
    first = source.size_bytes
    for start, entries in _entries(source, table_offset, needed, "Q", "<", b"\0"):
        for index, entry in [(i, entry) for i, entry in enumerate(entries, start) if entry]:
            is_bitmap = index % period == period - 1
            if entry & STATE_MASK in ((BITMAP_PRESENT,) if is_bitmap else _PAYLOAD):
                offset = (entry >> OFFSET_SHIFT) * MIB
                first = min(first, offset)
                last = max(last, offset + (BITMAP_BLOCK_BYTES if is_bitmap else block_size_bytes))
    if last and first < MIB:
        problem = problem or f"a block is said to lie at byte {first}, among the headers"
    return _table_check(problem, table_bytes), _blocks_check(last, source.size_bytes)


_PAYLOAD = (PAYLOAD_FULL, PAYLOAD_PARTIAL)


def _entries(
    source: HeaderBytes, offset: int, length: int, typecode: str, order: str, free: bytes
) -> Iterator[tuple[int, "array[int]"]]:
    """Give a table's entries in pieces, with the index of each piece's first; skip empty pieces."""
    index = 0
    for chunk in source.table(offset, length):
        for piece in _pieces(chunk, free):
            entries = array(typecode)
            whole = len(piece) // entries.itemsize
            if piece != free * len(piece):
                entries.frombytes(piece[: whole * entries.itemsize])
                if (order == ">") != (sys.byteorder == "big"):
                    entries.byteswap()
                yield index, entries
            index += whole


def _pieces(chunk: bytes, free: bytes) -> Iterator[bytes]:
    """Cut a chunk that is in use at all: most pieces of a table are empty."""
    if chunk == free * len(chunk):
        yield chunk
        return
    for start in range(0, len(chunk), PIECE_BYTES):
        yield chunk[start : start + PIECE_BYTES]


def _table_problem(source: HeaderBytes, offset: int, length: int) -> str:
    if offset + length <= source.size_bytes:
        return ""
    return f"it ends at byte {offset + length}, the file at {source.size_bytes}"


def _table_check(problem: str, table_bytes: int) -> Check:
    if problem:
        return Check(TABLE, passed=False, text=problem)
    if table_bytes > TABLE_BYTES_MAX:
        remark = f"only the first {TABLE_BYTES_MAX} of its {table_bytes} bytes were looked at"
        return Check(TABLE, passed=True, text=remark)
    return Check(TABLE, passed=True)


def _blocks_check(last: int, size_bytes: int) -> Check:
    text = f"the last block ends at byte {last}, the file at {size_bytes}"
    return (
        Check(BLOCKS, passed=False, text=text) if last > size_bytes else Check(BLOCKS, passed=True)
    )
