"""A write, a sync or a close that fails: what the caller is told, and what he may rely on."""

import errno
from pathlib import Path

import pytest

from eventstore.errors import DiskFull, HandleDead, LogError, OutcomeUnknown
from eventstore.log.mark import mark_path
from eventstore.log.segments import segment_path
from tests.eventstore.log import forgetful
from tests.eventstore.log.forgetful import ForgetfulFiles, allow
from tests.eventstore.log.history import VM, events, ids, small_store
from tests.eventstore.log.images import images
from tests.eventstore.log.workload import noted

STORE = Path("/disk/store")
SEGMENT = segment_path(STORE, 1)


def content(files: ForgetfulFiles, path: Path) -> bytes:
    return files.read(path, 0, 1 << 30)


def failing(what: str, path: Path, code: int, *, times: int = 1) -> ForgetfulFiles:
    """Give a disk with a log of a and b, which fails from now on as told."""
    files = ForgetfulFiles()
    small_store(STORE, files).append(VM, events("a", "b"), expected=0)
    fault, left = (what, path), [times]

    def before(what: str, path: Path) -> None:
        if (what, path) == fault and left[0]:
            left[0] -= 1
            raise OSError(code, "as told")

    files.before = before
    return files


@pytest.mark.parametrize(
    ("what", "path"),
    [("sync", SEGMENT), ("write", SEGMENT), ("write", mark_path(STORE))],
    ids=["sync", "write", "mark"],
)
def test_after_a_failed_write_the_outcome_is_unknown_and_the_handle_dead(
    what: str, path: Path
) -> None:
    files = failing(what, path, errno.EIO)
    log = small_store(STORE, files)

    with pytest.raises(OutcomeUnknown):
        log.append(VM, events("c", "d"), expected=2)
    with pytest.raises(HandleDead):
        log.append(VM, events("c", "d"), expected=2)
    assert ids(log) == ["a", "b"]
    repeated = small_store(STORE, files).append(VM, events("c", "d"), expected=2)
    assert (repeated.first, repeated.last, repeated.revision) == (3, 4, 4)
    assert ids(small_store(STORE, files)) == ["a", "b", "c", "d"]


def test_a_batch_whose_sync_failed_is_written_again_before_it_is_shown() -> None:
    files = failing("sync", SEGMENT, errno.EIO)
    with pytest.raises(OutcomeUnknown):
        small_store(STORE, files).append(VM, events("c"), expected=2)
    done: list[str] = []
    files.before = lambda what, path: done.append(what) if path == SEGMENT else None
    small_store(STORE, files).append(VM, events("c"), expected=2)

    assert done == ["write", "sync"]


def test_an_interrupted_append_leaves_the_handle_dead() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)

    def interrupt(what: str, path: Path) -> None:
        if what == "sync":
            raise KeyboardInterrupt

    files.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        log.append(VM, events("a"), expected=0)
    files.before = allow
    with pytest.raises(HandleDead):
        log.append(VM, events("a"), expected=0)


def test_a_system_that_takes_few_bytes_at_a_time_stores_the_whole() -> None:
    files = ForgetfulFiles()
    files.taken_at_once = 100
    log = small_store(STORE, files)
    log.append(VM, events("a", "b", "c"), expected=0)

    assert ids(log) == ["a", "b", "c"]


def test_a_full_disk_refuses_cleanly_and_is_read_on() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    before = content(files, SEGMENT)
    files.room = 600

    with pytest.raises(DiskFull, match="nothing was stored"):
        log.append(VM, events("b", "c"), expected=1)
    assert content(files, SEGMENT) == before
    assert ids(small_store(STORE, files)) == ["a"]
    assert small_store(STORE, files).check().violations == ()
    files.room = 1 << 20
    assert small_store(STORE, files).append(VM, events("b"), expected=1).first == 2


def test_what_a_full_disk_cut_off_does_not_come_back_below_a_later_segment() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    files.room = 300
    with pytest.raises(DiskFull):
        log.append(VM, events("b"), expected=1)
    files.room = 1 << 20
    small_store(STORE, files).append(VM, [noted("b", 4_000)], expected=1)

    for _, image in images(files):
        assert ids(small_store(STORE, image())) == ["a", "b"]


def test_a_disk_that_cannot_be_written_says_that_nothing_was_stored() -> None:
    files = failing("write", STORE / "writer.lock", errno.EROFS, times=99)

    with pytest.raises(LogError, match="this attempt stored nothing"):
        small_store(STORE, files).append(VM, events("c"), expected=2)
    assert ids(small_store(STORE, files)) == ["a", "b"]


def test_a_lock_that_cannot_be_let_go_takes_nothing_back(monkeypatch: pytest.MonkeyPatch) -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)

    def close(file: forgetful.OpenInMemory) -> None:
        if file.path.name == "writer.lock":
            raise OSError(errno.EIO, "the text of the lock was not stored")

    monkeypatch.setattr(forgetful.OpenInMemory, "close", close)
    assert log.append(VM, events("a"), expected=0).first == 1
    assert log.append(VM, events("b"), expected=1).first == 2


def test_a_repeat_that_cannot_be_tried_says_nothing_of_the_first_attempt() -> None:
    files = failing("sync", mark_path(STORE), errno.EIO)
    with pytest.raises(OutcomeUnknown):
        small_store(STORE, files).append(VM, [noted("c", 5_000)], expected=2)

    def before(what: str, path: Path) -> None:
        raise OSError(errno.EIO, "for ever")

    files.before = before
    with pytest.raises(LogError, match="this attempt stored nothing"):
        small_store(STORE, files).append(VM, [noted("c", 5_000)], expected=2)
    assert ids(small_store(STORE, files)) == ["a", "b", "c"]
