"""VHDX and AVHDX headers: both headers, both region tables, each with its CRC-32C."""

from typing import NamedTuple

from eventstore.errors import DamagedDisk
from eventstore.evidence.block_tables import vhdx_blocks
from eventstore.evidence.crc32c import crc32c
from eventstore.evidence.header_bytes import HeaderBytes
from eventstore.evidence.observations import Check, DiskFacts
from eventstore.evidence.vhdx_layout import (
    BLOCK_TABLE,
    CHECKSUM_AT,
    CREATOR_AT,
    CREATOR_BYTES,
    ENTRIES_MAX,
    FILE_SIGNATURE,
    HEADER,
    HEADER_BYTES,
    HEADER_OFFSETS,
    HEADER_SIGNATURE,
    HEADER_VERSION,
    METADATA,
    MIB,
    NOBODY,
    REGION,
    REGION_SIGNATURE,
    REGION_TABLE_BYTES,
    REGION_TABLE_OFFSETS,
    TABLE_HEAD,
    Header,
    Region,
    TableHead,
    guid_text,
    table_entries,
)
from eventstore.evidence.vhdx_metadata import Metadata, read_metadata
from eventstore.text import storable

Regions = dict[bytes, Region]


class _Table(NamedTuple):
    """One copy of the region table; `problem` is empty when its CRC and its entries hold."""

    regions: Regions
    problem: str


def read_vhdx(source: HeaderBytes) -> DiskFacts:
    """Give what the headers of a VHDX say; raise `DamagedDisk` when they say too little.

    Without a valid header the metadata still tells identity and parent; the DataWriteGuid is
    then None, for a choice among invalid headers would be a guess.
    """
    creator = _creator(source.read(0, len(FILE_SIGNATURE) + CREATOR_BYTES))
    header, header_checks = _read_headers(source)
    regions, region_checks = _read_regions(source)
    metadata = read_metadata(source, regions[METADATA])
    return DiskFacts(
        format="vhdx",
        kind=metadata.kind,
        creator=creator,
        virtual_size_bytes=metadata.virtual_size_bytes,
        identity=guid_text(metadata.virtual_disk_id),
        disk_id=guid_text(metadata.virtual_disk_id),
        block_size_bytes=metadata.block_size_bytes,
        data_write_id=_guid_or_none(header.data_write_id) if header else None,
        has_log_to_replay=header is not None and header.log_id != NOBODY,
        parent=metadata.parent,
        checks=(
            *header_checks,
            *region_checks,
            *_log_checks(source, header),
            *metadata.checks,
            *_block_checks(source, regions[BLOCK_TABLE], metadata),
        ),
    )


def block_table(source: HeaderBytes) -> tuple[int, Metadata]:
    """Give where the block table lies, and what describes it; raise `DamagedDisk`."""
    regions, _ = _read_regions(source)
    return regions[BLOCK_TABLE].offset, read_metadata(source, regions[METADATA])


