"""What Hyper-V does by itself: pending merges, hidden trunks, held bases, shared parents."""

from eventstore.events import DiskCloned
from projections.finding import needs_attention
from tests.eventstore.test_cases import article, two_branches
from tests.projections.sightings import (
    findings,
    one,
    positions,
    said,
    the,
)
from tests.projections.test_roles import dormant_trunk, riddle
from tests.story import Story, disk

WAITS = "pending_merge"


class TestWhatHyperVDoesByItself:
    def test_a_pending_merge_names_the_surviving_file_and_what_took_its_reference(self) -> None:
        finding = the(article().delete("1-3-1"), WAITS)

        assert finding.path == disk("after-1-3.avhd")
        assert finding.deletable == "no"
        assert finding.would_break == (disk("after-1-3-1.avhd"),)
        assert 'snapshot "1-3-1" of web01 was deleted' in said(finding)
        assert positions(finding) >= {14}
        assert "a restart is not enough" in finding.next_step

    def test_under_the_live_policy_nobody_has_to_stop_the_vm(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").start().hold_merges().take("S")

        assert "while web01 runs" in the(story.delete("S"), WAITS).next_step
        assert "while web01 runs" in the(fail(story), WAITS).next_step

    def test_what_is_off_already_is_not_to_be_shut_down(self) -> None:
        story = article().delete("1-3-1").hold_merges()
        step = the(fail(story), WAITS).next_step

        assert step.startswith("Start web01, shut it down and leave it off")

    def test_a_running_merge_asks_to_leave_the_vm_off(self) -> None:
        story = article().delete("1-3-1").hold_merges().shut_down()

        assert "Leave web01 off" in the(story, WAITS).next_step

    def test_it_says_what_it_waits_for_and_since_when(self) -> None:
        running = said(the(article().delete("1-3-1"), WAITS))
        off = article().delete("1-3-1").hold_merges()
        live = Story().vm("web01", "base.vhdx", policy="live").start().hold_merges().take("S")

        assert "It lost its last reference at 2010-09-26T06:" in running
        assert "waits until web01 stops; to restart, reset or pause is not to stop" in running
        assert "web01 is off, and the merge has not" in said(the(fail(off), WAITS))
        assert "at once since 2012" in said(the(fail(live.delete("S")), WAITS))
        assert "under way" in said(the(article().delete("1-3-1").hold_merges().shut_down(), WAITS))

    def test_a_hidden_trunk_names_both_branches(self) -> None:
        finding = the(two_branches().delete("T"), "hidden_trunk")

        assert finding.would_break == tuple(
            map(disk, ("after-T.avhd", "apply1-T.avhd", "after-B.avhd"))
        )
        assert "after-T.avhd" in said(finding)
        assert "apply1-T.avhd" in said(finding)

    def test_in_the_riddle_the_base_is_held_and_the_running_disk_is_needed(self) -> None:
        story = riddle()

        assert the(story, "held_base").path == disk("base.vhd")
        assert the(story, "held_base").deletable == "no"
        assert one(story, "apply1-R.avhd").deletable == "no"

    def test_a_dormant_trunk_is_hidden_and_both_its_branches_would_break(self) -> None:
        finding = the(dormant_trunk(), "hidden_trunk")

        assert finding.path == disk("after-S1.avhd")
        assert set(finding.would_break) == {disk("after-S2.avhd"), disk("apply1-S2.avhd")}

    def test_merging_into_a_shared_parent_is_advised_against(self) -> None:
        story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

        finding = the(story.delete("T").vm("web01").delete("S"), "shared_parent")

        assert "web01 and web02 build on the same file" in said(finding)
        assert "Never merge into it" in finding.next_step
        assert finding.deletable == "no"

    def test_only_the_file_that_the_vms_branch_off_is_called_shared(self) -> None:
        story = Story().by_hand(DiskCloned(disk("golden.vhd"), disk("install.vhd")))
        story.vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

        assert the(story, "shared_parent").path == disk("golden.vhd")

    def test_one_vm_with_two_branches_shares_nothing(self) -> None:
        assert not [each for each in findings(two_branches()) if each.verdict == "shared_parent"]

    def test_none_of_these_wants_attention(self) -> None:
        shared = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

        for story in (article().delete("1-3-1"), two_branches().delete("T"), shared):
            assert findings(story)
            assert not needs_attention(findings(story))


def fail(story: Story) -> Story:
    """Let the merge that is due fail."""
    if story.power == "running" and not story.machine.merging:
        story.shut_down()
    return story.fail_merge("0x80070070")
