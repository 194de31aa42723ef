"""Others act exactly between two calls of a reader or a writer, at every one of them in turn."""

import itertools
from contextlib import suppress

import pytest

from eventstore.errors import LogBusy, NotAStore
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.writer import Settings
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import VM, ids, small_store
from tests.eventstore.log.interleaved import (
    WRITTEN,
    Deed,
    append,
    at_look,
    contend,
    disk,
    five_batches,
    is_done,
    meanwhile,
    one_batch,
    quiet,
    torn_batch,
    torn_line,
    torn_segment,
)
from tests.eventstore.log.workload import STORE, of_vm

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
