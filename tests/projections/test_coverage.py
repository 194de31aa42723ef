"""What was looked at: walks by Windows path, configurations read, and what is still open."""

import pytest
from msgspec import Raw
from msgspec.structs import replace

from eventstore.codec import Unknown
from eventstore.events import FolderRead
from eventstore.ids import derive
from eventstore.machine import When
from projections.coverage import coverage
from projections.walks import last_walk, lies_below, walks_of, was_looked_for_in
from tests.projections.sightings import (
    configuration,
    record,
    snapshot_configuration,
    vhd,
    walked,
)
from tests.story import START, Story


class TestPlaces:
    @pytest.mark.parametrize(
        ("path", "folder", "is_below"),
        [
            ("C:\\VMs\\a.vhd", "c:/vms", True),
            ("C:\\VMs", "C:\\VMs\\", True),
            ("C:\\VMs2\\a.vhd", "C:\\VMs", False),
            ("C:\\a.vhd", "C:\\", True),
            ("D:\\a.vhd", "C:\\", False),
            ("/case/C/a.vhd", "/case", True),
            ("/case/C/a.vhd", "/", True),
            ("/Case/a.vhd", "/case", False),
        ],
    )
    def test_a_file_lies_below_a_folder_in_any_spelling(
        self, path: str, folder: str, *, is_below: bool
    ) -> None:
        assert lies_below(path, folder) is is_below


class TestWalks:
    def test_a_walk_covers_the_windows_folders_that_its_finds_belong_to(self) -> None:
        walks = walks_of(record(Story(), vhd("base.vhd"), walked()).fleet)

        assert last_walk(walks, "C:\\Other\\x.vhd")
        assert not last_walk(walks, "D:\\x.vhd")
        assert last_walk(walks, "/case/E/x.vhd")

    def test_a_walk_of_a_mapped_folder_covers_no_more_than_that_folder(self) -> None:
        walks = walks_of(record(Story(), vhd("base.vhd"), walked("/case/C/VMs")).fleet)

        assert last_walk(walks, "C:\\VMs\\x.vhd")
        assert not last_walk(walks, "C:\\Other\\x.vhd")

    def test_what_could_not_be_read_is_not_covered_by_either_name(self) -> None:
        for unread in ("/case/C/VMs/locked", "C:\\VMs\\locked"):
            told = walked(unread=((unread, "cannot be read: Permission denied"),))
            walks = walks_of(record(Story(), vhd("base.vhd"), told).fleet)

            assert not last_walk(walks, "C:\\VMs\\locked\\x.vhd")
            assert last_walk(walks, "C:\\VMs\\x.vhd")

    def test_a_folder_read_on_its_own_host_needs_no_mapping(self) -> None:
        read = FolderRead("HV1", "C:\\VMs", "C:\\VMs", files=0, disks=0, configurations=0)

        assert last_walk(walks_of(record(Story(), read).fleet), "C:\\VMs\\deep\\x.vhd")

    def test_a_folder_that_the_walk_came_through_is_covered_without_a_disk(self) -> None:
        walks = walks_of(record(Story(), came_through(("/case/D", "D:\\"))).fleet)

        assert last_walk(walks, "D:\\VMs\\x.vhd")
        assert not last_walk(walks, "C:\\VMs\\x.vhd")

    def test_what_a_walk_tells_it_covered_is_not_guessed_from_disks(self) -> None:
        story = record(Story(), vhd("base.vhd"), came_through())

        assert not last_walk(walks_of(story.fleet), "C:\\Other\\x.vhd")

    @pytest.mark.parametrize("unread", ["/case", "/case/D", "/case/D/VMs", "D:\\VMs", "D:\\"])
    def test_a_place_that_could_not_be_read_hides_what_is_mapped_below(self, unread: str) -> None:
        told = came_through(("/case/D", "D:\\"), unread=unread)

        assert not last_walk(walks_of(record(Story(), told).fleet), "D:\\VMs\\x.vhd")

    def test_a_file_is_not_looked_for_by_a_name_it_cannot_have(self) -> None:
        r"""Where E: is mounted in D:\E, a file there is told as one of E:."""
        told = came_through(("/case/D", "D:\\"), ("/case/D/E", "E:\\"))
        walks = walks_of(record(Story(), told).fleet)

        assert last_walk(walks, "E:\\x.vhd")
        assert last_walk(walks, "D:\\x.vhd")
        assert not last_walk(walks, "D:\\E\\x.vhd")

    @pytest.mark.parametrize("path", ["D:\\VMs\\x.vhd", "d:/vms/x.vhd", "\\\\?\\D:\\VMs\\x.vhd"])
    def test_a_missing_file_was_looked_for_in_the_folder_that_stands_for_its_own(
        self, path: str
    ) -> None:
        walks = walks_of(record(Story(), came_through(("/case/D", "D:\\"))).fleet)

        assert was_looked_for_in(path, "/case", walks)
        assert not was_looked_for_in(path, "/case/C", walks)
        assert was_looked_for_in("D:\\VMs\\x.vhd", "/case/D/VMs", walks)


