"""The exams that the mutants of the log are put through, short enough to be taken often.

`contract` holds the log to the promises of `protocol.py`; `crash` cuts the power and lets calls
fail; `concurrency` lets two writers meet at every call, and opens anew after every append;
`damage` flips bits.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract import test_event_log
from tests.contract.conftest import assert_the_same, embedded_in_memory
from tests.eventstore.log.crash import Crash
from tests.eventstore.log.damaged import Lines, assert_found, changed, twenty
from tests.eventstore.log.faulty import (
    EVERYTHING,
    FaultyRun,
    cut_power_after_a_failed_sync,
    short_write,
    syncs,
)
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import VM, events, small_store
from tests.eventstore.log.indexed import (
    answers,
    assert_same_log,
    assert_streams_known,
    fill,
    index_paths,
    with_index_of,
    with_other_positions,
    without_index,
)
from tests.eventstore.log.interleaved import WRITTEN, contend, disk, quiet
from tests.eventstore.log.sweep import SEED, Sweep
from tests.eventstore.log.workload import STORE, of_vm

Exam = Callable[[], None]


class ExamFailed(Exception):
    """The log did not pass; the text says in what."""


@contextmanager
def examining(question: str) -> Iterator[None]:
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        raise ExamFailed(f"{question}: {error}") from error


def contract() -> None:
    """Hold the log to every sentence of the contract that needs no examples."""
    for name, sentence in inspect.getmembers(test_event_log, inspect.isfunction):
        wanted = inspect.signature(sentence).parameters
        if not name.startswith("test_") or not wanted.keys() <= {"log", "opener"}:
            continue
        opener = embedded_in_memory(Path("/disk"))
        log = opener()
        given = {"log": log, "opener": opener}
        with examining(name):
            sentence(**{key: given[key] for key in wanted})
            assert_the_same(opener(), log)


def crash() -> None:
    """Cut the power at every change of a short workload, and let writes and syncs fail."""
    with examining("power cut"):
        Crash(SEED, Sweep("power cut"), batches=11).workload.run()
    for at in syncs()[:5]:
        with examining("failed sync, then power cut"):
            cut_power_after_a_failed_sync(at, Sweep("failed sync"))
    for at in range(10, 30):
        with examining("short write"):
            run = FaultyRun(short_write, at, is_lasting=False)
            run.run()
            assert of_vm(small_store(STORE, run.files)) == run.acknowledged == EVERYTHING


def concurrency() -> None:
    """Let a second writer append at every change of the first; open anew after every append."""
    for change in range(1, 24):
        with examining("two writers"):
            files = disk(quiet)
            acknowledged = contend(files, files.changes + change)
            assert of_vm(small_store(STORE, files)) == WRITTEN + acknowledged
    files = ForgetfulFiles()
    for position in range(1, 40):
        with examining("opened anew"):
            log = small_store(STORE, files)
            appended = log.append(VM, events(str(position)), expected=position - 1)
            assert appended.first == appended.revision == position
            assert small_store(STORE, files).head() == position


def damage() -> None:
    """Flip one bit of each line of a log, and look where that is found."""
    with examining("twenty entries"):
        lines = Lines(twenty())
    for position, (_, line) in lines.of.items():
        flipped = line.replace(b"VmStarted", b"VmStartee")
        with examining(f"flipped bit of {position}"):
            assert_found(lines.written({position: flipped}), position)


def cache() -> None:
    """Put other indexes in the place of the log's own: another log's, a wrong, a damaged one."""
    own, other = ForgetfulFiles(), ForgetfulFiles()
    fill(own, salt="a")
    fill(other, salt="b")
    truth = answers(without_index(own))
    with examining("index of another log"):
        assert_same_log(with_index_of(own, other), truth)
    with examining("index with other positions"):
        assert_same_log(with_other_positions(own), truth)
    for path in index_paths(own):
        content = own.read(path, 0, 1 << 20)
        for at in range(20, len(content.rstrip(b"\0")), 24):
            flipped = content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]
            with examining(f"flipped bit of {path.name}"):
                assert_streams_known(changed(own, path, flipped), "a0.0")
