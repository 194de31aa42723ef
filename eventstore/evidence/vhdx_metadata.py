"""The metadata region of a VHDX: shape, identity and parent locator ([MS-VHDX] 2.6)."""

from msgspec import Struct

from eventstore.errors import DamagedDisk
from eventstore.evidence.header_bytes import HEADER_BYTES_MAX, HeaderBytes
from eventstore.evidence.observations import Check, DiskKind, ParentLink
from eventstore.evidence.vhdx_layout import (
    ENTRIES_MAX,
    FILE_PARAMETERS,
    FILE_PARAMETERS_ITEM,
    HAS_PARENT,
    ITEM_IS_REQUIRED,
    LEAVE_BLOCKS_ALLOCATED,
    LOCATOR_ENTRY,
    LOCATOR_HEAD,
    LOGICAL_SECTOR_ITEM,
    METADATA_ENTRY,
    METADATA_HEAD,
    METADATA_SIGNATURE,
    METADATA_TABLE_BYTES,
    MIB,
    PARENT_LOCATOR_ITEM,
    PARENT_LOCATOR_TYPE,
    PHYSICAL_SECTOR_ITEM,
    VIRTUAL_DISK_ID_ITEM,
    VIRTUAL_SIZE_ITEM,
    LocatorEntry,
    LocatorHead,
    MetadataEntry,
    MetadataHead,
    Region,
    guid_text,
)
from eventstore.ids import NOBODY, guid
from eventstore.text import storable

BLOCK_SIZES = frozenset(MIB << power for power in range(9))
"""2.6.2.1: 1 to 256 MiB, a power of two."""

SECTOR_SIZES = frozenset({512, 4096})
VIRTUAL_SIZE_BYTES_MAX = 64 << 40

LOCATOR_ENTRIES_MAX = 64
"""The specification knows five keys and sets no limit; ours keeps a damaged count harmless."""

_KNOWN = {
    FILE_PARAMETERS_ITEM: ("file parameters", 8),
    VIRTUAL_SIZE_ITEM: ("virtual disk size", 8),
    VIRTUAL_DISK_ID_ITEM: ("virtual disk id", 16),
    LOGICAL_SECTOR_ITEM: ("logical sector size", 4),
    PHYSICAL_SECTOR_ITEM: ("physical sector size", 4),
}
"""The items every VHDX has, with their lengths in bytes."""

Items = dict[bytes, bytes]


class Metadata(Struct, frozen=True):
    """What the metadata region says; `block_size_bytes` is None when it is no possible one."""

    kind: DiskKind
    virtual_size_bytes: int
    virtual_disk_id: bytes
    block_size_bytes: int | None
    sector_bytes: int
    parent: ParentLink | None
    checks: tuple[Check, ...]


def read_metadata(source: HeaderBytes, region: Region) -> Metadata:
    """Read the metadata `region`; raise `DamagedDisk` when size, id or parameters are missing."""
    items, problems = _read_items(source, region)
    for item in (FILE_PARAMETERS_ITEM, VIRTUAL_SIZE_ITEM, VIRTUAL_DISK_ID_ITEM):
        if item not in items:
            raise DamagedDisk(
                f"a VHDX without its {_KNOWN[item][0]} in the metadata ({'; '.join(problems)})"
            )
    block_size, flags = FILE_PARAMETERS.unpack(items[FILE_PARAMETERS_ITEM])
    virtual_size = int.from_bytes(items[VIRTUAL_SIZE_ITEM], "little")
    sector = int.from_bytes(items.get(LOGICAL_SECTOR_ITEM, b""), "little")
    problems += _shape_problems(block_size, sector, virtual_size)
    has_parent = bool(flags & HAS_PARENT)
    parent, parent_checks = _parent(items.get(PARENT_LOCATOR_ITEM), has_parent=has_parent)
    return Metadata(
        kind=_kind(flags),
        virtual_size_bytes=virtual_size,
        virtual_disk_id=items[VIRTUAL_DISK_ID_ITEM],
        block_size_bytes=block_size if block_size in BLOCK_SIZES else None,
        sector_bytes=sector if sector in SECTOR_SIZES else min(SECTOR_SIZES),
        parent=parent,
        checks=(_check("metadata", problems), *parent_checks),
    )


def _kind(flags: int) -> DiskKind:
    if flags & HAS_PARENT:
        return "differencing"
    return "fixed" if flags & LEAVE_BLOCKS_ALLOCATED else "dynamic"


def _shape_problems(block_size: int, sector: int, virtual_size: int) -> list[str]:
    if virtual_size > VIRTUAL_SIZE_BYTES_MAX:
        raise DamagedDisk(f"a VHDX of {virtual_size} bytes, expected at most 64 TiB")
    problems = []
    if block_size not in BLOCK_SIZES:
        problems.append(f"block size {block_size}, expected 1 to 256 MiB, a power of two")
    if sector not in SECTOR_SIZES:
        problems.append(f"logical sector size {sector}, expected 512 or 4096")
    elif virtual_size % sector:
        problems.append(f"virtual size {virtual_size} is no multiple of the sector size {sector}")
    return problems


# --- the table and its items ----------------------------------------------------------------


