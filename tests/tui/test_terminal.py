"""What a terminal gets that shows the answer and the progress on one screen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def on_a_terminal(*words: str) -> str:
    """Run the program with both streams on one pseudo-terminal, and give all that came there."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pseudo-terminal that Python can open")
    else:
        ours, theirs = os.openpty()
        with subprocess.Popen(
            [sys.executable, "-m", "tui", *words], cwd=ROOT, stdout=theirs, stderr=theirs
        ) as program:
            os.close(theirs)
            came = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        assert program.returncode == 0
        return came.decode()


def _read(terminal: int) -> bytes:
    """Linux ends a pseudo-terminal that everybody left with an error, others with nothing."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_progress_is_cleared_before_the_answer_begins(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "some.vhd").write_bytes(b"\0" * 1024)
    store = str(tmp_path / "store")

    came = on_a_terminal("--store", store, "record", str(tmp_path), *words)

    progress, cleared, answer = came.partition("\r\x1b[K")
    assert " files" in progress
    assert cleared
    assert "\n" not in progress
    assert answer.endswith("\r\n")
    assert answer.rpartition("\r\x1b[K")[2].strip()
