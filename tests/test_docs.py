"""What the documents say is what happens: commands, pictures and links."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tui.cli import main
from tui.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path for path in ROOT.rglob("*.md") if not any(part[0] == "." for part in path.parts[1:])
)


def block(mark: str) -> str:
    """Give the text block that follows `<!-- mark -->` in the README."""
    found = re.search(rf"<!-- {re.escape(mark)} -->\n```text\n(.*?)```", README, re.DOTALL)
    assert found, f"README has no block {mark}"
    return found[1]


@pytest.mark.parametrize("words", ["tree web01", "chain web01"])
def test_the_pictures_are_what_the_commands_print(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario, store = tmp_path / "riddle.txt", str(tmp_path / "store")
    scenario.write_text(block("scenario"), encoding="utf-8")
    assert main(["--store", store, "play", str(scenario)]) == 0
    capsys.readouterr()

    assert main(["--store", store, *words.split()]) == 0

    printed = capsys.readouterr().out
    assert _without_vm_id(printed).startswith(block(f"picture: {words}"))


def test_ci_runs_exactly_the_test_command_of_the_readme() -> None:
    commands = re.findall(r"^    (python -m pip .*)$", README, re.MULTILINE)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert len(commands) == 2
    assert commands[1] in script.replace(" --quiet", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_and_has_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"`{command}" in (ROOT / "tui" / "README.md").read_text(encoding="utf-8")
    assert main([command, "--help"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 5


def test_the_whole_check_explains_itself() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests", "--help"], cwd=ROOT, capture_output=True, check=False
    )

    assert told.returncode == 0
    assert b"python -m tests -k chain" in told.stdout
    assert b"---" not in told.stdout.replace(b"--help", b"")


def test_commands_in_the_readme_exist() -> None:
    used = set(re.findall(r"snapledger(?: --\w+ \S+)* ([a-z]+)", README))

    assert used <= {*COMMANDS, "play"}
    assert set(COMMANDS) - {"demo"} <= used


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")

    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def _without_vm_id(text: str) -> str:
    """The VM's GUID follows from the store's, which is new in every run."""
    return re.sub(r" +[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}(?=\n)", "", text)
