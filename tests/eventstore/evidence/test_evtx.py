"""Windows' own event log files: read, and held against their checksums, numbers and ends."""

import io
import sys
from datetime import timedelta

import pytest

from eventstore.errors import UnreadableLog
from eventstore.evidence.event_xml import read_event_xml
from eventstore.evidence.evtx_check import DAMAGE_MAX, check_evtx
from eventstore.evidence.evtx_log import is_evtx, read_evtx
from eventstore.evidence.log_records import LogReading
from tests.eventstore.evidence.evtx_writer import (
    CHUNK_BYTES,
    DIRTY,
    FILE_HEADER_BYTES,
    NOON,
    RECORDS_AT,
    Row,
    chunk,
    evtx_file,
    file_header,
    sealed,
)
from tests.eventstore.evidence.test_event_xml import VM, event

pytest.importorskip("evtx", reason="the extra `evidence` is not installed")

DATA = (("VmName", "ウェブ<&"), ("VmId", VM), ("ErrorCode", "0x80070070"))


def rows(*numbers: int) -> list[Row]:
    return [Row(n, 19100, NOON + timedelta(seconds=n), DATA) for n in numbers]


LOG = evtx_file(rows(*range(1, 11)), rows(*range(11, 21)))


def read(data: bytes) -> LogReading:
    assert is_evtx(data)
    return read_evtx(io.BytesIO(data))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_an_intact_log_is_read_whole() -> None:
    reading = read(LOG)
    first = reading.records[0]

    assert reading.damage == ()
    assert [each.number for each in reading.records] == list(range(1, 21))
    assert (first.vm, first.vm_name, first.code) == (VM, "ウェブ<&", "0x80070070")
    assert first.at == "2026-11-20T12:00:01.000000Z"
    assert not any(each.is_doubtful for each in reading.records)


def test_a_record_is_the_same_from_an_evtx_and_from_xml() -> None:
    row = Row(7, 1, NOON, (("VhdFileName", "C:\\a.vhdx"), ("", "x"), ("", "y")), is_event_data=True)
    fields = '<Data Name="VhdFileName">C:\\a.vhdx</Data><Data>x</Data><Data>y</Data>'
    at = "2026-11-20T12:00:00.0000000Z"
    xml = event(fields, number=7, event_id="1", at=at, around="EventData").replace(">2<", ">4<")

    assert read(evtx_file([row])).records == read_event_xml(io.BytesIO(xml.encode())).records


def test_records_of_others_are_counted_and_the_log_is_covered_with_them() -> None:
    others = [Row(n, 7036, provider="Service Control Manager") for n in (3, 4)]
    reading = read(evtx_file([*rows(1, 2), *others, *rows(5)]))

    assert (len(reading.records), reading.passed_over) == (3, 2)
    assert (reading.spans[0].first, reading.spans[0].last, reading.spans[0].gaps) == (1, 5, ())


def test_a_wrapped_log_has_its_newest_records_first_and_a_gap_is_told() -> None:
    (span,) = read(evtx_file(rows(31, 32), rows(21, 22), rows(25, 26))).spans

    assert (span.first, span.last) == (21, 32)
    assert span.gaps == ((23, 24), (27, 30))


@pytest.mark.parametrize(
    ("at", "what"),
    [
        (16, "the file's header does not match"),
        (FILE_HEADER_BYTES + 8, "the header of chunk 0 does not match"),
        (FILE_HEADER_BYTES + 130, "the header of chunk 0 does not match"),
        (FILE_HEADER_BYTES + RECORDS_AT + 700, "the records of chunk 0 do not match"),
        (FILE_HEADER_BYTES + CHUNK_BYTES, "chunk 1 has no signature"),
        (FILE_HEADER_BYTES + RECORDS_AT, "do not fit together at byte 512"),
        (FILE_HEADER_BYTES + RECORDS_AT + 4, "do not fit together at byte 512"),
    ],
)
def test_a_flipped_bit_is_told_by_its_place(at: int, what: str) -> None:
    assert what in "; ".join(read(flipped(LOG, at)).damage)


def test_every_flipped_bit_of_what_is_used_is_noticed() -> None:
    """The package reads on over any of them without a word."""
    used = RECORDS_AT + sum(len(chunk([row]).rstrip(b"\0")) - RECORDS_AT for row in rows(1))
    places = [*range(0, 52, 3), *range(124, 512, 7), *range(RECORDS_AT, used, 11)]
    for at in places:
        check = check_evtx(io.BytesIO(flipped(LOG, FILE_HEADER_BYTES + at)))
        assert check.damage, at


