"""R9: a VM registered anew under its old GUID begins a new life; its former disks stay known."""

from eventstore.commands import RegisterVm
from eventstore.events import SlotDisk
from eventstore.machine import Machine
from tests.projections.sightings import configuration, positions, record, roles, said, the, verdicts
from tests.story import Story, disk


def removed() -> Story:
    """S of web01 on base, Now on after-S; then the VM was removed."""
    return Story().vm("web01", "base.vhd").take("S").remove()


def again(story: Story, *paths: str) -> Story:
    disks = tuple(SlotDisk(f"IDE 0:{slot}", disk(path)) for slot, path in enumerate(paths))
    return story.command(RegisterVm("web01", "offline", "C:\\VMs", disks=disks))


def machine(story: Story) -> Machine:
    return story.as_learned().machines[story.machine.id]


def test_it_has_no_snapshots_and_nothing_contradicts_its_history() -> None:
    story = again(removed(), "other.vhd")

    assert (machine(story).snapshots, machine(story).contradictions) == ({}, ())
    assert story.heads == {"now": "other.vhd"}


def test_what_its_former_life_referred_to_is_unknown_and_no_orphan() -> None:
    story = again(removed(), "other.vhd").take("T")

    assert roles(story)["base.vhd"] == roles(story)["after-s.avhd"] == "unknown"
    assert ("after-s.avhd", "orphan") not in verdicts(story)
    finding = the(story, "unknown", "after-S.avhd")
    assert finding.deletable == "unknown"
    assert "registered anew" in said(finding)
    assert positions(finding) == {3}


def test_a_former_disk_taken_up_again_is_the_users_own_and_merges_nowhere() -> None:
    story = again(removed(), "after-S.avhd")

    assert story.disks == {"base.vhd": None, "after-s.avhd": "base.vhd"}
    assert roles(story) == {"base.vhd": "base", "after-s.avhd": "base"}
    assert verdicts(story) == set()


def test_no_command_of_the_new_life_merges_into_what_the_former_one_needs() -> None:
    story = again(removed(), "base.vhd").take("T").delete("T")

    assert story.disks["after-t.avhd"] == "base.vhd"
    assert roles(story)["base.vhd"] == "held_base"


def test_a_neighbour_merges_nothing_that_a_former_life_needs() -> None:
    story = again(removed(), "other.vhd").vm("web02", "base.vhd").take("T").delete("T")

    assert story.disks["after-t.avhd"] == "base.vhd"


def test_removed_once_more_it_still_remembers_both_lives() -> None:
    story = again(removed(), "other.vhd").take("T").remove()

    assert set(roles(story).values()) == {"unknown"}
    assert len(roles(story)) == 4


def test_a_configuration_read_after_the_removal_leaves_the_old_head_unknown() -> None:
    story = record(removed(), configuration("web01", "other.vhd"))

    assert roles(story)["after-s.avhd"] == "unknown"
