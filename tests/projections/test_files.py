from hypothesis import given

from eventstore.entry import Recorded
from eventstore.events import DiskLost
from eventstore.fleet import fold
from projections.files import files_of
from tests.projections.histories import as_json, late_histories
from tests.story import START, Story, disk, short


def files(story: Story) -> list[tuple[str, str, str | None]]:
    vm = story.machine.id.lower()
    return [
        (short(row.path).replace(vm, "vm"), row.kind, row.owner)
        for row in files_of(story.machine, story.fleet)
    ]


def test_a_vm_that_is_off_has_its_configuration_its_folder_and_its_disks() -> None:
    story = Story().vm("web01", "web01.vhd")

    assert files(story) == [
        ("virtual machines\\vm.xml", "config", "now"),
        ("virtual machines\\vm", "folder", "now"),
        ("web01.vhd", "disk", "now"),
    ]
    assert as_json(files_of(story.machine, story.fleet)[-1]) == {
        "path": disk("web01.vhd"),
        "kind": "disk",
        "owner": "now",
        "since": START,
    }


def test_a_snapshot_of_a_running_vm_owns_its_memory_and_the_disk_it_froze() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1")

    assert [row for row in files(story) if row[2] == "S1"] == [
        ("snapshots\\s1.xml", "config", "S1"),
        ("snapshots\\s1", "folder", "S1"),
        ("snapshots\\s1\\s1.bin", "memory", "S1"),
        ("snapshots\\s1\\s1.vsv", "devices", "S1"),
        ("web01.vhd", "disk", "S1"),
    ]


def test_a_snapshot_taken_while_off_has_no_memory() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1")

    assert [kind for _, kind, owner in files(story) if owner == "S1"] == ["config", "disk"]


def test_a_pending_disk_belongs_to_nobody() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1").take("S2").delete("S2")

    assert files(story)[-1] == ("after-s1.avhd", "disk", None)


def test_a_disk_that_two_refer_to_belongs_to_the_first_snapshot() -> None:
    story = Story().vm("web01", "web01.vhd", "data.vhd").take("S1").detach("IDE 0:1").take("S2")

    assert ("data.vhd", "disk", "S1") in files(story)


def test_a_lost_disk_is_no_file_any_more() -> None:
    story = Story().vm("web01", "web01.vhd").by_hand(DiskLost(disk("web01.vhd")))

    assert all(kind != "disk" for _, kind, _ in files(story))


@given(late_histories())
def test_late_and_partial_histories_show_every_file(log: tuple[Recorded, ...]) -> None:
    fleet = fold(log)
    for machine in fleet.machines.values():
        shown = {row.path for row in files_of(machine, fleet)}

        assert shown >= {file.path for file in machine.files}
        assert shown >= {each.path for each in machine.disks.values() if not each.is_lost}
