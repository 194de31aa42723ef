"""Records of event logs into the log: each once, whatever files carried it."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.events import LogCovered, LogRecordSeen
from eventstore.evidence.folder import walk
from eventstore.evidence.found_log import FoundLog, examine_log
from eventstore.evidence.log_records import LogReading
from eventstore.evidence.path_map import path_map
from eventstore.ids import derive
from eventstore.known import known_from
from eventstore.observe import Observed, Observer
from eventstore.observe_logs import observe_logs
from tests.eventstore.evidence.test_event_xml import event
from tests.eventstore.recording import NOON, Recorder

BY = Observer("HV01", NOON, "me")
WORKER = "Microsoft-Windows-Hyper-V-Worker"


def found(*events: str, name: str = "a.xml") -> FoundLog:
    data = "".join(events).encode()
    log = examine_log(io.BytesIO(data), f"/case/{name}", f"C:\\logs\\{name}")
    assert log
    return log


def doubtful(log: FoundLog) -> FoundLog:
    records = tuple(replace(each, is_doubtful=True) for each in log.reading.records)
    reading = LogReading(records, log.reading.spans, 0, ("a chunk is damaged",))
    return FoundLog(log.found_at, log.path, derive("damaged"), reading)


def ids(news: tuple[Observed, ...]) -> frozenset[str]:
    return frozenset(each.event_id for each in news)


def kinds(news: tuple[Observed, ...]) -> list[str]:
    return [type(each.event).__name__ for each in news]


def test_a_record_is_dated_by_itself_and_coverage_by_the_reading() -> None:
    seen, covered = observe_logs([found(event())], frozenset(), BY)

    assert isinstance(seen.event, LogRecordSeen)
    assert isinstance(covered.event, LogCovered)
    assert (seen.occurred_at, covered.occurred_at) == ("2023-08-02T05:47:11.006399Z", NOON)
    assert seen.stream == covered.stream == "log-of/hv01/microsoft-windows-hyper-v-vmms-admin"
    assert (seen.source.place, seen.source.name) == ("record 1", "/case/a.xml")


def test_the_same_file_again_stores_nothing_wherever_it_stands() -> None:
    first = observe_logs([found(event())], frozenset(), BY)

    assert observe_logs([found(event(), name="copy.xml")], ids(first), BY) == ()


def test_a_record_of_two_exports_is_stored_once_and_both_are_covered() -> None:
    one, two = event(number=1), event(number=2)
    news = observe_logs([found(one, two), found(two, two, event(number=3))], frozenset(), BY)

    assert kinds(news) == ["LogRecordSeen"] * 2 + ["LogCovered", "LogRecordSeen", "LogCovered"]
    assert len(ids(news)) == len(news)


def test_logs_of_several_computers_and_channels_stand_in_streams_of_their_own() -> None:
    other = event(number=1).replace("HV01", "HV02")
    worker = event(number=1, provider=WORKER, channel=f"{WORKER}-Admin", event_id="18500")
    news = observe_logs([found(event(number=1), other, worker)], frozenset(), BY)

    assert kinds(news) == ["LogRecordSeen", "LogCovered"] * 3
    assert len({each.stream for each in news}) == 3


@pytest.mark.parametrize(
    ("event_id", "certainty"), [("18500", "observed"), ("18510", "inferred"), ("4711", "observed")]
)
def test_what_is_known_from_memory_is_inferred(event_id: str, certainty: str) -> None:
    log = found(event(event_id=event_id, provider=WORKER, channel=f"{WORKER}-Admin"))

    assert observe_logs([log], frozenset(), BY)[0].source.certainty == certainty


def test_a_doubtful_record_is_stored_only_while_nothing_better_is_known() -> None:
    whole = found(event())
    intact = observe_logs([whole], frozenset(), BY)
    damaged = observe_logs([doubtful(whole)], frozenset(), BY)

    assert damaged[0].source.certainty == "inferred"
    assert kinds(observe_logs([doubtful(whole)], ids(intact), BY)) == ["LogCovered"]
    assert kinds(observe_logs([whole], ids(damaged), BY)) == ["LogRecordSeen", "LogCovered"]


def test_of_a_damaged_and_an_intact_copy_in_one_file_the_intact_one_is_stored() -> None:
    whole = found(event())
    both = replace(
        whole,
        reading=replace(
            whole.reading, records=(*doubtful(whole).reading.records, *whole.reading.records)
        ),
    )
    (seen, _) = observe_logs([both], frozenset(), BY)

    assert isinstance(seen.event, LogRecordSeen)
    assert not seen.event.is_doubtful


def test_a_record_from_the_future_dates_no_walk() -> None:
    """A host's clock, or a forger, may write any time; walks are dated after what files said."""
    recorder = Recorder()
    log = found(event(at="9999-01-01T00:00:00Z"))
    for each in observe_logs([log], frozenset(), BY):
        recorder.tell(each.stream, each.event, at=each.occurred_at)

    assert known_from(recorder.entries, host="HV01", root="/case").last is None


@given(st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=4), max_size=4))
def test_files_in_any_order_and_overlap_store_each_record_once(files: list[list[int]]) -> None:
    logged: frozenset[str] = frozenset()
    records = 0
    for numbers in files:
        news = observe_logs([found(*(event(number=n) for n in numbers))], logged, BY)
        records += kinds(news).count("LogRecordSeen")
        logged |= ids(news)

    assert records == len({number for numbers in files for number in numbers})


def test_a_walk_finds_logs_by_their_content_and_passes_over_those_of_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.txt").write_text(event(), encoding="utf-16")
    (tmp_path / "others.xml").write_text(event(provider="Other"), encoding="utf-8")
    (tmp_path / "broken.xml").write_text(event()[:-3], encoding="utf-8")
    (tmp_path / "cut.evtx").write_bytes(b"ElfFile\0")
    reading = walk(tmp_path, path_map(tmp_path, ()))

    assert [Path(log.found_at).name for log in reading.logs] == ["a.txt"]
    told = {Path(each.found_at).name: each.reason for each in reading.passed_over}
    assert told["others.xml"] == "is an event log without a record of Hyper-V, 1 of others"
    assert "event 1 of the file" in told["broken.xml"]
    assert "cut.evtx" in told
    assert reading.unread == ()
