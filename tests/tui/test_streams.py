"""Streams that are closed or full, and Ctrl+C at any time: an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STORY = "vm web01 C:\\VMs\\web01.vhd\nstart web01\n"

needs_a_shell = pytest.mark.skipif(
    sys.platform != "linux", reason="closes streams as a POSIX shell does, and fills /dev/full"
)


def shell(redirected: str, *words: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run the program with `redirected` streams, as `snapledger … >&-` would."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "tui", *words],
        cwd=ROOT,
        input=text.encode(),
        capture_output=True,
        check=False,
    )


@pytest.fixture
def store(tmp_path: Path) -> str:
    place = str(tmp_path / "store")
    assert shell("", "--store", place, "play", "-", text=STORY).returncode == 0
    return place


@needs_a_shell
@pytest.mark.parametrize("redirected", ["<&-", "2>&-", "<&- 2>&-", "2>/dev/full"])
def test_an_answer_needs_stdout_alone(store: str, redirected: str) -> None:
    told = shell(redirected, "--store", store, "vms", "--at", "-0h")

    assert told.returncode == 0
    assert told.stderr.count(b"\n") == ("2>" not in redirected)
    assert b"web01" in told.stdout


@needs_a_shell
@pytest.mark.parametrize("redirected", [">&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("words", [("vms",), ("record", "."), ("--help",)], ids=" ".join)
def test_without_stdout_nothing_is_done(
    store: str, redirected: str, words: tuple[str, ...]
) -> None:
    before = sorted(Path(store).rglob("*"))
    told = shell(redirected, "--store", store, *words)

    assert told.returncode == 3
    if "2>&-" not in redirected:
        assert told.stderr.startswith(b"snapledger: standard output is closed: nothing was done")
        assert told.stderr.count(b"\n") == 1
    assert sorted(Path(store).rglob("*")) == before


@needs_a_shell
def test_a_scenario_from_a_closed_input_is_no_empty_one(store: str) -> None:
    told = shell("<&-", "--store", store, "play", "-")

    assert told.returncode == 3
    assert b"standard input is closed" in told.stderr


@needs_a_shell
def test_what_is_said_on_a_closed_stderr_never_goes_into_the_log(store: str) -> None:
    code = (
        "import os, sys; from tui.cli import main; "
        f"main(['--store', {store!r}, 'verify']); "
        "opened = os.open(os.devnull, os.O_RDONLY); sys.exit(opened < 3)"
    )
    command = ["sh", "-c", 'exec "$@" <&- 2>&-', "sh", sys.executable, "-c", code]
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 0


@needs_a_shell
def test_a_full_stdout_is_an_answer_not_given(store: str) -> None:
    told = shell(">/dev/full", "--store", store, "vms")

    assert told.returncode == 3
    assert b"No space left on device" in told.stderr
    assert b"Traceback" not in told.stderr


@needs_a_shell
def test_a_full_stderr_leaves_the_exit_code(store: str) -> None:
    assert shell("2>/dev/full", "--store", store, "tree", "nobody").returncode == 2


def test_ctrl_c_while_the_program_is_loaded_is_silent(tmp_path: Path) -> None:
    (tmp_path / "wcwidth.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "tui", "vms"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )

    assert (told.returncode, told.stdout, told.stderr) == (130, b"", b"")


@needs_a_shell
def test_ctrl_c_while_a_command_runs_is_silent(store: str) -> None:
    code = (
        "import sys; from tui.commands import verify; from tui.__main__ import start\n"
        "def run(call): raise KeyboardInterrupt\n"
        f"verify.run = run; sys.argv[1:] = ['--store', {store!r}, 'verify']; sys.exit(start())"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)

    assert (told.returncode, told.stdout, told.stderr) == (130, b"", b"")
