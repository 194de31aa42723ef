"""The benchmark runs; what it measures is for people to read, never for a test to judge."""

from pathlib import Path

import msgspec
import pytest

from tests.bench.__main__ import Sizes, main
from tests.bench.measure import OURS
from tests.bench.report import Report

TINY = Sizes(appended=4, stream=120, mixed=400, vms=4, files=2, hosted=50, browsed=120)


@pytest.fixture(autouse=True)
def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.measure.ROUNDS", 1)


def test_every_figure_stands_beside_its_floor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--folder", str(tmp_path), "--json", str(tmp_path / "figures")], TINY) == 0

    report = msgspec.json.decode((tmp_path / "figures").read_bytes(), type=Report)
    told = capsys.readouterr().out
    assert "write of 4 KiB and sync" in told.splitlines()[0]
    assert all(OURS in row.medians or row.skipped for row in report.rows)
    assert all(len(row.medians) > 1 or row.skipped for row in report.rows)
    assert all(row.what in told for row in report.rows)
    assert all(row.is_met is not None or row.skipped for row in report.rows if row.aim)


def test_without_the_peer_its_figures_are_skipped_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("appends", "replays"):
        monkeypatch.setattr(f"tests.bench.{module}.MISSING", "eventsourcing is not installed")

    assert main(["--folder", str(tmp_path)], TINY) == 0

    assert "skipped: eventsourcing is not installed" in capsys.readouterr().out
