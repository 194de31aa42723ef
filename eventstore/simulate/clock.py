"""The clock of a scenario: what `at` says, else one minute after the line before."""

from eventstore.errors import BadInput, Refused
from eventstore.moments import Moment, later, parse_moment

START = Moment("2010-09-26T06:00:00.000000Z")
"""When a history begins that does not say when: the day of the article."""


class Clock:
    """Gives each command its time."""

    def __init__(self) -> None:
        self._set: Moment | None = None
        self._previous: Moment | None = None

    def set(self, text: str) -> None:
        """Let the next command happen at `text`; raise Refused when that lies in the past."""
        when = parse_moment(text)
        if (before := self._set or self._previous) is not None and when < before:
            raise Refused(f"{when} is before {before}: time does not run backwards")
        self._set = when

    def time(self, *, of_stream: Moment | None, of_all: Moment | None) -> Moment:
        """Give the time of a command; `of_stream` and `of_all` say when the last events were."""
        if self._set is not None:
            if of_stream is not None and self._set < of_stream:
                raise Refused(
                    f"{self._set} is before the last event there, {of_stream}: "
                    "time does not run backwards"
                )
            return self._set
        before = self._previous or of_all
        if before is None:
            return START
        try:
            return later(max(before, of_stream or before), minutes=1)
        except OverflowError:
            raise BadInput(f"no time comes after {before}") from None

    def passed(self, when: Moment) -> None:
        """Note that a command has happened at `when`."""
        self._set, self._previous = None, when
