"""The rules one by one: what each command changes, and what it refuses."""

from collections.abc import Callable

import pytest

from eventstore.commands import TakeSnapshot
from eventstore.errors import Refused
from eventstore.events import DiskCloned, DiskLost
from eventstore.ids import SnapshotId
from eventstore.machine import SNAPSHOTS_MAX
from tests.story import Story, disk, key

Deed = Callable[[Story], Story]


def off() -> Story:
    return Story().vm("web01", "base.vhd")


def running() -> Story:
    return off().start()


def paused() -> Story:
    return running().pause()


def saved() -> Story:
    return running().save()


def names_of_files(story: Story, owner: str) -> set[str]:
    return {file.path.rsplit("\\", 1)[1] for file in story.machine.files if file.owner == owner}


class TestPower:
    """R8b, and R0 for BIN and VSV."""

    @pytest.mark.parametrize("deed", [Story.start], ids=["start"])
    @pytest.mark.parametrize("state", [off, saved])
    def test_start_comes_from_off_and_saved(self, state: Callable[[], Story], deed: Deed) -> None:
        assert deed(state()).power == "running"

    @pytest.mark.parametrize(
        ("deed", "states"),
        [
            (Story.start, (running, paused)),
            (Story.shut_down, (off, paused, saved)),
            (Story.restart, (off, paused, saved)),
            (Story.reset, (off, paused, saved)),
            (Story.pause, (off, paused, saved)),
            (Story.resume, (off, running, saved)),
            (Story.save, (off, saved)),
            (Story.turn_off, (off,)),
        ],
    )
    def test_what_the_state_forbids_is_refused(
        self, deed: Deed, states: tuple[Callable[[], Story], ...]
    ) -> None:
        for state in states:
            story = state()
            before = story.machine
            with pytest.raises(Refused, match=f"web01 is {story.power}"):
                deed(story)
            assert story.machine == before

    def test_save_and_turn_off_work_from_paused_and_turn_off_discards_a_saved_state(self) -> None:
        assert paused().save().power == "saved"
        assert paused().turn_off().power == "off"
        assert saved().turn_off().power == "off"

    def test_bin_and_vsv_stand_from_start_to_stop_and_while_saved(self) -> None:
        memory = {f"{off().machine.id}.bin", f"{off().machine.id}.vsv"}

        assert not memory & names_of_files(off(), "now")
        assert memory <= names_of_files(running(), "now")
        assert memory <= names_of_files(saved(), "now")
        assert not memory & names_of_files(running().shut_down(), "now")
        assert not memory & names_of_files(saved().turn_off(), "now")


