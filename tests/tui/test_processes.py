"""The program as a process of its own: encodings, pipes, what it loads, the demo."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.calling import Snapledger

ROOT = Path(__file__).resolve().parents[2]
STORY = 'vm web01 C:\\VMs\\web01.vhd\ntake web01 "スナップショット 1"\n'


def run(*words: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *words],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONUTF8": "0", **environment},
    )


@pytest.fixture
def store(tmp_path: Path) -> str:
    place = str(tmp_path / "store")
    assert run("--store", place, "play", "-", text=STORY).returncode == 0
    return place


def test_the_store_can_be_named_by_the_environment(store: str) -> None:
    told = run("vms", SNAPLEDGER_STORE=store)

    assert told.returncode == 0
    assert b"web01" in told.stdout


def test_a_simulation_is_kept_apart_from_what_was_recorded(tmp_path: Path) -> None:
    """Into the usual store, which nobody named, `play` goes only while it holds no evidence."""
    usual = {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "HOME": str(tmp_path)}
    (tmp_path / "VMs").mkdir()
    assert run("play", "-", text=STORY, **usual).returncode == 0
    assert run("record", str(tmp_path / "VMs"), **usual).returncode == 0
    (store,) = (place.parent for place in tmp_path.rglob("store.json"))

    told = run("play", "-", text="start web01\n", **usual)
    assert (told.returncode, told.stdout) == (2, b"")
    assert b"Name a store for it: snapledger --store DIR play -" in told.stderr

    assert run("--store", str(store), "play", "-", text="start web01\n").returncode == 0
    named = {"SNAPLEDGER_STORE": str(store)}
    assert run("play", "-", text="shutdown web01\n", **named).returncode == 0


def test_standard_input_is_a_scenario(store: str) -> None:
    told = run("--store", store, "play", "-", text="start web02\n")

    assert told.returncode == 2
    assert b"standard input:1: no VM is called 'web02'; did you mean 'web01'?" in told.stderr


def test_an_ascii_stream_gets_ascii(store: str) -> None:
    told = run("--store", store, "tree", "web01", PYTHONIOENCODING="ascii", LC_ALL="C")

    assert told.returncode == 0
    assert told.stdout.decode("ascii").splitlines()[1].startswith(r"* \u30b9\u30ca")


def test_json_for_an_ascii_stream_is_still_json(store: str) -> None:
    told = run("--store", store, "tree", "web01", "--json", PYTHONIOENCODING="ascii", LC_ALL="C")

    assert rb'"name":"\u30b9\u30ca\u30c3\u30d7\u30b7\u30e7\u30c3\u30c8 1"' in told.stdout


def test_an_error_in_an_ascii_terminal_is_no_crash(store: str) -> None:
    told = run("--store", store, "tree", "経理", PYTHONIOENCODING="ascii")

    assert told.returncode == 2
    assert rb"\u7d4c\u7406" in told.stderr


def test_a_reader_that_leaves_is_no_error(store: str) -> None:
    told = subprocess.run(
        f'"{sys.executable}" -m tui --store "{store}" log --json | true',
        cwd=ROOT,
        shell=True,
        capture_output=True,
        check=False,
    )

    assert told.stderr == b""


def test_colour_is_asked_for_or_not_sent(store: str) -> None:
    assert b"\x1b[" not in run("--store", store, "tree", "web01").stdout
    assert b"\x1b[" in run("--store", store, "tree", "web01", FORCE_COLOR="1").stdout
    for no in ({"NO_COLOR": "1"}, {}):
        words = ("tree", "web01") if no else ("tree", "web01", "--no-color")
        assert b"\x1b[" not in run("--store", store, *words, FORCE_COLOR="1", **no).stdout
    assert b"\x1b[" in run("--store", store, "tree", "web01", FORCE_COLOR="1", NO_COLOR="").stdout


def test_the_demo_repeats_itself() -> None:
    told = [run("demo", PYTHONIOENCODING="utf-8") for _ in range(2)]
    one, other = (re.sub(rb"snapledger-demo-\w+", b"", each.stdout) for each in told)

    assert [each.returncode for each in told] == [0, 0]
    assert one == other
    text = one.decode()
    assert "refused: riddle cannot revert: Now hangs under no snapshot" in text
    assert "○ base.vhd        held base      2 files below" in text
    assert "History and headers agree on 6 files" in text
    assert "The temporary folder is gone; `snapledger demo --keep DIR` keeps it." in text


def test_the_demo_keeps_what_it_made_when_asked(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    assert run("demo", "--keep", str(place)).returncode == 0

    assert (place / "host" / "C" / "VMs" / "base.vhd").is_file()
    assert run("--store", str(place / "store"), "verify").returncode == 0
    assert run("demo", "--keep", str(place)).returncode == 2


def test_no_command_loads_what_it_does_not_need(store: str) -> None:
    code = (
        "import sys; from tui.cli import main; "
        f"main(['--store', {store!r}, 'verify']); "
        "sys.exit(str([m for m in sys.modules if m in {'textual', 'duckdb', 'xml.sax'}"
        " or m.startswith('eventstore.simulate.vhd')]))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)

    assert told.stderr.decode().strip() == "[]"


def test_a_play_whose_reader_left_is_not_finished(tmp_path: Path) -> None:
    lines = [f'take web01 "S{number}"\ndelete web01 "S{number}"\n' for number in range(200)]
    scenario = tmp_path / "long.txt"
    scenario.write_text("vm web01 C:\\VMs\\web01.vhd\n" + "".join(lines), encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "tui", "--store", str(tmp_path / "s"), "play", str(scenario)],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)

    assert told.returncode == 3
    assert b"nobody reads its answer" in told.stderr


def test_help_into_a_pipe_that_nobody_reads_is_silent() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        told = subprocess.run(
            [sys.executable, "-m", "tui", "--help"],
            cwd=ROOT,
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writing)

    assert told.stderr == b""
    assert told.returncode == 0


def test_a_long_play_leaves_a_log_that_ends_with_a_line(snapledger: Snapledger) -> None:
    takes = [f"take web01 s{number}" for number in range(45)]
    applies = ["apply web01 s1", "start web01"] * 60
    snapledger.play(r"vm web01 C:\web01.vhd", "start web01", *takes, *applies)

    logs = sorted((snapledger.store / "log").glob("*.ndjson"))

    assert sum(path.stat().st_size for path in logs) > 1 << 17
    assert all(path.read_bytes().endswith(b'"}\n') for path in logs)
