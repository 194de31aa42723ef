"""Answers from a saved state are those of the whole log, and a play saves one."""

import shutil
from pathlib import Path

import pytest

from eventstore.log.embedded import EmbeddedLog
from tui.cli import main


@pytest.fixture
def store(tmp_path: Path) -> Path:
    lines = ["vm web01 C:\\VMs\\web01.vhd", "start web01", "take web01 kept"]
    lines += [line for n in range(40) for line in (f"take web01 S{n}", f"delete web01 S{n}")]
    scenario = tmp_path / "story.txt"
    scenario.write_text("\n".join(lines), encoding="utf-8")
    assert main(["--store", str(tmp_path / "store"), "play", str(scenario)]) == 0
    return tmp_path / "store"


def answer(store: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(["--store", str(store), *words]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [["tree", "web01"], ["chain", "web01"], ["tree", "web01", "--known-at", "80"]]
)
def test_a_saved_state_answers_as_the_whole_log_does(
    words: list[str],
    store: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(EmbeddedLog, "as_happened", lambda *_, **__: pytest.fail("all was folded"))
        from_a_keyframe = answer(store, capsys, *words)
    shutil.rmtree(store / "keyframes")

    assert answer(store, capsys, *words) == from_a_keyframe
