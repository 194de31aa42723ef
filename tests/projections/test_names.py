import pytest

from eventstore.errors import BadInput
from eventstore.events import SnapshotConfigurationSeen, SnapshotTaken, VmConfigurationSeen
from eventstore.fleet import fold
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from eventstore.machine import Machine, Snapshot
from eventstore.moments import later
from projections.as_of import AsOf, select
from projections.names import find_snapshot, find_vm
from tests.story import START, Story, disk

GUID = "0A1B2C3D-0000-0000-0000-000000000001"


def vm(story: Story, text: str, as_of: AsOf | None = None) -> Machine:
    selection = select(story.recorded, as_of or AsOf())
    return find_vm(text, fold(selection.entries), selection)


def snapshot(story: Story, text: str, as_of: AsOf | None = None) -> Snapshot:
    selection = select(story.recorded, as_of or AsOf())
    machine = fold(selection.entries).machines[story.machine.id]
    return find_snapshot(text, machine, selection)


def taken(story: Story, guid: str, name: str) -> Story:
    return story.happened(SnapshotTaken(SnapshotId(guid), name, has_saved_state=False))


# --- VMs --------------------------------------------------------------------------------------


def test_a_vm_is_found_by_name_and_by_guid_in_any_spelling() -> None:
    story = Story().vm("web01", "web01.vhd")
    guid = story.machine.id

    for text in ("web01", "WEB01", guid, guid.lower(), f"{{{guid}}}", guid.replace("-", "")):
        assert vm(story, text).id == guid


def test_an_exact_name_wins_over_one_in_other_case() -> None:
    story = Story().vm("web01", "a.vhd").vm("WEB01", "b.vhd")

    assert vm(story, "WEB01").name == "WEB01"


def test_several_vms_of_one_name_are_listed() -> None:
    story = Story().vm("web01", "a.vhd").vm("WEB01", "b.vhd")

    with pytest.raises(BadInput, match="several VMs are called 'Web01'") as error:
        vm(story, "Web01")
    for name in ("web01", "WEB01"):
        assert f"'{name}', GUID {derive(name)}, registered {START[:15]}" in str(error.value)


def test_a_removed_vm_is_named_with_the_time_and_shown_by_guid() -> None:
    story = Story().vm("web01", "web01.vhd").remove()
    removed_at = story.recorded[-1].entry.occurred_at

    with pytest.raises(BadInput, match=f"VM 'web01' .* was removed at {removed_at}"):
        vm(story, "web01")
    assert vm(story, story.machine.id).removed is not None
    assert vm(story, "web01", AsOf(at=START)).removed is None


def test_a_vm_that_took_the_name_of_a_removed_one_is_found() -> None:
    story = Story().vm("web01", "web01.vhd").remove().vm("Web01", "b.vhd")

    assert vm(story, "Web01").is_present
    assert vm(story, "web01").is_present


def test_a_vm_before_its_time_did_not_exist_yet() -> None:
    story = Story().vm("web01", "web01.vhd")
    early = later(START, seconds=-1)

    with pytest.raises(BadInput, match=f"did not exist yet at {early}; first known at {START}"):
        vm(story, "web01", AsOf(at=early))


def test_an_unknown_vm_suggests_close_names() -> None:
    story = Story().vm("web01", "a.vhd").vm("db", "b.vhd")

    with pytest.raises(BadInput, match="no VM is called 'wbe01'; did you mean 'web01'"):
        vm(story, "wbe01")
    with pytest.raises(BadInput, match=r"no VM is called 'mail'$"):
        vm(story, "mail")


def test_a_vm_known_from_evidence_alone_is_found() -> None:
    story = Story()
    seen = VmConfigurationSeen("経理", "C:\\VMs\\Virtual Machines\\x.xml", "x.xml", 512)
    story.happened(seen, stream=vm_stream(VmId(GUID)))

    assert vm(story, "経理").id == GUID


# --- snapshots --------------------------------------------------------------------------------


def test_a_snapshot_is_found_by_its_present_name_and_by_guid() -> None:
    story = taken(Story().vm("web01", "web01.vhd"), GUID, "スナップショット 1").rename(
        GUID, "clean"
    )

    assert snapshot(story, "CLEAN").id == GUID
    assert snapshot(story, GUID.lower()).id == GUID
    assert snapshot(story, "スナップショット 1", AsOf(position=2)).id == GUID


def test_snapshots_of_one_name_are_listed_with_when_they_were_taken() -> None:
    other = GUID.replace("1", "2")
    story = taken(taken(Story().vm("web01", "web01.vhd"), GUID, "S"), other, "S")

    with pytest.raises(BadInput, match="several snapshots are called 'S'") as error:
        snapshot(story, "S")
    assert f"GUID {GUID}, taken 2010-09-26T06:01" in str(error.value)
    assert f"GUID {other}, taken 2010-09-26T06:02" in str(error.value)


def test_a_deleted_snapshot_is_named_with_the_time() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").rename("S1", "old").take("S2")
    story.delete("S1").delete_subtree("S2")

    for text, minute in (("old", "04"), ("S1", "04"), ("s2", "05")):
        with pytest.raises(BadInput, match=f"was deleted at 2010-09-26T06:{minute}"):
            snapshot(story, text)


def test_a_snapshot_before_its_time_did_not_exist_yet() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1")

    with pytest.raises(BadInput, match=f"did not exist yet at {START}; first known at .*06:01"):
        snapshot(story, "S1", AsOf(at=START))


def test_an_unknown_snapshot_suggests_close_names() -> None:
    story = Story().vm("web01", "web01.vhd").take("before update")

    with pytest.raises(BadInput, match=r"no snapshot is called .* did you mean 'before update'"):
        snapshot(story, "before-update")


def test_a_snapshot_read_off_its_configuration_is_found() -> None:
    story = Story().vm("web01", "web01.vhd")
    path = disk("Snapshots\\x.xml")
    story.happened(SnapshotConfigurationSeen(SnapshotId(GUID), path, path, "seen"))

    assert snapshot(story, "seen").id == GUID
    with pytest.raises(BadInput, match="did not exist yet"):
        snapshot(story, "seen", AsOf(position=1))