def test_records_of_a_chunk_that_does_not_match_are_doubtful_and_the_others_not() -> None:
    name = LOG.index("ウェブ".encode("utf-16-le"))
    reading = read(flipped(LOG, name))

    assert [each.number for each in reading.records if each.is_doubtful] == list(range(1, 11))
    assert len(reading.records) == 20


def test_a_cut_file_says_what_is_missing() -> None:
    reading = read(LOG[: FILE_HEADER_BYTES + CHUNK_BYTES])

    assert [each.number for each in reading.records] == list(range(1, 11))
    assert reading.damage == (
        "the file is cut: its header counts 2 chunks, not 1",
        "records 11 to 20 are missing at the end",
    )


def test_a_cut_chunk_says_so_and_what_is_left_of_it_is_read_and_doubtful() -> None:
    reading = read(LOG[: FILE_HEADER_BYTES + CHUNK_BYTES + 4000])
    read_of_it = [each for each in reading.records if each.number > 10]

    assert "chunk 1 is cut after 4000 of 65536 bytes" in reading.damage
    assert [each.number for each in read_of_it] == [11, 12, 13]
    assert all(each.is_doubtful for each in read_of_it)


def test_a_record_that_cannot_be_decoded_is_told_and_leaves_a_gap() -> None:
    """Its size and signature hold, so only decoding it shows."""
    at = LOG.index(b"\x0f\x01\x01\0", FILE_HEADER_BYTES + RECORDS_AT + 4000)
    broken = LOG[:at] + b"\xee" * 8 + LOG[at + 8 :]
    whole = broken[:FILE_HEADER_BYTES] + b"".join(
        sealed(broken[start : start + CHUNK_BYTES])
        for start in range(FILE_HEADER_BYTES, len(broken), CHUNK_BYTES)
    )
    reading = read(whole)
    missing = set(range(1, 21)) - {each.number for each in reading.records}

    assert missing
    assert any("could not be read" in text for text in reading.damage)
    assert {n for first, last in reading.spans[0].gaps for n in range(first, last + 1)} == missing


def test_a_log_that_was_open_when_copied_may_be_longer_than_its_header_says() -> None:
    chunks = chunk(rows(1, 2)) + chunk(rows(3, 4))
    dirty = file_header(1, 3, DIRTY) + chunks

    assert read(dirty).damage == ()
    assert check_evtx(io.BytesIO(dirty)).is_dirty
    assert read(file_header(2, 99, DIRTY) + chunks).damage == ()
    assert read(file_header(2, 99) + chunks).damage == ("records 5 to 98 are missing at the end",)


def renumbered(data: bytes, at: int, number: int) -> bytes:
    """Give a chunk another number at `at`, and checksums that match."""
    return sealed(data[:at] + number.to_bytes(8, "little") + data[at + 8 :])


def test_a_chunk_that_holds_other_records_than_it_says_is_told() -> None:
    data = renumbered(chunk(rows(1, 2)), 24, 7)

    assert read(file_header(1, 3) + data).damage == (
        "chunk 0 says it holds records 7 to 2, and holds 1 to 2",
    )


def test_a_record_whose_frame_and_text_have_other_numbers_is_not_read() -> None:
    data = renumbered(
        renumbered(chunk(rows(1, 2)), 32, 9), chunk(rows(1, 2)).index(b"**", 600) + 8, 9
    )
    reading = read(file_header(1, 10) + data)

    assert [each.number for each in reading.records] == [1]
    assert reading.damage == ("1 record could not be read: 9",)


def test_space_that_is_not_used_yet_is_no_damage() -> None:
    assert read(LOG + bytes(3 * CHUNK_BYTES)).damage == ()


def test_damage_everywhere_is_summed_up() -> None:
    check = check_evtx(io.BytesIO(file_header(40, 1) + b"\xff" * 40 * CHUNK_BYTES))

    assert check.damage[-1] == f"and {40 - DAMAGE_MAX} more damaged places"


@pytest.mark.parametrize("size", [8, 128, FILE_HEADER_BYTES - 1])
def test_a_file_cut_in_its_header_cannot_be_read(size: int) -> None:
    with pytest.raises(UnreadableLog, match="cut within its first 4096 bytes"):
        read(LOG[:size])


def test_an_empty_log_is_no_trouble() -> None:
    assert read(evtx_file()) == LogReading((), (), 0, ())


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "evtx", None)

    with pytest.raises(UnreadableLog, match=r"snapledger\[evidence\]"):
        read(LOG)
