"""Moments: UTC, always six fraction digits and `Z`, so that they sort as text."""

import re
from datetime import UTC, datetime, timedelta
from typing import NewType

from eventstore.errors import BadInput

Moment = NewType("Moment", str)
"""`2010-09-26T06:03:00.000000Z`; comparing two moments as text compares them in time."""

FIRST_MOMENT = Moment("0001-01-01T00:00:00.000000Z")
LAST_MOMENT = Moment("9999-12-31T23:59:59.999999Z")

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def moment(when: datetime) -> Moment:
    """Give the moment of an aware `when`; a naive one is a programming error."""
    if when.tzinfo is None:
        message = "a moment needs a time with an offset"
        raise ValueError(message)
    utc = when.astimezone(UTC).replace(tzinfo=None)
    return Moment(utc.isoformat(timespec="microseconds") + "Z")


def now() -> Moment:
    """Read the wall clock; the rim of the program passes this in where a clock is wanted."""
    return Moment(datetime.now(UTC).isoformat(timespec="microseconds")[: -len("+00:00")] + "Z")


def datetime_of(when: Moment) -> datetime:
    return datetime.fromisoformat(when)


def parse_moment(text: str) -> Moment:
    """Read a time that carries an offset, in any ISO 8601 shape that Python reads."""
    if _MOMENT.fullmatch(text):
        return moment(_read(text))
    when = _read(text)
    if when.tzinfo is None:
        raise BadInput(f"{text!r} has no offset; write it like 2010-09-26T15:03:00+09:00")
    return moment(when)


def is_moment(text: str) -> bool:
    """Say whether `text` is written as a moment is; BadInput when it is no time at all."""
    when = _read(text)
    return _MOMENT.fullmatch(text) is not None and when.hour == int(text[11:13])


def later(when: Moment, **by: float) -> Moment:
    """Give the moment that lies `by` (seconds=, minutes=, hours=, days=) after `when`."""
    return moment(datetime_of(when) + timedelta(**by))


def moment_of_filetime(ticks: int) -> Moment | None:
    """Give the moment of a Windows FILETIME (100 ns since 1601), None when it is none."""
    if ticks <= 0:
        return None
    try:
        return moment(_FILETIME_EPOCH + timedelta(microseconds=ticks // 10))
    except OverflowError:
        return None


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{text!r} is not a time; expected one like 2010-09-26T15:03:00+09:00"
        ) from None
