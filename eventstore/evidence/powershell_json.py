"""JSON as ConvertTo-Json writes it, in Windows PowerShell 5.1 and in PowerShell 7.

What differs between them: the encoding (5.1 redirects as UTF-16 with a byte order mark), dates
(`/Date(1285480980000)/`, ISO 8601, WMI's own), enums (numbers, or names where somebody asked for
them), arrays (`{"value": […], "Count": 2}` for some of 5.1), and depth: what lies deeper than
-Depth is one line of text instead of an object.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec
from msgspec import Raw

from eventstore.errors import BadInput, UnreadableExport
from eventstore.ids import guid
from eventstore.moments import Moment, later, parse_moment
from eventstore.text import storable

SIZE_MAX_BYTES = 32 << 20
"""`Get-VM | ConvertTo-Json -Depth 4` gives some 30 KB a VM; our collector 2."""

COMMAS_MAX = 1_000_000
"""Bounds how many values there are, and so the memory: 32 MiB may hold 16 million of them."""

VALUE_MAX_BYTES = 64 << 10
"""No name, date, GUID or path is longer."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_OPENING = re.compile(rb"\s*[\[{]")
_DATE = re.compile(r"/Date\((-?[0-9]{1,15})(?:[+-][0-9]{4})?\)/")
_DMTF = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-]\d{3})")
"""How WMI writes a time: `20100926150300.000000+540`, its offset in minutes."""

_EPOCH = Moment("1970-01-01T00:00:00.000000Z")
_FIRST = "2000"
"""Hyper-V has no time before this; what it never noted is of the year 1 or 1601."""

_T = TypeVar("_T")

_NESTED = frozenset(b"[{")

_ARRAY = msgspec.json.Decoder(list[Raw])
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_PLAIN: msgspec.json.Decoder[object] = msgspec.json.Decoder(object)


def is_json(head: bytes) -> bool:
    """Tell whether a file that begins like this may hold objects or arrays."""
    encoding, start = _encoding(head)
    if encoding != "utf-8":
        head, start = head[start:].replace(b"\0", b""), 0
    return _OPENING.match(head, start) is not None


def utf8(data: bytes) -> bytes:
    """Give the JSON without its byte order mark; UnreadableExport for too much, or no Unicode.

    Guessing a code page would garble paths, and a garbled path is a disk that nobody needs.
    """
    if len(data) > SIZE_MAX_BYTES or data.count(b",") > COMMAS_MAX:
        raise UnreadableExport(
            f"expected at most {SIZE_MAX_BYTES >> 20} MiB and {COMMAS_MAX:,} values, got more; "
            "export fewer VMs at once, or use `snapledger collector`"
        )
    encoding, start = _encoding(data)
    try:
        return data[start:].decode(encoding).strip().encode()
    except UnicodeError as error:
        raise UnreadableExport(
            f"expected {encoding.upper()}: {error}; write it with Out-File -Encoding utf8"
        ) from None


def _encoding(data: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, len(mark)
    bare = {b"\0": "utf-16-le"}.get(data[1:2]) or {b"\0": "utf-16-be"}.get(data[:1])
    return bare or "utf-8", 0


class Properties:
    """An object's properties, by name in any case; each is read when it is asked for."""

    def __init__(self, raw: Raw) -> None:
        self._raws: Mapping[str, Raw] = {
            name.lower(): value for name, value in _read(_OBJECT, raw).items()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._raws

    def named(self, name: str) -> Raw | None:
        return self._raws.get(name)

    def nested(self) -> Iterator[Raw]:
        """Give the properties that hold objects or arrays."""
        return (raw for raw in self._raws.values() if _opens(raw) in _NESTED)

    def value(self, name: str) -> object:
        """Give a plain value; None for null, for none, and for anything that is not plain."""
        raw = self._raws.get(name)
        if raw is None or memoryview(raw).nbytes > VALUE_MAX_BYTES:
            return None
        found = _read(_PLAIN, raw)
        if isinstance(found, dict):  # 5.1 wraps what has properties of its own
            found = found.get("value")
        return None if isinstance(found, list | dict) else found

    def text(self, *names: str) -> str:
        """Give the first text that is told, nothing where none is."""
        told = (self.value(name) for name in names)
        return next((storable(each) for each in told if isinstance(each, str) and each), "")

    def guid(self, *names: str) -> str | None:
        """Give the first GUID that is told; one of zeros is none."""
        found = next((each for name in names if (each := guid(self.text(name)))), None)
        return found if found and found.strip("0-") else None

    def number(self, name: str) -> int | None:
        found = self.value(name)
        if isinstance(found, str) and re.fullmatch("[0-9]{1,9}", found):
            return int(found)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def first(self, name: str) -> str:
        """Give the first text of an array, or the one that stands alone; nothing where none is."""
        raw = self._raws.get(name)
        if raw is None or _opens(raw) != ord("["):
            return self.text(name)
        each: list[Raw] = _read(_ARRAY, raw)
        return Properties(Raw(b'{"it":' + bytes(each[0]) + b"}")).text("it") if each else ""

    def flag(self, name: str) -> bool | None:
        found = self.value(name)
        return found if isinstance(found, bool) else None

    def moment(self, name: str) -> Moment | None:
        """Give a time; None for one without an offset, which may be of any zone."""
        text = self.text(name)
        try:
            if ticks := _DATE.fullmatch(text):
                when = later(_EPOCH, milliseconds=int(ticks[1]))
            elif parts := _DMTF.fullmatch(text):
                when = _of_dmtf(*parts.groups())
            else:
                when = parse_moment(text)
        except (BadInput, OverflowError):
            return None
        return when if when > _FIRST else None

    def word(self, name: str, numbers: Mapping[int, str]) -> str:
        """Give an enum's name in lower case, whether it was written as a name or as a number."""
        number = self.number(name)
        return self.text(name).lower() if number is None else numbers.get(number, "")


def _of_dmtf(*parts: str) -> Moment:
    year, month, day, hour, minute, second, micros, offset = parts
    local = parse_moment(f"{year}-{month}-{day}T{hour}:{minute}:{second}.{micros}Z")
    return later(local, minutes=-int(offset))


def items(raw: Raw | None) -> tuple[Raw, ...] | None:
    """Give what an array holds, or the one that stands alone; None where none is told.

    `null` in an array is nobody.
    """
    if raw is None or _opens(raw) not in _NESTED:
        return None
    if is_object(raw):
        properties = Properties(raw)
        if "count" in properties and "value" in properties:
            return items(properties.named("value"))
        return (raw,)
    return tuple(each for each in _read(_ARRAY, raw) if _opens(each) != ord("n"))


def is_object(raw: Raw) -> bool:
    return _opens(raw) == ord("{")


def _opens(raw: Raw) -> int:
    """Give the character that a value begins with."""
    return next(iter(memoryview(raw)), 0)


def _read(decoder: msgspec.json.Decoder[_T], raw: Raw) -> _T:
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UnreadableExport(f"is no JSON: {error}") from None
