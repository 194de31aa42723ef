"""Appends on a disk of which one call fails, once or for ever, and a loss of power after it."""

import errno
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from eventstore.errors import DiskFull, HandleDead, LogError, OutcomeUnknown
from tests.eventstore.log.forgetful import ForgetfulFiles, allow
from tests.eventstore.log.history import AHEAD, VM, small_store
from tests.eventstore.log.images import images
from tests.eventstore.log.sweep import IS_FULL, SEED, Sweep
from tests.eventstore.log.workload import (
    STORE,
    assert_keeps_its_word,
    noted,
    of_vm,
    seen_by_a_reader,
)

if TYPE_CHECKING:
    from eventstore.log.embedded import EmbeddedLog

BATCHES = [[f"{number}.{part}" for part in range(number % 3 + 1)] for number in range(12)]
EVERYTHING = [name for batch in BATCHES for name in batch]
LATER = 1 << 20 if IS_FULL else 25
"""Through how many changes after a failed sync the power is cut."""

Fault = Callable[["FaultyRun"], None]


class FaultyRun:
    """Appends that go on with a new handle after each failure, on a disk with one fault."""

    def __init__(self, fault: Fault, at: int, *, is_lasting: bool) -> None:
        self.files = ForgetfulFiles()
        self.acknowledged: list[str] = []
        self.in_flight: list[str] = []
        self.failures: list[LogError] = []
        self._log: EmbeddedLog | None = None
        self._fault, self._at, self._is_lasting = fault, at, is_lasting
        self._is_over = False
        self.files.before = self._before

    def run(self) -> None:
        """Append each batch, repeating once what failed; stop where the repeat fails too."""
        for batch in BATCHES:
            self.in_flight = batch
            if not any(self._append(batch) for _ in range(2)):
                return
            self.acknowledged += batch
        self.in_flight = []

    def heal(self) -> None:
        self.files.before = allow
        self.files.taken_at_once = 1 << 30

    def _append(self, batch: list[str]) -> bool:
        events = [noted(name) for name in batch]
        try:
            log = self._log = self._log or small_store(STORE, self.files, settings=AHEAD)
        except LogError as error:
            self.failures.append(error)
            return False
        try:
            log.append(VM, events, expected=len(self.acknowledged))
        except LogError as error:
            self._log = None
            self.failures.append(error)
            if isinstance(error, DiskFull | OutcomeUnknown):
                with pytest.raises(HandleDead):
                    log.append(VM, events, expected=len(self.acknowledged))
            assert of_vm(log) in (self.acknowledged, self.acknowledged + batch)
            return False
        return True

    def _before(self, what: str, path: Path) -> None:
        if self.files.changes < self._at or (self._is_over and not self._is_lasting):
            self.files.taken_at_once = 1 << 30
            return
        self._is_over = True
        self._fault(self)


def io_error(run: FaultyRun) -> None:
    raise OSError(errno.EIO, "as told")


def forgotten(run: FaultyRun) -> None:
    """Let a failed sync drop its pages from the cache too, as Btrfs and a lack of memory do."""
    run.files.forgets_at_once = True
    raise OSError(errno.EIO, "as told")


def interrupted(run: FaultyRun) -> None:
    raise InterruptedError(errno.EINTR, "as told")


def no_space(run: FaultyRun) -> None:
    raise OSError(errno.ENOSPC, "as told")


def half_and_no_space(run: FaultyRun) -> None:
    """Take half of what is written now; there is no room for the rest."""
    run.files.room = run.files.writing_bytes // 2


def short_write(run: FaultyRun) -> None:
    run.files.taken_at_once = max(1, run.files.writing_bytes // 2)


def one_byte(run: FaultyRun) -> None:
    run.files.taken_at_once = 1


HARD = [io_error, forgotten, interrupted, no_space]
SOFT = [short_write, one_byte]


def lose_power_too(run: FaultyRun, sweep: Sweep, at: int) -> None:
    """Cut the power after the fault; what a sync dropped is gone now."""
    shown = seen_by_a_reader(run.files)
    named = list(images(run.files))
    chance = Random(f"{SEED}/{at}")
    for name, image in named if IS_FULL else [chance.choice(named)]:
        with sweep.looking_at(f"change {at}, then {name}"):
            assert_keeps_its_word(image(), run.acknowledged, run.in_flight, shown)


def cut_power_after_a_failed_sync(at: int, sweep: Sweep) -> None:
    run = FaultyRun(io_error, at, is_lasting=False)
    fail = run.files.before

    def before(what: str, path: Path) -> None:
        if at < run.files.changes <= at + LATER:
            lose_power_too(run, sweep, run.files.changes)
        fail(what, path)

    run.files.before = before
    run.run()


def syncs() -> list[int]:
    """Give the numbers of the changes that are syncs of the log's own files."""
    numbers: list[int] = []
    run = FaultyRun(io_error, 1 << 30, is_lasting=False)

    def before(what: str, path: Path) -> None:
        if what == "sync" and path.parent.name == "log":
            numbers.append(run.files.changes)

    run.files.before = before
    run.run()
    return numbers
