"""Several `record`s of one folder at the same moment: each ends well, and nothing stands twice."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eventstore.errors import WrongRevision
from eventstore.evidence import folder
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.protocol import Appended
from tests.tui.calling import Snapledger
from tui import recording

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = int(os.environ.get("SNAPLEDGER_RECORDERS", "4"))
STORY = ("vm web01 C:\\VMs\\web01.vhd", "take web01 S1", "vm web02 C:\\VMs\\web02.vhd")

MEET = """
import sys, time
from pathlib import Path
from tui import recording
from tui.cli import main

real, place, name, others = recording.walk, Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def walk(*words, **named):
    reading = real(*words, **named)
    (place / name).touch()
    while len(list(place.iterdir())) < others:
        time.sleep(0.01)
    return reading

recording.walk = walk
sys.exit(main(sys.argv[4:]))
"""
"""Calls the program, and goes on after the walk only when all others have walked too."""


def recorders(meeting: Path, store: Path, host: Path) -> list[subprocess.Popen[bytes]]:
    meeting.mkdir()
    words = ["--store", str(store), "record", str(host), "--json"]
    return [
        subprocess.Popen(
            [sys.executable, "-c", MEET, str(meeting), str(number), str(PROCESSES), *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]


@pytest.fixture
def host(snapledger: Snapledger) -> Path:
    folder = snapledger.folder / "host"
    assert snapledger.play(*STORY, to=folder).code == 0
    snapledger.store = snapledger.folder / "evidence"
    return folder


def test_recorders_that_read_the_same_at_once_store_it_once(
    snapledger: Snapledger, host: Path
) -> None:
    """All have decided on an empty log before the first of them appends."""
    started = recorders(snapledger.folder / "meeting", snapledger.store, host)
    told = [each.communicate(timeout=120) for each in started]

    assert [each.returncode for each in started] == [0] * PROCESSES, told
    log = open_store(snapledger.store)
    entries = [recorded.entry for recorded in log.read()]
    facts = Counter((entry.stream, entry.type, bytes(entry.data)) for entry in entries)
    assert len(entries) == 9
    assert set(facts.values()) == {1}
    assert log.check().violations == ()
    assert snapledger("record", str(host), "--json").json["events"] == 0


def test_a_walk_that_was_overtaken_does_not_speak_last(
    snapledger: Snapledger, host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its walk and its append another recorder sees that a disk is gone."""
    disk = host / "C" / "VMs" / "web02.vhd"
    real = folder.walk

    def walk(root: Path, *others: Any, **named: Any) -> folder.FolderReading:  # noqa: ANN401 - passed through
        reading = real(root, *others, **named)
        monkeypatch.setattr(recording, "walk", real)
        snapledger("record", str(host))
        disk.unlink()
        snapledger("record", str(host))
        return reading

    monkeypatch.setattr(recording, "walk", walk)
    assert snapledger("record", str(host)).code == 0

    rows = {row["path"]: row["role"] for row in snapledger("chain", "--json").json["disks"]}
    assert rows[r"C:\VMs\web02.vhd"] == "missing"


def test_of_two_hosts_recorded_first_at_once_one_is_the_home(
    snapledger: Snapledger, host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read an empty log before either of them appends."""
    other, store = snapledger.folder / "other", snapledger.store
    snapledger.store = snapledger.folder / "played other"
    assert snapledger.play("vm sql01 C:\\VMs\\web01.vhd", to=other).code == 0
    snapledger.store = store
    real = folder.walk

    def walk(root: Path, *others: Any, **named: Any) -> folder.FolderReading:  # noqa: ANN401 - passed through
        monkeypatch.setattr(recording, "walk", real)
        assert snapledger("record", str(other), "--host", "HV02").code == 0
        return real(root, *others, **named)

    monkeypatch.setattr(recording, "walk", walk)
    told = snapledger("record", str(host), "--host", "HV01", "--json")

    assert (told.code, told.json["gaps"]) == (0, [])
    at_home = {row["path"] for row in snapledger("chain", "sql01", "--json").json["disks"]}
    of_other = {row["path"] for row in snapledger("chain", "web02", "--json").json["disks"]}
    assert at_home == {r"C:\VMs\web01.vhd"}
    assert of_other == {r"\\HV01\C$\VMs\web02.vhd"}
    assert snapledger("record", str(host), "--host", "HV01", "--json").json["events"] == 0


def test_a_recorder_that_never_comes_first_says_so(
    snapledger: Snapledger, host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def append(_: EmbeddedLog, stream: str, *__: object, expected: int, **___: object) -> Appended:
        raise WrongRevision(stream, expected=expected, actual=expected + 1)

    monkeypatch.setattr(EmbeddedLog, "append", append)
    told = snapledger("record", str(host))

    assert told.code == 3
    assert f"other writers came first {recording.TRIES_MAX} times in a row" in told.err
    assert "0 new events are stored" in told.err
