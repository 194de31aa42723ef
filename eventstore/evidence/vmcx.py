"""HyperVStorage: the container of VMCX and VMRS files, verified from its headers to its keys.

What a checksum does not vouch for is refused, for a reference lost makes a needed file look like
an orphan. What only says that a newer state may exist is a doubt. The format's sources stand in
`vmcx_layout.py`.
"""

from collections.abc import Iterator
from typing import BinaryIO

from msgspec import Struct

from eventstore.errors import NotAConfiguration
from eventstore.evidence.vmcx_layout import (
    HEADER_OFFSETS,
    IS_KEY_TABLE,
    IS_OBJECT_TABLE,
    IS_VALUE,
    KEY,
    KEY_TABLE,
    KEY_TABLE_SIGNATURE,
    LENGTH,
    LOG,
    LOG_SIGNATURE,
    NEWEST_VERSION,
    OBJECT,
    OBJECT_TABLE,
    OBJECT_TABLE_OFFSET,
    OBJECT_TABLE_SIGNATURE,
    OLDEST_VERSION,
    POINTER,
    SIGNATURE,
    BoundedFile,
    Entry,
    Header,
    expect,
    expect_checksum,
    read_header,
    read_key,
)

HEAD_BYTES = HEADER_OFFSETS[-1] + len(SIGNATURE)
"""So much of a file's beginning is enough for `is_storage`."""

OBJECTS_MAX = 1 << 18
"""A saved state has one object for each MiB of memory; a configuration has ten."""

SLOTS_MAX = 1 << 18
"""Keys and the gaps between them: gaps cost time, too."""

_SAVED_STATE_KEY = "partition_state"


class Objects(Struct, frozen=True):
    """Offset and size of what the object tables list: key tables, and values stored apart."""

    key_tables: tuple[tuple[int, int], ...]
    values: dict[int, int]
    doubts: tuple[str, ...]


class KeyTable(Struct, frozen=True):
    """Where one key table stands; of two with one index the higher sequence counts."""

    index: int
    sequence: int
    offset: int
    size_bytes: int


class Storage:
    """An open file whose header and tables are in order; keys are verified as they are read.

    `header_offset` is that of the copy in use, `doubts` say what makes the file less than certain.
    """

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        """Raise NotAConfiguration with what came, what was expected, and where; or OSError."""
        self._file = BoundedFile(file, size_bytes)
        header, broken = _newest_header(self._file)
        objects = _objects(self._file, header.alignment)
        self._values = objects.values
        self._tables = _key_tables(self._file, objects.key_tables)
        self.header_offset = header.offset
        self.doubts = (
            *broken,
            *objects.doubts,
            *_absent_tables(self._tables),
            *_log_doubts(self._file, header.log_offset),
        )

    def entries(self) -> Iterator[Entry]:
        """Give every key, table by table; raises NotAConfiguration at the first damaged one."""
        slots = 0
        for table in self._tables:
            what = f"key table {table.index}"
            data = self._file.exactly(what, table.offset, table.size_bytes)
            at = KEY_TABLE.size
            while at + KEY.size < len(data):
                entry, size = read_key(data, table.index, at, table.offset)
                at += size
                slots += 1
                expect(slots <= SLOTS_MAX, what, f"at most {SLOTS_MAX} keys and gaps", "more")
                if entry:
                    yield entry
            expect(at == len(data), what, f"keys to its end at {len(data)}", at)

    def value(self, entry: Entry) -> bytes:
        """Give the bytes of a string or an array, wherever they stand."""
        if not entry.is_elsewhere:
            return entry.data[LENGTH.size :]
        length, offset = POINTER.unpack(entry.data)
        what = f"key {entry.name!r:.80} at offset {entry.at}"
        room = self._values.get(offset, -1)
        expect(length <= room, what, f"a file object of {length} bytes at {offset}", room)
        return self._file.exactly(what, offset, length)


def is_storage(head: bytes) -> bool:
    """Tell whether a file that begins so is a HyperVStorage; one intact copy is enough."""
    return any(head[offset:].startswith(SIGNATURE) for offset in HEADER_OFFSETS)


def holds_saved_state(file: BinaryIO, size_bytes: int) -> bool:
    """Tell whether a VMRS holds memory and processors; every VM has such a file, even when off.

    Raises NotAConfiguration when the file is damaged, and OSError.
    """
    entries = Storage(file, size_bytes).entries()
    return any(entry.name == _SAVED_STATE_KEY for entry in entries)