def _creator(raw: bytes) -> str:
    text = raw[CREATOR_AT : len(raw) // 2 * 2].decode("utf-16-le", "surrogatepass")
    return storable(text.split("\0", 1)[0])


def _guid_or_none(raw: bytes) -> str | None:
    return None if raw == NOBODY else guid_text(raw)


# --- headers --------------------------------------------------------------------------------


def _read_headers(source: HeaderBytes) -> tuple[Header | None, tuple[Check, ...]]:
    """Give the valid header with the higher sequence number, and what was checked."""
    checks: list[Check] = []
    valid: dict[int, Header] = {}
    for number, offset in enumerate(HEADER_OFFSETS, start=1):
        header, problem = _read_header(source, offset)
        checks.append(Check(f"header {number}", passed=not problem, text=problem))
        if header is not None:
            valid[number] = header
    if not valid:
        return None, (*checks, Check("header in use", passed=False, text="neither is valid"))
    used = max(valid, key=lambda number: valid[number].sequence_number)
    text = f"header {used}, sequence number {valid[used].sequence_number}"
    return valid[used], (*checks, Check("header in use", passed=True, text=text))


def _read_header(source: HeaderBytes, offset: int) -> tuple[Header | None, str]:
    raw = source.read(offset, HEADER_BYTES)
    if problem := _structure_problem(raw, offset, HEADER_BYTES, HEADER_SIGNATURE):
        return None, problem
    header = Header._make(HEADER.unpack_from(raw))
    if header.version != HEADER_VERSION:
        return None, f"version {header.version}, expected {HEADER_VERSION}"
    return header, ""


def _structure_problem(raw: bytes, offset: int, length: int, signature: bytes) -> str:
    """Say what is wrong with a structure that has a signature and a CRC-32C, or nothing."""
    if len(raw) < length:
        return f"{len(raw)} bytes at offset {offset}, expected {length}"
    if not raw.startswith(signature):
        return f"{raw[:4]!r} at offset {offset}, expected {signature!r}"
    stored = int.from_bytes(raw[CHECKSUM_AT : CHECKSUM_AT + 4], "little")
    found = crc32c(raw[:CHECKSUM_AT] + bytes(4) + raw[CHECKSUM_AT + 4 :])
    return "" if stored == found else f"CRC-32C {stored:08X} stored, {found:08X} calculated"


def _log_checks(source: HeaderBytes, header: Header | None) -> tuple[Check, ...]:
    if header is None:
        return ()
    end = header.log_offset + header.log_length_bytes
    if end > source.size_bytes:
        text = f"it ends at byte {end}, the file at {source.size_bytes}"
        return (Check("log", passed=False, text=text),)
    if header.log_id != NOBODY:
        # A remark, not a fault: the log is the format's own cure for an unclean stop.
        text = "it holds changes to replay: the disk was not closed cleanly, or is in use"
        return (Check("log", passed=True, text=text),)
    return (Check("log", passed=True),)


# --- region tables --------------------------------------------------------------------------


def _read_regions(source: HeaderBytes) -> tuple[Regions, tuple[Check, ...]]:
    """Give the regions of the first intact table, and what was checked."""
    tables = _read_tables(source)
    checks = [
        Check(f"region table {number}", passed=not table.problem, text=table.problem)
        for number, table in enumerate(tables, start=1)
    ]
    intact = [table.regions for table in tables if not table.problem]
    if not intact:
        found = "; ".join(f"{check.name}: {check.text}" for check in checks)
        raise DamagedDisk(f"a VHDX without an intact region table ({found})")
    agree = len(intact) == 1 or intact[0] == intact[1]
    checks.append(
        Check("region tables agree", passed=agree, text="" if agree else "the first is believed")
    )
    return intact[0], (*checks, _region_check(source, intact[0]))


def _read_tables(source: HeaderBytes) -> list[_Table]:
    """Read both copies; the second is mostly the same, and need not be looked at twice."""
    first, second = (source.read(offset, REGION_TABLE_BYTES) for offset in REGION_TABLE_OFFSETS)
    table = _table(first, REGION_TABLE_OFFSETS[0])
    is_same = first == second and not table.problem
    return [table, table if is_same else _table(second, REGION_TABLE_OFFSETS[1])]


def _table(raw: bytes, offset: int) -> _Table:
    if problem := _structure_problem(raw, offset, REGION_TABLE_BYTES, REGION_SIGNATURE):
        return _Table({}, problem)
    head = TableHead._make(TABLE_HEAD.unpack_from(raw))
    if head.entries > ENTRIES_MAX:
        return _Table({}, f"{head.entries} entries, expected at most {ENTRIES_MAX}")
    body = raw[TABLE_HEAD.size : TABLE_HEAD.size + head.entries * REGION.size]
    regions = {region.id: region for region in map(Region._make, REGION.iter_unpack(body))}
    missing = {"block table": BLOCK_TABLE, "metadata": METADATA}.items()
    names = [name for name, region in missing if region not in regions]
    return _Table(regions, f"it names no {' and no '.join(names)}" if names else "")


def _region_check(source: HeaderBytes, regions: Regions) -> Check:
    problems = [
        f"a region ends at byte {region.offset + region.length_bytes}, "
        f"the file at {source.size_bytes}"
        for region in regions.values()
        if region.offset + region.length_bytes > source.size_bytes
    ]
    problems += [
        f"a region begins at byte {region.offset}, expected a whole MiB"
        for region in regions.values()
        if region.offset % MIB or region.offset < MIB
    ]
    problems += [
        f"region {guid_text(region.id)} is required and unknown"
        for region in regions.values()
        if region.required and region.id not in (BLOCK_TABLE, METADATA)
    ]
    return Check("regions inside the file", passed=not problems, text="; ".join(problems[:3]))


def _block_checks(source: HeaderBytes, region: Region, metadata: Metadata) -> tuple[Check, ...]:
    if metadata.block_size_bytes is None:
        return ()
    entries = table_entries(
        metadata.virtual_size_bytes,
        metadata.block_size_bytes,
        metadata.sector_bytes,
        has_parent=metadata.kind == "differencing",
    )
    return vhdx_blocks(
        source,
        region.offset,
        8 * entries,
        block_size_bytes=metadata.block_size_bytes,
        sector_bytes=metadata.sector_bytes,
        region_bytes=region.length_bytes,
    )
