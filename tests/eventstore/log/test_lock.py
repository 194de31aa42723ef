"""The writer's lock between real processes."""

import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eventstore.errors import LogBusy, LogError
from eventstore.log.embedded import open_store
from eventstore.log.files import RealFiles
from eventstore.log.lock import WriterLock
from eventstore.moments import now
from tests.eventstore.log.forgetful import ForgetfulFiles, allow
from tests.eventstore.log.history import NOON, VM, events, small_store
from tests.eventstore.log.workload import STORE

HOLD = """
    import pathlib, sys, time
    from eventstore.log.files import RealFiles
    from eventstore.log.lock import WriterLock
    from eventstore.moments import now
    with WriterLock(RealFiles(), pathlib.Path(sys.argv[1]), wait_seconds=5, clock=now):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]))
"""
APPEND = """
    import pathlib, sys
    from msgspec import Raw
    from eventstore.entry import NewEntry
    from eventstore.errors import WrongRevision
    from eventstore.log.embedded import open_store
    from eventstore.moments import now
    log = open_store(pathlib.Path(sys.argv[1]))
    for number in range(30):
        event = NewEntry(f"{sys.argv[2]}.{number}", "VmStarted", now(), Raw(b"{}"))
        while True:
            try:
                appended = log.append("vm/shared", [event], expected=log.revision("vm/shared"))
                print(event.id, appended.first)
                break
            except WrongRevision:
                pass
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    root = Path(__file__).parents[3]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root)


def holding(folder: Path, seconds: float) -> subprocess.Popen[str]:
    holder = start(HOLD, str(folder), str(seconds))
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    log = open_store(tmp_path / "store", create=True, wait_seconds=10)
    with holding(tmp_path / "store", 0.3):
        begun = time.monotonic()
        log.append(VM, events("a"), expected=0)

        assert time.monotonic() - begun > 0.1
    assert log.head() == 1


def test_a_busy_log_says_who_writes_and_since_when(tmp_path: Path) -> None:
    log = open_store(tmp_path / "store", create=True, wait_seconds=0.05)
    with holding(tmp_path / "store", 30) as holder:
        with pytest.raises(LogBusy, match=rf"process {holder.pid} since 2\d\d\d-") as caught:
            log.append(VM, events("a"), expected=0)
        holder.kill()

    assert caught.value.waited_seconds == 0.05
    assert log.head() == 0


def test_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    log = open_store(tmp_path / "store", create=True)
    log.append(VM, events("a"), expected=0)
    with holding(tmp_path / "store", 30) as holder:
        assert [r.entry.id for r in open_store(tmp_path / "store").read()] == ["a"]
        holder.kill()


def test_the_lock_of_a_dead_process_is_free(tmp_path: Path) -> None:
    log = open_store(tmp_path / "store", create=True, wait_seconds=5)
    with holding(tmp_path / "store", 30) as holder:
        holder.kill()

    assert log.append(VM, events("a"), expected=0).first == 1


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    def locked() -> None:
        with WriterLock(RealFiles(), tmp_path, wait_seconds=0, clock=now):
            raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            locked()


def test_the_lock_says_whether_somebody_else_has_held_it_since(tmp_path: Path) -> None:
    one, other = (
        WriterLock(RealFiles(), tmp_path, wait_seconds=0, clock=lambda: NOON) for _ in range(2)
    )
    told = []
    for lock in (one, one, one, other, other, one, one):
        with lock as is_own:
            told.append(is_own)

    assert told == [False, True, True, False, True, False, True]


def test_whoever_could_not_write_its_name_does_nothing_under_the_lock() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)

    def fail(what: str, path: Path) -> None:
        if path.name == "writer.lock":
            raise OSError(28, "No space left on device")

    files.before = fail
    with pytest.raises(LogError, match="stored nothing"):
        log.append(VM, events("b"), expected=1)
    files.before = allow
    assert log.append(VM, events("b"), expected=1).first == 2


def test_threads_share_a_handle(tmp_path: Path) -> None:
    log = open_store(tmp_path / "store", create=True)
    acknowledged = dict[str, int]()

    def work(name: str) -> None:
        for number in range(20):
            appended = log.append(f"vm/{name}", events(f"{name}{number}"), expected=number)
            acknowledged[f"{name}{number}"] = appended.first
            assert log.revision(f"vm/{name}") == number + 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, "abcdefgh"))
    assert acknowledged == {r.entry.id: r.position for r in log.read()}
    assert log.check().entries == 160


def test_appends_of_four_processes_interleave_without_a_gap(tmp_path: Path) -> None:
    log = open_store(tmp_path / "store", create=True)
    writers = [start(APPEND, str(tmp_path / "store"), name) for name in "abcd"]
    acknowledged = dict[str, int]()
    for writer in writers:
        for line in writer.communicate(timeout=60)[0].splitlines():
            name, position = line.split()
            acknowledged[name] = int(position)

    assert acknowledged == {r.entry.id: r.position for r in log.read()}
    assert len(acknowledged) == 120
    assert log.check().violations == ()
