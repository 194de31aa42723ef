"""Verdicts that history and configuration give, with their reasons, and what they ask to do."""

import pytest

from eventstore.events import DiskCloned, DiskLost, DiskMergedByHand, DiskWritten, SnapshotDeleted
from eventstore.evidence.observations import Check
from eventstore.ids import SnapshotId, VmId, derive
from projections.disk_chain import in_folder
from projections.disk_graph import graph_of
from projections.finding import Finding, needs_attention
from projections.findings import finding_of, findings_in, findings_of_vm
from projections.ownership import ownership_of
from tests.eventstore.test_cases import article, two_branches
from tests.projections.sightings import (
    configuration,
    findings,
    graph,
    positions,
    record,
    said,
    snapshot_configuration,
    the,
    verdicts,
    vhd,
    walked,
)
from tests.projections.test_roles import dormant_trunk, riddle
from tests.story import Story, disk


def one(story: Story, name: str) -> Finding:
    ownership = ownership_of(story.recorded)
    fleet = ownership.fleet
    finding = finding_of(fleet, graph_of(fleet), ownership, disk(name))
    assert finding is not None
    return finding


class TestWhatHyperVDoesByItself:
    def test_a_pending_merge_names_the_surviving_file_and_what_took_its_reference(self) -> None:
        finding = the(article().delete("1-3-1"), "pending_merge")

        assert finding.path == disk("after-1-3.avhd")
        assert finding.deletable == "no"
        assert finding.would_break == (disk("after-1-3-1.avhd"),)
        assert 'snapshot "1-3-1" of web01 was deleted' in said(finding)
        assert positions(finding) >= {14}
        assert "a restart is not enough" in finding.next_step

    def test_under_the_live_policy_nobody_has_to_stop_the_vm(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").start().hold_merges().take("S")

        assert "while web01 runs" in the(_fail(story.delete("S")), "pending_merge").next_step

    def test_what_is_off_already_is_not_to_be_shut_down(self) -> None:
        story = article().delete("1-3-1").hold_merges()
        step = the(_fail(story), "pending_merge").next_step

        assert step.startswith("Start web01, shut it down and leave it off")

    def test_a_running_merge_asks_to_leave_the_vm_off(self) -> None:
        story = article().delete("1-3-1").hold_merges().shut_down()

        assert "Leave web01 off" in the(story, "pending_merge").next_step

    def test_a_hidden_trunk_names_both_branches(self) -> None:
        finding = the(two_branches().delete("T"), "hidden_trunk")

        assert finding.would_break == tuple(
            map(disk, ("after-T.avhd", "apply1-T.avhd", "after-B.avhd"))
        )
        assert "after-T.avhd" in said(finding)
        assert "apply1-T.avhd" in said(finding)

    def test_in_the_riddle_the_base_is_held_and_the_running_disk_is_needed(self) -> None:
        story = riddle()

        assert verdicts(story) == {("base.vhd", "held_base")}
        assert the(story, "held_base").deletable == "no"
        assert one(story, "apply1-R.avhd").verdict == "needed"
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

        for story in (article().delete("1-3-1"), two_branches().delete("T"), riddle(), shared):
            assert findings(story)
            assert not needs_attention(findings(story))


class TestOrphans:
    def left_behind(self) -> Story:
        """Tell of a host that died between deleting S2 and deleting its disk."""
        story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
        return story.happened(SnapshotDeleted(SnapshotId("S2")))

    def test_an_orphan_names_its_last_owner_and_how_it_was_lost(self) -> None:
        finding = the(self.left_behind(), "orphan")

        assert finding.path == disk("after-S.avhd")
        assert finding.vm is not None
        assert finding.vm.name == "web01"
        assert 'snapshot "S2" of web01 was deleted' in said(finding)
        assert 6 in positions(finding)
        assert needs_attention((finding,))

    def test_history_alone_leaves_open_whether_it_may_go(self) -> None:
        finding = the(self.left_behind(), "orphan")

        assert finding.deletable == "unknown"
        assert "Nobody has looked at the file itself" in said(finding)

    def test_an_unreachable_child_is_an_orphan_itself_and_does_not_hold_its_parent(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S")
        record(story.delete("S"), vhd("stray.avhd", "after-S.avhd"))

        assert {("stray.avhd", "orphan"), ("base.vhd", "pending_merge")} <= verdicts(story)
        assert "stray.avhd hangs below it, and nobody needs it" in said(one(story, "after-S.avhd"))

    def test_a_detached_avhd_is_an_orphan_of_which_nobody_knows_whether_it_may_go(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")

        finding = the(story, "orphan")

        assert finding.deletable == "unknown"
        assert "detached from web01" in said(finding)


class TestMissing:
    def lost(self) -> Story:
        story = Story().vm("web01", "base.vhd").take("S").take("T").take("U")
        return story.by_hand(DiskLost(disk("after-S.avhd")))

    def test_a_missing_file_names_who_needs_it_and_all_it_takes_with_it(self) -> None:
        finding = the(self.lost(), "missing")

        assert finding.path == disk("after-S.avhd")
        assert set(finding.would_break) == {disk("after-T.avhd"), disk("after-U.avhd")}
        assert 'Snapshot "T" of web01 refers to it' in said(finding)
        assert 5 in positions(finding)

    def test_its_child_has_lost_its_parent(self) -> None:
        finding = the(self.lost(), "parent_missing")

        assert finding.path == disk("after-T.avhd")
        assert disk("after-S.avhd") in said(finding)
        assert finding.deletable == "no"

    def test_of_two_verdicts_on_a_file_the_more_careful_judgement_counts(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        bad = Check("footer at the end", passed=False, text="no footer there")
        record(story, vhd("after-S@1.avhd", "data.vhd", modified=story.at, checks=(bad,)))

        assert the(story, "orphan").deletable == "no"
        assert the(story, "unverified").deletable == "no"
        assert one(story, "after-S@1.avhd").deletable == "no"

    def test_of_two_verdicts_on_a_file_one_answer_has_the_reasons_of_both(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.by_hand(DiskLost(disk("data.vhd")))

        finding = one(story, "after-S@1.avhd")

        assert finding.verdict == "parent_missing"
        assert "No snapshot and no running state" in said(finding)


class TestByHand:
    def test_a_parent_written_after_its_child_was_made_breaks_the_child(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").by_hand(DiskWritten(disk("base.vhd")))

        finding = the(story, "parent_written")

        assert finding.path == disk("after-S.avhd")
        assert positions(finding) == {3}
        assert finding.deletable == "no"

    def test_a_base_written_before_it_had_children_is_a_base(self) -> None:
        story = Story().vm("web01", "base.vhd").by_hand(DiskWritten(disk("base.vhd"))).take("S")

        assert findings(story) == ()

    def test_the_leftover_of_a_manual_merge_is_known_by_its_record(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.delete("S")
        assert ("after-s@1.avhd", "orphan") in verdicts(story)

        story.by_hand(DiskMergedByHand(disk("after-S@1.avhd"), disk("data.vhd")))

        assert ("after-s@1.avhd", "left_by_manual_merge") in verdicts(story)
        assert ("after-s@1.avhd", "orphan") not in verdicts(story)
        assert ("after-s@1.avhd", "parent_written") not in verdicts(story)

    def test_a_target_written_since_proves_nothing_any_more(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.by_hand(DiskMergedByHand(disk("after-S@1.avhd"), disk("data.vhd")))

        story.by_hand(DiskWritten(disk("data.vhd")))

        assert ("after-s@1.avhd", "parent_written") in verdicts(story)
        assert ("after-s@1.avhd", "left_by_manual_merge") not in verdicts(story)

    def test_a_source_written_since_may_hold_what_was_never_merged(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.by_hand(DiskMergedByHand(disk("after-S@1.avhd"), disk("data.vhd")))

        story.by_hand(DiskWritten(disk("after-S@1.avhd")))

        assert ("after-s@1.avhd", "left_by_manual_merge") not in verdicts(story)
        assert the(story, "orphan").deletable == "no"

    def test_a_source_found_to_be_modified_since_is_no_leftover_either(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.by_hand(DiskMergedByHand(disk("after-S@1.avhd"), disk("data.vhd")))

        record(story, vhd("after-S@1.avhd", "data.vhd", modified=story.at))

        assert ("after-s@1.avhd", "left_by_manual_merge") not in verdicts(story)

    def test_a_file_that_came_to_the_place_of_a_source_later_is_no_leftover(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        story.by_hand(DiskMergedByHand(disk("after-S.avhd"), disk("base.vhd")))
        assert ("after-s.avhd", "left_by_manual_merge") in verdicts(story)

        story.apply("S")
        record(story, vhd("after-S.avhd", "base.vhd"))

        assert ("after-s.avhd", "left_by_manual_merge") not in verdicts(story)

    def test_what_lay_between_source_and_target_is_left_behind_too(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("T")

        story.by_hand(DiskMergedByHand(disk("after-T.avhd"), disk("base.vhd")))

        assert ("after-s.avhd", "left_by_manual_merge") in verdicts(story)
        assert (
            "Copy both files first" in the(story, "left_by_manual_merge", "after-T.avhd").next_step
        )

    def test_another_child_of_the_target_has_its_parent_written(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("T").apply("S")

        story.by_hand(DiskMergedByHand(disk("after-S.avhd"), disk("base.vhd")))

        finding = the(story, "parent_written")
        assert finding.path == disk("apply1-S.avhd")
        assert "merged another disk into it" in said(finding)


class TestConfiguration:
    def test_a_configuration_that_names_another_file_than_history_is_stale(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        record(story, configuration("web01", "base.vhd", listed=1))

        finding = the(story, "stale_path")
        assert finding.path == disk("base.vhd")
        assert disk("after-S.avhd") in said(finding)
        assert positions(finding) == {3}
        assert one(story, "after-S.avhd").deletable == "no"

    def test_a_configuration_that_agrees_is_no_finding(self) -> None:
        story = record(
            Story().vm("web01", "base.vhd").take("S"), configuration("web01", "after-S.avhd")
        )

        assert findings(story) == ()

    def test_unread_snapshot_configurations_leave_the_vm_unverified(self) -> None:
        story = record(Story(), configuration("web01", "now.avhd", listed=2))
        record(story, snapshot_configuration("S", "base.vhd"))

        finding = the(story, "unverified")

        assert finding.path is None
        assert finding.vm is not None
        assert "1 of the 2 snapshot configurations of web01" in said(finding)

    def test_fifty_snapshots_are_the_limit(self) -> None:
        story = Story().vm("web01", "base.vhd")
        for number in range(50):
            assert findings(story) == ()
            story.take(f"S{number}")

        assert the(story, "snapshot_limit").path is None

    def test_a_merge_that_failed_twice_keeps_failing(self) -> None:
        story = _fail(Story().vm("web01", "base.vhd").start().hold_merges().take("S").delete("S"))
        assert "merge_keeps_failing" not in {each.verdict for each in findings(story)}

        finding = the(_fail(story.start()), "merge_keeps_failing")

        assert finding.path == disk("base.vhd")
        assert "0x80070070" in said(finding)


class TestUnknown:
    def test_files_of_a_removed_vm_are_never_deletable_by_that_alone(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").remove()

        for finding in findings(story):
            assert (finding.verdict, finding.deletable) == ("unknown", "unknown")
            assert "removed since" in said(finding)

    def test_disks_without_any_configuration_are_unknown_each_for_itself(self) -> None:
        story = record(Story().vm("web01", "base.vhd"), vhd("x.vhd"), vhd("y.avhd", "x.vhd"))

        assert verdicts(story) == {("x.vhd", "unknown"), ("y.avhd", "unknown")}

    def test_circling_parents_are_told_on_every_file_of_the_circle(self) -> None:
        story = record(Story(), vhd("a.avhd", "b.avhd"), vhd("b.avhd", "a.avhd"))

        assert {("a.avhd", "cycle"), ("b.avhd", "cycle")} <= verdicts(story)


class TestOneFile:
    def test_a_file_that_is_odd_in_no_way_is_needed(self) -> None:
        finding = one(Story().vm("web01", "base.vhd").take("S"), "base.vhd")

        assert finding.verdict == "needed"
        assert 'Snapshot "S" of web01 refers to it.' in said(finding)
        assert finding.would_break == (disk("after-S.avhd"),)

    def test_a_users_own_disk_that_nobody_uses_is_its_owners_business(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").detach("IDE 0:1")

        finding = one(story, "data.vhd")

        assert (finding.verdict, finding.deletable) == ("unknown", "unknown")
        assert findings(story) == ()

    @pytest.mark.parametrize(
        ("name", "how"), [("after-1-3-1.avhd", "merged into"), ("after-1-1.avhd", "deleted it")]
    )
    def test_a_file_that_is_gone_says_how_it_went(self, name: str, how: str) -> None:
        story = article().delete("1-1").delete("1-3-1").shut_down()

        finding = one(story, name)

        assert (finding.path, finding.verdict) == (disk(name), "missing")
        assert how in said(finding)

    def test_a_file_nobody_ever_knew_has_no_finding(self) -> None:
        story = Story().vm("web01", "base.vhd")
        ownership = ownership_of(story.recorded)

        assert finding_of(story.fleet, graph(story), ownership, "C:\\other.vhd") is None

    def test_the_size_is_what_was_last_seen(self) -> None:
        story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd"))

        assert one(story, "base.vhd").size_bytes == 4096


def test_findings_are_kept_by_vm_and_by_folder() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S").delete("S")
    story.vm("web02", "D:\\other.vhd").start().take("T").delete("T")
    record(story, vhd("D:\\other.vhd"), walked())

    all_of_them, found = findings(story), graph(story)

    assert len(all_of_them) == 2
    of_vm = findings_of_vm(all_of_them, found, VmId(derive("web02")))
    assert [each.path for each in of_vm] == ["D:\\other.vhd"]
    assert findings_in(all_of_them, found, in_folder(story.fleet, "/case/D")) == of_vm


def _fail(story: Story) -> Story:
    """Let the merge that is due fail."""
    if story.power == "running" and not story.machine.merging:
        story.shut_down()
    return story.fail_merge("0x80070070")


def test_a_merge_by_hand_in_mid_chain_gives_no_advice_that_drops_what_hangs_below() -> None:
    story = Story().vm("web01", "base.vhd").take("S1").take("S2").take("S3")
    story.by_hand(DiskMergedByHand(disk("after-S1.avhd"), disk("base.vhd")))

    finding = the(story, "left_by_manual_merge")

    assert finding.path == disk("after-S1.avhd")
    assert "change no configuration" in finding.next_step
