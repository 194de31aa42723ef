from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.entry import Recorded
from eventstore.errors import BadInput
from eventstore.events import VmPaused, VmShutDown, VmStarted
from eventstore.fleet import fold
from eventstore.machine import when_of
from eventstore.moments import Moment, later
from projections.as_of import EVERYTHING, AsOf, parse_as_of, select
from tests.projections.histories import late_histories, stories
from tests.story import START, Story

CLOCK = Moment("2010-09-27T12:00:00.000000Z")
TOKYO = timezone(timedelta(hours=9), "JST")
PARIS = ZoneInfo("Europe/Paris")


def at(text: str | None, known_at: str | None = None) -> AsOf:
    return replace(parse_as_of(text, known_at, tz=TOKYO, clock=CLOCK), notes=())


def positions(log: list[Recorded], as_of: AsOf) -> list[int]:
    return [recorded.position for recorded in select(log, as_of).entries]


# --- what --at and --known-at take ----------------------------------------------------------


def test_without_a_limit_everything_counts() -> None:
    assert at(None) == EVERYTHING


def test_a_time_with_an_offset_is_taken_at_its_word() -> None:
    assert at("2010-09-26T15:03:00+09:00") == AsOf(at=Moment("2010-09-26T06:03:00.000000Z"))


def test_a_time_without_an_offset_is_read_in_tz_and_the_answer_says_so() -> None:
    as_of = parse_as_of("2010-09-26 15:03", None, tz=TOKYO, clock=CLOCK)

    assert as_of.at == Moment("2010-09-26T06:03:00.000000Z")
    assert as_of.notes == ("2010-09-26 15:03 in JST is 2010-09-26T06:03:00.000000Z",)


def test_a_date_is_its_first_moment() -> None:
    assert at("2010-09-26").at == Moment("2010-09-25T15:00:00.000000Z")


@pytest.mark.parametrize("text", ["7", "#7", "007"])
def test_a_number_is_a_position(text: str) -> None:
    assert at(text) == AsOf(position=7)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-30s", "2010-09-27T11:59:30.000000Z"),
        ("-90m", "2010-09-27T10:30:00.000000Z"),
        ("-2h", "2010-09-27T10:00:00.000000Z"),
        ("-3d", "2010-09-24T12:00:00.000000Z"),
        ("-1w", "2010-09-20T12:00:00.000000Z"),
    ],
)
def test_a_while_ago_counts_back_from_the_clock(text: str, expected: str) -> None:
    assert at(text) == AsOf(at=Moment(expected))


def test_known_at_takes_the_same_words() -> None:
    assert at("2010-09-26T06:00Z", "#3") == AsOf(at=START, position=3)
    assert at("2010-09-26T06:00Z", "-2h").recorded_by == Moment("2010-09-27T10:00:00.000000Z")
    assert at(None, "3") == at("3")


@pytest.mark.parametrize("text", ["", "yesterday", "-2x", "7.5", "2010-13-01", "٣", "##7"])
def test_other_words_are_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(BadInput, match="not understood; expected a time like"):
        at(text)


@pytest.mark.parametrize("text", ["-999999w", "0001-01-01", "0001-01-01T00:00+01:00"])
def test_times_outside_the_calendar_are_refused(text: str) -> None:
    with pytest.raises(BadInput, match="outside the years 1 to 9999"):
        at(text)


@pytest.mark.parametrize("text", ["2010-03-28 02:30", "2010-10-31 02:30"])
def test_an_hour_that_came_twice_or_never_needs_its_offset(text: str) -> None:
    with pytest.raises(BadInput, match="write it with its offset"):
        parse_as_of(text, None, tz=PARIS, clock=CLOCK)


def test_a_position_and_known_at_together_are_refused() -> None:
    with pytest.raises(BadInput, match="says already what was known"):
        at("7", "3")


def test_an_as_of_names_its_limits() -> None:
    assert str(EVERYTHING) == "now"
    assert str(AsOf(at=START, position=3)) == f"at {START}, as known at position 3"
    assert str(AsOf(recorded_by=START)) == f"as known at {START}"


# --- what counts ------------------------------------------------------------------------------


def test_a_time_is_inclusive() -> None:
    log = Story().vm("web01", "web01.vhd").start().recorded
    started = log[-1].entry.occurred_at

    assert positions(log, AsOf(at=started)) == [1, 2]
    assert positions(log, AsOf(at=later(started, seconds=-1))) == [1]


def test_a_position_inside_a_batch_means_its_last() -> None:
    story = Story().vm("web01", "web01.vhd").happened(VmStarted(), VmPaused())

    assert positions(story.recorded, AsOf(position=2)) == [1, 2, 3]


def test_a_late_event_counts_where_it_happened_but_only_once_it_is_known() -> None:
    story = Story().vm("web01", "web01.vhd").start()
    story.happened(VmShutDown(), at=later(START, minutes=9)).happened(VmPaused(), at=story.at)

    assert positions(story.recorded, EVERYTHING) == [1, 2, 4, 3]
    assert positions(story.recorded, AsOf(position=3)) == [1, 2, 3]
    assert positions(story.recorded, AsOf(at=story.at)) == [1, 2, 4]


def test_known_at_a_time_counts_what_was_recorded_by_then() -> None:
    early, late = Story().vm("web01", "web01.vhd").start().recorded
    late = replace(late, recorded_at=CLOCK)

    assert positions([early, late], AsOf(recorded_by=later(CLOCK, seconds=-1))) == [1]
    assert positions([early, late], AsOf(recorded_by=CLOCK)) == [1, 2]


@pytest.mark.parametrize("position", [0, 3])
def test_a_position_the_log_has_not_is_refused_with_those_it_has(position: int) -> None:
    log = Story().vm("web01", "web01.vhd").start().recorded

    with pytest.raises(BadInput, match=f"no position {position}: the log has positions 1 to 2"):
        select(log, AsOf(position=position))


def test_an_empty_log_has_no_position() -> None:
    with pytest.raises(BadInput, match="the log is empty"):
        select([], AsOf(position=1))


def test_the_last_that_counted_is_told_for_all_and_for_some() -> None:
    story = Story().vm("web01", "web01.vhd").vm("db01", "db01.vhd")
    selection = select(story.recorded)

    assert selection.last() == when_of(story.recorded[-1])
    assert selection.last(lambda each: each.position < 2) == when_of(story.recorded[0])
    assert selection.last(lambda _: False) is None
    assert select([]).last() is None


@given(late_histories(), st.data())
def test_as_of_a_position_is_the_fold_of_what_was_known(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    if not log:
        return
    position = data.draw(st.integers(1, len(log)))

    assert fold(select(log, AsOf(position=position)).entries) == fold(log[:position])


@given(late_histories(), st.integers(-1, 20))
def test_as_of_a_time_is_the_fold_of_what_had_happened(
    log: tuple[Recorded, ...], minutes: int
) -> None:
    then = later(START, minutes=minutes)
    happened = [recorded for recorded in log if recorded.entry.occurred_at <= then]

    assert fold(select(log, AsOf(at=then)).entries) == fold(happened)


@given(stories)
def test_a_time_without_late_entries_is_the_last_position_by_then(story: Story) -> None:
    for recorded in story.recorded:
        by_time = select(story.recorded, AsOf(at=recorded.entry.occurred_at))
        by_position = select(story.recorded, AsOf(position=recorded.position))

        assert by_time.entries == by_position.entries


def test_utc_is_the_plainest_tz() -> None:
    assert parse_as_of("2010-09-26 06:00", None, tz=UTC, clock=CLOCK).at == START