def _newest_header(file: BoundedFile) -> tuple[Header, tuple[str, ...]]:
    """Give the copy to go by, and what is wrong with the other."""
    intact: list[Header] = []
    problems: list[str] = []
    for offset in HEADER_OFFSETS:
        try:
            intact.append(read_header(file, offset))
        except NotAConfiguration as error:
            problems.append(str(error))
    if not intact:
        raise NotAConfiguration("; ".join(problems))
    newest = max(intact, key=lambda header: header.sequence)
    expect(
        OLDEST_VERSION <= newest.version <= NEWEST_VERSION,
        f"header at offset {newest.offset}",
        f"a format version from {OLDEST_VERSION:#06x} to {NEWEST_VERSION:#06x}",
        f"{newest.version:#06x}",
    )
    used = f"the copy at offset {newest.offset} was used"
    return newest, tuple(f"{problem}; {used}" for problem in problems)


def _log_doubts(file: BoundedFile, offset: int) -> Iterator[str]:
    """Say what the replay log may hold back; it is never applied."""
    what = f"replay log at offset {offset}"
    try:
        data = file.exactly(what, offset, LOG.size)
        signature, _, waiting, *_ = LOG.unpack(data)
        expect(signature == LOG_SIGNATURE, what, f"{LOG_SIGNATURE:#x}", f"{signature:#x}")
        expect_checksum(data, 4, what)
    except NotAConfiguration as error:
        yield f"{error}; changes may wait in it that were not read"
        return
    if waiting:
        yield f"{what}: {waiting} changes wait in it; what was read is the state before them"


def _objects(file: BoundedFile, alignment: int) -> Objects:
    key_tables: list[tuple[int, int]] = []
    values: dict[int, int] = {}
    doubts: list[str] = []
    tables, seen, left = [OBJECT_TABLE_OFFSET], set[int](), OBJECTS_MAX
    while tables:
        at = tables.pop()
        what = f"object table at offset {at}"
        expect(at not in seen, what, "one reference", "a second")
        seen.add(at)
        signature, count = OBJECT_TABLE.unpack(file.exactly(what, at, OBJECT_TABLE.size))
        is_table = signature == OBJECT_TABLE_SIGNATURE
        expect(is_table, what, f"{OBJECT_TABLE_SIGNATURE:#x}", f"{signature:#x}")
        left -= count
        expect(left >= 0, what, f"at most {OBJECTS_MAX} objects in all", f"{count} more")
        first = at + OBJECT_TABLE.size
        data = file.exactly(what, first, count * OBJECT.size)
        # The count has no checksum; but a table fills its pages to the last whole entry.
        if alignment and -(OBJECT_TABLE.size + len(data)) % alignment >= OBJECT.size:
            doubts.append(f"{what}: {count} entries do not fill it, so some may be missing")
        for start in range(0, len(data), OBJECT.size):
            entry = data[start : start + OBJECT.size]
            expect_checksum(entry, 1, f"object entry at offset {first + start}")
            kind, _, offset, size, _ = OBJECT.unpack(entry)
            match kind:
                case _ if kind == IS_OBJECT_TABLE:
                    tables.append(offset)
                case _ if kind == IS_KEY_TABLE:
                    key_tables.append((offset, size))
                case _ if kind == IS_VALUE:
                    values[offset] = size
    return Objects(tuple(key_tables), values, tuple(doubts))


def _key_tables(file: BoundedFile, objects: tuple[tuple[int, int], ...]) -> tuple[KeyTable, ...]:
    newest: dict[int, KeyTable] = {}
    for offset, size in objects:
        what = f"key table at offset {offset}"
        data = file.exactly(what, offset, KEY_TABLE.size)
        signature, index, sequence, _ = KEY_TABLE.unpack(data)
        is_table = signature == KEY_TABLE_SIGNATURE
        expect(is_table, what, f"{KEY_TABLE_SIGNATURE:#x}", f"{signature:#x}")
        expect_checksum(data, 6, what)
        expect(index > 0, what, "an index above 0", index)
        found = KeyTable(index, sequence, offset, size)
        other = newest.setdefault(index, found)
        if other is not found:
            is_other = other.sequence != sequence
            expect(is_other, what, f"another sequence than at {other.offset}", sequence)
            newest[index] = max(other, found, key=lambda table: table.sequence)
    return tuple(table for _, table in sorted(newest.items()))


def _absent_tables(tables: tuple[KeyTable, ...]) -> Iterator[str]:
    indexes = {table.index for table in tables}
    absent = next((index for index in range(1, len(tables) + 1) if index not in indexes), None)
    if absent:
        yield f"key table {absent} is in no object table"
