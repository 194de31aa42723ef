"""Others act exactly between two calls of a reader or a writer, at every one of them in turn."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from eventstore.errors import LogBusy, NotAStore, WrongRevision
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.segments import segment_path
from eventstore.log.writer import Settings
from tests.eventstore.log.forgetful import ForgetfulFiles, allow, nothing
from tests.eventstore.log.history import VM, events, ids, small_store
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


LEFT = pytest.mark.parametrize("before", [quiet, torn_line, torn_segment, torn_batch])
DEEDS = pytest.mark.parametrize("deed", [one_batch, five_batches])


@LEFT
@DEEDS
def test_a_reader_is_given_a_beginning_of_the_log_whatever_is_written_meanwhile(
    before: Deed, deed: Deed
) -> None:
    def read(files: ForgetfulFiles) -> tuple[EmbeddedLog, list[str], int, int]:
        log = open_store(STORE, files=files)
        return log, of_vm(log), log.head(), log.revision(VM)

    for files, (log, given, head, revision) in meanwhile(before, deed, read):
        everything = of_vm(small_store(STORE, files))
        assert given == everything[: len(given)]
        assert given[:4] == WRITTEN
        assert head >= len(given)
        assert len(given) <= revision <= len(everything)
        assert of_vm(log) == everything


@LEFT
@DEEDS
def test_a_check_finds_no_fault_with_what_is_written_meanwhile(before: Deed, deed: Deed) -> None:
    for _, result in meanwhile(before, deed, lambda files: open_store(STORE, files=files).check()):
        assert result.violations == ()
        assert result.entries >= 4
        assert {note.kind for note in result.notes} <= {"tail", "clock_back"}


@LEFT
@DEEDS
def test_a_follower_is_given_each_entry_once_whatever_is_written_meanwhile(
    before: Deed, deed: Deed
) -> None:
    hurried = Settings(poll_seconds=0)

    def follow(files: ForgetfulFiles) -> list[int]:
        log = open_store(STORE, files=files, settings=hurried)
        questions = iter(range(25))
        following = log.follow(0, lambda: next(questions, None) is None)
        return [record.position for record in following]

    for files, followed in meanwhile(before, deed, follow):
        assert followed == list(range(1, len(followed) + 1))
        assert 4 <= len(followed) <= small_store(STORE, files).head()


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


@LEFT
def test_of_two_writers_at_the_same_revision_one_is_answered(before: Deed) -> None:
    start = disk(before).changes
    for change in itertools.count(start + 1):
        files = disk(before)
        acknowledged = contend(files, change)

        assert len(acknowledged) == 1
        log = small_store(STORE, files)
        assert of_vm(log) == WRITTEN + acknowledged
        assert log.check().violations == ()
        if files.changes < change:
            return


def test_of_two_who_make_a_store_both_are_given_the_same() -> None:
    for number in itertools.count(1):
        files = ForgetfulFiles()
        appended: list[str] = []

        def other(files: ForgetfulFiles, appended: list[str] = appended) -> None:
            with suppress(LogBusy):
                append(files, 1)
                appended.append("0.0")

        at_look(files, number, other)
        one = small_store(STORE, files)
        if not is_done(files):
            return
        assert one.origin == small_store(STORE, files).origin
        assert ids(one) == appended


def test_a_store_that_is_just_made_is_opened_or_not_there() -> None:
    for number in itertools.count(1):
        files = ForgetfulFiles()
        at_look(files, number, one_batch)
        with suppress(NotAStore):
            assert ids(open_store(STORE, files=files)) == ["0.0"]
        if not is_done(files):
            return
