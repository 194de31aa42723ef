"""An open log and a moment in time: what every reading command asks."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import tzinfo
from functools import cached_property
from pathlib import Path

from eventstore.errors import NotAStore
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import now
from projections.as_of import AsOf, parse_as_of
from tui.knowledge import Knowledge
from tui.sources import InLog

_MARK_LOST = (
    "the mark log/synced cannot be read: what was stored last may not be shown until a "
    "`record` or `play` that stores something makes it anew; `snapledger verify` checks the rest"
)


class Session:
    """The store in `folder`, as of the moment that `at` and `known_at` name.

    `tell` hears which moment words like `-2h` meant.
    """

    def __init__(
        self,
        folder: Path,
        *,
        at: str | None,
        known_at: str | None,
        zone: tzinfo,
        tell: Callable[[str], None],
    ) -> None:
        self.folder = folder
        self.zone = zone
        self._at = at
        self._known_at = known_at
        self._tell = tell
        self._open = ExitStack()

    @cached_property
    def log(self) -> EmbeddedLog:
        """The log, opened for reading; there must be one."""
        try:
            log = open_store(self.folder)
        except NotAStore as error:
            if self.has_store:
                raise
            raise NotAStore(
                f"{error}. `snapledger play` and `snapledger record` make one; "
                "--store or $SNAPLEDGER_STORE names another"
            ) from None
        return self._looked_at(log)

    def log_to_write(self) -> EmbeddedLog:
        """Give the log of a store that is made where there is none."""
        log = self._looked_at(open_store(self.folder, create=True))
        self._open.callback(log.close)
        return log

    def close(self) -> None:
        """Let go of logs that were written to."""
        self._open.close()

    @property
    def has_store(self) -> bool:
        return (self.folder / "store.json").exists()

    @property
    def is_past(self) -> bool:
        return self._at is not None or self._known_at is not None

    @cached_property
    def as_of(self) -> AsOf:
        return self.moment(self._at, self._known_at)

    @cached_property
    def knowledge(self) -> Knowledge:
        return self.knowledge_as_of(self.as_of)

    def knowledge_as_of(self, as_of: AsOf) -> Knowledge:
        """Give what the log tells as of a moment; BadInput for a position that it does not have."""
        return Knowledge(InLog(self.log, as_of))

    def moment(self, at: str | None, known_at: str | None = None) -> AsOf:
        """Read words for a moment, and tell what they meant where they left it open."""
        found = parse_as_of(at, known_at, tz=self.zone, clock=now())
        for note in found.notes:
            self._tell(note)
        return found

    def _looked_at(self, log: EmbeddedLog) -> EmbeddedLog:
        if log.is_mark_lost() and log.head():
            self._tell(_MARK_LOST)
        return log
