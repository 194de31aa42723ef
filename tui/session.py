"""An open log and a moment in time: what every reading command asks."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import tzinfo
from functools import cached_property
from pathlib import Path

from eventstore.entry import Recorded
from eventstore.errors import LogDamaged, NotAStore
from eventstore.fleet import Fleet
from eventstore.keyframes import fleet_as_of
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import now
from projections.as_of import AsOf, Selection, parse_as_of, select
from tui.knowledge import Knowledge, fold_of

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
        return self._looked_at(open_store(self.folder, create=True))

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
        return Knowledge(select(self.entries(self.as_of), self.as_of), fold=self._fold)

    def entries(self, *moments: AsOf) -> tuple[Recorded, ...]:
        """Give the whole log; of a damaged one what stands before, where `moments` need no more.

        Raises LogDamaged.
        """
        entries: list[Recorded] = []
        try:
            entries.extend(self.log.read())
        except LogDamaged as damage:
            if not all(_lies_within(each, entries) for each in moments):
                raise
            self._tell(f"{damage}; this answer rests on entries before that")
        return tuple(entries)

    def moment(self, at: str | None, known_at: str | None = None) -> AsOf:
        """Read words for a moment, and tell what they meant where they left it open."""
        found = parse_as_of(at, known_at, tz=self.zone, clock=now())
        for note in found.notes:
            self._tell(note)
        return found

    def _fold(self, selection: Selection) -> Fleet:
        """Go on from a keyframe where one can serve."""
        as_of = selection.as_of
        if as_of.recorded_by is None and selection.log:
            last = selection.log[-1].position
            # Of a damaged log the entries before the damage are all there is.
            with suppress(LogDamaged):
                return fleet_as_of(
                    self.log, at=as_of.at, position=min(as_of.position or last, last)
                )
        return fold_of(selection)

    def _looked_at(self, log: EmbeddedLog) -> EmbeddedLog:
        if log.is_mark_lost() and log.head():
            self._tell(_MARK_LOST)
        return log


def _lies_within(moment: AsOf, entries: Sequence[Recorded]) -> bool:
    """Tell whether `entries`, the first of the log, are all that was known at a position."""
    position = moment.position or 0
    return 1 <= position <= len(entries) and entries[position - 1].batch[1] <= len(entries)