def _read_items(source: HeaderBytes, region: Region) -> tuple[Items, list[str]]:
    """Give the known items by id, and what is wrong with any."""
    table = source.read(region.offset, METADATA_TABLE_BYTES)
    if not table.startswith(METADATA_SIGNATURE) or len(table) < METADATA_HEAD.size:
        raise DamagedDisk(
            f"{table[:8]!r} at offset {region.offset}, expected {METADATA_SIGNATURE!r}"
        )
    head = MetadataHead._make(METADATA_HEAD.unpack_from(table))
    if head.entries > ENTRIES_MAX:
        raise DamagedDisk(f"{head.entries} metadata items, expected at most {ENTRIES_MAX}")
    end = METADATA_HEAD.size + head.entries * METADATA_ENTRY.size
    body = table[METADATA_HEAD.size : end]
    whole = len(body) // METADATA_ENTRY.size * METADATA_ENTRY.size
    items: Items = {}
    problems: list[str] = []
    for entry in map(MetadataEntry._make, METADATA_ENTRY.iter_unpack(body[:whole])):
        if entry.id in _KNOWN or entry.id == PARENT_LOCATOR_ITEM:
            problems += _read_item(source, region, entry, items)
        elif entry.flags & ITEM_IS_REQUIRED:
            problems.append(f"item {guid_text(entry.id)} is required and unknown")
    problems += [f"no {name}" for item, (name, _) in _KNOWN.items() if item not in items]
    return items, problems


def _read_item(
    source: HeaderBytes, region: Region, entry: MetadataEntry, items: Items
) -> list[str]:
    """Put the item that `entry` describes into `items`, or say what is wrong with it."""
    name, length = _KNOWN.get(entry.id, ("parent locator", entry.length_bytes))
    if entry.id in items:
        return [f"{name} twice; the first counts"]
    if entry.length_bytes != length or length > HEADER_BYTES_MAX:
        return [f"{name} of {entry.length_bytes} bytes, expected {min(length, HEADER_BYTES_MAX)}"]
    if entry.offset < METADATA_TABLE_BYTES or entry.offset + length > region.length_bytes:
        return [f"{name} at {entry.offset}, outside its region of {region.length_bytes} bytes"]
    raw = source.read(region.offset + entry.offset, length)
    if len(raw) < length:
        return [f"{name}: {len(raw)} bytes before the file's end, expected {length}"]
    items[entry.id] = raw
    return []


# --- the parent locator ---------------------------------------------------------------------


def _parent(
    locator: bytes | None, *, has_parent: bool
) -> tuple[ParentLink | None, tuple[Check, ...]]:
    """Give the parent that `locator` names; flag and locator must say the same."""
    if not has_parent:
        problems = ["a locator, though the disk says it has no parent"] if locator else []
        return None, (_check("parent locator", problems),) if problems else ()
    if locator is None:
        return None, (_check("parent locator", ["none, though the disk says it has a parent"]),)
    values, problems = _read_locator(locator)
    link = ParentLink(
        linkage=_linkage(values, "parent_linkage", problems),
        linkage2=_linkage(values, "parent_linkage2", problems),
        relative_path=values.get("relative_path"),
        volume_path=values.get("volume_path"),
        absolute_path=values.get("absolute_win32_path"),
    )
    if link.linkage is None:
        problems.append("no parent_linkage")
    if not (link.relative_path or link.volume_path or link.absolute_path):
        problems.append("no path to the parent")
    return link, (_check("parent locator", problems),)


def _read_locator(item: bytes) -> tuple[dict[str, str], list[str]]:
    if len(item) < LOCATOR_HEAD.size:
        return {}, [f"{len(item)} bytes, expected at least {LOCATOR_HEAD.size}"]
    head = LocatorHead._make(LOCATOR_HEAD.unpack_from(item))
    if head.type != PARENT_LOCATOR_TYPE:
        return {}, [f"of type {guid_text(head.type)}, expected {guid_text(PARENT_LOCATOR_TYPE)}"]
    problems = []
    if head.entries > LOCATOR_ENTRIES_MAX:
        problems.append(f"{head.entries} entries, at most {LOCATOR_ENTRIES_MAX} are read")
    values: dict[str, str] = {}
    for number in range(min(head.entries, LOCATOR_ENTRIES_MAX)):
        at = LOCATOR_HEAD.size + number * LOCATOR_ENTRY.size
        if at + LOCATOR_ENTRY.size > len(item):
            problems.append(f"{head.entries} entries, room for {number}")
            break
        entry = LocatorEntry._make(LOCATOR_ENTRY.unpack_from(item, at))
        key = _text(item, entry.key_offset, entry.key_bytes)
        value = _text(item, entry.value_offset, entry.value_bytes)
        if not key or not value:
            problems.append(f"entry {number} points outside the item's {len(item)} bytes")
        elif values.setdefault(key, value) != value:
            problems.append(f"{key} twice; the first counts")
    return values, problems


def _linkage(values: dict[str, str], key: str, problems: list[str]) -> str | None:
    """Give a linkage as a GUID; all zeros is how Windows writes that there is none."""
    text = values.get(key)
    found = guid(text) if text is not None else None
    if text is not None and found is None:
        problems.append(f"{key} is {text[:80]!r}, expected a GUID")
    return None if found == str(NOBODY) else found


def _text(item: bytes, offset: int, length: int) -> str:
    """Decode UTF-16LE inside `item`; nothing when it is not all there."""
    if length % 2 or offset + length > len(item):
        return ""
    raw = item[offset : offset + length]
    return storable(raw.decode("utf-16-le", "surrogatepass").split("\0", 1)[0])


def _check(name: str, problems: list[str]) -> Check:
    return Check(name, passed=not problems, text="; ".join(problems[:5]))
