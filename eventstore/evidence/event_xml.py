"""Events as XML: what Event Viewer saves, what `wevtutil qe /f:xml` prints, what an EVTX renders.

Each `<Event>` is read by itself, so that one that is damaged costs no other. A file may hold one,
many without a root, or many in `<Events>`. Nothing outside an event reaches the parser: no
document type, no entity.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from eventstore.errors import BadInput, UnreadableLog
from eventstore.evidence.keytree import encoding_of
from eventstore.evidence.log_records import (
    RECORDS_MAX,
    LogReading,
    LogRecord,
    Pairs,
    code_told,
    is_hyper_v,
    named,
    spans_of,
    vm_of,
)
from eventstore.moments import Moment, parse_moment
from eventstore.text import storable

EVENT_CHARACTERS_MAX = 128 << 10
"""A record is 64 KiB at most, and one event must fit into a batch of the log."""

SIZE_MAX_BYTES = 1 << 30
"""So much of a file is read: 200,000 events of twice the length that they have."""

NAME_MAX = 256
"""Windows allows 255 characters for a provider, a channel or a computer."""

PAIRS_MAX = 256
DAMAGE_MAX = 20
"""So many damaged events are told one by one."""

_PIECE_BYTES = 64 << 10
_NUMBER_MAX = (1 << 64) - 1
_SECONDARY = frozenset({"System", "RenderingInfo"})
"""Not data: the envelope, and its text in the language of whoever exported it."""

_HEAD = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<Events?[\s>]", re.DOTALL)
_START = re.compile(r"<Event(?=[\s>])")
_END = "</Event>"
_LEVEL = re.compile(r"\d{1,3}", re.ASCII)
_NUMBER = re.compile(r"\d{1,20}", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


def is_event_xml(head: bytes) -> bool:
    """Tell whether a file that begins so holds exported events."""
    encoding, start = encoding_of(head)
    return _HEAD.match(head[start:].decode(encoding, "replace")) is not None


def read_event_xml(file: BinaryIO) -> LogReading:
    """Read every event of an export; raises OSError alone, and tells what it could not read."""
    records: list[LogRecord] = []
    damage: list[str] = []
    passed_over = unread = 0
    for number, text in enumerate(_events(file), 1):
        try:
            record = read_event(text)
        except UnreadableLog as error:
            unread += 1
            if unread <= DAMAGE_MAX:
                damage.append(f"event {number} of the file: {error}")
            continue
        if not is_hyper_v(record.provider):
            passed_over += 1
        elif len(records) < RECORDS_MAX:
            records.append(record)
        else:
            damage.append(f"more than {RECORDS_MAX} records: what follows was not read")
            break
    if file.tell() >= SIZE_MAX_BYTES:
        damage.append(f"the file is longer than {SIZE_MAX_BYTES:,} bytes: the rest was not read")
    if unread > DAMAGE_MAX:
        damage.append(f"and {unread - DAMAGE_MAX} more events could not be read")
    return LogReading(tuple(records), spans_of(records), passed_over, tuple(damage))


def read_event(text: str) -> LogRecord:
    """Read one `<Event>`; raises UnreadableLog with what came and what was expected."""
    if len(text) > EVENT_CHARACTERS_MAX or not text.endswith(_END):
        raise UnreadableLog(
            f"expected an event of at most {EVENT_CHARACTERS_MAX} characters with its end"
        )
    try:
        event = fromstring(text, forbid_dtd=True)
    except ParseError as error:
        raise UnreadableLog(f"expected well-formed XML: {error!s:.200}") from None
    except (DefusedXmlException, ValueError) as error:
        raise UnreadableLog(f"expected plain XML, got {error!s:.200}") from None
    system = _System(event)
    provider = system.name("Provider", "Name")
    data = named(provider, _data(event))
    user = system.text("Security", "UserID")[:NAME_MAX]
    vm, vm_name = vm_of(data, user)
    level = system.text("Level")
    return LogRecord(
        provider=provider,
        channel=system.name("Channel"),
        event_id=system.number("EventID"),
        number=system.number("EventRecordID"),
        computer=system.name("Computer"),
        at=_moment(system.text("TimeCreated", "SystemTime")),
        user=user,
        level=int(level) if _LEVEL.fullmatch(level) else None,
        data=data,
        vm=vm,
        vm_name=vm_name,
        code=code_told(data),
    )


class _System:
    """The envelope of an event."""

    def __init__(self, event: Element) -> None:
        found = next((part for part in event if _local(part) == "System"), None)
        self._parts = {_local(part): part for part in reversed(found if found is not None else [])}

    def text(self, name: str, attribute: str = "") -> str:
        part = self._parts.get(name)
        if part is None:
            return ""
        return (part.get(attribute, "") if attribute else part.text or "").strip()

    def name(self, name: str, attribute: str = "") -> str:
        text = self.text(name, attribute)
        if not text or len(text) > NAME_MAX or not text.isprintable():
            raise UnreadableLog(f"System/{name}: expected a name, got {text!r:.80}")
        return text

    def number(self, name: str) -> int:
        text = self.text(name)
        if not _NUMBER.fullmatch(text) or int(text) > _NUMBER_MAX:
            raise UnreadableLog(f"System/{name}: expected a number, got {text!r:.80}")
        return int(text)


def _data(event: Element) -> Pairs:
    """Give the text of every innermost element beside the envelope, in the event's order."""
    pairs: list[tuple[str, str]] = []
    for part in event:
        if _local(part) in _SECONDARY:
            continue
        for each in part.iter():
            if len(each) or (each is part and not each.text):
                continue
            if len(pairs) == PAIRS_MAX:
                raise UnreadableLog(f"expected at most {PAIRS_MAX} fields, got more")
            is_plain = _local(each) == "Data"
            pairs.append((each.get("Name", "") if is_plain else _local(each), each.text or ""))
    return tuple(pairs)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _moment(text: str) -> Moment:
    """Read a time, which is UTC where it says nothing else; the seventh digit is cut off."""
    found = _TIME.fullmatch(text)
    if not found:
        raise UnreadableLog(f"System/TimeCreated: expected a time, got {text!r:.80}")
    day, time, fraction, offset = found.groups("")
    try:
        return parse_moment(f"{day}T{time}.{fraction[:6]:0<6}{offset or 'Z'}")
    except (BadInput, OverflowError):
        raise UnreadableLog(f"System/TimeCreated: no such time: {text!r:.80}") from None


def _events(file: BinaryIO) -> Iterator[str]:
    """Cut the text of a file into its events; what is cut off comes without its end."""
    held = ""
    for piece in _pieces(file):
        held += piece
        while (start := _START.search(held)) and (end := held.find(_END, start.start())) >= 0:
            yield held[start.start() : end + len(_END)]
            held = held[end + len(_END) :]
        if start:
            held = held[start.start() :]
            if len(held) > EVENT_CHARACTERS_MAX:
                yield held  # endless: told as such, and the search goes on behind its start
                held = ""
        else:
            held = held[-len("<Event>") :]
    if _START.search(held):
        yield held


def _pieces(file: BinaryIO) -> Iterator[str]:
    head = file.read(_PIECE_BYTES)
    encoding, start = encoding_of(head)
    errors = "backslashreplace" if encoding == "utf-8" else "surrogatepass"
    decoder = getincrementaldecoder(encoding)(errors)
    data = head[start:]
    while data:
        yield storable(decoder.decode(data))
        data = file.read(_PIECE_BYTES) if file.tell() < SIZE_MAX_BYTES else b""
