"""Where answers come from: entries in memory, or a log of which only the needed is read."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from eventstore.entry import Recorded
from eventstore.fleet import Fleet, fold
from eventstore.keyframe_parts import AnyState
from eventstore.keyframes import end_of_batch, fleet_as_of, folded, state_as_of
from eventstore.log.embedded import EmbeddedLog
from projections.as_of import Anew, AsOf, Selection, must_exist


@dataclass(frozen=True)
class InMemory:
    """A selection that is held as it is."""

    selection: Selection

    def state(self, begin: Callable[[], AnyState]) -> AnyState:
        return folded(begin(), self.selection.entries)

    def whole(self) -> Fleet:
        """Give the fold of all that the log tells, whatever counts."""
        return fold(self.selection.log)


class InLog:
    """A log as of a moment: states go on from keyframes, entries are read when asked for.

    What others append later does not count. BadInput for a position that the log does not have.
    """

    def __init__(self, log: EmbeddedLog, as_of: AsOf) -> None:
        self._log = log
        head = log.head()
        if head < (as_of.position or 1):
            deque(log.read(head), maxlen=0)  # what should be there may be damaged
        must_exist(as_of, head)
        self._as_of = _by_position(log, replace(as_of, position=as_of.position or head))
        self.selection = Selection(self._as_of, Anew(self._in_time), Anew(log.read))

    def state(self, begin: Callable[[], AnyState]) -> AnyState:
        """Give the fold of what counts; LogDamaged."""
        if self._as_of.recorded_by is not None:
            return folded(begin(), self.selection.entries)
        return state_as_of(self._log, begin, at=self._as_of.at, position=self._as_of.position)

    def whole(self) -> Fleet:
        """Give the fold of all that the log tells, whatever counts."""
        return fleet_as_of(self._log)

    def _in_time(self) -> Iterator[Recorded]:
        at, position = self._as_of.at, self._as_of.position or 0
        found = self._log.as_happened(at=at, through=end_of_batch(self._log, position))
        return filter(self._as_of.counts, found)


def _by_position(log: EmbeddedLog, as_of: AsOf) -> AsOf:
    """Say by a position what was known at a time, as far as one can."""
    if as_of.recorded_by is None or as_of.position is None:
        return as_of
    known = log.known_by(as_of.recorded_by)
    if known is None:
        return as_of
    return replace(as_of, position=min(as_of.position, known), recorded_by=None)
