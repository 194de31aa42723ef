"""The metadata region of a VHDX as its writer makes it ([MS-VHDX] 2.6)."""

from uuid import UUID

from msgspec import Struct

from eventstore.evidence.vhdx_layout import (
    FILE_PARAMETERS,
    FILE_PARAMETERS_ITEM,
    HAS_PARENT,
    ITEM_IS_REQUIRED,
    ITEM_IS_VIRTUAL_DISK,
    LEAVE_BLOCKS_ALLOCATED,
    LOCATOR_ENTRY,
    LOCATOR_HEAD,
    LOGICAL_SECTOR_ITEM,
    METADATA_ENTRY,
    METADATA_HEAD,
    METADATA_SIGNATURE,
    METADATA_TABLE_BYTES,
    PARENT_LOCATOR_ITEM,
    PARENT_LOCATOR_TYPE,
    PHYSICAL_SECTOR_ITEM,
    VIRTUAL_DISK_ID_ITEM,
    VIRTUAL_SIZE_ITEM,
    LocatorEntry,
    LocatorHead,
    MetadataEntry,
    MetadataHead,
)
from eventstore.ids import NOBODY, derive
from eventstore.paths import volume_of
from eventstore.simulate.virtual_disk import SECTOR_BYTES, NewVirtualDisk, ParentReference
from eventstore.text import original

PHYSICAL_SECTOR_BYTES = 4096


class Shape(Struct, frozen=True):
    """What a writer must know of a VHDX to find its way in the block table."""

    virtual_size_bytes: int
    block_size_bytes: int
    has_parent: bool


def metadata(disk: NewVirtualDisk, parent: ParentReference | None) -> bytes:
    """Give the metadata region up to its last used byte."""
    of_disk = ITEM_IS_REQUIRED | ITEM_IS_VIRTUAL_DISK
    items = [
        (FILE_PARAMETERS_ITEM, ITEM_IS_REQUIRED, _file_parameters(disk)),
        (VIRTUAL_SIZE_ITEM, of_disk, disk.virtual_size_bytes.to_bytes(8, "little")),
        (LOGICAL_SECTOR_ITEM, of_disk, SECTOR_BYTES.to_bytes(4, "little")),
        (PHYSICAL_SECTOR_ITEM, of_disk, PHYSICAL_SECTOR_BYTES.to_bytes(4, "little")),
        (VIRTUAL_DISK_ID_ITEM, of_disk, guid_bytes(disk.disk_id)),
    ]
    if parent:
        items.append((PARENT_LOCATOR_ITEM, ITEM_IS_REQUIRED, _locator(parent)))
    table = METADATA_HEAD.pack(*MetadataHead(METADATA_SIGNATURE, 0, len(items)))
    content = b""
    for item, flags, data in items:
        at = METADATA_TABLE_BYTES + len(content)
        table += METADATA_ENTRY.pack(*MetadataEntry(item, at, len(data), flags))
        content += data
    return table.ljust(METADATA_TABLE_BYTES, b"\0") + content


def read_shape(region: bytes) -> Shape:
    """Give the shape back from a region that `metadata` made."""
    size_bytes, flags = FILE_PARAMETERS.unpack_from(region, METADATA_TABLE_BYTES)
    size_at = METADATA_TABLE_BYTES + FILE_PARAMETERS.size
    virtual_size = int.from_bytes(region[size_at : size_at + 8], "little")
    return Shape(virtual_size, size_bytes, has_parent=bool(flags & HAS_PARENT))


def guid_bytes(text: str) -> bytes:
    return UUID(text).bytes_le


def _file_parameters(disk: NewVirtualDisk) -> bytes:
    flags = {"fixed": LEAVE_BLOCKS_ALLOCATED, "dynamic": 0, "differencing": HAS_PARENT}
    return FILE_PARAMETERS.pack(disk.block_size_bytes, flags[disk.kind])


def _locator(parent: ParentReference) -> bytes:
    """Give the parent locator, keys in the order in which Windows writes them."""
    values = {
        "parent_linkage": _braced(parent.facts.data_write_id or str(NOBODY)),
        "absolute_win32_path": parent.path,
        "relative_path": parent.relative_path,
        "volume_path": _volume_path(parent.path),
        "parent_linkage2": _braced(str(NOBODY)),
    }
    pairs = [(_utf16(key), _utf16(value)) for key, value in values.items() if value is not None]
    head = LOCATOR_HEAD.pack(*LocatorHead(PARENT_LOCATOR_TYPE, 0, len(pairs)))
    at = len(head) + len(pairs) * LOCATOR_ENTRY.size
    entries = strings = b""
    for key, value in pairs:
        entry = LocatorEntry(at, at + len(key), len(key), len(value))
        entries += LOCATOR_ENTRY.pack(*entry)
        strings += key + value
        at += len(key) + len(value)
    return head + entries + strings


def _volume_path(path: str) -> str | None:
    r"""Give the path by the volume's GUID; a share has none. The GUID follows from the letter."""
    volume = volume_of(path)
    if not volume.endswith(":"):
        return None
    return f"\\\\?\\Volume{_braced(derive('volume', volume.upper()))}{path[len(volume) :]}"


def _braced(guid: str) -> str:
    return f"{{{guid.lower()}}}"


def _utf16(text: str) -> bytes:
    return original(text).encode("utf-16-le", "surrogatepass")