class TestTake:
    """R1 and R10."""

    def test_the_snapshot_keeps_the_head_and_now_gets_a_child_of_it(self) -> None:
        story = off().take("S")

        assert story.heads == {"S": "base.vhd", "now": "after-s.avhd"}
        assert story.disks["after-s.avhd"] == "base.vhd"
        assert story.tree == {"S": None, "now": "S"}

    @pytest.mark.parametrize(
        ("state", "has_memory"), [(off, False), (running, True), (saved, True)]
    )
    def test_memory_is_kept_only_if_there_is_some(
        self, state: Callable[[], Story], has_memory: bool
    ) -> None:
        story = state()
        power = story.power
        story.take("S")

        assert story.machine.snapshots[SnapshotId("S")].has_saved_state is has_memory
        assert ("S.bin" in names_of_files(story, "S")) is has_memory
        assert "S.xml" in names_of_files(story, "S")
        assert story.power == power

    def test_a_paused_vm_is_refused(self) -> None:
        with pytest.raises(Refused, match="32775"):
            paused().take("S")

    def test_the_fifty_first_is_refused(self) -> None:
        story = off()
        for number in range(SNAPSHOTS_MAX):
            story.take(f"S{number}")

        with pytest.raises(Refused, match="50 snapshots"):
            story.take("one too many")

    @pytest.mark.parametrize("name", ["", "x" * 101, "two\nlines", "😀" * 51])
    def test_a_name_has_1_to_100_utf16_units_and_no_line_break(self, name: str) -> None:
        with pytest.raises(Refused, match="name has"):
            off().command(TakeSnapshot(SnapshotId("S"), name, "seed"))

    def test_the_longest_name_is_taken(self) -> None:
        story = off().command(TakeSnapshot(SnapshotId("S"), "😀" * 50, "seed"))

        assert story.machine.snapshots[SnapshotId("S")].name == "😀" * 50

    def test_the_new_file_is_base_and_guid_beside_the_vhd_whatever_lies_between(self) -> None:
        story = off().command(TakeSnapshot(SnapshotId("S1"), "1", "seed1"))
        story.command(TakeSnapshot(SnapshotId("S2"), "2", "seed2"))

        head = story.machine.path(story.machine.now.heads["IDE 0:0"])
        assert head.startswith("C:\\VMs\\base_")
        assert head.endswith(".avhd")
        guid = head.removeprefix("C:\\VMs\\base_").removesuffix(".avhd")
        assert (len(guid), guid) == (36, guid.upper())

    def test_a_vhdx_gets_an_avhdx_with_its_own_virtual_disk_id(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").take("S")

        base, child = (
            story.machine.disks[key("base.vhdx")],
            story.machine.disks[key("after-s.avhdx")],
        )
        assert base.disk_id == child.disk_id is not None

    def test_a_path_that_exists_is_refused(self) -> None:
        command = TakeSnapshot(SnapshotId("T"), "T", "t", paths={"IDE 0:0": disk("after-S.avhd")})
        with pytest.raises(Refused, match="exists already"):
            off().take("S").command(command)

    def test_a_slot_without_a_disk_is_refused(self) -> None:
        command = TakeSnapshot(SnapshotId("T"), "T", "t", paths={"IDE 1:1": disk("x.avhd")})
        with pytest.raises(Refused, match="no disk in IDE 1:1; it has IDE 0:0"):
            off().command(command)

    def test_production_snapshots_are_for_later_versions_and_keep_no_memory(self) -> None:
        with pytest.raises(Refused, match="2016"):
            running().take("S", production=True)

        live = Story().vm("web02", "base.vhdx", policy="live").start().take("S", production=True)
        assert not live.machine.snapshots[SnapshotId("S")].has_saved_state
        assert live.apply("S").power == "off"


class TestApply:
    """R2."""

    def test_the_old_head_goes_at_once_and_the_new_one_branches_off_the_snapshot(self) -> None:
        story = running().take("S").apply("S")

        assert story.disks == {"base.vhd": None, "apply1-s.avhd": "base.vhd"}
        assert story.tree == {"S": None, "now": "S"}

    def test_the_vm_ends_saved_with_memory_and_off_without(self) -> None:
        assert running().take("S").apply("S").power == "saved"
        assert off().take("S").start().apply("S").power == "off"

    @pytest.mark.parametrize("state", [running, paused, saved, off])
    def test_it_is_allowed_in_any_power_state(self, state: Callable[[], Story]) -> None:
        story = off().take("S")
        if state is not off:
            story.start()
        if state is paused:
            story.pause()
        if state is saved:
            story.save()

        assert story.apply("S").tree["now"] == "S"

    def test_revert_applies_nows_parent(self) -> None:
        story = running().take("S1").take("S2").apply("S1").start().revert()

        assert story.tree["now"] == "S1"

    def test_a_deleted_snapshot_cannot_be_applied(self) -> None:
        with pytest.raises(Refused, match="no snapshot S"):
            off().take("S").delete("S").apply("S")


class TestDelete:
    """R3 and R4: D1, D2, D3 and their fixed point."""

    def test_children_and_now_alike_move_up(self) -> None:
        story = running().take("S1").take("S2").take("S3").apply("S2").delete("S2")

        assert story.tree == {"S1": None, "S3": "S1", "now": "S1"}

    def test_d1_a_file_without_child_goes_now_even_while_running(self) -> None:
        story = running().take("S1").take("S2").apply("S1").start()
        assert "after-s1.avhd" in story.disks

        story.delete("S2")

        assert "after-s1.avhd" not in story.disks

    def test_a_hidden_trunk_whose_last_branch_goes_follows_it(self) -> None:
        story = off().take("R").take("T").take("A").apply("T").take("B").apply("R")
        story.delete("T").delete("A")
        assert "after-r.avhd" in story.disks

        story.delete("B")

        assert story.disks == {"base.vhd": None, "apply2-r.avhd": "base.vhd"}

    def test_a_subtree_goes_as_a_whole_and_now_survives(self) -> None:
        story = running().take("S1").take("S2").take("S3").delete_subtree("S2")

        assert story.tree == {"S1": None, "now": "S1"}
        assert story.heads["now"] == "after-s3.avhd"
        assert story.shut_down().heads["now"] == "after-s1.avhd"

    def test_a_subtree_beside_now_leaves_now_alone(self) -> None:
        story = off().take("S1").take("S2").apply("S1").take("S3").delete_subtree("S2")

        assert story.tree == {"S1": None, "S3": "S1", "now": "S3"}

    def test_a_base_disk_is_never_deleted(self) -> None:
        story = off().take("S").attach("IDE 0:1", "late.vhd").take("T").apply("S").delete("T")

        assert "late.vhd" in story.disks
        assert "base.vhd" in story.disks

    def test_a_users_own_differencing_disk_and_its_parent_are_never_merged(self) -> None:
        clone = DiskCloned(disk("clone.vhd"), disk("golden.vhd"))
        story = Story().by_hand(clone).vm("web02", "clone.vhd").take("S").delete("S")

        assert story.disks == {"golden.vhd": None, "clone.vhd": "golden.vhd"}


class TestDiskList:
    """R8a."""

    def test_ide_changes_only_while_off_and_scsi_while_running_too(self) -> None:
        with pytest.raises(Refused, match="only while off"):
            running().attach("IDE 0:1", "x.vhd")
        assert "x.vhd" in running().attach("SCSI 0:0", "x.vhd").disks
        with pytest.raises(Refused, match="off or running"):
            saved().attach("SCSI 0:0", "x.vhd")

    def test_a_detached_avhd_stays_on_disk_for_good(self) -> None:
        story = off().take("S").detach("IDE 0:0").take("T").delete("T").start().shut_down()

        assert story.heads == {"S": "base.vhd"}
        assert "after-s.avhd" in story.disks

    def test_a_slot_or_a_disk_in_use_is_refused(self) -> None:
        with pytest.raises(Refused, match=r"base\.vhd in IDE 0:0"):
            off().attach("IDE 0:0", "x.vhd")
        with pytest.raises(Refused, match=r"uses .* already"):
            off().attach("IDE 0:1", "base.vhd")

    @pytest.mark.parametrize("slot", ["IDE 2:0", "SCSI 4:0", "SCSI 0:64", "USB 0:0", ""])
    def test_a_slot_that_hyperv_does_not_have_is_refused(self, slot: str) -> None:
        with pytest.raises(Refused, match="is no slot"):
            off().attach(slot, "x.vhd")

    def test_the_offline_policy_knows_no_vhdx(self) -> None:
        with pytest.raises(Refused, match="knows no VHDX; use policy=live"):
            off().attach("IDE 0:1", "x.vhdx")


class TestRemoval:
    """R9."""

    def test_pending_merges_run_first_and_disks_and_references_stay(self) -> None:
        story = Story().vm("web01", "base.vhd", merge_on_save=False)
        story.start().take("S1").take("S2").delete("S2").save().remove()

        assert story.machine.removed is not None
        assert story.machine.files == ()
        assert story.heads == {"S1": "base.vhd", "now": "after-s1.avhd"}
        assert story.disks == {"base.vhd": None, "after-s1.avhd": "base.vhd"}

    def test_a_running_vm_is_not_removed_and_a_removed_one_obeys_nothing(self) -> None:
        with pytest.raises(Refused, match="stop it"):
            running().remove()
        with pytest.raises(Refused, match="was removed"):
            off().remove().start()


def test_renaming_changes_no_file() -> None:
    story = running().take("S")
    before = (story.disks, story.machine.files)

    story.rename("S", "スナップショット 1")

    assert story.machine.snapshots[SnapshotId("S")].name == "スナップショット 1"
    assert (story.disks, story.machine.files) == before


@pytest.mark.parametrize("deed", ["start", "take"])
def test_a_chain_with_a_missing_file_cannot_be_opened(deed: str) -> None:
    story = off().take("S").by_hand(DiskLost(disk("base.vhd")))

    with pytest.raises(Refused, match="0xC03A000D"):
        story.start() if deed == "start" else story.take("T")
