"""What a store goes through in the sweeps, decided by a seed, and what must hold afterwards.

Fifty-two batches in segments of 4,000 bytes. Between them writers die and leave torn tails, the
disk fills up and empties again, a sync fails whose pages are dropped, and the store is copied.
The index is written on the way, and keyframes.
"""

import errno
import itertools
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from eventstore.entry import NewEntry
from eventstore.errors import DiskFull, NotAStore, OutcomeUnknown
from eventstore.fleet import fold
from eventstore.keyframe_files import KEYFRAMES
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.keyframes import fleet_as_of
from eventstore.log.blanks import BLANK
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.lock import WriterLock
from eventstore.log.recovery import tails_kept
from eventstore.log.segments import segment_path, segments
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import AHEAD, VM, event, ids, small_store, ticking

STORE = Path("/disk/store")
NUMBERS = itertools.count()
BATCHES = 52
MISHAPS = 12


class Workload:
    """A run of appends on one disk, and what was acknowledged of it so far."""

    def __init__(self, files: ForgetfulFiles, seed: int, *, batches: int = BATCHES) -> None:
        self.files = files
        files.name = "machine"
        self.acknowledged: list[str] = []
        self.in_flight: list[str] = []
        self._forked_at = 0
        self._chance = Random(f"workload {seed}")
        self._batches = [self._batch(number) for number in range(batches)]
        numbers = self._chance.sample(range(1, batches), MISHAPS if batches > MISHAPS else 0)
        mishaps = [
            self._torn,
            self._torn_segment,
            self._full,
            self._failed_sync,
            self._reopened,
            self._copied,
        ]
        self._mishaps = {number: mishaps[n % len(mishaps)] for n, number in enumerate(numbers)}

    def run(self) -> None:
        """Append every batch, with a mishap before some of them."""
        self._reopen()
        for number, batch in enumerate(self._batches):
            self.in_flight = [one.id for one in batch]
            if mishap := self._mishaps.get(number):
                mishap(batch)
            self._append(batch)
            self.acknowledged += self.in_flight
            self.in_flight = []
            keep_keyframes(self._log)

    def _batch(self, number: int) -> list[NewEntry]:
        size = self._chance.randint(1, 3)
        notes = [self._chance.choice((10, 150, 700)) for _ in range(size)]
        return [noted(f"{number}.{part}", note) for part, note in enumerate(notes)]

    def _append(self, batch: list[NewEntry]) -> None:
        self._log.append(VM, batch, expected=len(self.acknowledged) - self._forked_at)

    def _torn(self, batch: list[NewEntry]) -> None:
        """Another writer dies in the middle of its batch."""
        path = segment_path(STORE, segments(self.files, STORE)[-1])
        content = self.files.read(path, 0, 1 << 20).rstrip(BLANK)
        with another_writer(self.files):
            self.files.open(path).write(content[: self._chance.randint(1, 900)], len(content))

    def _torn_segment(self, batch: list[NewEntry]) -> None:
        """Another writer dies when it began a segment."""
        with another_writer(self.files):
            self.files.open(segment_path(STORE, self._log.head() + 1)).write(b'{"position":', 0)

    def _full(self, batch: list[NewEntry]) -> None:
        self.files.room = 300
        with suppress(DiskFull):
            self._append(batch)
        self.files.room = 1 << 40
        self._reopen()

    def _failed_sync(self, batch: list[NewEntry]) -> None:
        """The pages are dropped and count as clean; whatever comes later must not rely on them."""
        outer, has_failed = self.files.before, False

        def before(what: str, path: Path) -> None:
            nonlocal has_failed
            outer(what, path)
            if what == "sync" and path.suffix == ".ndjson" and not has_failed:
                has_failed = True
                raise OSError(errno.EIO, "the pages are dropped")

        self.files.before = before
        with suppress(OutcomeUnknown):
            self._append(batch)
        self.files.before = outer
        self._reopen()

    def _reopened(self, batch: list[NewEntry]) -> None:
        self._reopen()

    def _reopen(self) -> None:
        self._log = small_store(STORE, self.files, settings=AHEAD)

    def _copied(self, batch: list[NewEntry]) -> None:
        """The store goes on as a copy on another machine, where its streams begin anew."""
        self.files.name += " and another"
        self._forked_at = len(self.acknowledged)
        self._reopen()


def another_writer(files: ForgetfulFiles) -> WriterLock:
    """Give the lock as somebody else holds it."""
    return WriterLock(files, STORE, wait_seconds=0, clock=ticking())


def noted(name: str, note: int = 150) -> NewEntry:
    return event(name, b'{"note":"%s"}' % (b"x" * note))


def of_vm(log: EmbeddedLog) -> list[str]:
    return [record.entry.id for record in log.read() if record.entry.stream == VM]


def seen_by_a_reader(files: ForgetfulFiles) -> list[str]:
    """Give what somebody who opens the store just now is shown; it may never be taken back."""
    try:
        return of_vm(open_store(STORE, files=files))
    except NotAStore:
        return []


def assert_keeps_its_word(
    files: ForgetfulFiles,
    acknowledged: list[str],
    in_flight: list[str] | None = None,
    shown: list[str] | None = None,
) -> None:
    """Open what a crash left, append, and hold the log against what was promised before.

    `in_flight` is the batch that was being written: it may be there whole, or not at all.
    """
    log = small_store(STORE, files)
    before = ids(log)
    log.append(f"host/{next(NUMBERS)}", [event("after")], expected=0)
    everything, found = ids(log), of_vm(log)

    assert everything[: len(before)] == before, "what a reader saw after the crash was taken back"
    assert found[: len(shown or [])] == (shown or []), "what a reader saw before it was taken back"
    assert found in (acknowledged, acknowledged + (in_flight or [])), "lost, added or in part"
    if files.size(STORE / KEYFRAMES / "list"):
        assert fleet_as_of(log) == fold(log.read()), "a saved state was believed over the log"
    result = log.check()
    assert result.violations == ()
    assert "tail" not in [note.kind for note in result.notes], "bytes above the mark were left"
    assert result.tails_set_aside == len(tails_kept(files, STORE)), "set aside and not told of"


def at_every_change(files: ForgetfulFiles, look: Callable[[int], None]) -> None:
    """Have `look` called with its number before each change of the disk."""

    def before(what: str, path: Path) -> None:
        look(files.changes)

    files.before = before
