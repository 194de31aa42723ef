"""Which entries count for an answer: as of a time, as known at a time or a position.

Two axes: `occurred_at` says when something happened, `position` and `recorded_at` when it was
learned. The forms that `--at` and `--known-at` take stand in `projections/README.md`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo

from msgspec import Struct

from eventstore.entry import Recorded
from eventstore.errors import BadInput
from eventstore.fleet import Fleet, fold
from eventstore.machine import When, when_of
from eventstore.moments import Moment, later, moment

_POSITION = re.compile(r"#?([0-9]{1,99})")
_AGO = re.compile(r"-([0-9]{1,9})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
TAKEN_AT = "--taken-at"
"""The one option that takes a time and no position."""
_EXPECTED = (
    "expected a time like 2010-09-26T15:03:00+09:00, a date, or a while ago like -90m, -2h, -3d, "
    "-1w"
)


class AsOf(Struct, frozen=True):
    """Limits on both axes, None where there is none.

    `at` limits when things happened; `position` and `recorded_by` when they were learned.
    `notes` say which moments the words meant that left it open.
    """

    at: Moment | None = None
    position: int | None = None
    recorded_by: Moment | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = [
            f"at {self.at}" if self.at is not None else "",
            f"as known at position {self.position}" if self.position is not None else "",
            f"as known at {self.recorded_by}" if self.recorded_by is not None else "",
        ]
        return ", ".join(part for part in said if part) or "now"

    def counts(self, recorded: Recorded) -> bool:
        """A batch became known as one: a position inside it means its last."""
        return (
            (self.at is None or recorded.entry.occurred_at <= self.at)
            and (self.position is None or recorded.batch[0] <= self.position)
            and (self.recorded_by is None or recorded.recorded_at <= self.recorded_by)
        )


EVERYTHING = AsOf()


class Anew:
    """Entries that are read anew each time somebody goes through them, so that none is kept."""

    def __init__(self, read: Callable[[], Iterator[Recorded]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[Recorded]:
        return self._read()


Entries = tuple[Recorded, ...] | Anew


class Selection(Struct, frozen=True):
    """The entries that count, in the order in which things happened, and the log they are of."""

    as_of: AsOf
    entries: Entries
    log: Entries

    def last(self, counts: Callable[[Recorded], bool] | None = None) -> When | None:
        """Give the place of the last entry, or of the last that `counts` for an answer."""
        found: Recorded | None = None
        for each in self.entries:
            if counts is None or counts(each):
                found = each
        return when_of(found) if found else None

    def as_learned(self) -> Iterator[Recorded]:
        """Give the entries that count in the order of the log, and look at none behind them."""
        limit = self.as_of.position
        for each in self.log:
            if self.as_of.counts(each):
                yield each
            if limit is not None and each.position >= limit and each.position == each.batch[1]:
                return


class View(Struct, frozen=True):
    """What counts, and what it folds to: a moment to look at."""

    selection: Selection
    fleet: Fleet


def select(log: Iterable[Recorded], as_of: AsOf = EVERYTHING) -> Selection:
    """Choose from the whole `log` what counts; `BadInput` for a position it does not have."""
    everything = tuple(log)
    must_exist(as_of, max((recorded.position for recorded in everything), default=0))
    counted = sorted((each for each in everything if as_of.counts(each)), key=when_of)
    return Selection(as_of, tuple(counted), everything)


def must_exist(as_of: AsOf, head: int) -> None:
    """Raise `BadInput` for a position that a log through `head` does not have."""
    if as_of.position is not None and not 1 <= as_of.position <= head:
        has = f"the log has positions 1 to {head}" if head else "the log is empty"
        raise BadInput(f"there is no position {as_of.position}: {has}")


def view(log: Iterable[Recorded], as_of: AsOf = EVERYTHING) -> View:
    """Select and fold; errors as `select`."""
    selection = select(log, as_of)
    return View(selection, fold(selection.entries))


def parse_as_of(at: str | None, known_at: str | None, *, tz: tzinfo, clock: Moment) -> AsOf:
    """Read `--at` and `--known-at`; `BadInput` says what came and what was expected.

    A bare position given as `--at` is the log as it was then, with no limit on time. `--known-at`
    alone is everything that was known then.
    """
    happened = _parse("--at", at, tz, clock)
    known = _parse("--known-at", known_at, tz, clock)
    notes = tuple(read.note for read in (happened, known) if read.note)
    if happened.position is None:
        return AsOf(happened.at, known.position, known.at, notes)
    if known_at is not None:
        raise BadInput(
            f"--at {at} is a position and says already what was known; "
            f"--known-at {known_at} goes with a time"
        )
    return AsOf(position=happened.position)


def parse_time(option: str, text: str, *, tz: tzinfo, clock: Moment) -> Moment:
    """Read a time given as `option`; `BadInput` for what is none, a position among it."""
    read = _parse(option, text, tz, clock)
    if read.at is None:
        raise BadInput(f"{option} {text} is a position: expected a time")
    return read.at


class _Read(Struct, frozen=True):
    at: Moment | None = None
    position: int | None = None
    note: str = ""


def _parse(option: str, text: str | None, tz: tzinfo, clock: Moment) -> _Read:
    if text is None:
        return _Read()
    if found := _POSITION.fullmatch(text):
        return _Read(position=int(found[1]))
    try:
        if found := _AGO.fullmatch(text):
            when = later(clock, **{_UNITS[found[2]]: -int(found[1])})
            return _Read(at=when, note=f"{text} is {when}")
        return _parse_time(option, text, tz)
    except OverflowError:
        raise BadInput(f"{option} {text!r} lies outside the years 1 to 9999") from None


def _parse_time(option: str, text: str, tz: tzinfo) -> _Read:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        position = "" if option == TAKEN_AT else ", or a position like 7 or #7"
        raise BadInput(f"{option} {text!r} is not understood; {_EXPECTED}{position}") from None
    if when.tzinfo is not None:
        return _Read(at=moment(when))
    local = when.replace(tzinfo=tz)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        raise BadInput(
            f"{option} {text!r}: in {tz} the clocks were changed then, and this time came twice or "
            "not at all; write it with its offset"
        )
    return _Read(at=moment(local), note=f"{text} in {tz} is {moment(local)}")
