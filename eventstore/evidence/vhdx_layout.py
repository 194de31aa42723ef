"""The structures of a VHDX file as data: little-endian; section numbers are those of [MS-VHDX]."""

from struct import Struct
from typing import NamedTuple
from uuid import UUID

KIB = 1 << 10
MIB = 1 << 20

FILE_SIGNATURE = b"vhdxfile"
CREATOR_AT = 8
CREATOR_BYTES = 512

HEADER_OFFSETS = (64 * KIB, 128 * KIB)
HEADER_SIGNATURE = b"head"
HEADER_BYTES = 4 * KIB
HEADER_VERSION = 1

REGION_TABLE_OFFSETS = (192 * KIB, 256 * KIB)
REGION_SIGNATURE = b"regi"
REGION_TABLE_BYTES = 64 * KIB
ENTRIES_MAX = 2047
"""2.2.3.1 and 2.6.1.1: neither a region table nor a metadata table holds more."""

CHECKSUM_AT = 4
"""Where the CRC-32C stands, in headers and region tables alike."""

METADATA_SIGNATURE = b"metadata"
METADATA_TABLE_BYTES = 64 * KIB

NOBODY = bytes(16)


class Header(NamedTuple):
    """2.2.2: two copies; the valid one with the higher sequence number counts."""

    signature: bytes
    checksum: int
    sequence_number: int
    file_write_id: bytes
    data_write_id: bytes
    log_id: bytes
    log_version: int
    version: int
    log_length_bytes: int
    log_offset: int


HEADER = Struct("<4sIQ16s16s16sHHIQ")


class TableHead(NamedTuple):
    """2.2.3.1: what a region table begins with."""

    signature: bytes
    checksum: int
    entries: int
    reserved: int


TABLE_HEAD = Struct("<4sIII")


class Region(NamedTuple):
    """2.2.3.2: where one part of the file lies."""

    id: bytes
    offset: int
    length_bytes: int
    required: int


REGION = Struct("<16sQII")


class MetadataHead(NamedTuple):
    """2.6.1.1: what the metadata region begins with."""

    signature: bytes
    reserved: int
    entries: int


METADATA_HEAD = Struct("<8sHH20x")


class MetadataEntry(NamedTuple):
    """2.6.1.2: where one item lies, counted from the region's start."""

    id: bytes
    offset: int
    length_bytes: int
    flags: int


METADATA_ENTRY = Struct("<16sIII4x")
ITEM_IS_VIRTUAL_DISK = 2
ITEM_IS_REQUIRED = 4

FILE_PARAMETERS = Struct("<II")
LEAVE_BLOCKS_ALLOCATED = 1
HAS_PARENT = 2


class LocatorHead(NamedTuple):
    """2.6.2.6.1: what the parent locator item begins with."""

    type: bytes
    reserved: int
    entries: int


LOCATOR_HEAD = Struct("<16sHH")


class LocatorEntry(NamedTuple):
    """2.6.2.6.2: where a key and its value stand, counted from the item's start."""

    key_offset: int
    value_offset: int
    key_bytes: int
    value_bytes: int


LOCATOR_ENTRY = Struct("<IIHH")

PAYLOAD_FULL, PAYLOAD_PARTIAL = 6, 7
BITMAP_PRESENT = 6
STATE_MASK = 7
OFFSET_SHIFT = 20
"""2.5.1: the low three bits of a table entry are its state, from bit 20 on it counts MiB."""

BITMAP_BLOCK_BYTES = MIB


def _id(text: str) -> bytes:
    return UUID(text).bytes_le


BLOCK_TABLE = _id("2dc27766-f623-4200-9d64-115e9bfd4a08")
METADATA = _id("8b7ca206-4790-4b9a-b8fe-575f050f886e")

FILE_PARAMETERS_ITEM = _id("caa16737-fa36-4d43-b3b6-33f0aa44e76b")
VIRTUAL_SIZE_ITEM = _id("2fa54224-cd1b-4876-b211-5dbed83bf4b8")
VIRTUAL_DISK_ID_ITEM = _id("beca12ab-b2e6-4523-93ef-c309e000c746")
LOGICAL_SECTOR_ITEM = _id("8141bf1d-a96f-4709-ba47-f233a8faab5f")
PHYSICAL_SECTOR_ITEM = _id("cda348c7-445d-4471-9cc9-e9885251c556")
PARENT_LOCATOR_ITEM = _id("a8d35f2d-b30b-454d-abf7-d3d84834ab0c")

PARENT_LOCATOR_TYPE = _id("b04aefb7-d19e-4a81-b789-25b8e9445913")


def blocks_per_bitmap(block_size_bytes: int, sector_bytes: int) -> int:
    """2.5: one sector bitmap of 1 MiB covers 2**23 sectors; give how many blocks these are."""
    return (1 << 23) * sector_bytes // block_size_bytes


def table_entries(
    virtual_size_bytes: int, block_size_bytes: int, sector_bytes: int, *, has_parent: bool
) -> int:
    """2.5: give how many entries the block table needs, bitmaps' own entries included."""
    blocks = -(-virtual_size_bytes // block_size_bytes)
    ratio = blocks_per_bitmap(block_size_bytes, sector_bytes)
    if has_parent:
        return -(-blocks // ratio) * (ratio + 1)
    return blocks + max(blocks - 1, 0) // ratio


def guid_text(raw: bytes) -> str:
    """Give a GUID as people see it, upper case with dashes."""
    return str(UUID(bytes_le=raw)).upper()
