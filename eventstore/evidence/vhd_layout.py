"""The structures of a VHD file as data: big-endian, in sectors of 512 bytes.

Source: Microsoft's "Virtual Hard Disk Image Format Specification" (1.0, 2006); where Windows
does otherwise in practice, `eventstore/evidence/README.md` says so.
"""

from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import NamedTuple

from eventstore.moments import Moment, datetime_of, moment

SECTOR_BYTES = 512
FOOTER_COOKIE = b"conectix"
FOOTER_BYTES = 512
FOOTER_CHECKSUM_AT = 64
FORMAT_VERSION = 0x00010000
NO_OFFSET = 0xFFFFFFFFFFFFFFFF

HEADER_COOKIE = b"cxsparse"
HEADER_BYTES = 1024
HEADER_CHECKSUM_AT = 36
NAME_AT = 64
NAME_BYTES = 512
LOCATORS_AT = 576
LOCATORS = 8

FREE = 0xFFFFFFFF
"""A block table entry of a block that the file does not hold."""

FIXED, DYNAMIC, DIFFERENCING = 2, 3, 4

RELATIVE_PATH = b"W2ru"
ABSOLUTE_PATH = b"W2ku"

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class Footer(NamedTuple):
    """The last sector of every VHD; all but fixed disks begin with a copy of it."""

    cookie: bytes
    features: int
    format_version: int
    header_offset: int
    seconds: int
    creator_app: bytes
    creator_major: int
    creator_minor: int
    creator_os: bytes
    original_size_bytes: int
    current_size_bytes: int
    geometry: int
    disk_type: int
    checksum: int
    unique_id: bytes
    saved_state: int


FOOTER = Struct(">8sIIQI4sHH4sQQIII16sB")


class DynamicHeader(NamedTuple):
    """What describes the blocks of a dynamic or differencing disk, and the parent of the latter."""

    cookie: bytes
    data_offset: int
    table_offset: int
    header_version: int
    table_entries: int
    block_size_bytes: int
    checksum: int
    parent_id: bytes
    parent_seconds: int
    reserved: int


DYNAMIC_HEADER = Struct(">8sQQIIII16sII")


class Locator(NamedTuple):
    """Where one spelling of the parent's path stands in the file."""

    platform: bytes
    data_space: int
    length_bytes: int
    reserved: int
    offset: int


LOCATOR = Struct(">4sIIIQ")


def checksum(structure: bytes, field_at: int) -> int:
    """Give the one's complement of the sum of all bytes but the checksum's own four."""
    total = sum(structure) - sum(structure[field_at : field_at + 4])
    return ~total & 0xFFFFFFFF


def bitmap_bytes(block_size_bytes: int) -> int:
    """Give the room that the sector bitmap takes before a block, in bytes."""
    bits = -(-block_size_bytes // SECTOR_BYTES)
    return -(-bits // (8 * SECTOR_BYTES)) * SECTOR_BYTES


def moment_of_seconds(seconds: int) -> Moment | None:
    """Give the moment of a VHD time stamp, seconds since 2000; 0 means it was not recorded."""
    return moment(_EPOCH + timedelta(seconds=seconds)) if seconds else None


def seconds_of_moment(when: Moment) -> int:
    """Give `when` as a VHD time stamp; a time that 32 bits cannot hold becomes 0, not recorded."""
    seconds = int((datetime_of(when) - _EPOCH).total_seconds())
    return seconds if 0 < seconds < 1 << 32 else 0
