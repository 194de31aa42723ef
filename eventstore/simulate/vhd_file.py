"""Real VHD files: fixed, dynamic and differencing, sparse where the file system lets them be."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from eventstore.evidence.vhd_layout import (
    ABSOLUTE_PATH,
    DIFFERENCING,
    DYNAMIC,
    DYNAMIC_HEADER,
    FIXED,
    FOOTER,
    FOOTER_BYTES,
    FOOTER_CHECKSUM_AT,
    FOOTER_COOKIE,
    FORMAT_VERSION,
    FREE,
    HEADER_BYTES,
    HEADER_CHECKSUM_AT,
    HEADER_COOKIE,
    LOCATOR,
    LOCATORS_AT,
    NAME_AT,
    NAME_BYTES,
    NO_OFFSET,
    RELATIVE_PATH,
    DynamicHeader,
    Footer,
    Locator,
    bitmap_bytes,
    checksum,
    seconds_of_moment,
)
from eventstore.paths import name_of
from eventstore.simulate.vhd_geometry import geometry
from eventstore.simulate.virtual_disk import (
    SECTOR_BYTES,
    NewVirtualDisk,
    ParentReference,
    Run,
    Stamp,
    pieces,
    runs_of,
)
from eventstore.text import original

TYPES = {"fixed": FIXED, "dynamic": DYNAMIC, "differencing": DIFFERENCING}
HEADER_AT = FOOTER_BYTES
TABLE_AT = HEADER_AT + HEADER_BYTES

LOCATOR_BYTES = 64 << 10
"""Room kept for each spelling of the parent's path, so that any other fits in later."""


