"""Blanks behind the last entry: room for the next ones, and nothing else."""

import errno
import json
from pathlib import Path

from msgspec.structs import replace

from eventstore.log.mark import read_mark
from eventstore.log.recovery import tails_kept
from eventstore.log.segments import segment_path, segments
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import AHEAD, VM, ids, small_store
from tests.eventstore.log.workload import STORE, noted

ROOMY = replace(AHEAD, segment_bytes_max=1 << 16, blank_bytes=3_000)
MANY = 40
BLANK = ord(" ")


def content(files: ForgetfulFiles, segment: int) -> bytes:
    return files.read(segment_path(STORE, segment), 0, 1 << 20)


def busy(files: ForgetfulFiles, entries: int) -> None:
    """Append by one handle, one entry at a time."""
    log = small_store(STORE, files, settings=AHEAD)
    before = log.revision(VM)
    for number in range(before, before + entries):
        log.append(VM, [noted(str(number))], expected=number)


def test_who_appends_a_few_entries_leaves_no_blanks() -> None:
    files = ForgetfulFiles()
    for _ in range(4):
        busy(files, 1)

    assert content(files, 1).endswith(b'"}\n')


def test_who_appends_many_writes_over_blanks_and_the_file_seldom_grows() -> None:
    files, sizes = ForgetfulFiles(), set()
    log = small_store(STORE, files, settings=ROOMY)
    for number in range(MANY):
        log.append(VM, [noted(str(number))], expected=number)
        sizes.add(files.size(segment_path(STORE, 1)))

    assert content(files, 1)[-1] == BLANK
    assert len(sizes) < MANY / 2


def test_blanks_are_skipped_by_whoever_reads_json_and_no_fault_of_the_log() -> None:
    files = ForgetfulFiles()
    busy(files, MANY)
    last = content(files, segments(files, STORE)[-1])
    fresh = small_store(STORE, files)

    assert last[-1] == BLANK
    assert [json.loads(line)["entry"]["id"] for line in last.splitlines() if line.strip()]
    assert ids(fresh) == [str(number) for number in range(MANY)]
    assert (fresh.check().violations, fresh.check().notes) == ((), ())


def test_a_segment_that_is_full_ends_with_its_last_line() -> None:
    files = ForgetfulFiles()
    busy(files, MANY)
    *full, _ = segments(files, STORE)

    assert len(full) > 2
    assert all(content(files, segment).endswith(b'"}\n') for segment in full)


def test_writers_that_take_turns_write_over_each_others_blanks() -> None:
    files = ForgetfulFiles()
    handles = [small_store(STORE, files, settings=AHEAD) for _ in range(2)]
    for number in range(MANY):
        handles[number // 4 % 2].append(VM, [noted(str(number))], expected=number)

    assert tails_kept(files, STORE) == []
    assert ids(handles[0]) == [str(number) for number in range(MANY)]
    assert handles[0].check().violations == ()


def test_what_a_crash_left_among_the_blanks_is_set_aside() -> None:
    files = ForgetfulFiles()
    busy(files, MANY)
    mark = read_mark(files, STORE)
    assert mark
    files.open(segment_path(STORE, mark.segment)).write(b"left by a crash", mark.offset + 100)
    busy(files, 1)
    (kept,) = tails_kept(files, STORE)

    assert files.read(STORE / kept, 0, 1 << 20) == b" " * 100 + b"left by a crash"
    assert small_store(STORE, files).check().tails_set_aside == 1


def test_a_full_disk_refuses_blanks_and_takes_the_batch() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files, settings=ROOMY)
    for number in range(6):
        log.append(VM, [noted(str(number))], expected=number)
    tried = []

    def fill(what: str, path: Path) -> None:
        if what == "write" and path == segment_path(STORE, 1) and files.writing_bytes == 3_000:
            tried.append(path)
            raise OSError(errno.ENOSPC, "no room for blanks")

    files.before = fill
    for number in range(6, MANY):
        assert log.append(VM, [noted(str(number))], expected=number).first == number + 1
    assert tried
    assert content(files, 1).endswith(b'"}\n')


def test_a_handle_that_is_closed_leaves_a_log_that_ends_with_its_last_line() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files, settings=AHEAD)
    for number in range(MANY):
        log.append(VM, [noted(str(number))], expected=number)
    last = segments(files, STORE)[-1]
    assert content(files, last)[-1] == BLANK

    log.close()

    assert content(files, last).endswith(b'"}\n')
    assert ids(small_store(STORE, files)) == [str(number) for number in range(MANY)]


def test_closing_cuts_nothing_while_somebody_else_writes() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files, settings=AHEAD)
    for number in range(MANY):
        log.append(VM, [noted(str(number))], expected=number)
    last = segments(files, STORE)[-1]

    with small_store(STORE, files).lock():
        log.close()

    assert content(files, last)[-1] == BLANK


def test_closing_cuts_no_batch_that_was_not_published() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files, settings=AHEAD)
    for number in range(MANY):
        log.append(VM, [noted(str(number))], expected=number)
    path = segment_path(STORE, segments(files, STORE)[-1])
    end = read_mark(files, STORE)
    assert end is not None
    file = files.open(path)
    file.write(b"{torn", end.offset)
    file.close()

    log.close()

    assert b"{torn" in files.read(path, 0, 1 << 20)
