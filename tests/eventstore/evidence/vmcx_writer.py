"""Writes VMCX files from key trees, as `support/hvs_file/FORMAT.md` of microsoft/openvmm says.

Only tests write this container; the simulated host keeps XML.
"""

from struct import Struct as Layout
from struct import pack
from zlib import crc32

from msgspec import Struct

from eventstore.evidence.keytree import Key

PAGE = 4096
OBJECTS_A_TABLE = (PAGE - 8) // 18
APART_BYTES = 2048

FIRST_OBJECT = 2 * PAGE + 8
FIRST_TABLE = 3 * PAGE
FIRST_KEY = FIRST_TABLE + 10

_KEY = Layout("<BBIHIIIB")
_NODE, _STRING, _ARRAY, _BOOL, _DOUBLE, _INT, _UINT = 9, 6, 7, 8, 5, 3, 4


class Slot(Struct):
    """A key that has its place: table and offset."""

    table: int
    offset: int


class VmcxWriter:
    """Lays keys out in pages, then tables, values and the log behind them."""

    def __init__(self, root: Key) -> None:
        self._tables: list[bytearray] = []
        self._values: list[tuple[bytes, tuple[int, int]]] = []
        self._spans: list[tuple[int, int, int]] = []
        for order, key in enumerate(root.children, start=1):
            self._add(key, Slot(0, 0), order)

    def file(self, *, waiting: int = 0, version: int = 0x0400) -> bytes:
        """Give the file; `waiting` changes stand in its log, as its header claims."""
        self._fill()
        pages = len(self._tables) + sum(-(-len(value) // PAGE) for value, _ in self._values)
        objects = [(2, (3 + index) * PAGE, PAGE) for index in range(len(self._tables))]
        at = (3 + len(self._tables)) * PAGE
        body = b""
        for value, (table, pointer_at) in self._values:
            pointer = pack("<IQ", len(value), at)
            self._tables[table - 1][pointer_at : pointer_at + len(pointer)] = pointer
            room = -(-len(value) // PAGE) * PAGE
            objects.append((3, at, room))
            body += value.ljust(room, b"\0")
            at += room
        self._seal()
        first, more = self._object_tables(objects, (3 + pages) * PAGE)
        log_at = (3 + pages) * PAGE + len(more)
        headers = [
            sealed(
                pack("<IIHIIIIQQI", 0x01282014, 0, n, version, 0, 0, PAGE, log_at, PAGE, PAGE), 4
            ).ljust(PAGE, b"\0")
            for n in (7, 6)
        ]
        log = sealed(pack("<IIIBIBQII", 0x01110003, 0, waiting, 0, 145, 0, 0, 0, 0), 4)
        tables = b"".join(map(bytes, self._tables))
        return b"".join([*headers, first, tables, body, more, log.ljust(PAGE, b"\0")])

    def _add(self, key: Key, parent: Slot, order: int) -> None:
        kind, value = _value(key)
        name = key.name.encode() + b"\0"
        is_apart = kind in {_STRING, _ARRAY} and len(value) >= APART_BYTES
        if kind in {_STRING, _ARRAY}:
            data = bytes(12) if is_apart else pack("<I", len(value)) + value
        else:
            data = value
        size = _KEY.size + len(name) + len(data)
        if not self._tables or len(self._tables[-1]) + size > PAGE - _KEY.size - 1:
            self._fill()
            self._tables.append(bytearray(pack("<HHHI", 2, len(self._tables) + 1, 1, 0)))
        table = self._tables[-1]
        slot = Slot(len(self._tables), len(table))
        table += _KEY.pack(kind, is_apart, size, parent.table, parent.offset, 0, order, len(name))
        table += name + data
        self._spans.append((slot.table, slot.offset, size))
        if is_apart:
            self._values.append((value, (slot.table, len(table) - len(data))))
        for number, child in enumerate(key.children, start=1):
            self._add(child, slot, number)

    def _fill(self) -> None:
        """End the last table with free room, as Hyper-V does."""
        if self._tables and (left := PAGE - len(self._tables[-1])):
            self._tables[-1] += _KEY.pack(1, 0, left, 0, 0, 0, 0, 0) + b"\xfd" * (left - _KEY.size)

    def _seal(self) -> None:
        for table, offset, size in self._spans:
            entry = self._tables[table - 1][offset : offset + size]
            self._tables[table - 1][offset : offset + size] = sealed(bytes(entry), 12)
        for page in self._tables:
            page[:10] = sealed(bytes(page[:10]), 6)

    def _object_tables(
        self, objects: list[tuple[int, int, int]], more_at: int
    ) -> tuple[bytes, bytes]:
        """Give the first table, and the further ones that its last entry leads to."""
        pages: list[bytes] = []
        room = OBJECTS_A_TABLE - 1
        chunks = [objects[at : at + room] for at in range(0, len(objects), room)] or [[]]
        for number, chunk in enumerate(chunks):
            last = number == len(chunks) - 1
            next_table = (0, 0, 0) if last else (1, more_at + number * PAGE, PAGE)
            entries = [*chunk, *[(0, 0, 0)] * (room - len(chunk)), next_table]
            page = pack("<II", 0x01110001, OBJECTS_A_TABLE) + b"".join(
                sealed(pack("<BIQIB", kind, 0, offset, size, kind > 0), 1)
                for kind, offset, size in entries
            )
            pages.append(page.ljust(PAGE, b"\0"))
        return pages[0], b"".join(pages[1:])


def vmcx(*keys: Key, waiting: int = 0, version: int = 0x0400) -> bytes:
    """Give a VMCX file with `keys` at the top."""
    return VmcxWriter(Key("", children=keys)).file(waiting=waiting, version=version)


def sealed(data: bytes, at: int) -> bytes:
    """Give `data` with its CRC-32 at `at`."""
    checksum = crc32(data[:at] + bytes(4) + data[at + 4 :])
    return data[:at] + checksum.to_bytes(4, "little") + data[at + 4 :]


def node(name: str, *children: Key) -> Key:
    return Key(name, children=children)


def string(name: str, value: str) -> Key:
    return Key(name, "string", value)


def integer(name: str, value: int) -> Key:
    return Key(name, "integer", value)


def _value(key: Key) -> tuple[int, bytes]:
    match key.declared, key.value:
        case "string", str() as text:
            return _STRING, text.encode("utf-16-le", "surrogatepass")
        case "bytes", bytes() as raw:
            return _ARRAY, raw
        case "bool", bool() as flag:
            return _BOOL, pack("<I", flag)
        case "integer", int() as number if number < 1 << 63:
            return _INT, pack("<q", number)
        case "integer", int() as number:
            return _UINT, pack("<Q", number)
        case "double", str() as text:
            return _DOUBLE, pack("<d", float(text))
        case _:
            return _NODE, bytes(8) + pack("<I", len(key.children) + 1)
