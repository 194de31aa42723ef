"""What is too wide for a terminal: briefer, cut or on a line below, and never in a pipe."""

import re
import sys

import pytest

from tests.tui.calling import Answer, Snapledger
from tui.commands import COMMANDS
from tui.render.look import Look
from tui.render.tables import Cell, table
from tui.render.text import cells

STORY = (
    r"vm 経理サーバー C:\VMs\経理サーバー.vhd D:\VMs\経理データ.vhd",
    "start 経理サーバー",
    'take 経理サーバー "更新プログラムを適用する前のスナップショット"',
    'take 経理サーバー "更新後"',
    'apply 経理サーバー "更新プログラムを適用する前のスナップショット"',
    "start 経理サーバー",
    'take 経理サーバー "S3, taken before the service pack of next month is installed"',
    'delete 経理サーバー "更新後"',
    r"vm a-virtual-machine-with-a-long-name C:\VMs\a-virtual-machine-with-a-long-name.vhd",
    "remove a-virtual-machine-with-a-long-name",
    r"lose C:\VMs\経理サーバー.vhd",
)
VM = "経理サーバー"
GUID = r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"


@pytest.fixture
def store(snapledger: Snapledger) -> Snapledger:
    assert snapledger.play(*STORY).code == 0
    return snapledger


def on_a_terminal(
    snapledger: Snapledger, monkeypatch: pytest.MonkeyPatch, width: int, *words: str
) -> Answer:
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda self: self is sys.stdout, raising=False)
    monkeypatch.setenv("COLUMNS", str(width))
    return snapledger("--no-color", *words)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "words",
    [
        ("vms", "--all"),
        ("tree", VM),
        ("chain", VM),
        ("chain",),
        ("files", VM),
        ("orphans",),
        ("log",),
        ("diff", "1", "now"),
        ("forecast", VM, "delete-subtree", "更新プログラムを適用する前のスナップショット"),
        ("explain", r"C:\VMs\経理サーバー.vhd"),
        ("verify",),
    ],
    ids=lambda words: words[0],
)
def test_every_line_fits_the_terminal(
    store: Snapledger, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], width: int
) -> None:
    told = on_a_terminal(store, monkeypatch, width, *words)

    assert told.out
    assert [line for line in told.out.splitlines() if cells(line) > width] == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_fits_eighty_columns(
    snapledger: Snapledger, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    told = on_a_terminal(snapledger, monkeypatch, 80, *command.split(), "--help")

    assert [line for line in told.out.splitlines() if cells(line) > 80] == []


def test_what_is_said_on_stderr_fits_too(
    store: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    piped = store("tree", "nobody" * 20).err
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: self is sys.stderr, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    told = store("tree", "nobody" * 20).err

    assert len(piped.splitlines()) == 1
    assert all(cells(line) <= 80 for line in told.splitlines())
    assert told.replace("\n", "").replace(" ", "") == piped.replace("\n", "").replace(" ", "")


def test_the_widest_column_is_cut_first() -> None:
    line = (Cell("n" * 60), Cell("in the tree"), Cell("r" * 40))

    assert table([line], Look(width=80), flexible=(0, 2)) == [
        f"{'n' * 10}…{'n' * 21}  in the tree  {'r' * 10}…{'r' * 22}"
    ]


def test_a_pipe_gets_names_and_ids_in_full(store: Snapledger) -> None:
    assert len(re.findall(GUID, store("vms", "--all").out)) == 2
    assert "a-virtual-machine-with-a-long-name" in store("vms", "--all").out
    assert "removed 2010-09-26 06:09:00Z" in store("vms", "--all").out
    assert any(cells(line) > 120 for line in store("log").out.splitlines())
    assert "…" not in "".join(store(*words).out for words in (("chain",), ("files", VM)))


def test_a_terminal_that_has_room_gets_ids_in_full(
    store: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = on_a_terminal(store, monkeypatch, 160, "vms").out
    narrow = on_a_terminal(store, monkeypatch, 80, "vms").out

    assert re.search(GUID, wide)
    assert re.search(r"  [0-9A-F]{8}…\n", narrow)


def test_two_disks_of_a_snapshot_stand_on_a_line_each(store: Snapledger) -> None:
    told = store("tree", VM, "--at", "4").out.splitlines()

    assert re.fullmatch(r"● 更新プロ.*  with memory  IDE 0:0  経理サーバー.vhd", told[1])
    assert re.fullmatch(r"│ +IDE 0:1  経理データ.vhd", told[2])
    assert cells(told[1].partition("IDE")[0]) == cells(told[2].partition("IDE")[0])
    assert re.fullmatch(r" +IDE 0:1  経理データ_.*", told[6])


def test_a_difference_uses_the_words_of_the_chain(snapledger: Snapledger) -> None:
    snapledger.play(r"vm web01 C:\VMs\a.vhd", "start web01", "take web01 S1", "take web01 S2")
    snapledger.play("delete web01 S2")
    told = snapledger("diff", "4", "now").out

    assert re.search(r"~ disk      a_\S+: role in the tree → pending merge\n", told)
