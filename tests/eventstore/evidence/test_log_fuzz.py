"""Event log readers fed with nonsense: a reading or a reason, never another exception."""

import io
import os
import random
import tracemalloc

import msgspec
import pytest

from eventstore.errors import UnreadableLog
from eventstore.evidence.event_xml import read_event_xml
from eventstore.evidence.evtx_log import read_evtx
from eventstore.evidence.log_records import LogReading
from tests.eventstore.evidence.evtx_writer import (
    CHUNK_BYTES,
    FILE_HEADER_BYTES,
    RECORDS_AT,
    evtx_file,
    sealed,
)
from tests.eventstore.evidence.test_event_xml import NAMED, event

ROUNDS = int(os.environ.get("SNAPLEDGER_FUZZ", "300"))
MEMORY_MAX = 16 << 20

INTERESTING = (0, 1, 2, 7, 0x7F, 0xFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF, (1 << 64) - 1)
XML = "".join(
    (
        '<?xml version="1.0" encoding="utf-8"?><Events>',
        event(number=1),
        event(f"<!-- x -->{NAMED}<a><b>deep &lt;</b></a>", number=2),
        event('<Data Name="VhdFileName">C:\\a.vhdx</Data>', number=3, around="EventData"),
        "</Events>",
    )
)
PIECES = ("<", ">", "</Event>", "<Event ", "&", "&#0;", "<![CDATA[", "]]>", "<!DOCTYPE a>", "\x00")


def held(reading: LogReading) -> None:
    """What was read can be stored, and claims no gap outside what it covers."""
    assert msgspec.json.decode(msgspec.json.encode(reading))
    for span in reading.spans:
        assert span.first <= span.last
        assert all(span.first < first <= last < span.last for first, last in span.gaps)


def mutated_xml(chosen: random.Random) -> bytes:
    text = XML
    for _ in range(chosen.randint(1, 5)):
        at, length = chosen.randrange(len(text)), chosen.choice((0, 1, 3, 40))
        text = (
            text[:at] + chosen.choice((*PIECES, chr(chosen.randrange(0x250)))) + text[at + length :]
        )
    data = text.encode(chosen.choice(("utf-8", "utf-16")))
    if chosen.random() < 0.3:
        at = chosen.randrange(len(data))
        data = data[:at] + chosen.randbytes(chosen.randint(0, 4)) + data[at + 1 :]
    return data[: chosen.randrange(len(data))] if chosen.random() < 0.1 else data


def test_mutated_exports_give_a_reading() -> None:
    for seed in range(ROUNDS):
        held(read_event_xml(io.BytesIO(mutated_xml(random.Random(seed)))))


def mutated_evtx(whole: bytes, chosen: random.Random) -> bytes:
    data = bytearray(whole)
    second = FILE_HEADER_BYTES + CHUNK_BYTES
    for _ in range(chosen.randint(1, 6)):
        start, length = chosen.choice(
            (
                (0, 128),
                (FILE_HEADER_BYTES, 512),
                (second, 128),
                (FILE_HEADER_BYTES + RECORDS_AT, 3000),
                (second + RECORDS_AT, 2000),
            )
        )
        at, width = start + chosen.randrange(length), chosen.choice((1, 2, 4, 8))
        number = chosen.choice((chosen.getrandbits(64), chosen.choice(INTERESTING)))
        data[at : at + width] = (number % (1 << 8 * width)).to_bytes(width, "little")
    if chosen.random() < 0.5:
        for start in (FILE_HEADER_BYTES, second):
            data[start : start + CHUNK_BYTES] = sealed(bytes(data[start : start + CHUNK_BYTES]))
    return bytes(data[: chosen.randrange(len(data))] if chosen.random() < 0.2 else data)


def test_mutated_logs_give_a_reading_or_a_reason() -> None:
    pytest.importorskip("evtx", reason="the extra `evidence` is not installed")
    from tests.eventstore.evidence.test_evtx import rows  # noqa: PLC0415 - skips without evtx

    whole = evtx_file(rows(1, 2, 3), rows(4, 5))
    for seed in range(ROUNDS):
        data = mutated_evtx(whole, random.Random(seed))
        try:
            reading = read_evtx(io.BytesIO(data))
        except UnreadableLog:
            continue
        held(reading)


@pytest.mark.parametrize(
    "filling", [b"<", b"<Event ", b"<Event>", b"\0", b"a", b"<a>", b"</Event>"]
)
def test_a_long_file_of_one_thing_is_read_in_little_memory(filling: bytes) -> None:
    file = io.BytesIO(event().encode() + filling * ((4 << 20) // len(filling)))
    tracemalloc.start()
    try:
        reading = read_event_xml(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert len(reading.records) == 1
    assert peak < MEMORY_MAX
