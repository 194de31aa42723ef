"""An open log and a moment in time: what every reading command asks."""

from collections.abc import Callable
from datetime import tzinfo
from functools import cached_property
from pathlib import Path

from eventstore.errors import NotAStore
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import now
from projections.as_of import AsOf, parse_as_of, select
from tui.knowledge import Knowledge


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

    @cached_property
    def log(self) -> EmbeddedLog:
        """The log, opened for reading; there must be one."""
        try:
            return open_store(self.folder)
        except NotAStore as error:
            if self.has_store:
                raise
            raise NotAStore(
                f"{error}. `snapledger play` and `snapledger record` make one; "
                "--store or $SNAPLEDGER_STORE names another"
            ) from None

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
        as_of = self.as_of
        return Knowledge(select(self.log.read(), as_of))

    def moment(self, at: str | None, known_at: str | None = None) -> AsOf:
        """Read words for a moment, and tell what they meant where they left it open."""
        found = parse_as_of(
            at.strip() if at else at,
            known_at.strip() if known_at else known_at,
            tz=self.zone,
            clock=now(),
        )
        for note in found.notes:
            self._tell(note)
        return found
