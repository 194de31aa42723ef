"""Files beside disks in a log: new, changed, gone, and the same file nothing."""

from msgspec.structs import replace

from eventstore.events import SideFileGone, SideFileSeen
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_side import FoundSideFile
from eventstore.paths import path_key
from tests.eventstore.recording import NOON, Recorder, at, kinds, reading, windows

RCT = "VMs/web01.vhdx.rct"


def side(place: str = RCT, size_bytes: int = 12, path: str = "") -> FoundSideFile:
    return FoundSideFile(at(place), path or windows(place), "change_tracking", size_bytes, NOON)


def with_sides(*found: FoundSideFile, unread: tuple[str, ...] = ()) -> FolderReading:
    return replace(reading(unread=list(unread)), side_files=found)


def test_a_side_file_is_told_once() -> None:
    recorder = Recorder()

    first, again = recorder.record(with_sides(side())), recorder.record(with_sides(side()))

    assert first[0] == SideFileSeen(windows(RCT), at(RCT), "change_tracking", 12, NOON)
    assert kinds(first) == ["SideFileSeen", "FolderRead"]
    assert again == []


def test_a_side_file_that_grew_and_shrank_again_is_told_each_time() -> None:
    recorder = Recorder()
    recorder.record(with_sides(side()))

    for size_bytes in (13, 12, 13):
        news = recorder.record(with_sides(side(size_bytes=size_bytes)))
        assert kinds(news) == ["SideFileSeen", "FolderRead"]


def test_a_side_file_that_vanished_is_gone_once() -> None:
    recorder = Recorder()
    recorder.record(with_sides(side()))

    gone, again = recorder.record(with_sides()), recorder.record(with_sides())

    assert gone[0] == SideFileGone(windows(RCT), at(RCT), "change_tracking")
    assert again == []
    known = recorder.fleet.side_files[path_key(windows(RCT))]
    assert (known.seen.size_bytes, known.gone is not None) == (12, True)


def test_a_side_file_that_came_back_stands_again() -> None:
    recorder = Recorder()
    for found in ((side(),), (), (side(),)):
        recorder.record(with_sides(*found))

    assert recorder.fleet.side_files[path_key(windows(RCT))].gone is None


def test_a_side_file_below_an_unread_place_is_not_held_to_be_gone() -> None:
    recorder = Recorder()
    recorder.record(with_sides(side()))

    assert kinds(recorder.record(with_sides(unread=("VMs",)))) == ["FolderRead"]


def test_a_side_file_under_another_name_of_its_folder_is_not_gone() -> None:
    recorder = Recorder()
    recorder.record(with_sides(side()))

    news = recorder.record(with_sides(side("Other/web01.vhdx.rct", path=windows(RCT))))

    assert kinds(news) == ["SideFileSeen", "FolderRead"]


def test_a_file_read_on_its_own_makes_no_side_file_gone() -> None:
    recorder = Recorder()
    recorder.record(with_sides(side()))

    alone = replace(with_sides(side("VMs/other.vhdx.mrt")), is_whole=False)

    assert kinds(recorder.record(alone)) == ["SideFileSeen"]


def test_side_files_are_in_no_chain() -> None:
    recorder = Recorder()
    recorder.record(with_sides(side()))

    assert not recorder.fleet.sightings
    assert not recorder.fleet.loose
