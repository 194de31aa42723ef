"""Real VHDX files: fixed, dynamic and differencing; every VHDX rule cited is [MS-VHDX]'s."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

from eventstore.evidence.crc32c import crc32c
from eventstore.evidence.vhdx_layout import (
    BITMAP_BLOCK_BYTES,
    BITMAP_PRESENT,
    BLOCK_TABLE,
    CHECKSUM_AT,
    FILE_SIGNATURE,
    HEADER,
    HEADER_BYTES,
    HEADER_OFFSETS,
    HEADER_SIGNATURE,
    HEADER_VERSION,
    METADATA,
    MIB,
    NOBODY,
    OFFSET_SHIFT,
    PAYLOAD_FULL,
    PAYLOAD_PARTIAL,
    REGION,
    REGION_SIGNATURE,
    REGION_TABLE_BYTES,
    REGION_TABLE_OFFSETS,
    STATE_MASK,
    TABLE_HEAD,
    Header,
    Region,
    TableHead,
    blocks_per_bitmap,
    table_entries,
)
from eventstore.ids import derive
from eventstore.simulate.vhdx_items import Shape, guid_bytes, metadata, read_shape
from eventstore.simulate.virtual_disk import (
    SECTOR_BYTES,
    NewVirtualDisk,
    ParentReference,
    Run,
    Stamp,
    pieces,
    runs_of,
)

CREATOR = "Snapledger"
LOG_AT = MIB
METADATA_AT = 2 * MIB
TABLE_AT = 3 * MIB
_PAGE_BYTES = 4096


def create_vhdx(path: Path, disk: NewVirtualDisk, parent: ParentReference | None = None) -> None:
    """Make the file at `path`, which must not exist; a differencing disk needs its `parent`."""
    shape = Shape(disk.virtual_size_bytes, disk.block_size_bytes, has_parent=parent is not None)
    entries = table_entries(
        shape.virtual_size_bytes,
        shape.block_size_bytes,
        SECTOR_BYTES,
        has_parent=shape.has_parent,
    )
    table_bytes = -(-8 * entries // MIB) * MIB
    with path.open("x+b") as file:
        _put(file, 0, FILE_SIGNATURE + CREATOR.encode("utf-16-le"))
        _put_headers(file, _first_header(disk.stamp))
        for offset in REGION_TABLE_OFFSETS:
            _put_sparsely(file, offset, _region_table(table_bytes))
        _put_sparsely(file, METADATA_AT, metadata(disk, parent))
        file.truncate(TABLE_AT + table_bytes)
        if disk.kind == "fixed":
            open_disk = VhdxFile(file, shape)
            for block in range(-(-shape.virtual_size_bytes // shape.block_size_bytes)):
                open_disk.allocate(block)


class VhdxFile:
    """A VHDX open for writing; see `VirtualDisk`. It lies where `create_vhdx` puts things."""

    def __init__(self, file: BinaryIO, shape: Shape | None = None) -> None:
        self._file = file
        self._shape = shape or read_shape(self._get(METADATA_AT, MIB))
        self._ratio = blocks_per_bitmap(self._shape.block_size_bytes, SECTOR_BYTES)

    def runs(self) -> Iterator[Run]:
        size = self._shape.block_size_bytes
        for block in range(-(-self._shape.virtual_size_bytes // size)):
            state, at = self._entry(self._index(block))
            if state == PAYLOAD_FULL:
                yield block * size, self._get(at, size)
            elif state == PAYLOAD_PARTIAL:
                content = self._get(at, size)
                for first, past in runs_of(self._bits(block)):
                    sectors = content[first * SECTOR_BYTES : past * SECTOR_BYTES]
                    yield block * size + first * SECTOR_BYTES, sectors

    def write(self, offset: int, data: bytes) -> None:
        for block, within, piece in pieces(offset, data, self._shape.block_size_bytes):
            state, at = self._entry(self._index(block))
            if state not in (PAYLOAD_FULL, PAYLOAD_PARTIAL):
                state, at = self.allocate(block)
            if state == PAYLOAD_PARTIAL:
                self._mark(block, within, len(piece))
            _put(self._file, at + within, piece)

    def stamp(self, stamp: Stamp) -> None:
        """2.2.2: both ids change, DataWriteGuid because the virtual disk's content did."""
        self._renew(stamp, guid_bytes(stamp.write_id))

    def relink(self, parent: ParentReference, stamp: Stamp) -> None:
        """2.2.2: FileWriteGuid alone changes, for the content stays."""
        header = self._header()
        disk = NewVirtualDisk(
            kind="differencing",
            disk_id=parent.facts.disk_id,
            stamp=stamp,
            virtual_size_bytes=self._shape.virtual_size_bytes,
            block_size_bytes=self._shape.block_size_bytes,
        )
        _put(self._file, METADATA_AT, metadata(disk, parent))
        self._renew(stamp, header.data_write_id)

    def allocate(self, block: int) -> tuple[int, int]:
        """Give `block` its place at the file's end; in a child, all its sectors are absent."""
        if not self._shape.has_parent:
            return self._place(self._index(block), PAYLOAD_FULL, self._shape.block_size_bytes)
        bitmap = self._bitmap_index(block)
        if self._entry(bitmap)[0] != BITMAP_PRESENT:
            self._place(bitmap, BITMAP_PRESENT, BITMAP_BLOCK_BYTES)
        return self._place(self._index(block), PAYLOAD_PARTIAL, self._shape.block_size_bytes)

    # 2.5: after every `ratio` blocks the table has the entry of the bitmap that covers them.
    def _index(self, block: int) -> int:
        return block + block // self._ratio

    def _bitmap_index(self, block: int) -> int:
        return (block // self._ratio) * (self._ratio + 1) + self._ratio

    def _entry(self, index: int) -> tuple[int, int]:
        entry = int.from_bytes(self._get(TABLE_AT + 8 * index, 8), "little")
        return entry & STATE_MASK, (entry >> OFFSET_SHIFT) * MIB

    def _place(self, index: int, state: int, length: int) -> tuple[int, int]:
        at = -(-self._file.seek(0, 2) // MIB) * MIB
        self._file.truncate(at + length)
        entry = at // MIB << OFFSET_SHIFT | state
        _put(self._file, TABLE_AT + 8 * index, entry.to_bytes(8, "little"))
        return state, at

    def _bitmap(self, block: int) -> tuple[int, bytes]:
        """Give where the bits of `block` stand, and the bits."""
        length = self._shape.block_size_bytes // SECTOR_BYTES // 8
        _, at = self._entry(self._bitmap_index(block))
        at += block % self._ratio * length
        return at, self._get(at, length)

    def _bits(self, block: int) -> str:
        _, bitmap = self._bitmap(block)
        return f"{int.from_bytes(bitmap, 'little'):0{8 * len(bitmap)}b}"[::-1]

    def _mark(self, block: int, within: int, length: int) -> None:
        """Set the bits of the written sectors; the first sector has a byte's lowest bit."""
        at, bitmap = self._bitmap(block)
        bits = ((1 << length // SECTOR_BYTES) - 1) << within // SECTOR_BYTES
        marked = int.from_bytes(bitmap, "little") | bits
        _put(self._file, at, marked.to_bytes(len(bitmap), "little"))

    def _header(self) -> Header:
        copies = (HEADER.unpack(self._get(at, HEADER.size)) for at in HEADER_OFFSETS)
        return max(map(Header._make, copies), key=lambda header: header.sequence_number)

    def _renew(self, stamp: Stamp, data_write_id: bytes) -> None:
        header = self._header()
        file_write_id = guid_bytes(derive("file", stamp.write_id))
        _put_headers(
            self._file,
            header._replace(
                sequence_number=header.sequence_number + 1,
                file_write_id=file_write_id,
                data_write_id=data_write_id,
            ),
        )

    def _get(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)


def _first_header(stamp: Stamp) -> Header:
    return Header(
        signature=HEADER_SIGNATURE,
        checksum=0,
        sequence_number=1,
        file_write_id=guid_bytes(derive("file", stamp.write_id)),
        data_write_id=guid_bytes(stamp.write_id),
        log_id=NOBODY,
        log_version=0,
        version=HEADER_VERSION,
        log_length_bytes=MIB,
        log_offset=LOG_AT,
    )


def _put_headers(file: BinaryIO, header: Header) -> None:
    """2.2.2.1: write one copy, then the other with the next number, so that one is always whole."""
    for number, offset in enumerate(HEADER_OFFSETS):
        raw = bytearray(HEADER_BYTES)
        current = header._replace(sequence_number=header.sequence_number + number)
        HEADER.pack_into(raw, 0, *current)
        _put(file, offset, _sealed(raw))


@cache
def _region_table(table_bytes: int) -> bytes:
    raw = bytearray(REGION_TABLE_BYTES)
    regions = (Region(BLOCK_TABLE, TABLE_AT, table_bytes, 1), Region(METADATA, METADATA_AT, MIB, 1))
    TABLE_HEAD.pack_into(raw, 0, *TableHead(REGION_SIGNATURE, 0, len(regions), 0))
    for number, region in enumerate(regions):
        REGION.pack_into(raw, TABLE_HEAD.size + number * REGION.size, *region)
    return _sealed(raw)


def _sealed(raw: bytearray) -> bytes:
    raw[CHECKSUM_AT : CHECKSUM_AT + 4] = bytes(4)
    raw[CHECKSUM_AT : CHECKSUM_AT + 4] = crc32c(bytes(raw)).to_bytes(4, "little")
    return bytes(raw)


def _put(file: BinaryIO, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)


def _put_sparsely(file: BinaryIO, offset: int, data: bytes) -> None:
    """Write into a new file, which has holes where `data` has empty pages."""
    for at in range(0, len(data), _PAGE_BYTES):
        page = data[at : at + _PAGE_BYTES]
        if page.count(0) < len(page):
            _put(file, offset + at, page)
