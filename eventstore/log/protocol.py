"""What every engine of the event log promises; `tests/contract` holds each of them to it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from eventstore.entry import NewEntry, Recorded

LOG_STREAM = "log/"
"""Streams of this prefix are the log's own."""

BATCH_ENTRIES_MAX = 1_000
"""More would make one lost batch too much to lose, and a reader wait too long."""

BATCH_BYTES_MAX = 1 << 20


class Appended(Struct, frozen=True):
    """Where an append stands: positions `first`..`last`, the stream now at `revision`."""

    first: int
    last: int
    revision: int


class Violation(Struct, frozen=True):
    """One way in which the log is not what it should be; `kind` is stable for scripts."""

    kind: str
    position: int
    text: str


class CheckResult(Struct, frozen=True):
    """What a full check found; `tails_set_aside` counts what recovery moved to quarantine.

    `notes` are worth knowing and no fault of the log, such as a clock that was set back.
    """

    entries: int
    violations: tuple[Violation, ...]
    sealed_through: int = 0
    tails_set_aside: int = 0
    notes: tuple[Violation, ...] = ()

    @property
    def is_ok(self) -> bool:
        return not self.violations


class EventLog(Protocol):
    """An append-only log of entries in streams."""

    @property
    def origin(self) -> str:
        """The store's id: entries appended here carry it."""
        ...

    def append(
        self, stream: str, events: Sequence[NewEntry], *, expected: int, head: int | None = None
    ) -> Appended:
        """Store `events` as one batch, all or none; when it returns they are synced.

        `expected` is the stream's revision before, 0 for a new stream. An append whose ids stand
        right after `expected` already is answered with the first positions and stores nothing.
        `head` is for what follows from the whole log: the last position that was read of it.
        Raises WrongRevision, Overtaken (the log does not end at `head`), DuplicateId,
        BatchTooLarge, BadInput (text or data that JSON cannot carry), LogBusy, DiskFull,
        OutcomeUnknown, LogDamaged, HandleDead.
        """
        ...

    def read(self, after: int = 0) -> Iterator[Recorded]:
        """Give everything published with a position greater than `after`, in order."""
        ...

    def read_stream(self, stream: str, after: int = 0) -> Iterator[Recorded]:
        """Give the entries of this store's own `stream` with a revision greater than `after`."""
        ...

    def follow(self, after: int, stop: Callable[[], bool]) -> Iterator[Recorded]:
        """Give what `read` gives and then what comes, each entry once, until `stop()` is true."""
        ...

    def head(self) -> int:
        """Give the last published position, 0 when there is none."""
        ...

    def revision(self, stream: str) -> int:
        """Give the last revision of this store's own `stream`, 0 when there is none."""
        ...

    def check(self) -> CheckResult:
        """Read everything and hold it against its digests, links and numbers."""
        ...

    def close(self) -> None:
        """Let go of files; further calls are an error."""
        ...
