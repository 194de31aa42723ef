"""Exported events: one or many, in any encoding, whole or damaged."""

import io

import pytest

from eventstore.errors import UnreadableLog
from eventstore.evidence.event_xml import (
    EVENT_CHARACTERS_MAX,
    PAIRS_MAX,
    is_event_xml,
    read_event,
    read_event_xml,
)
from eventstore.evidence.log_meanings import meaning_of
from eventstore.evidence.log_records import GAPS_MAX, LogReading, LogRecord, gaps_between
from tests.real_evidence import EVIDENCE, needs_real_evidence

VM = "5D9E9825-1973-4B27-9AF1-BA77940A4066"
VM_SID = "S-1-5-83-1-1570674725-1260853619-2008740250-1715473044"
NAMESPACE = 'xmlns="http://schemas.microsoft.com/win/2004/08/events/event"'
NAMED = f"<VmName>web01</VmName><VmId>{VM}</VmId>"


def event(  # noqa: PLR0913 - one word for each field of an event
    fields: str = NAMED,
    *,
    number: int | str = 1,
    event_id: str = "19100",
    at: str = "2023-08-02T05:47:11.0063997Z",
    user: str = "S-1-5-18",
    provider: str = "Microsoft-Windows-Hyper-V-VMMS",
    channel: str = "Microsoft-Windows-Hyper-V-VMMS-Admin",
    around: str = "UserData",
) -> str:
    body = f"<VmlEventLog>{fields}</VmlEventLog>" if around == "UserData" else fields
    return (
        f"<Event {NAMESPACE}><System><Provider Name='{provider}'/>"
        f"<EventID Qualifiers='0'>{event_id}</EventID><Level>2</Level>"
        f"<TimeCreated SystemTime='{at}'/><EventRecordID>{number}</EventRecordID>"
        f"<Channel>{channel}</Channel><Computer>HV01</Computer><Security UserID='{user}'/></System>"
        f"<{around}>{body}</{around}></Event>"
    )


def read(text: str, encoding: str = "utf-8", mark: bytes = b"") -> LogReading:
    data = mark + text.encode(encoding, "surrogatepass")
    assert is_event_xml(data[:4096])
    return read_event_xml(io.BytesIO(data))


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "{0}",
        "{0}\n{1}",
        "<Events>{0}{1}</Events>",
        '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>{0}{1}</Events>',
    ],
)
def test_one_event_or_many_are_read_in_every_encoding(
    form: str, encoding: str, mark: bytes
) -> None:
    text = form.format(event(number=1), event(number=2, fields="<VmName>ウェブ</VmName>"))
    reading = read(text, encoding, mark)

    assert [each.number for each in reading.records] == [1, 2][: text.count("<Event ")]
    assert reading.records[-1].vm_name == ("ウェブ" if "{1}" in form else "web01")
    assert reading.damage == ()


def test_a_record_says_who_where_and_when_and_what_failed() -> None:
    fields = NAMED + "<ErrorMessage>%%2147942512</ErrorMessage><ErrorCode>0x80070070</ErrorCode>"
    record = read_event(event(fields))

    assert (record.provider, record.event_id) == ("Microsoft-Windows-Hyper-V-VMMS", 19100)
    assert (record.computer, record.level, record.user) == ("HV01", 2, "S-1-5-18")
    assert record.at == "2023-08-02T05:47:11.006399Z"
    assert (record.vm, record.vm_name, record.code) == (VM, "web01", "0x80070070")
    assert record.data[2] == ("ErrorMessage", "%%2147942512")


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2023-08-02 05:47:11.0063997", "2023-08-02T05:47:11.006399Z"),
        ("2023-08-02T05:47:11Z", "2023-08-02T05:47:11.000000Z"),
        ("2023-08-02T14:47:11.5+09:00", "2023-08-02T05:47:11.500000Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
    ],
)
def test_the_seventh_digit_of_a_time_is_cut_and_it_is_utc(told: str, moment: str) -> None:
    assert read_event(event(at=told)).at == moment


def test_a_worker_record_without_text_tells_its_vm_by_its_sid() -> None:
    assert read_event(event("<Reason/>", user=VM_SID)).vm == VM
    assert read_event(event("<Reason/>", user=VM_SID.replace("44", "99999"))).vm is None
    assert read_event(event("<Reason/>", user="S-1-5-83-1-1-2-3-4294967296")).vm is None
    assert read_event(event(user="S-1-5-83-1-1-2-3-4")).vm == VM


def test_an_older_record_calls_name_and_id_parameters() -> None:
    fields = (
        f"<Parameter0>web01</Parameter0><Parameter1>{VM}</Parameter1>"
        "<Parameter2>%%2147942512</Parameter2>"
    )
    record = read_event(event(fields))

    assert (record.vm, record.vm_name, record.code) == (VM, "web01", "0x80070070")


