"""Forecasts that count the blocks of real files, and what they say when they cannot."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.tui.calling import Snapledger

STORY = (
    r"vm web01 policy=live C:\VMs\web01.vhdx",
    "take web01 S1",
    "take web01 S2",
    "take web01 S3",
    "free C: 9000000",
)


@pytest.fixture
def disks(snapledger: Snapledger, tmp_path: Path) -> Path:
    folder = tmp_path / "disks"
    assert snapledger.play(*STORY, to=folder).code == 0
    assert snapledger("record", str(folder)).code == 0
    return folder


def merge(snapledger: Snapledger) -> dict[str, Any]:
    answer = snapledger("forecast", "web01", "delete", "S1", "--json").json
    assert len(answer["merges"]) == 1
    return {**answer["merges"][0], "doubts": answer["doubts"], "volumes": answer["volumes"]}


def of(disks: Path, told: dict[str, Any], which: str) -> Path:
    below: str = told[which].removeprefix("C:\\").replace("\\", "/")
    return disks / "C" / below


def test_a_forecast_counts_blocks_and_the_merge_takes_just_that(
    snapledger: Snapledger, disks: Path
) -> None:
    told = merge(snapledger)
    into = of(disks, told, "into")
    before = into.stat().st_size

    assert (told["bytes_from"], told["not_counted"], told["doubts"]) == ("blocks", "", [])
    assert 0 < told["bytes"] < of(disks, told, "child").stat().st_size
    assert told["volumes"][0]["needed_bytes"] == told["free_space_needed"]
    assert told["volumes"][0]["is_enough"] is True
    assert snapledger.play("delete web01 S1", to=disks).code == 0
    assert into.stat().st_size - before == told["free_space_needed"]


def test_a_file_written_since_it_was_recorded_is_not_counted(
    snapledger: Snapledger, disks: Path
) -> None:
    child = of(disks, merge(snapledger), "child")
    os.utime(child, (2e9, 2e9))
    told = merge(snapledger)

    assert told["bytes_from"] == "size"
    assert told["bytes"] == told["free_space_needed"] == child.stat().st_size
    assert "it was written at 2033-05-18" in told["not_counted"]
    assert "not as recorded" in told["doubts"][0]
    text = snapledger("forecast", "web01", "delete", "S1").out
    assert "by size, not by blocks" in text
    assert ", at most " in text


def test_a_file_that_is_not_here_is_told_by_its_recorded_size(
    snapledger: Snapledger, disks: Path
) -> None:
    size = of(disks, merge(snapledger), "child").stat().st_size
    disks.rename(disks.with_name("elsewhere"))
    told = merge(snapledger)

    assert (told["bytes"], told["bytes_from"]) == (size, "size")
    assert "cannot be read at" in told["not_counted"]
    assert told["doubts"] == []


def test_a_history_without_readings_claims_no_bytes(snapledger: Snapledger) -> None:
    snapledger.play(*STORY)
    told = merge(snapledger)

    assert (told["bytes"], told["bytes_from"], told["seconds"]) == (None, None, None)
    assert told["not_counted"].count("nobody has read it") == 2


def test_folders_that_go_are_no_files(snapledger: Snapledger) -> None:
    snapledger.play(r"vm web01 C:\VMs\web01.vhd", "start web01", "take web01 S1")
    told = snapledger("forecast", "web01", "delete", "S1", "--json").json

    assert sorted(path[-4:] for path in told["deleted_files"]) == [".bin", ".vsv", ".xml"]
    assert len(told["deleted_folders"]) == 1
    text = snapledger("forecast", "web01", "delete", "S1").out
    assert "3 files would go" in text
    assert "- folder  C:\\VMs\\Snapshots\\" in text


def test_earlier_merges_tell_how_long_the_next_takes(snapledger: Snapledger, disks: Path) -> None:
    assert merge(snapledger)["seconds"] is None
    snapledger.play("hold-merges web01", "delete web01 S2", "finish-merges web01", to=disks)
    snapledger("record", str(disks))

    assert merge(snapledger)["seconds"] == pytest.approx(60, abs=30)
    assert "about " in snapledger("forecast", "web01", "delete", "S1").out


def test_a_moment_that_diff_does_not_understand_is_not_called_an_option(
    snapledger: Snapledger, disks: Path
) -> None:
    answer = snapledger("diff", "yesterdayish", "now")

    assert answer.code == 2
    assert "'yesterdayish' is not understood" in answer.err
    assert "--at" not in answer.err
    assert disks.exists()
