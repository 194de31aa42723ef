"""VMs of one name: sentences tell them apart, and scripts get the name as it is."""

from eventstore.events import SlotDisk, VmRegistered
from eventstore.ids import VmId, derive, vm_stream
from projections.coverage import coverage
from projections.namesakes import told_apart
from tests.projections.sightings import findings, said, the
from tests.story import FOLDER, Story, disk

FIRST, SECOND = derive("web01"), derive("web02")


def twins(second: str = "Web01") -> Story:
    """Tell of two VMs of one name that build on one file."""
    disks = (SlotDisk("IDE 0:0", disk("golden.vhd")),)
    known = VmRegistered(second, "offline", True, FOLDER, disks)
    story = Story().vm("web01", "golden.vhd").happened(known, stream=vm_stream(VmId(SECOND)))
    return story.take("S").vm("web02").take("T")


def test_sentences_name_them_with_the_start_of_their_guids() -> None:
    finding = the(twins(), "shared_parent")

    assert f"web01 ({FIRST[:8]}) and Web01 ({SECOND[:8]}) build on the same file" in said(finding)


def test_scripts_get_the_name_as_it_is() -> None:
    assert {each.vm.name for each in findings(twins()) if each.vm} == {"web01"}


def test_who_let_go_of_a_file_is_told_apart_too() -> None:
    story = twins().vm("web01").detach("IDE 0:0")

    assert f"detached from web01 ({FIRST[:8]})" in said(the(story, "orphan"))


def test_gaps_say_whose_folder_was_not_read() -> None:
    gaps = coverage(twins().fleet).gaps

    assert any(f"which holds disks of web01 ({FIRST[:8]})" in gap for gap in gaps)
    assert any(f"which holds disks of Web01 ({SECOND[:8]})" in gap for gap in gaps)


def test_other_names_and_the_fleet_itself_stay_as_they_are() -> None:
    story = twins("db01")

    assert told_apart(story.fleet) is story.fleet
    assert told_apart(twins().fleet).machines[VmId(FIRST)].name != "web01"
    assert twins().fleet.machines[VmId(FIRST)].name == "web01"