def came_through(*folders: tuple[str, str], unread: str = "") -> FolderRead:
    """Give a walk of `/case` that tells which folders it covered."""
    hidden = ((unread, "denied"),) if unread else ()
    return replace(walked(unread=hidden), folders=folders)


class TestCoverage:
    def test_everything_read_leaves_no_gap(self) -> None:
        story = Story().vm("web01", "base.vhd")
        record(story, configuration("web01", "base.vhd"), vhd("base.vhd"), walked())

        found = coverage(story.fleet)

        assert not found.gaps
        assert found.vms[0].is_configuration_read
        assert found.folders[0].found_at == "/case"
        assert found.folders[0].position == 4

    def test_a_folder_of_a_second_disk_is_a_gap(self) -> None:
        story = Story().vm("web01", "base.vhd", "D:\\data.vhd")
        record(story, configuration("web01", "base.vhd", "D:\\data.vhd"), vhd("base.vhd"), walked())

        found = coverage(story.fleet)

        assert found.gaps == ("D:\\, which holds disks of web01, was not read",)
        assert found.vms[0].folders_unread == ("D:\\",)

    def test_a_configuration_is_out_of_date_once_nows_disks_change(self) -> None:
        story = Story().vm("web01", "base.vhd")
        record(story, configuration("web01", "base.vhd"), vhd("base.vhd"), walked())
        assert not coverage(story.fleet).gaps

        story.take("S")

        assert not coverage(story.fleet).vms[0].is_configuration_read
        assert "the configuration of web01" in coverage(story.fleet).gaps[0]

    def test_a_snapshots_configuration_not_read_is_a_gap(self) -> None:
        story = record(Story(), configuration("web01", "now.avhd", listed=1), vhd("base.vhd"))
        record(story, vhd("now.avhd", "base.vhd"), walked())
        assert "0 of the 1 snapshot configurations" in coverage(story.fleet).gaps[0]

        record(story, snapshot_configuration("S", "base.vhd"))

        assert not coverage(story.fleet).gaps

    def test_a_removed_vm_leaves_no_gap(self) -> None:
        assert not coverage(Story().vm("web01", "base.vhd").remove().fleet).gaps


def test_two_hosts_in_one_store_are_never_all_that_was_looked_at() -> None:
    """Files are known by their path: the same path on two hosts would be one file to us."""
    story = record(Story(), vhd("base.vhd"), walked())
    assert not any("hosts" in gap for gap in coverage(story.fleet).gaps)

    other = FolderRead(derive("another host"), "/other", "C:\\VMs", 1, 1, 0)
    story.happened(other, stream="folder/other")

    assert any("2 hosts were recorded" in gap for gap in coverage(story.fleet).gaps)


def test_an_entry_that_this_version_cannot_read_leaves_open_what_it_tells() -> None:
    story = Story().vm("web01", "base.vhd")
    before = coverage(story.fleet).gaps
    reattached = Unknown("DiskReattached", Raw(b"{}"))

    story.fleet.evolve(story.recorded[-1].entry.stream, reattached, When(START, 9))

    (gap,) = set(coverage(story.fleet).gaps) - set(before)
    assert "#9" in gap
    assert "DiskReattached" in gap
