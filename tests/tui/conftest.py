"""The program without the developer's own environment."""

from pathlib import Path

import pytest

from tests.tui.calling import Snapledger


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "SNAPLEDGER_STORE",
        "SNAPLEDGER_TZ",
        "SNAPLEDGER_DEBUG",
        "NO_COLOR",
        "FORCE_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def snapledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Snapledger:
    return Snapledger(tmp_path, capsys)
