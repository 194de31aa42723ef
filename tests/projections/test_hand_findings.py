"""Verdicts on what hands did to files: parents written, merges by hand and what they leave."""

from eventstore.events import DiskMergedByHand, DiskWritten
from tests.projections.sightings import (
    findings,
    positions,
    record,
    said,
    the,
    verdicts,
    vhd,
)
from tests.story import Story, disk


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


def test_a_merge_by_hand_in_mid_chain_gives_no_advice_that_drops_what_hangs_below() -> None:
    story = Story().vm("web01", "base.vhd").take("S1").take("S2").take("S3")
    story.by_hand(DiskMergedByHand(disk("after-S1.avhd"), disk("base.vhd")))

    finding = the(story, "left_by_manual_merge")

    assert finding.path == disk("after-S1.avhd")
    assert "change no configuration" in finding.next_step
