"""Export, the command line after `:`, and the time zone."""

import csv
import io
from pathlib import Path

import msgspec
import pytest

from eventstore.log.embedded import EmbeddedLog
from tests.tui.browser.driving import Act, Looks, browse, store_of
from tui.browser.exporting import as_csv

KEIRI = "経理サーバー"
CSV, JSON, TEXT, SVG = range(4)


@pytest.fixture
def log(tmp_path: Path) -> EmbeddedLog:
    return store_of(tmp_path / "store")


def export(what: int, path: Path, *more: str) -> list[Act]:
    return ["e", *["down"] * what, "enter", "ctrl+u", *str(path), "enter", *more]


def test_the_events_that_are_listed_go_into_a_csv_file(log: EmbeddedLog, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    browse(log, "slash", *"snapshottaken", "enter", *export(CSV, path), vm=KEIRI)

    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert {row["type"] for row in rows} == {"SnapshotTaken"}
    assert {row["vm"] for row in rows} == {KEIRI}


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_name_is_a_formula_to_a_spreadsheet(begin: str) -> None:
    data = as_csv(("name",), [(f"{begin}cmd|' /C calc'!A0",)])

    [_, [cell]] = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert cell.startswith(f"'{begin}")


def test_json_lines_are_the_entries_as_stored(log: EmbeddedLog, tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    seen = browse(log, *export(JSON, path), vm=KEIRI)

    found = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
    assert [each["position"] for each in found] == [row.position for row in seen.app.cursor.rows]


def test_the_screen_is_exported_as_it_was_seen(log: EmbeddedLog, tmp_path: Path) -> None:
    path = tmp_path / "out.svg"
    browse(log, *export(SVG, path), vm=KEIRI)

    assert "経理サーバー" in path.read_text(encoding="utf-8")
    assert "Export what?" not in path.read_text(encoding="utf-8")


def test_nothing_is_replaced_without_a_yes(log: EmbeddedLog, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("dear", encoding="utf-8")
    looks = Looks()

    browse(log, *export(TEXT, path), looks, "escape", vm=KEIRI)
    assert path.read_text(encoding="utf-8") == "dear"
    assert "Enter once more replaces it" in looks.seen[0]

    browse(log, *export(TEXT, path, "enter"), vm=KEIRI)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 18


def test_nothing_is_ever_written_into_the_store(log: EmbeddedLog) -> None:
    before = sorted(log.folder.rglob("*"))
    seen = browse(log, *export(TEXT, log.folder / "out.txt", "enter"), vm=KEIRI)

    assert "never written to from here" in seen
    assert sorted(log.folder.rglob("*")) == before


def test_a_folder_that_is_not_there_is_said(log: EmbeddedLog, tmp_path: Path) -> None:
    seen = browse(log, *export(TEXT, tmp_path / "none" / "out.txt"), vm=KEIRI)

    assert "No such file or directory" in seen


def test_findings_are_exported_on_their_screen(tmp_path: Path) -> None:
    story = "vm a C:\\a.vhd\nstart a\ntake a S1\nlose C:\\a.vhd\n"
    path = tmp_path / "out.csv"
    browse(store_of(tmp_path / "lost", story), "f4", *export(CSV, path))

    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    assert "C:\\a.vhd" in {row["file"] for row in rows}


def test_a_typed_command_goes_there(log: EmbeddedLog) -> None:
    looks = Looks()
    seen = browse(log, "colon", *"vm 経理サーバー", "enter", "colon", *"#5", "enter", looks)

    assert seen.app.cursor.row is not None
    assert seen.app.cursor.row.position == 5
    assert "経理サーバー" in looks.seen[0].rows[0]
    assert "[F4" in browse(log, "colon", *"findings", "enter")
    assert browse(log, "colon", *"q", "enter").app._exit


def test_a_command_that_is_none_is_said(log: EmbeddedLog) -> None:
    seen = browse(log, "colon", *"sudo", "enter")

    assert "'sudo' is no command here" in seen
    assert "no VM" in browse(log, "colon", *"vm nobody", "enter")


def test_the_time_zone_goes_round(log: EmbeddedLog) -> None:
    looks = Looks()
    browse(log, looks, "Z", looks, vm=KEIRI)

    assert "21:01:00+09:00" in looks.seen[0].rows[0]
    assert "12:01:00Z" in looks.seen[1].rows[0]
