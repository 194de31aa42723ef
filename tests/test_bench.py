"""The benchmark runs; what it measures is for people to read, never for a test to judge."""

from pathlib import Path

import pytest

from tests.bench.__main__ import main


def test_every_figure_stands_beside_its_floor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.log.MIXED", 400)
    monkeypatch.setattr("tests.bench.evidence.FILES", 2)

    assert main(["--appends", "5", "--folder", str(tmp_path)]) == 0

    rows = capsys.readouterr().out.splitlines()[1:]
    assert len(rows) == 7
    assert all(row.count("µs") == 2 for row in rows)
