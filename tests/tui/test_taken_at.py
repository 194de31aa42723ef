"""`record` infers what happened between readings, and evidence may be dated by `--taken-at`."""

import shutil
from pathlib import Path

import pytest

from tests.tui.calling import Snapledger

BEFORE = (
    "at 2026-01-01T10:00:00Z",
    r"vm web01 policy=offline C:\VMs\web01.vhd",
    'take web01 "S1"',
    'take web01 "経理 2"',
)
AFTER = (
    "at 2026-02-01T10:00:00Z",
    'take web01 "S3"',
    'delete web01 "経理 2"',
    'rename web01 "S1" "[red]eins"',
)


@pytest.fixture
def copies(snapledger: Snapledger) -> tuple[Path, Path]:
    """Give the folder of a host as it was in January, and as it is in March."""
    folder = snapledger.folder / "host"
    assert snapledger.play(*BEFORE, to=folder).code == 0
    shutil.copytree(folder, snapledger.folder / "january")
    assert snapledger.play(*AFTER, to=folder).code == 0
    shutil.copytree(folder, snapledger.folder / "march")
    shutil.rmtree(folder)
    snapledger.store = snapledger.folder / "evidence"
    return snapledger.folder / "january", snapledger.folder / "march"


def record(snapledger: Snapledger, copy: Path, taken_at: str) -> None:
    place = snapledger.folder / "host"
    shutil.copytree(copy, place)
    answer = snapledger("record", str(place), "--taken-at", taken_at)
    assert answer.code == 0, answer.err
    shutil.rmtree(place)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_tree_of_before_any_reading_has_what_was_taken_by_then(
    snapledger: Snapledger, copies: tuple[Path, Path], order: tuple[int, int]
) -> None:
    times = ("2026-01-15T00:00:00Z", "2026-03-01T00:00:00Z")
    for number in order:
        record(snapledger, copies[number], times[number])

    def names(at: str) -> list[str]:
        tree = snapledger("tree", "web01", "--at", at, "--json").json
        return [each["name"] for each in tree["snapshots"]]

    assert names("2026-01-01T10:01:30Z") == ["S1"]
    assert names("2026-01-02T00:00:00Z") == ["S1", "経理 2"]
    assert names("2026-02-02T00:00:00Z") == ["S1", "経理 2", "S3"]
    assert names("2026-03-02T00:00:00Z") == ["[red]eins", "S3"]
    told = snapledger("log", "web01", "--at", "2026-01-02T00:00:00Z").out
    assert "existed by then" in told
    before = snapledger("tree", "web01", "--at", "2026-01-02T00:00:00Z").out
    assert "Now (not known under which snapshot)" in before
    assert "its disks are not known" in before


def test_sentences_say_since_when_and_what_they_were_inferred_from(
    snapledger: Snapledger, copies: tuple[Path, Path]
) -> None:
    record(snapledger, copies[0], "2026-01-15T00:00:00Z")
    record(snapledger, copies[1], "2026-03-01T00:00:00Z")

    told = [
        line
        for line in snapledger("log").out.splitlines()
        if "(inferred" in line or "after" in line
    ]
    assert any("web01 existed by then (inferred from" in line for line in told)
    assert any(
        'Snapshot "S3" of web01 was taken' in line and "read at 2026-03-01" in line for line in told
    )
    deleted = next(line for line in told if "was deleted" in line)
    assert 'Snapshot "経理 2" of web01 was deleted (after 2026-01-15 00:00:00Z' in deleted
    assert any('"S1" of web01 was renamed to "[red]eins"' in line for line in told)


def test_the_same_evidence_of_the_same_time_stores_nothing(
    snapledger: Snapledger, copies: tuple[Path, Path]
) -> None:
    for expected in (True, False):
        place = snapledger.folder / "host"
        shutil.copytree(copies[0], place)
        told = snapledger("record", str(place), "--taken-at", "2026-01-15", "--json").json
        shutil.rmtree(place)
        assert (told["events"] > 0, told["inferred"] > 0) == (expected, expected)


@pytest.mark.parametrize(("taken_at", "said"), [("2999-01-01", "yet to come"), ("7", "position")])
def test_a_time_that_cannot_be_is_refused_before_a_store_is_made(
    snapledger: Snapledger, copies: tuple[Path, Path], taken_at: str, said: str
) -> None:
    answer = snapledger("record", str(copies[0]), "--taken-at", taken_at)

    assert answer.code == 2
    assert said in answer.err
    assert not snapledger.store.exists()
