"""A small writer of Windows event logs (EVTX 3.1): chunks, BinXML with templates, checksums.

Written from the description of the format in libevtx's documentation.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zlib import crc32

from msgspec import Struct

CHUNK_BYTES = 0x10000
FILE_HEADER_BYTES = 0x1000
RECORDS_AT = 0x200
DIRTY = 1

VMMS = "Microsoft-Windows-Hyper-V-VMMS"
WORKER = "Microsoft-Windows-Hyper-V-Worker"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

TEXT, NUMBER16, NUMBER64, FILETIME = 0x01, 0x06, 0x0A, 0x11
"""Types of values."""

Value = tuple[int, bytes]


class Element(Struct, frozen=True):
    """An element with attributes and either a value or elements inside."""

    name: str
    attributes: tuple[tuple[str, Value], ...] = ()
    value: Value | None = None
    inside: tuple["Element", ...] = ()


class Row(Struct, frozen=True):
    """One record to write; `data` becomes VmlEventLog, or Data elements if `is_event_data`."""

    number: int
    event_id: int
    at: datetime = NOON
    data: tuple[tuple[str, str], ...] = ()
    provider: str = VMMS
    channel: str = f"{VMMS}-Admin"
    computer: str = "HV01"
    user: str = "S-1-5-18"
    is_event_data: bool = False


def evtx_file(*chunks: Sequence[Row], flags: int = 0) -> bytes:
    """Give a log of `chunks`, each with its rows."""
    following = chunks[-1][-1].number + 1 if chunks else 1
    return file_header(len(chunks), following, flags) + b"".join(map(chunk, chunks))


def file_header(chunks: int, following: int, flags: int = 0) -> bytes:
    numbers = (0, max(chunks - 1, 0), following, 0x80, 1, 3, FILE_HEADER_BYTES, chunks)
    head = struct.pack("<8sQQQIHHHH76x", b"ElfFile\0", *numbers)
    return (head + struct.pack("<II", flags, crc32(head))).ljust(FILE_HEADER_BYTES, b"\0")


def chunk(rows: Sequence[Row]) -> bytes:
    records, last = b"", RECORDS_AT
    for row in rows:
        last = RECORDS_AT + len(records)
        records += _record(row, last)
    assert len(records) <= CHUNK_BYTES - RECORDS_AT, "a chunk holds 64 KiB"
    numbers = (rows[0].number, rows[-1].number) * 2
    free = RECORDS_AT + len(records)
    head = struct.pack("<8sQQQQIII", b"ElfChnk\0", *numbers, 0x80, last, free)
    return sealed((head.ljust(RECORDS_AT, b"\0") + records).ljust(CHUNK_BYTES, b"\0"))


def sealed(data: bytes) -> bytes:
    """Give a chunk its checksums anew, of its records first and then of its header."""
    free = int.from_bytes(data[48:52], "little")
    data = data[:52] + struct.pack("<I", crc32(data[RECORDS_AT:free])) + data[56:]
    return data[:124] + struct.pack("<I", crc32(data[:120] + data[128:512])) + data[128:]


def _record(row: Row, at: int) -> bytes:
    template = _Template(at + 24)
    template.instance(_event(row))
    size = 24 + len(template.made) + 4
    head = struct.pack("<4sIQQ", b"**\0\0", size, row.number, _filetime(row.at))
    return head + bytes(template.made) + struct.pack("<I", size)


def _event(row: Row) -> Element:
    system = Element(
        "System",
        inside=(
            Element("Provider", (("Name", _text(row.provider)),)),
            Element("EventID", value=(NUMBER16, struct.pack("<H", row.event_id))),
            Element("Level", value=_text("4")),
            Element("TimeCreated", (("SystemTime", _time(row.at)),)),
            Element("EventRecordID", value=(NUMBER64, struct.pack("<Q", row.number))),
            Element("Channel", value=_text(row.channel)),
            Element("Computer", value=_text(row.computer)),
            Element("Security", (("UserID", _text(row.user)),)),
        ),
    )
    if row.is_event_data:
        named = (Element("Data", (("Name", _text(name)),), _text(text)) for name, text in row.data)
        return Element("Event", inside=(system, Element("EventData", inside=tuple(named))))
    fields = tuple(Element(name, value=_text(text)) for name, text in row.data)
    said = Element("VmlEventLog", inside=fields)
    return Element("Event", inside=(system, Element("UserData", inside=(said,))))


def _text(text: str) -> Value:
    return TEXT, text.encode("utf-16-le", "surrogatepass")


def _time(when: datetime) -> Value:
    return FILETIME, struct.pack("<Q", _filetime(when))


def _filetime(when: datetime) -> int:
    return (when - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10


class _Template:
    """A template instance whose definition stands inside; `at` is its place in the chunk."""

    def __init__(self, at: int) -> None:
        self.made = bytearray(b"\x0f\x01\x01\0")
        self._at = at
        self._values: list[Value] = []

    def instance(self, event: Element) -> None:
        self.made += struct.pack("<BBII", 0x0C, 1, 1, self._here(10))
        self.made += struct.pack("<I4s12x", 0, b"\x01\0\0\0")
        size = self._hole()
        self.made += b"\x0f\x01\x01\0"
        self._element(event)
        self.made += b"\0"
        self._fill(size)
        self.made += struct.pack("<I", len(self._values))
        for kind, raw in self._values:
            self.made += struct.pack("<HBB", len(raw), kind, 0)
        self.made += b"".join(raw for _, raw in self._values)

    def _here(self, ahead: int = 0) -> int:
        return self._at + len(self.made) + ahead

    def _hole(self) -> int:
        self.made += bytes(4)
        return len(self.made)

    def _fill(self, hole: int) -> None:
        self.made[hole - 4 : hole] = struct.pack("<I", len(self.made) - hole)

    def _element(self, element: Element) -> None:
        self.made += struct.pack("<BH", 0x41 if element.attributes else 0x01, 0xFFFF)
        size = self._hole()
        self._name(element.name)
        if element.attributes:
            attributes = self._hole()
            for number, (name, value) in enumerate(element.attributes, 1):
                self.made += b"\x06" if number == len(element.attributes) else b"\x46"
                self._name(name)
                self._value(value)
            self._fill(attributes)
        if element.value is None and not element.inside:
            self.made += b"\x03"
        else:
            self.made += b"\x02"
            if element.value is not None:
                self._value(element.value)
            for inside in element.inside:
                self._element(inside)
            self.made += b"\x04"
        self._fill(size)

    def _name(self, name: str) -> None:
        self.made += struct.pack("<I", self._here(4))
        self.made += struct.pack("<IHH", 0, 0, len(name)) + name.encode("utf-16-le") + bytes(2)

    def _value(self, value: Value) -> None:
        self.made += struct.pack("<BHB", 0x0D, len(self._values), value[0])
        self._values.append(value)
