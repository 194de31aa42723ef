"""The structures of HyperVStorage, the container of VMCX and VMRS files, each held to its checksum.

Sources: microsoft/openvmm, `support/hvs_file/FORMAT.md`; the replay log's header after the writer
beside it; both tried on four real files. Little-endian, packed; checksums are CRC-32 over the
structure with its own checksum zeroed.
"""

from struct import Struct as Layout
from typing import BinaryIO
from zlib import crc32

from msgspec import Struct

from eventstore.errors import NotAConfiguration
from eventstore.text import storable

SIGNATURE = (0x01282014).to_bytes(4, "little")

HEADER_OFFSETS = (0, 4096)
OBJECT_TABLE_OFFSET = 8192

READ_BYTES_MAX = 24 << 20
"""Tables and values that one file makes us read at most; real configurations hold 80 KB."""

OLDEST_VERSION, NEWEST_VERSION = 0x0301, 0x04FF
"""Before 3.1 the checksums of object entries were not as they are now; nobody has shown a 5."""

HEADER = Layout("<IIHIIIIQQI")
LOG = Layout("<IIIBIBQII")
OBJECT_TABLE = Layout("<II")
OBJECT = Layout("<BIQIB")
KEY_TABLE = Layout("<HHHI")
KEY = Layout("<BBIHIIIB")
LENGTH = Layout("<I")
POINTER = Layout("<IQ")

LOG_SIGNATURE = 0x01110003
OBJECT_TABLE_SIGNATURE = 0x01110001
KEY_TABLE_SIGNATURE = 0x0002

IS_OBJECT_TABLE, IS_KEY_TABLE, IS_VALUE = 1, 2, 3

FREE, INT, UINT, DOUBLE, STRING, ARRAY, BOOL, NODE = 1, 3, 4, 5, 6, 7, 8, 9

POINTS_TO_OBJECT = 1
"""The flag of a value of 2048 bytes or more: it stands apart from its key."""

_WIDTHS = {INT: 8, UINT: 8, DOUBLE: 8, BOOL: 4, NODE: 12}

Place = tuple[int, int]
"""Where a key stands: the index of its table, and the offset in it."""

ROOT: Place = (0, 0)
"""The parent of the topmost keys; it stands nowhere."""


class Header(Struct, frozen=True):
    """One of the two copies; `sequence` tells which is the newer."""

    offset: int
    sequence: int
    version: int
    alignment: int
    log_offset: int


class Entry(Struct, frozen=True):
    """A key: `at` is its offset in the file, `data` its value, or where that stands."""

    at: int
    place: Place
    parent: Place
    order: int
    name: str
    kind: int
    data: bytes
    is_elsewhere: bool


class BoundedFile:
    """Reads that stay inside the file, and end when a file asks for too many of them."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self._size_bytes = size_bytes
        self._left_bytes = READ_BYTES_MAX

    def exactly(self, what: str, offset: int, length: int) -> bytes:
        """Give `length` bytes; raises NotAConfiguration where there are fewer, and OSError."""
        self._left_bytes -= length
        if self._left_bytes < 0:
            raise NotAConfiguration(
                f"{what}: expected at most {READ_BYTES_MAX} bytes of tables and values in one file"
            )
        data = b""
        if offset + length <= self._size_bytes:
            self._file.seek(offset)
            data = self._file.read(length)
        if len(data) < length:
            raise NotAConfiguration(
                f"{what}: expected {length} bytes at offset {offset}, "
                f"got a file of {self._size_bytes}"
            )
        return data


def expect(is_so: bool, what: str, expected: str, got: str | int) -> None:  # noqa: FBT001 - reads as "expect that"
    """Raise NotAConfiguration unless it is so."""
    if not is_so:
        raise NotAConfiguration(f"{what}: expected {expected}, got {got}")


def expect_checksum(data: bytes, at: int, what: str) -> None:
    """Raise NotAConfiguration unless the CRC-32 that stands at `at` is that of `data`."""
    found = int.from_bytes(data[at : at + 4], "little")
    right = crc32(data[:at] + bytes(4) + data[at + 4 :])
    expect(found == right, what, f"checksum {right:#010x}", f"{found:#010x}")


def read_header(file: BoundedFile, offset: int) -> Header:
    what = f"header at offset {offset}"
    data = file.exactly(what, offset, HEADER.size)
    expect(data.startswith(SIGNATURE), what, f"signature {SIGNATURE.hex()}", data[:4].hex())
    expect_checksum(data, 4, what)
    _, _, sequence, version, _, _, alignment, log_offset, _, _ = HEADER.unpack(data)
    return Header(offset, sequence, version, alignment, log_offset)


def read_key(table: bytes, index: int, at: int, start: int) -> tuple[Entry | None, int]:
    """Give the key at `at` in its table, which begins at `start` in the file, and its size.

    Free room is None. Of kind FREE is a key of which something is left although it is free.
    """
    what = f"key at offset {start + at}"
    kind, flags, size, parent, parent_at, left, order, name_size = KEY.unpack_from(table, at)
    value_at = KEY.size + name_size
    expect(value_at <= size <= len(table) - at, what, "a size inside its table", size)
    if kind == FREE and not left:
        return None, size
    entry = table[at : at + size]
    ends = value_at if kind == FREE else value_at + _value_bytes(kind, flags, entry, value_at, what)
    expect(ends <= size, what, f"a size of at least {ends}", size)
    if kind != FREE:
        expect_checksum(entry[:ends], 12, what)
    found = Entry(
        at=start + at,
        place=(index, at),
        parent=(parent, parent_at),
        order=order,
        name="" if kind == FREE else _name(entry[KEY.size : value_at], what),
        kind=kind,
        data=entry[value_at:ends],
        is_elsewhere=bool(flags & POINTS_TO_OBJECT),
    )
    return found, size


def _value_bytes(kind: int, flags: int, entry: bytes, value_at: int, what: str) -> int:
    """Give how much of an entry is its value; what follows is room left over."""
    expect(INT <= kind <= NODE, what, f"a type from {INT} to {NODE}", kind)
    if flags & POINTS_TO_OBJECT:
        return POINTER.size
    if kind in {STRING, ARRAY}:
        length = entry[value_at : value_at + LENGTH.size]
        return LENGTH.size + int.from_bytes(length, "little")
    return _WIDTHS[kind]


def _name(raw: bytes, what: str) -> str:
    try:
        return storable(raw.removesuffix(b"\0").decode())
    except UnicodeDecodeError:
        raise NotAConfiguration(f"{what}: expected a name in UTF-8, got {raw[:40].hex()}") from None