def test_data_of_vhdmp_keeps_its_names_and_order_and_success_is_no_code() -> None:
    fields = (
        '<Data Name="VhdMetaOps">Create</Data><Data Name="VhdFileName">C:\\a.vhdx</Data>'
        '<Data Name="Status">0</Data><Data>nameless</Data>'
    )
    record = read_event(event(fields, around="EventData", provider="Microsoft-Windows-VHDMP"))

    assert [name for name, _ in record.data] == ["VhdMetaOps", "VhdFileName", "Status", ""]
    assert record.code == ""


def test_hypervives_nameless_fields_have_the_names_of_their_places() -> None:
    fields = "".join(f"<Data>{each}</Data>" for each in ("New Snapshot", "web01", "HV\\bob", VM, 7))
    record = read_event(
        event(fields, around="EventData", provider="HyperVive", channel="Application")
    )

    assert dict(record.data)["User"] == "HV\\bob"
    assert (record.vm, record.vm_name) == (VM, "web01")


def test_records_of_others_are_counted_and_not_kept() -> None:
    reading = read(event(number=1) + event(number=2, provider="Service Control Manager"))

    assert (len(reading.records), reading.passed_over) == (1, 1)


def test_coverage_has_first_and_last_and_every_gap_for_each_log() -> None:
    worker = "Microsoft-Windows-Hyper-V-Worker-Admin"
    vmms = [event(number=each) for each in (9, 3, 4, 12)]
    first, second = read("".join((*vmms, event(number=77, channel=worker)))).spans

    assert (first.first, first.last, first.records) == (3, 12, 4)
    assert first.gaps == ((5, 8), (10, 11))
    assert (second.channel, second.first, second.gaps) == (worker, 77, ())


def test_too_many_gaps_end_in_one_that_claims_no_more_than_is_known() -> None:
    gaps = gaps_between(range(0, 4 * GAPS_MAX, 2))

    assert len(gaps) == GAPS_MAX + 1
    assert gaps[-1] == (2 * GAPS_MAX + 1, 4 * GAPS_MAX - 3)


def test_a_damaged_event_costs_no_other() -> None:
    broken = event(number=2).replace("</System>", "")
    reading = read(event(number=1) + broken + event(number=3) + event(number=4)[:-20])

    assert [each.number for each in reading.records] == [1, 3]
    assert [text.partition(":")[0] for text in reading.damage] == [
        "event 2 of the file",
        "event 4 of the file",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (event(number=""), "EventRecordID"),
        (event(number=1 << 64), "EventRecordID"),
        (event(event_id="18500x"), "EventID"),
        (event(provider="x" * 300), "Provider"),
        (event(channel="a&#10;b"), "Channel"),
        (event(at="yesterday"), "TimeCreated"),
        (event(at="2023-02-30T00:00:00Z"), "TimeCreated"),
        (event(at="0001-01-01T00:00:00+09:00"), "TimeCreated"),
        ("<Event></Event>", "Provider"),
        (event("&bomb;"), "XML"),
        (event("<a>1</a>" * (PAIRS_MAX + 1)), "fields"),
        (event("<VmName>" + "x" * EVENT_CHARACTERS_MAX + "</VmName>"), "characters"),
    ],
)
def test_what_cannot_be_an_event_is_told_by_what_was_expected(text: str, what: str) -> None:
    with pytest.raises(UnreadableLog, match=what):
        read_event(text)


def test_a_document_type_never_reaches_the_parser() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY b "boom">]>'
    reading = read_event_xml(io.BytesIO((bomb + event("<VmName>&b;</VmName>")).encode()))

    assert reading.records == ()
    assert "undefined entity" in reading.damage[0]


def test_an_event_without_end_is_given_up_and_the_next_one_read() -> None:
    endless = event().removesuffix("</Event>") + "x" * 3 * EVENT_CHARACTERS_MAX
    reading = read(endless + event(number=2))

    assert [each.number for each in reading.records] == [2]
    assert len(reading.damage) == 1


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    data = event("<VmName>web?01</VmName>").encode().replace(b"?", b"\xff")

    assert read_event_xml(io.BytesIO(data)).records[0].vm_name == "web\\xff01"


@pytest.mark.parametrize("head", [b"", b"<configuration>", b"<Eventful/>", b"ElfFile\0", b"\xff"])
def test_other_files_are_not_taken_for_events(head: bytes) -> None:
    assert not is_event_xml(head)


@needs_real_evidence
def test_every_real_event_is_read_and_known() -> None:
    assert EVIDENCE is not None
    files = sorted((EVIDENCE / "event-xml").glob("*.xml"))
    records: list[LogRecord] = []
    for path in files:
        reading = read(path.read_text(encoding="utf-8"))
        assert reading.damage == (), path.name
        records.extend(reading.records)

    assert len(records) == len(files) == 16
    assert all(meaning_of(each.provider, each.channel, each.event_id) for each in records)
    assert {each.vm for each in records if each.vm_name == "VM TOTAL"} == {VM}
