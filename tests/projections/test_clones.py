"""Disks that hands made of automatic ones: Hyper-V does not know of them, and ruins them."""

from eventstore.commands import ApplySnapshot, DeleteSnapshot, ShutDownVm
from eventstore.events import DiskCloned, DiskMoved
from projections.difference import difference_of
from tests.projections.forecasts import S1, S2, foreseen
from tests.projections.sightings import (
    configuration,
    positions,
    record,
    said,
    the,
    verdicts,
    vhd,
    walked,
)
from tests.projections.test_new_life import again, removed
from tests.story import Story, disk

CLONE = "E:\\clone.vhd"


def cloned(parent: str) -> Story:
    """S1 and S2 of web01, running on after-S2; somebody cloned `parent`."""
    story = Story().vm("web01", "base.vhd").start().take("S1").take("S2")
    return story.by_hand(DiskCloned(CLONE, disk(parent)))


class TestBefore:
    def test_a_forecast_names_the_clone_of_the_file_that_will_change(self) -> None:
        (doubt,) = foreseen(cloned("after-S1.avhd"), DeleteSnapshot(S2)).doubts

        assert doubt.startswith(f"{CLONE} would become unreadable")
        assert disk("after-S2.avhd") in doubt

    def test_a_forecast_names_the_clone_of_the_file_that_will_be_merged_away(self) -> None:
        (doubt,) = foreseen(cloned("after-S2.avhd"), DeleteSnapshot(S2)).doubts

        assert doubt.startswith(f"{CLONE} would become unreadable")

    def test_a_forecast_names_the_clone_of_a_file_that_will_be_deleted(self) -> None:
        (doubt,) = foreseen(cloned("after-S2.avhd"), ApplySnapshot(S1, "1")).doubts

        assert doubt == f"{CLONE} would become unreadable with {disk('after-S2.avhd')} gone"

    def test_a_clone_of_a_file_that_stays_as_it_is_needs_no_doubt(self) -> None:
        assert foreseen(cloned("base.vhd"), DeleteSnapshot(S2)).doubts == ()
        assert foreseen(cloned("after-S1.avhd"), ShutDownVm()).doubts == ()

    def test_a_merge_in_waiting_advises_to_save_the_clone_before_the_stop(self) -> None:
        story = cloned("after-S1.avhd").delete("S2")

        assert CLONE in the(story, "pending_merge").next_step
        assert "before the VM stops" in the(story, "pending_merge").next_step


class TestAfter:
    def test_a_clone_of_the_file_that_took_the_merge_in_has_its_parent_written(self) -> None:
        story = cloned("after-S1.avhd").delete("S2").shut_down()

        finding = the(story, "parent_written")

        assert finding.path == CLONE
        assert "Hyper-V merged another into it" in said(finding)
        assert positions(finding) == {len(story.recorded)}

    def test_a_clone_of_the_file_that_was_merged_away_has_lost_its_parent(self) -> None:
        story = cloned("after-S2.avhd").delete("S2").shut_down()

        finding = the(story, "parent_missing")

        assert finding.path == CLONE
        assert "did not know of this disk" in said(finding)
        assert "from before that merge" in finding.next_step

    def test_disks_that_hyper_v_mended_are_accused_of_nothing(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3")

        assert verdicts(story.delete("S2").shut_down().start().take("S4").shut_down()) == set()

    def test_a_disk_that_was_moved_after_a_merge_mended_it_is_accused_of_nothing(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3")
        story.delete("S2").shut_down()
        story.by_hand(DiskMoved(disk("after-S3.avhd"), CLONE))

        assert ("e:\\clone.vhd", "parent_written") not in verdicts(story)

    def test_a_clone_made_after_the_merge_is_sound(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").delete("S2")

        story.shut_down().by_hand(DiskCloned(CLONE, disk("after-S1.avhd")))

        assert verdicts(story) == set()


def test_a_clone_that_stands_is_not_called_removed_when_its_parent_goes() -> None:
    story = cloned("after-S2.avhd")
    before = story.fleet.copy()

    disks = difference_of(before, story.apply("S1").fleet, story.machine.id).disks

    assert disk("after-S2.avhd") in disks.removed
    assert CLONE not in disks.removed


def test_in_a_circle_of_disks_nothing_can_be_foreseen() -> None:
    story = record(Story(), configuration("web01", "a.avhd")).vm("web01")
    record(story, vhd("a.avhd", "b.avhd"), vhd("b.avhd", "a.avhd"), walked())

    doubts = foreseen(story, ShutDownVm()).doubts

    assert any("nothing can be foreseen" in doubt and disk("b.avhd") in doubt for doubt in doubts)


def test_what_only_a_former_life_needs_is_saved_before_hyper_v_merges_over_it() -> None:
    story = again(removed(), "base.vhd").take("T").delete("T")

    assert disk("after-S.avhd") in the(story, "held_base").next_step
    assert any("a former life" in doubt for doubt in foreseen(story.start(), ShutDownVm()).doubts)
