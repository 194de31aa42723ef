r"""Which Windows folders a walk covers: nothing is missing where nobody came.

Every dangerous direction has a test here: a folder that was not read must never count as read.
"""

import sys
from pathlib import Path

import pytest

from eventstore.evidence import ground
from eventstore.evidence.folder import UNMET, FolderReading, walk
from eventstore.evidence.path_map import MAP_NAME, map_text, path_map


def case(root: Path, **places: str) -> Path:
    r"""Make a folder whose map says where each volume stands: `D="D"` is `D:\` in `D`."""
    (root / MAP_NAME).write_bytes(map_text({f"{name}:\\": at for name, at in places.items()}))
    return root


def read(root: Path, *pairs: str) -> FolderReading:
    return walk(root, path_map(root, pairs))


def covered(found: FolderReading) -> list[str]:
    return [windows for _, windows in found.folders]


def unmet(found: FolderReading) -> list[str]:
    return [skipped.path for skipped in found.unread if skipped.reason == UNMET]


def test_a_mapped_folder_is_covered_though_no_disk_lies_in_it(tmp_path: Path) -> None:
    (case(tmp_path, D="D") / "D").mkdir()

    found = read(tmp_path)

    assert found.folders == ((str(tmp_path / "D"), "D:\\"),)
    assert found.unread == ()


def test_a_folder_deep_below_and_a_share_are_covered(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)

    found = read(tmp_path, rf"E:\VMs={tmp_path}/a", rf"\\server\share={tmp_path}/a/b")

    assert covered(found) == [r"E:\VMs", r"\\server\share"]


def test_the_walked_folder_itself_is_covered_by_its_name(tmp_path: Path) -> None:
    found = read(tmp_path, rf"C:\={tmp_path}")

    assert (found.root_path, covered(found)) == ("C:\\", ["C:\\"])


def test_a_mapped_folder_that_is_not_there_is_not_covered(tmp_path: Path) -> None:
    assert covered(read(case(tmp_path, D="D"))) == []


def test_a_mapped_folder_outside_the_walk_is_not_covered(tmp_path: Path) -> None:
    walked, other = tmp_path / "walked", tmp_path / "other"
    walked.mkdir()
    other.mkdir()

    assert covered(read(walked, rf"D:\={other}")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links there need a privilege")
def test_a_mapped_folder_behind_a_link_is_not_covered(tmp_path: Path) -> None:
    (tmp_path / "real" / "D").mkdir(parents=True)
    root = tmp_path / "case"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "real", target_is_directory=True)
    (root / "D").symlink_to(tmp_path / "real" / "D", target_is_directory=True)

    assert covered(read(case(root, D="D", E="link/D"))) == []


def test_what_stands_elsewhere_and_was_not_read_is_unread(tmp_path: Path) -> None:
    (tmp_path / "C").mkdir()

    found = read(case(tmp_path, C="C"), rf"C:\VMs={tmp_path}/mount", rf"X:\={tmp_path}/none")

    assert covered(found) == ["C:\\"]
    assert unmet(found) == [r"C:\VMs"]


def test_a_folder_of_two_places_is_covered_only_when_both_were_read(tmp_path: Path) -> None:
    root = case(tmp_path, D="one")
    (root / "one").mkdir()

    assert unmet(read(root, rf"D:\={root}/two")) == ["D:"]

    (root / "two").mkdir()
    assert unmet(read(root, rf"D:\={root}/two")) == []


def test_of_two_names_for_one_place_the_one_that_is_used_is_covered(tmp_path: Path) -> None:
    root = case(tmp_path, D="D")
    (root / "D").mkdir()

    assert covered(read(root, rf"E:\={root}/D")) == ["E:\\"]


def test_a_file_under_another_name_in_its_own_folder_needs_no_word(tmp_path: Path) -> None:
    """Simulated hosts map names that cannot stand here; when such a file goes it is missing."""
    (case(tmp_path, C="C") / "C").mkdir()
    pair = rf"C:\aux.vhd={tmp_path}/C/aux~1.vhd"
    gone = read(tmp_path, pair)
    (tmp_path / "C" / "aux~1.vhd").write_bytes(b"")

    found = read(tmp_path, pair)

    assert covered(found) == covered(gone) == ["C:\\"]
    assert unmet(found) == unmet(gone) == []


def test_more_folders_than_an_event_holds_are_not_covered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = case(tmp_path, D="D", E="E")
    (root / "D").mkdir()
    (root / "E").mkdir()
    monkeypatch.setattr(ground, "FOLDERS_CHARACTERS_MAX", len(str(root)) + 10)

    assert covered(read(root)) == ["D:\\"]
