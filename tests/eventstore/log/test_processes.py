"""Threads and processes that write at once; every answer they got is held against the log."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eventstore.log.embedded import EmbeddedLog
from tests.eventstore.log.sweep import Record, Sweep
from tests.eventstore.log.worker import LAST, appends, event, opened

THREADS = int(os.environ.get("SNAPLEDGER_THREADS", "8"))
PROCESSES = int(os.environ.get("SNAPLEDGER_PROCESSES", "4"))
BY_THREAD = int(os.environ.get("SNAPLEDGER_APPENDS_BY_THREAD", "60"))
BY_PROCESS = int(os.environ.get("SNAPLEDGER_APPENDS_BY_PROCESS", "200"))

Answer = tuple[str, str, int, int]
"""Stream, id, position and revision."""


def start(
    role: str, folder: Path, name: str, count: int = 0, zone: str = "UTC"
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.eventstore.log.worker", role, str(folder), name]
    root = Path(__file__).parents[3]
    return subprocess.Popen(
        [*command, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "TZ": zone},
    )


def answers(process: subprocess.Popen[str]) -> list[Answer]:
    """Wait for the process and give what it was answered."""
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    rows = [line.split(" ") for line in text.splitlines()]
    return [(row[0], " ".join(row[1:-2]), int(row[-2]), int(row[-1])) for row in rows]


def assert_answers_hold(log: EmbeddedLog, told: list[list[Answer]]) -> None:
    """Every answer is in the log as given; each writer's are in order; nothing else is there."""
    in_log = [(r.entry.stream, r.entry.id, r.position, r.entry.revision) for r in log.read()]
    positions = [position for _, _, position, _ in in_log]

    assert sorted(answer for answers in told for answer in answers) == sorted(in_log)
    assert positions == list(range(1, len(positions) + 1))
    for one in told:
        assert [position for _, _, position, _ in one] == sorted(p for _, _, p, _ in one)
    for stream in {stream for stream, _, _, _ in in_log}:
        revisions = [revision for name, _, _, revision in in_log if name == stream]
        assert revisions == list(range(1, len(revisions) + 1))
    assert log.check().violations == ()


@pytest.mark.parametrize("shares", ["one handle", "a handle each"])
def test_every_answer_to_threads_is_in_the_log(
    shares: str, tmp_path: Path, record_property: Record
) -> None:
    sweep = Sweep(f"threads on {shares}", "appends")
    log = opened(tmp_path / "store")

    def work(name: str) -> list[Answer]:
        handle = log if shares == "one handle" else opened(tmp_path / "store")
        return [
            (stream, event_id, appended.first, appended.revision)
            for stream, event_id, appended in appends(handle, name, BY_THREAD)
        ]

    with ThreadPoolExecutor(THREADS) as pool:
        told = list(pool.map(work, (f"thread{number}" for number in range(THREADS))))
    assert_answers_hold(log, told)
    sweep.count = log.head()
    sweep.tell(record_property, seconds_max=20)
    assert log.head() == THREADS * BY_THREAD


def test_every_answer_to_processes_is_in_the_log_and_was_followed(
    tmp_path: Path, record_property: Record
) -> None:
    sweep = Sweep("processes", "appends")
    folder = tmp_path / "store"
    watchers = [start("follow", folder, "f"), start("follow", folder, "g")]
    reader = start("read", folder, "r")
    zones = ["Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin", "UTC"] * PROCESSES
    writers = [
        start("append", folder, f"p{number}", BY_PROCESS, zone)
        for number, zone in zip(range(PROCESSES), zones, strict=False)
    ]
    told = [answers(writer) for writer in writers]
    log = opened(folder)
    last = log.append("vm/last", [event(LAST)], expected=0)
    told.append([("vm/last", LAST, last.first, last.revision)])

    assert_answers_hold(log, told)
    for watcher in watchers:
        followed = answers(watcher)
        assert [position for _, _, position, _ in followed] == list(range(1, last.last + 1))
        assert sorted(followed) == sorted(answer for one in told for answer in one)
    assert "clock_back" not in [note.kind for note in log.check().notes], "a time zone got in"
    assert answers(reader)[0][0] == str(last.last)
    sweep.count = log.head()
    sweep.tell(record_property, seconds_max=20)
