"""Time is UTC inside, always with six fraction digits, and sorts as text."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.errors import BadInput
from eventstore.moments import datetime_of, later, moment, moment_of_filetime, parse_moment

AWARE = st.builds(
    lambda seconds, micros, offset: (
        datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, microseconds=micros)
    ).astimezone(timezone(timedelta(minutes=offset))),
    st.integers(-50_000_000_000, 50_000_000_000),
    st.integers(0, 999_999),
    st.integers(-14 * 60, 14 * 60),
)


def test_an_offset_is_honoured() -> None:
    assert parse_moment("2010-09-26T15:03:00+09:00") == "2010-09-26T06:03:00.000000Z"


@pytest.mark.parametrize("text", ["2010-09-26T15:03:00", "yesterday", "", "2010-13-01T00:00:00Z"])
def test_no_offset_or_no_time_is_an_error_that_shows_the_form(text: str) -> None:
    with pytest.raises(BadInput, match="2010-09-26T15:03:00"):
        parse_moment(text)


@given(AWARE)
def test_a_moment_reads_back(when: datetime) -> None:
    assert datetime_of(moment(when)) == when
    assert parse_moment(moment(when)) == moment(when)
    assert len(moment(when)) == len("2010-09-26T06:03:00.000000Z")


@given(AWARE, AWARE)
def test_moments_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    assert (moment(one) < moment(other)) == (one < other)


def test_a_naive_time_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="offset"):
        moment(datetime(2010, 9, 26))  # noqa: DTZ001 - that is the point


def test_filetimes_count_from_1601_and_zero_is_none() -> None:
    assert moment_of_filetime(130_600_000_000_000_000) == "2014-11-09T09:46:40.000000Z"
    assert moment_of_filetime(0) is None
    assert moment_of_filetime(1 << 80) is None


def test_later_crosses_days() -> None:
    evening = moment(datetime(2010, 9, 26, 23, 59, tzinfo=UTC))

    assert later(evening, minutes=1) == "2010-09-27T00:00:00.000000Z"
    assert moment(datetime(2010, 9, 27, tzinfo=timezone(timedelta(hours=9)))) < evening
