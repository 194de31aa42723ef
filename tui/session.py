"""An open log and a moment in time: what every reading command asks."""

from collections.abc import Callable
from datetime import tzinfo
from functools import cached_property
from pathlib import Path

from eventstore.errors import NotAStore
from eventstore.fleet import Fleet, fold
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.machine import Machine
from eventstore.moments import now
from projections.as_of import AsOf, Selection, parse_as_of, select
from projections.names import find_vm


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

    @cached_property
    def as_of(self) -> AsOf:
        found = self.moment(self._at, self._known_at)
        for note in found.notes:
            self._tell(note)
        return found

    def moment(self, at: str | None, known_at: str | None = None) -> AsOf:
        """Read words for a moment."""
        return parse_as_of(
            at.strip() if at else at,
            known_at.strip() if known_at else known_at,
            tz=self.zone,
            clock=now(),
        )

    @cached_property
    def selection(self) -> Selection:
        as_of = self.as_of
        return select(self.log.read(), as_of)

    @cached_property
    def fleet(self) -> Fleet:
        return fold(self.selection.entries)

    def vm(self, word: str) -> Machine:
        """Give the VM called `word` as of the moment; BadInput says why there is none."""
        return find_vm(word, self.fleet, self.selection)
