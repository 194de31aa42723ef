"""The program called in this process, as a shell would."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui.cli import main


@dataclass
class Answer:
    """What a call printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        return json.loads(self.out)


class Snapledger:
    """A store in a temporary folder, and the program to ask it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.store = folder / "store"
        self._capsys = capsys

    def __call__(self, *words: str) -> Answer:
        self._capsys.readouterr()
        code = main(["--store", str(self.store), *words])
        printed = self._capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    def play(self, *lines: str, to: Path | None = None) -> Answer:
        story = self.folder / "story.txt"
        story.write_text("\n".join(lines), encoding="utf-8")
        return self("play", str(story), *(("--write-disks", str(to)) if to else ()))
