"""The index is a cache: deleted, damaged, old or of another log, it changes no answer."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from eventstore.errors import LogDamaged
from eventstore.log.embedded import open_store
from eventstore.log.index import INDEX, load_index
from eventstore.log.mark import mark_path, read_mark
from eventstore.log.segments import segment_path, segments
from tests.eventstore.log.damaged import as_stored, changed
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import event, events, small_store
from tests.eventstore.log.indexed import (
    PAGES,
    STREAMS,
    answers,
    assert_same_log,
    fill,
    index_paths,
    with_index_of,
    with_other_positions,
    without_index,
)
from tests.eventstore.log.sweep import SEED, Record, Sweep
from tests.eventstore.log.workload import STORE


@pytest.fixture(scope="module")
def indexed() -> ForgetfulFiles:
    files = ForgetfulFiles()
    fill(files)
    return as_stored(files)


def test_an_index_is_made_and_tells_what_the_log_tells(indexed: ForgetfulFiles) -> None:
    index = load_index(indexed, STORE)

    assert index is not None
    assert len(index.manifest.pages) > 10
    assert max(row.pages for row in index.manifest.tables) == 8, "no tables were merged"
    assert answers(indexed) == answers(without_index(indexed))


def test_with_an_index_little_of_the_log_is_read(indexed: ForgetfulFiles) -> None:
    """That nothing else answers in secret: the log before the index is not even there."""
    index = load_index(indexed, STORE)
    assert index
    files = as_stored(indexed)
    for first in segments(files, STORE):
        if first < index.place.segment and first != 1:
            files.remove(segment_path(STORE, first))
    log = open_store(STORE, files=files, settings=PAGES)

    assert [log.revision(stream) for stream in STREAMS] == [30, 30, 30]
    with pytest.raises(LogDamaged):
        list(log.read())


def test_a_deleted_index_is_made_anew(indexed: ForgetfulFiles) -> None:
    files = without_index(indexed)
    assert_same_log(files, answers(indexed))

    again = load_index(files, STORE)
    assert again
    assert len(again.manifest.pages) > 10
    assert index_paths(files)


@pytest.mark.parametrize("name", ["manifest", "links", "table"])
def test_any_byte_of_the_index_may_be_wrong(
    indexed: ForgetfulFiles, name: str, record_property: Record
) -> None:
    truth = answers(indexed)
    sweep = Sweep(f"bytes of {name}", "bytes")
    chance = Random(f"{SEED}/{name}")
    for path in index_paths(indexed):
        if name not in path.name:
            continue
        content = indexed.read(path, 0, 1 << 20)
        for at in sorted(chance.sample(range(len(content)), 12)):
            other = bytes([content[at] ^ 1 << chance.randrange(8)])
            with sweep.looking_at(f"{path.name}, byte {at}"):
                bad = content[:at] + other + content[at + 1 :]
                assert_same_log(changed(indexed, path, bad), truth)
    sweep.tell(record_property, seconds_max=20)


def spoilt(content: bytes) -> Iterator[bytes]:
    yield b""
    yield content[: len(content) // 2]
    yield bytes(len(content))
    yield content * 2
    yield content[24:] + content[:24]


def test_any_file_of_the_index_may_be_cut_or_empty_or_gone(indexed: ForgetfulFiles) -> None:
    truth = answers(indexed)
    for path in index_paths(indexed):
        for content in spoilt(indexed.read(path, 0, 1 << 20)):
            assert_same_log(changed(indexed, path, content), truth)
        files = as_stored(indexed)
        files.remove(path)
        assert_same_log(files, truth)


def test_the_index_of_another_log_is_not_believed(indexed: ForgetfulFiles) -> None:
    other = ForgetfulFiles()
    fill(other, salt="other ")

    assert_same_log(with_index_of(indexed, other), answers(indexed))


def test_an_older_index_goes_as_far_as_it_goes(indexed: ForgetfulFiles) -> None:
    for batches in (12, 20, 40):
        older = ForgetfulFiles()
        fill(older, batches=batches)
        assert index_paths(older)
        assert_same_log(with_index_of(indexed, older), answers(indexed))


@pytest.mark.parametrize("batches", [30, 45])
def test_a_log_put_back_from_a_backup_is_not_told_by_the_index_of_later(
    indexed: ForgetfulFiles, batches: int
) -> None:
    """It went on otherwise than before: what the index has seen since never happened."""
    restored = ForgetfulFiles()
    fill(restored, batches=30)
    log = small_store(STORE, restored, settings=PAGES)
    for number in range(30, batches):
        log.append("vm/b", events(f"otherwise {number}"), expected=log.revision("vm/b"))

    assert_same_log(with_index_of(restored, indexed), answers(restored))


def test_an_index_that_names_other_lines_is_held_against_the_lines(
    indexed: ForgetfulFiles,
) -> None:
    """Its checks are right, as if a bug of ours had written it."""
    assert_same_log(with_other_positions(indexed), answers(indexed))


@pytest.mark.parametrize("mixed", ["links", "tables", "manifest"])
def test_files_of_two_indexes_are_not_believed_together(
    indexed: ForgetfulFiles, mixed: str
) -> None:
    other = ForgetfulFiles()
    fill(other, salt="o")
    files = as_stored(indexed)
    for path in index_paths(other):
        if mixed in f"{path.name}s" or mixed in path.name:
            files = changed(files, path, other.read(path, 0, 1 << 20))

    assert_same_log(files, answers(indexed))


def test_two_handles_write_one_index_in_turn() -> None:
    files = ForgetfulFiles()
    handles = [small_store(STORE, files, settings=PAGES) for _ in range(3)]
    for number, log in zip(range(90), itertools.cycle(handles), strict=False):
        stream = STREAMS[number % 2]
        log.append(stream, events(str(number)), expected=log.revision(stream))
        assert log.revision(stream) == number // 2 + 1

    assert answers(files) == answers(without_index(files))
    for log in handles:
        assert [r.entry.id for r in log.read_stream("vm/a")] == [str(n) for n in range(0, 90, 2)]


def test_a_reader_stays_right_while_the_index_goes_on_or_vanishes() -> None:
    files = ForgetfulFiles()
    writer, reader = fill(files, batches=20), open_store(STORE, files=files, settings=PAGES)
    for number in range(60):
        writer.append("vm/c", events(f"c{number}"), expected=number)
        if number % 9 == 8:
            for path in index_paths(files):
                files.remove(path)
        assert reader.revision("vm/c") == number + 1
        assert len(list(reader.read_stream("vm/c"))) == number + 1


def test_an_index_that_cannot_be_written_fails_no_append() -> None:
    files = ForgetfulFiles()

    def refuse(what: str, path: Path) -> None:
        if INDEX in path.parts:
            raise OSError(28, "No space left on device")

    files.before = refuse
    log = fill(files)
    assert log.head() == 94
    assert not index_paths(as_stored(files))


def test_after_a_loss_of_power_an_index_newer_than_the_mark_still_spares_reading() -> None:
    files = ForgetfulFiles()
    fill(files, batches=50)
    mark = files.read(mark_path(STORE), 0, 1 << 14)
    small_store(STORE, files, settings=PAGES).append("vm/x", events("x"), expected=0)
    fill_more = small_store(STORE, files, settings=PAGES)
    for number in range(8):
        fill_more.append("vm/y", events(f"y{number}"), expected=number)
    files.open(mark_path(STORE)).write(mark, 0)
    index, old = load_index(files, STORE), read_mark(files, STORE)
    assert index
    assert old
    assert index.place > old
    files.remove(segment_path(STORE, segments(files, STORE)[1]))

    log = small_store(STORE, files, settings=PAGES)
    assert log.append("vm/y", events("z"), expected=8).revision == 9


def test_an_index_newer_than_what_a_recovery_leaves_is_not_believed() -> None:
    """The log was damaged above an old mark, and line by line it cannot be told from a crash."""
    files = ForgetfulFiles()
    log = fill(files, batches=50)
    mark, head = files.read(mark_path(STORE), 0, 1 << 14), log.head()
    batch = [event(f"y{number}") for number in range(40)]
    log.append("vm/y", batch, expected=0)
    log.append("vm/y", [], expected=40)
    index = load_index(files, STORE)
    assert index
    assert index.place.position > head
    files.open(mark_path(STORE)).write(mark, 0)
    path = segment_path(STORE, segments(files, STORE)[-1])
    line = files.read(path, 0, 1 << 20).index(b'"y3"')
    files.open(path).write(b"!", line)

    again = small_store(STORE, files, settings=PAGES)
    assert again.append("vm/y", events("anew"), expected=0).revision == 1
    assert again.check().violations == ()


def test_the_index_never_goes_beyond_the_mark(indexed: ForgetfulFiles) -> None:
    index, mark = load_index(indexed, STORE), read_mark(indexed, STORE)

    assert index
    assert mark
    assert index.place <= mark
