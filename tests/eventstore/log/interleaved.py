"""Deeds of others that happen exactly between two calls of a reader or a writer."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from eventstore.errors import LogBusy, WrongRevision
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.segments import segment_path
from tests.eventstore.log.forgetful import ForgetfulFiles, allow, nothing
from tests.eventstore.log.history import VM, events, small_store
from tests.eventstore.log.workload import STORE, noted, of_vm

Deed = Callable[[ForgetfulFiles], object]
Result = TypeVar("Result")
WRITTEN = ["0.0", "1.0", "1.1", "3.0"]


def at_look(files: ForgetfulFiles, number: int, deed: Deed) -> None:
    """Let `deed` be done just before the look of this number, counted from now."""
    left = itertools.count(number - 1, -1)

    def look() -> None:
        if next(left) == 0:
            files.before_look = nothing
            deed(files)

    files.before_look = look


def is_done(files: ForgetfulFiles) -> bool:
    return files.before_look is nothing


def append(files: ForgetfulFiles, *sizes: int) -> None:
    """Append batches of these sizes after what is there."""
    log = small_store(STORE, files)
    for size in sizes:
        revision = len(of_vm(log))
        batch = [noted(f"{revision}.{part}") for part in range(size)]
        log.append(VM, batch, expected=revision)


def quiet(files: ForgetfulFiles) -> None:
    """Leave nothing above the mark."""


def torn_line(files: ForgetfulFiles) -> None:
    path = segment_path(STORE, 1)
    files.open(path).write(b'{"position":5,"recorded_at":"2010', files.size(path) or 0)


def torn_segment(files: ForgetfulFiles) -> None:
    files.open(segment_path(STORE, 5)).write(b'{"position":5,"recorded_at":"2010', 0)


def torn_batch(files: ForgetfulFiles) -> None:
    """Leave the first line of a batch of two whole, and the other not."""
    path = segment_path(STORE, 1)
    size = files.size(path) or 0
    mark = files.read(STORE / "log" / "synced", 0, 1 << 14)
    append(files, 2)
    files.open(STORE / "log" / "synced").write(mark, 0)
    files.open(path).truncate((files.size(path) or 0) - 100)
    assert (files.size(path) or 0) > size


def one_batch(files: ForgetfulFiles) -> None:
    append(files, 1)


def five_batches(files: ForgetfulFiles) -> None:
    append(files, 2, 1, 1, 3, 1)


def disk(before: Deed) -> ForgetfulFiles:
    """Give a log of four entries in three batches, and what `before` leaves above its mark."""
    files = ForgetfulFiles()
    append(files, 1, 2, 1)
    before(files)
    return files


def meanwhile(
    before: Deed, deed: Deed, read: Callable[[ForgetfulFiles], Result]
) -> Iterator[tuple[ForgetfulFiles, Result]]:
    """Give what `read` gives when the deed is done at its first look, its second, and so on."""
    for number in itertools.count(1):
        files = disk(before)
        at_look(files, number, deed)
        result = read(files)
        if not is_done(files):
            return
        yield files, result


def contend(files: ForgetfulFiles, change: int) -> list[str]:
    """Let B append just before this change of A's append; give the names acknowledged."""
    one, other = small_store(STORE, files), small_store(STORE, files)
    acknowledged: list[str] = []

    def attempt(log: EmbeddedLog, name: str) -> None:
        with suppress(LogBusy, WrongRevision):
            log.append(VM, events(name), expected=4)
            acknowledged.append(name)

    def before(what: str, path: Path) -> None:
        if files.changes == change:
            files.before = allow
            attempt(other, "B")

    files.before = before
    attempt(one, "A")
    return acknowledged