def create_vhd(path: Path, disk: NewVirtualDisk, parent: ParentReference | None = None) -> None:
    """Make the file at `path`, which must not exist; a differencing disk needs its `parent`."""
    footer = _footer(disk)
    with path.open("x+b") as file:
        if disk.kind == "fixed":
            file.truncate(disk.virtual_size_bytes)
            _put(file, disk.virtual_size_bytes, footer)
            return
        entries = -(-disk.virtual_size_bytes // disk.block_size_bytes)
        table_bytes = -(-4 * entries // SECTOR_BYTES) * SECTOR_BYTES
        end = TABLE_AT + table_bytes + (2 * LOCATOR_BYTES if parent else 0)
        _put(file, 0, footer)
        _put(file, HEADER_AT, _header(disk, entries, parent, TABLE_AT + table_bytes))
        _put(file, TABLE_AT, b"\xff" * table_bytes)
        if parent:
            _put_paths(file, TABLE_AT + table_bytes, parent)
        file.truncate(end)
        _put(file, end, footer)


class VhdFile:
    """A VHD open for writing; see `VirtualDisk`."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._footer = Footer._make(FOOTER.unpack(self._get(self._end(), FOOTER.size)))
        self._header = None
        if self._footer.disk_type != FIXED:
            raw = self._get(self._footer.header_offset, DYNAMIC_HEADER.size)
            self._header = DynamicHeader._make(DYNAMIC_HEADER.unpack(raw))

    def runs(self) -> Iterator[Run]:
        header = self._header
        if header is None:
            yield 0, self._get(0, self._footer.current_size_bytes)
            return
        for block in range(header.table_entries):
            at = self._block_at(header, block)
            if at is None:
                continue
            bitmap = self._get(at, bitmap_bytes(header.block_size_bytes))
            content = self._get(at + len(bitmap), header.block_size_bytes)
            bits = f"{int.from_bytes(bitmap):0{8 * len(bitmap)}b}"
            for first, past in runs_of(bits[: header.block_size_bytes // SECTOR_BYTES]):
                sectors = content[first * SECTOR_BYTES : past * SECTOR_BYTES]
                yield block * header.block_size_bytes + first * SECTOR_BYTES, sectors

    def write(self, offset: int, data: bytes) -> None:
        header = self._header
        if header is None:
            _put(self._file, offset, data)
            return
        for block, within, piece in pieces(offset, data, header.block_size_bytes):
            at = self._block_at(header, block)
            if at is None:
                at = self._allocate(header, block)
            self._mark(header, at, within, len(piece))
            _put(self._file, at + bitmap_bytes(header.block_size_bytes) + within, piece)

    def stamp(self, stamp: Stamp) -> None:
        self._footer = self._footer._replace(seconds=seconds_of_moment(stamp.written_at))
        raw = _sealed_footer(self._footer)
        _put(self._file, self._end(), raw)
        if self._header is not None:
            _put(self._file, 0, raw)

    def relink(
        self,
        parent: ParentReference,
        stamp: Stamp,  # noqa: ARG002  a VHD notes nothing of the change itself
    ) -> None:
        at = self._footer.header_offset
        raw = bytearray(self._get(at, HEADER_BYTES))
        locator = Locator._make(LOCATOR.unpack_from(raw, LOCATORS_AT))
        header = DynamicHeader._make(DYNAMIC_HEADER.unpack_from(raw))
        _put(self._file, at, _with_parent(header, parent, locator.offset))
        _put_paths(self._file, locator.offset, parent)

    def _block_at(self, header: DynamicHeader, block: int) -> int | None:
        entry = int.from_bytes(self._get(header.table_offset + 4 * block, 4))
        return None if entry == FREE else entry * SECTOR_BYTES

    def _allocate(self, header: DynamicHeader, block: int) -> int:
        """Put an empty block where the footer stands, and the footer after it."""
        at = self._end()
        end = at + bitmap_bytes(header.block_size_bytes) + header.block_size_bytes
        self._file.truncate(at)  # what was the footer must not show in the bitmap
        self._file.truncate(end)
        _put(self._file, end, _sealed_footer(self._footer))
        _put(self._file, header.table_offset + 4 * block, (at // SECTOR_BYTES).to_bytes(4))
        return at

    def _mark(self, header: DynamicHeader, at: int, within: int, length: int) -> None:
        """Set the bits of the written sectors; the first sector has a byte's highest bit."""
        size = bitmap_bytes(header.block_size_bytes)
        count = length // SECTOR_BYTES
        shift = 8 * size - within // SECTOR_BYTES - count
        bitmap = int.from_bytes(self._get(at, size)) | ((1 << count) - 1) << shift
        _put(self._file, at, bitmap.to_bytes(size))

    def _end(self) -> int:
        return self._file.seek(0, 2) - FOOTER_BYTES

    def _get(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(length)


# --- structures -----------------------------------------------------------------------------


def _footer(disk: NewVirtualDisk) -> bytes:
    footer = Footer(
        cookie=FOOTER_COOKIE,
        features=2,
        format_version=FORMAT_VERSION,
        header_offset=NO_OFFSET if disk.kind == "fixed" else HEADER_AT,
        seconds=seconds_of_moment(disk.stamp.written_at),
        creator_app=b"win ",
        creator_major=6,
        creator_minor=1,
        creator_os=b"Wi2k",
        original_size_bytes=disk.virtual_size_bytes,
        current_size_bytes=disk.virtual_size_bytes,
        geometry=geometry(disk.virtual_size_bytes // SECTOR_BYTES),
        disk_type=TYPES[disk.kind],
        checksum=0,
        unique_id=UUID(disk.disk_id).bytes_le,
        saved_state=0,
    )
    return _sealed_footer(footer)


def _sealed_footer(footer: Footer) -> bytes:
    raw = bytearray(FOOTER_BYTES)
    FOOTER.pack_into(raw, 0, *footer)
    return _sealed(raw, FOOTER_CHECKSUM_AT)


def _header(
    disk: NewVirtualDisk, entries: int, parent: ParentReference | None, paths_at: int
) -> bytes:
    header = DynamicHeader(
        cookie=HEADER_COOKIE,
        data_offset=NO_OFFSET,
        table_offset=TABLE_AT,
        header_version=FORMAT_VERSION,
        table_entries=entries,
        block_size_bytes=disk.block_size_bytes,
        checksum=0,
        parent_id=bytes(16),
        parent_seconds=0,
        reserved=0,
    )
    if parent:
        return _with_parent(header, parent, paths_at)
    raw = bytearray(HEADER_BYTES)
    DYNAMIC_HEADER.pack_into(raw, 0, *header)
    return _sealed(raw, HEADER_CHECKSUM_AT)


def _with_parent(header: DynamicHeader, parent: ParentReference, paths_at: int) -> bytes:
    """Give `header` as that of a child of `parent`, whose paths stand at `paths_at`."""
    written_at = parent.facts.written_at
    header = header._replace(
        parent_id=bytes.fromhex(parent.facts.identity),
        parent_seconds=seconds_of_moment(written_at) if written_at else 0,
    )
    raw = bytearray(HEADER_BYTES)
    DYNAMIC_HEADER.pack_into(raw, 0, *header)
    name = _utf16(parent.path, "be")
    if len(name) > NAME_BYTES:
        name = _utf16(name_of(parent.path), "be")[:NAME_BYTES]
    raw[NAME_AT : NAME_AT + len(name)] = name
    for number, (platform, path) in enumerate(_paths(parent)):
        locator = Locator(platform, LOCATOR_BYTES, len(path), 0, paths_at + number * LOCATOR_BYTES)
        LOCATOR.pack_into(raw, LOCATORS_AT + number * LOCATOR.size, *locator)
    return _sealed(raw, HEADER_CHECKSUM_AT)


def _put_paths(file: BinaryIO, paths_at: int, parent: ParentReference) -> None:
    for number, (_, path) in enumerate(_paths(parent)):
        _put(file, paths_at + number * LOCATOR_BYTES, path.ljust(SECTOR_BYTES, b"\0"))


def _paths(parent: ParentReference) -> list[tuple[bytes, bytes]]:
    """Give the spellings in the order in which Windows writes them."""
    paths = [(ABSOLUTE_PATH, _utf16(parent.path, "le"))]
    if parent.relative_path is not None:
        paths.append((RELATIVE_PATH, _utf16(parent.relative_path, "le")))
    return paths


def _utf16(text: str, order: str) -> bytes:
    return original(text).encode(f"utf-16-{order}", "surrogatepass")


def _sealed(raw: bytearray, checksum_at: int) -> bytes:
    raw[checksum_at : checksum_at + 4] = checksum(bytes(raw), checksum_at).to_bytes(4)
    return bytes(raw)


def _put(file: BinaryIO, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)
