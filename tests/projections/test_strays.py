"""A disk that was moved is the same disk: whoever needs its place needs it where it stands."""

from eventstore.events import DiskCloned, DiskCopied, DiskGone, DiskLost, DiskMoved, DiskSeen
from eventstore.evidence.observations import DiskFacts
from eventstore.ids import derive
from projections.finding import Finding
from projections.findings import finding_of
from projections.ownership import ownership_of
from tests.projections.sightings import (
    configuration,
    findings,
    graph,
    positions,
    record,
    roles,
    said,
    snapshot_configuration,
    the,
    verdicts,
    vhd,
    vhdx,
    walked,
)
from tests.story import Story, disk, key

MOVED = "E:\\moved.avhd"


def identity(name: str) -> str:
    return derive("identity", name)


def explained(story: Story, path: str) -> Finding:
    found = finding_of(story.fleet, graph(story), ownership_of(story.recorded), path)
    assert found is not None
    return found


def chained() -> Story:
    """S and T of web01: base - after-S - after-T, where Now writes."""
    return Story().vm("web01", "base.vhd").take("S").take("T")


class TestByHistory:
    def test_a_moved_avhd_is_needed_where_it_stands_and_pending_nowhere(self) -> None:
        story = chained().by_hand(DiskMoved(disk("after-S.avhd"), MOVED))

        assert roles(story)["e:\\moved.avhd"] == "in_tree"
        assert roles(story)["after-s.avhd"] == "missing"
        assert explained(story, MOVED).deletable == "no"
        assert disk("after-T.avhd") in explained(story, MOVED).would_break

    def test_its_child_is_told_where_the_parent_stands_and_to_put_it_back(self) -> None:
        story = chained().by_hand(DiskMoved(disk("after-S.avhd"), MOVED))

        finding = the(story, "parent_missing")

        assert finding.path == disk("after-T.avhd")
        assert MOVED in said(finding)
        assert 4 in positions(finding)
        assert finding.next_step.startswith(f"Move {MOVED} back to {disk('after-S.avhd')}.")

    def test_the_moved_disk_that_now_writes_to_is_no_orphan_though_no_child_quotes_it(self) -> None:
        story = chained().by_hand(DiskMoved(disk("after-T.avhd"), MOVED))

        assert roles(story)["e:\\moved.avhd"] == "in_tree"
        assert MOVED in the(story, "missing").next_step
        assert "belongs at C:\\VMs\\after-T.avhd" in said(explained(story, MOVED))

    def test_a_disk_moved_twice_and_its_moved_child_are_followed(self) -> None:
        story = chained().by_hand(DiskMoved(disk("after-S.avhd"), disk("once.avhd")))
        story.by_hand(DiskMoved(disk("once.avhd"), MOVED))
        story.by_hand(DiskMoved(disk("after-T.avhd"), "E:\\child.avhd"))

        assert roles(story)["e:\\moved.avhd"] == "in_tree"
        assert roles(story)["e:\\child.avhd"] == "in_tree"

    def test_a_disk_that_is_back_at_its_place_is_as_it_was(self) -> None:
        story = chained()
        before = roles(story)

        story.by_hand(DiskMoved(disk("after-S.avhd"), MOVED))
        story.by_hand(DiskMoved(MOVED, disk("after-S.avhd")))

        assert roles(story) == before
        assert findings(story) == ()

    def test_one_that_was_away_while_its_parent_was_merged_comes_home_without_a_parent(
        self,
    ) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("T").revert()
        (head,) = story.machine.now.heads.values()
        name = story.machine.path(head)
        story.by_hand(DiskMoved(name, MOVED)).delete("S").by_hand(DiskMoved(MOVED, name))

        assert the(story, "parent_missing").path == name
        assert "did not know of this disk" in said(the(story, "parent_missing"))

    def test_a_moved_avhd_that_nobody_needs_is_still_an_orphan(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")

        story.by_hand(DiskMoved(disk("after-S@1.avhd"), MOVED))

        assert roles(story)["e:\\moved.avhd"] == "orphan"
        assert the(story, "orphan").deletable == "unknown"

    def test_a_copy_is_its_owners_and_the_original_stays_the_parent(self) -> None:
        story = chained().by_hand(DiskCopied(disk("after-S.avhd"), MOVED))

        assert roles(story)["e:\\moved.avhd"] == "base"
        assert findings(story) == ()
        assert graph(story).nodes[key("after-T.avhd")].parents == (key("after-S.avhd"),)

    def test_a_copy_is_needed_once_the_original_is_lost(self) -> None:
        story = chained().by_hand(DiskCopied(disk("after-S.avhd"), MOVED))

        story.by_hand(DiskLost(disk("after-S.avhd")))

        assert graph(story).nodes[key(MOVED)].is_reachable
        assert MOVED in the(story, "parent_missing").next_step

    def test_another_disk_in_the_old_place_is_a_mismatch_that_names_the_right_file(self) -> None:
        story = chained().by_hand(DiskMoved(disk("after-S.avhd"), MOVED))
        story.by_hand(DiskCloned(disk("after-S.avhd"), disk("base.vhd")))

        finding = the(story, "parent_mismatch")

        assert finding.path == disk("after-T.avhd")
        assert MOVED in said(finding)
        assert "without deleting it" in finding.next_step
        assert roles(story)["e:\\moved.avhd"] == "in_tree"


class TestByEvidence:
    def recorded(self, *disks: DiskSeen) -> Story:
        """Give web01 with S on base, T on after-S, and Now on after-T, by configuration."""
        story = record(Story(), configuration("web01", "after-T.avhd", listed=2))
        record(story, snapshot_configuration("S", "base.vhd"))
        record(story, snapshot_configuration("T", "after-S.avhd"), vhd("base.vhd"), *disks)
        return record(story, vhd("after-T.avhd", "after-S.avhd"), walked())

    def test_the_identity_that_a_child_quotes_finds_its_moved_parent(self) -> None:
        story = self.recorded(vhd("moved.avhd", "base.vhd", identity=identity("after-s.avhd")))

        assert roles(story)["after-s.avhd"] == "missing"
        assert roles(story)["moved.avhd"] == "in_tree"
        assert disk("moved.avhd") in the(story, "parent_missing").next_step

    def test_a_place_taken_by_another_disk_does_not_make_the_renamed_one_an_orphan(self) -> None:
        renamed = vhd("renamed.avhd", "base.vhd", identity=identity("after-s.avhd"))
        story = self.recorded(vhd("after-S.avhd", "base.vhd", identity="another"), renamed)

        finding = the(story, "parent_mismatch")

        assert roles(story)["renamed.avhd"] == "in_tree"
        assert explained(story, disk("renamed.avhd")).deletable == "no"
        assert disk("renamed.avhd") in said(finding)
        assert f"reconnect this disk to {disk('renamed.avhd')}" in finding.next_step

    def test_of_several_with_the_identity_none_is_called_an_orphan(self) -> None:
        places = ("E:\\1.avhd", "F:\\2.avhd")
        twins = [vhd(place, "base.vhd", identity=identity("after-s.avhd")) for place in places]
        story = self.recorded(vhd("after-S.avhd", "base.vhd", identity="another"), *twins)

        assert {roles(story)[place.lower()] for place in places} == {"unknown"}

    def test_a_vhdx_written_since_leads_to_the_copy_that_was_not(self) -> None:
        story = record(
            Story(), configuration("web01", "now.avhdx"), vhdx("base.vhdx", written="W9")
        )
        record(story, vhdx("E:\\copy.vhdx"), vhdx("now.avhdx", "base.vhdx", written="W2"), walked())

        finding = the(story, "parent_written")

        assert "E:\\copy.vhdx" in said(finding)
        assert graph(story).nodes[key("E:\\copy.vhdx")].is_reachable

    def test_a_disk_found_elsewhere_than_it_was_read_before_belongs_there(self) -> None:
        story = self.recorded(vhd("after-S.avhd", "base.vhd"))
        record(story, DiskGone(disk("after-T.avhd"), "/case/C/VMs/after-T.avhd"))
        record(story, vhd("now.avhd", "after-S.avhd", identity=identity("after-t.avhd")))

        assert roles(story)["now.avhd"] == "in_tree"
        assert disk("now.avhd") in the(story, "missing").next_step


class TestBoth:
    def test_a_disk_that_history_knows_by_its_id_is_found_without_a_reading_before(self) -> None:
        story = chained()
        disk_id = story.machine.disks[key("after-T.avhd")].disk_id
        facts = DiskFacts("vhd", "differencing", "win ", 1 << 30, "raw", disk_id or "")
        moved = DiskSeen(MOVED, "/case/E/moved.avhd", 4096, story.at, "digest", facts)

        record(story, vhd("base.vhd"), vhd("after-S.avhd", "base.vhd"), moved, walked())

        assert roles(story)["after-t.avhd"] == "missing"
        assert roles(story)["e:\\moved.avhd"] == "in_tree"

    def test_what_was_read_before_the_move_does_not_stand_at_the_old_place(self) -> None:
        story = record(chained(), vhd("base.vhd"), vhd("after-S.avhd", "base.vhd"))
        record(story, vhd("after-T.avhd", "after-S.avhd"))

        story.by_hand(DiskMoved(disk("after-S.avhd"), MOVED))
        story.by_hand(DiskCloned(disk("after-S.avhd"), disk("base.vhd")))

        assert ("after-t.avhd", "parent_mismatch") in verdicts(story)
