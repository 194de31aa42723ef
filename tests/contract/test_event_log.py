"""What `eventstore.log.protocol.EventLog` promises, for every engine."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventstore.entry import NewEntry, Source
from eventstore.errors import (
    BadInput,
    BatchTooLarge,
    DuplicateId,
    HandleDead,
    LogError,
    Overtaken,
    WrongRevision,
)
from eventstore.log.protocol import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, Appended, EventLog
from tests.contract.conftest import Opener
from tests.eventstore.log.history import NOON, VM, event, events


def names(log: EventLog, after: int = 0) -> list[str]:
    return [record.entry.id for record in log.read(after)]


def test_a_new_log_is_empty(log: EventLog) -> None:
    assert log.head() == 0
    assert log.revision(VM) == 0
    assert list(log.read()) == []
    assert list(log.read_stream(VM)) == []


def test_a_batch_gets_the_next_positions_and_revisions(log: EventLog) -> None:
    first = log.append(VM, events("a", "b"), expected=0)
    second = log.append(VM, events("c"), expected=2)

    assert first == Appended(first=1, last=2, revision=2)
    assert second == Appended(first=3, last=3, revision=3)
    assert [(r.position, r.entry.revision, r.batch) for r in log.read()] == [
        (1, 1, (1, 2)),
        (2, 2, (1, 2)),
        (3, 3, (3, 3)),
    ]


def test_what_follows_from_the_whole_log_is_refused_when_another_stream_went_on(
    log: EventLog,
) -> None:
    log.append("vm/other", events("a"), expected=0)

    with pytest.raises(Overtaken) as caught:
        log.append(VM, events("b"), expected=0, head=0)
    assert (caught.value.head, caught.value.actual) == (0, 1)
    assert names(log) == ["a"]

    stored = log.append(VM, events("b"), expected=0, head=1)
    assert log.append(VM, events("b"), expected=0, head=1) == stored, "a repetition is none"


def test_an_entry_comes_back_as_it_was_given(log: EventLog) -> None:
    source = Source(kind="evidence", name="Ünïcode.avhd", place="0", sha256="00", recorder="me")
    data = (
        '{"name":"スナップショット 1","emoji":"🗄","quote":"\\"\\\\\\n","n":[1,2.50,null]}'.encode()
    )
    given = NewEntry("id-é", "Tést", NOON, event("x", data).data, "CONTOSO\\Zoë", source)
    log.append("vm/名前", [given], expected=0)

    (found,) = log.read()
    assert (found.entry.id, found.entry.type, found.entry.actor) == ("id-é", "Tést", given.actor)
    assert found.entry.source == source
    assert bytes(found.entry.data) == data
    assert (found.entry.stream, found.entry.occurred_at) == ("vm/名前", NOON)


def test_a_stream_that_moved_on_is_not_appended_to(log: EventLog) -> None:
    log.append(VM, events("a", "b"), expected=0)

    for expected in (0, 1, 3, -1):
        with pytest.raises(WrongRevision) as caught:
            log.append(VM, events("c"), expected=expected)
        assert (caught.value.expected, caught.value.actual) == (expected, 2)
    assert names(log) == ["a", "b"]


def test_an_empty_append_stores_nothing_but_holds_the_revision(log: EventLog) -> None:
    log.append(VM, events("a"), expected=0)

    assert log.append(VM, [], expected=1) == Appended(first=2, last=1, revision=1)
    with pytest.raises(WrongRevision):
        log.append(VM, [], expected=0)
    assert log.head() == 1


def test_a_repeated_append_is_answered_with_the_first_positions(log: EventLog) -> None:
    log.append("vm/other", events("z"), expected=0)
    first = log.append(VM, events("a", "b"), expected=0)
    log.append(VM, events("c"), expected=2)

    assert log.append(VM, events("a", "b"), expected=0) == first
    assert log.append(VM, events("c"), expected=2) == Appended(first=4, last=4, revision=3)
    assert log.append(VM, events("b", "c"), expected=1) == Appended(first=3, last=4, revision=3)
    assert log.head() == 4


@pytest.mark.parametrize(
    ("repeated", "expected", "offender"),
    [
        (["b", "a"], 0, "b"),
        (["a", "b"], 1, "a"),
        (["a", "b"], 2, "a"),
        (["b", "new"], 1, "b"),
        (["new", "b"], 2, "b"),
        (["a", "b", "new"], 0, "a"),
    ],
)
def test_a_repeat_in_another_place_is_a_duplicate(
    log: EventLog, repeated: list[str], expected: int, offender: str
) -> None:
    log.append(VM, events("a", "b"), expected=0)

    with pytest.raises(DuplicateId) as caught:
        log.append(VM, events(*repeated), expected=expected)
    assert caught.value.event_id == offender
    assert caught.value.position == {"a": 1, "b": 2}[offender]
    assert log.head() == 2


@pytest.mark.parametrize(
    "other",
    [
        event("a", b'{"other":1}'),
        event("a", kind="VmShutDown"),
        NewEntry("a", "VmStarted", NOON.replace("12", "13"), event("a").data),  # type: ignore[arg-type]  # a Moment is a str
    ],
    ids=["data", "type", "time"],
)
def test_the_same_id_with_other_content_is_a_duplicate(log: EventLog, other: NewEntry) -> None:
    log.append(VM, events("a"), expected=0)

    with pytest.raises(DuplicateId):
        log.append(VM, [other], expected=0)
    assert log.head() == 1


def test_an_id_twice_in_one_batch_is_a_duplicate(log: EventLog) -> None:
    with pytest.raises(DuplicateId):
        log.append(VM, events("a", "b", "a"), expected=0)
    assert log.head() == 0


def test_an_id_may_stand_in_two_streams(log: EventLog) -> None:
    log.append("vm/1", events("a"), expected=0)
    log.append("vm/2", events("a"), expected=0)

    assert log.head() == 2


def test_paged_reads_from_every_position_give_the_whole(log: EventLog) -> None:
    for number in range(40):
        log.append(VM, events(f"{number}a", f"{number}b"), expected=2 * number)
    everything = list(log.read())

    for after in range(82):
        assert list(log.read(after)) == everything[after:]
        assert list(log.read_stream(VM, after)) == everything[after:]
    assert list(log.read(-5)) == everything


def test_streams_are_read_apart(log: EventLog) -> None:
    for number in range(150):
        log.append(f"vm/{number % 50}", events(str(number)), expected=number // 50)

    assert log.revision("vm/7") == 3
    assert [r.entry.id for r in log.read_stream("vm/7")] == ["7", "57", "107"]
    assert [r.entry.id for r in log.read_stream("vm/7", after=2)] == ["107"]
    assert [r.position for r in log.read_stream("vm/49")] == [50, 100, 150]


def test_a_read_shows_what_was_there_when_it_began(log: EventLog) -> None:
    log.append(VM, events("a"), expected=0)
    reading = log.read()
    log.append(VM, events("b"), expected=1)

    assert names(log) == ["a", "b"]
    assert len(list(reading)) in (1, 2)


def test_the_largest_batch_is_stored_and_one_more_is_refused(log: EventLog) -> None:
    many = events(*(str(number) for number in range(BATCH_ENTRIES_MAX + 1)))
    log.append(VM, many[:-1], expected=0)

    assert log.head() == BATCH_ENTRIES_MAX
    with pytest.raises(BatchTooLarge):
        log.append("vm/2", many, expected=0)
    assert log.head() == BATCH_ENTRIES_MAX


def test_a_batch_of_too_many_bytes_is_refused(log: EventLog) -> None:
    with pytest.raises(BatchTooLarge):
        log.append(VM, [event("a", b'{"x":"%s"}' % (b"x" * BATCH_BYTES_MAX))], expected=0)
    log.append(VM, [event("a", b'{"x":"%s"}' % (b"x" * (BATCH_BYTES_MAX - 1000)))], expected=0)
    assert log.head() == 1


@pytest.mark.parametrize(
    "data",
    [
        b"[1]",
        b'{"a":1',
        b'{"a":1}{"b":2}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":' * 500 + b"1" + b"}" * 500,
        b"",
    ],
    ids=["list", "torn", "two", "latin", "surrogate", "deep", "empty"],
)
def test_data_that_is_no_json_object_is_refused(log: EventLog, data: bytes) -> None:
    with pytest.raises(BadInput):
        log.append(VM, [event("a", data)], expected=0)
    assert log.head() == 0


@pytest.mark.parametrize(
    ("stream", "bad"),
    [
        ("vm/\ud800", event("a")),
        (VM, event("\udcff")),
        (VM, event("a", kind="\ud800")),
        (VM, NewEntry("a", "T", NOON, event("a").data, actor="\udfff")),
        (VM, NewEntry("a", "T", NOON, event("a").data, source=Source("x", name="\ud83d"))),
        (VM, event("")),
        ("", event("a")),
        ("log/mine", event("a")),
    ],
)
def test_text_that_cannot_be_stored_is_refused_whole(
    log: EventLog, stream: str, bad: NewEntry
) -> None:
    with pytest.raises(BadInput):
        log.append(stream, [event("good"), bad], expected=0)
    assert log.head() == 0


def test_data_is_stored_on_one_line_with_its_tokens_as_given(log: EventLog) -> None:
    log.append(VM, [event("a", b'{ "n" : 1.50,\r\n\t"m": 12345678901234567890123 }')], expected=0)

    (found,) = log.read()
    assert bytes(found.entry.data) == b'{"n":1.50,"m":12345678901234567890123}'


def test_follow_gives_each_entry_once_as_it_comes(opener: Opener, log: EventLog) -> None:
    followed: list[str] = []
    ready = threading.Event()

    def follow() -> None:
        for record in opener().follow(1, lambda: len(followed) == 39):
            followed.append(record.entry.id)
            ready.set()

    log.append(VM, events("0", "1"), expected=0)
    follower = threading.Thread(target=follow)
    follower.start()
    assert ready.wait(10)
    for number in range(2, 40):
        log.append(VM, events(str(number)), expected=number)
    follower.join(10)
    assert followed == [str(number) for number in range(1, 40)]


def test_follow_beyond_the_end_waits_for_its_position(log: EventLog) -> None:
    log.append(VM, events("a"), expected=0)
    following = log.follow(3, lambda: log.head() > 5)
    log.append(VM, events("b", "c", "d"), expected=1)

    assert next(following).entry.id == "d"


def test_follow_ends_when_told(log: EventLog) -> None:
    log.append(VM, events("a"), expected=0)

    assert list(log.follow(0, lambda: True)) == []


def test_another_handle_sees_and_goes_on_with_what_one_appended(
    opener: Opener, log: EventLog
) -> None:
    other = opener()
    log.append(VM, events("a"), expected=0)
    other.append(VM, events("b"), expected=1)
    log.append(VM, events("c"), expected=2)

    assert names(other) == names(log) == ["a", "b", "c"]
    assert other.revision(VM) == 3
    with pytest.raises(WrongRevision):
        other.append(VM, events("d"), expected=1)


def test_a_closed_handle_is_of_no_more_use(opener: Opener, log: EventLog) -> None:
    closed = opener()
    closed.close()

    for call in (closed.head, closed.read, lambda: closed.revision(VM)):
        with pytest.raises(HandleDead):
            call()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_log_is_a_dictionary_of_lists(opener: Opener, data: st.DataObject) -> None:
    log = opener()
    model: dict[str, list[str]] = {}
    for record in log.read():
        model.setdefault(record.entry.stream, []).append(record.entry.id)
    for _ in range(data.draw(st.integers(1, 12))):
        stream = data.draw(st.sampled_from(["vm/1", "vm/2", "vm/ü"]))
        batch = data.draw(st.lists(st.sampled_from("abcdefgh"), max_size=3))
        expected = data.draw(st.integers(0, 6))
        own = model.setdefault(stream, [])
        try:
            log.append(stream, events(*batch), expected=expected)
        except LogError:
            is_new = len(set(batch)) == len(batch) and not set(batch) & set(own)
            assert expected != len(own) or not is_new
        else:
            if own[expected : expected + len(batch)] != batch:
                assert expected == len(own)
                own += batch
        assert [r.entry.id for r in log.read_stream(stream)] == own
    assert log.head() == sum(map(len, model.values()))
