import pytest

from eventstore.errors import BadInput
from eventstore.events import VmConfigurationSeen
from eventstore.fleet import fold
from eventstore.ids import VmId, derive, vm_stream
from eventstore.machine import Machine
from eventstore.moments import later
from projections.as_of import AsOf, select
from projections.names import find_vm
from tests.story import START, Story

GUID = "0A1B2C3D-0000-0000-0000-000000000001"


def vm(story: Story, text: str, as_of: AsOf | None = None) -> Machine:
    selection = select(story.recorded, as_of or AsOf())
    return find_vm(text, fold(selection.entries), lambda: fold(selection.log))


def test_a_vm_is_found_by_name_and_by_guid_in_any_spelling() -> None:
    story = Story().vm("web01", "web01.vhd")
    guid = story.machine.id

    for text in ("web01", "WEB01", guid, guid.lower(), f"{{{guid}}}", guid.replace("-", "")):
        assert vm(story, text).id == guid


def test_an_exact_name_wins_over_one_in_other_case() -> None:
    story = Story().vm("web01", "a.vhd").vm("WEB01", "b.vhd")

    assert vm(story, "WEB01").name == "WEB01"


def test_several_vms_of_one_name_are_listed_with_guid_and_time() -> None:
    story = Story().vm("web01", "a.vhd").vm("WEB01", "b.vhd")

    with pytest.raises(BadInput, match="2 VMs match 'Web01'") as error:
        vm(story, "Web01")
    for name in ("web01", "WEB01"):
        assert f"{name} {derive(name)} (since {START[:15]}" in str(error.value)


def test_a_removed_vm_is_named_with_the_time_and_shown_by_guid() -> None:
    story = Story().vm("web01", "web01.vhd").remove()
    removed_at = story.recorded[-1].entry.occurred_at

    with pytest.raises(BadInput, match=f"the VM 'web01' was removed at {removed_at}"):
        vm(story, "web01")
    assert vm(story, story.machine.id).removed is not None
    assert vm(story, "web01", AsOf(at=START)).removed is None


def test_a_vm_that_took_the_name_of_a_removed_one_is_found() -> None:
    story = Story().vm("web01", "web01.vhd").remove().vm("Web01", "b.vhd")

    assert vm(story, "Web01").is_present
    assert vm(story, "web01").is_present


def test_a_vm_before_its_time_did_not_exist_yet() -> None:
    story = Story().vm("web01", "web01.vhd")
    early = AsOf(at=later(START, seconds=-1))

    for text in ("web01", "WEB01", story.machine.id):
        with pytest.raises(BadInput, match=f"did not exist yet; it is first known at {START}"):
            vm(story, text, early)


def test_an_unknown_vm_suggests_a_close_name() -> None:
    story = Story().vm("web01", "a.vhd").vm("db", "b.vhd")

    with pytest.raises(BadInput, match="no VM is called 'wbe01'; did you mean 'web01'"):
        vm(story, "wbe01")
    with pytest.raises(BadInput, match="no VM is called 'mail'; there are: web01, db"):
        vm(story, "mail", AsOf(position=2))


def test_a_vm_known_from_evidence_alone_is_found() -> None:
    seen = VmConfigurationSeen("経理", "C:\\VMs\\Virtual Machines\\x.xml", "x.xml", 512)
    story = Story().happened(seen, stream=vm_stream(VmId(GUID)))

    assert vm(story, "経理").id == GUID
