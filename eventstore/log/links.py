"""Whether a batch above the mark goes on from what stands below it.

Positions and digests hold for a line of any log. Only its origin and the link to the entry before
it in its stream tell that it was written here, and belongs in this place.
"""

from collections.abc import Callable, Sequence

from eventstore.entry import Entry
from eventstore.events import ForkedFrom
from eventstore.log.batch import Tip
from eventstore.log.line import Line, digest_of, recorded
from eventstore.log.protocol import LOG_STREAM
from eventstore.log.streams import Streams


class Links:
    """Follows the lines above `streams`, batch by batch; `tip_of` tells where a stream stands."""

    def __init__(
        self, streams: Streams, own_origin: str, tip_of: Callable[[str, str], Tip]
    ) -> None:
        self._known = streams.place.position
        self._is_known_origin = streams.knows_origin
        self._origins = {own_origin}
        self._tip_of = tip_of
        self._tips: dict[tuple[str, str], Tip] = {}

    def follow(self, batch: Sequence[Line]) -> bool:
        """Take the batch in when each of its entries goes on from the one before it."""
        return all(line.position <= self._known or self._take(line) for line in batch)

    def _take(self, line: Line) -> bool:
        found = recorded(line)
        if found is None or not self._is_ours(found.entry):
            return False
        entry = found.entry
        key = entry.origin, entry.stream
        tip = self._tips.get(key) or self._tip_of(*key)
        self._tips[key] = Tip(entry.revision, digest_of(line.entry))
        return (entry.revision, entry.prev) == (tip.revision + 1, tip.prev)

    def _is_ours(self, entry: Entry) -> bool:
        origin = entry.origin
        begins = entry.type == ForkedFrom.__name__ and entry.stream == LOG_STREAM + origin
        # A log read from its very beginning may be a copy's, which begins with its parent's lines.
        if begins or not self._known:
            self._origins.add(origin)
        return origin in self._origins or self._is_known_origin(origin)
