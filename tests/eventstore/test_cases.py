"""The cases of the rules that everyone must get right, each by its name."""

import pytest

from eventstore.disk_rules import pending, references
from eventstore.errors import Refused
from tests.story import Story, short


def article() -> Story:
    """Tell the article up to the delete of 1-3-1: Now under it, running."""
    return (
        Story()
        .vm("web01", "base.vhd")
        .start()
        .take("1")
        .take("1-1")
        .apply("1")
        .start()
        .take("1-2")
        .apply("1")
        .start()
        .take("1-3")
        .take("1-3-1")
    )


def pending_names(story: Story) -> set[str]:
    return {short(merge.into) for merge in pending(story.machine)}


def files_of(story: Story, owner: str) -> list[str]:
    return [file.kind for file in story.machine.files if file.owner == owner]


class TestTheArticle:
    def test_the_three_takes_after_apply_are_siblings(self) -> None:
        story = article()

        assert story.tree == {
            "1": None,
            "1-1": "1",
            "1-2": "1",
            "1-3": "1",
            "1-3-1": "1-3",
            "now": "1-3-1",
        }
        assert story.heads["1"] == "base.vhd"
        assert story.disks["after-1-3-1.avhd"] == "after-1-3.avhd"

    def test_delete_changes_the_tree_and_the_files_but_no_disk(self) -> None:
        story = article()
        disks = story.disks
        assert files_of(story, "1-3-1") == ["config", "folder", "memory", "devices"]

        story.delete("1-3-1")

        assert story.tree["now"] == "1-3"
        assert "1-3-1" not in story.tree
        assert files_of(story, "1-3-1") == []
        assert story.disks == disks
        assert pending_names(story) == {"after-1-3.avhd"}

    def test_restart_and_reset_do_not_merge(self) -> None:
        story = article().delete("1-3-1").restart().reset()

        assert pending_names(story) == {"after-1-3.avhd"}
        assert story.heads["now"] == "after-1-3-1.avhd"

    def test_shutdown_merges_now_into_the_deleted_snapshots_file_whose_name_survives(self) -> None:
        story = article().delete("1-3-1").restart().reset().shut_down()

        assert story.heads["now"] == "after-1-3.avhd"
        assert "after-1-3-1.avhd" not in story.disks
        assert story.disks["after-1-3.avhd"] == "apply2-1.avhd"


def test_mid_chain_the_lower_file_is_merged_into_the_deleted_ones_file() -> None:
    story = Story().vm("web01", "base.vhd").take("S1").take("S2").take("S3")
    assert story.heads == {
        "S1": "base.vhd",
        "S2": "after-s1.avhd",
        "S3": "after-s2.avhd",
        "now": "after-s3.avhd",
    }

    story.delete("S2")

    assert story.tree == {"S1": None, "S3": "S1", "now": "S3"}
    assert story.heads["S3"] == "after-s1.avhd"
    assert story.disks == {
        "base.vhd": None,
        "after-s1.avhd": "base.vhd",
        "after-s3.avhd": "after-s1.avhd",
    }


def two_branches() -> Story:
    """Tell a trunk T with the branches A and B, Now under B, running."""
    return (
        Story()
        .vm("web01", "base.vhd")
        .start()
        .take("R")
        .take("T")
        .take("A")
        .apply("T")
        .start()
        .take("B")
    )


def test_a_trunk_with_two_branches_stays_hidden_until_one_branch_is_left() -> None:
    story = two_branches().delete("T")

    assert pending_names(story) == set()
    assert "after-r.avhd" in story.disks
    assert "after-r.avhd" not in {short(key) for key in references(story.machine)}
    assert story.disks["after-t.avhd"] == "after-r.avhd"
    assert story.disks["apply1-t.avhd"] == "after-r.avhd"

    story.delete("A")

    assert "after-t.avhd" not in story.disks
    assert pending_names(story) == {"after-r.avhd"}

    story.shut_down()

    assert story.heads == {"R": "base.vhd", "B": "after-r.avhd", "now": "after-b.avhd"}


def test_deleting_a_root_with_two_children_makes_two_roots_on_a_held_base() -> None:
    story = two_branches().delete("R").delete("T").shut_down()

    assert story.tree == {"A": None, "B": None, "now": "B"}

    roots = Story().vm("web01", "base.vhd").take("R").take("A").apply("R").take("B").delete("R")

    assert roots.tree == {"A": None, "B": None, "now": "B"}
    assert roots.disks["base.vhd"] is None
    assert pending_names(roots) == set()


class TestTheRiddleInTheComments:
    def riddle(self) -> Story:
        return (
            Story()
            .vm("web01", "base.vhd")
            .start()
            .take("R")
            .take("A1")
            .take("A2")
            .apply("R")
            .start()
            .take("B1")
            .take("B2")
            .delete("R")
            .delete("B1")
            .delete("B2")
            .shut_down()
        )

    def test_now_stands_alone_and_runs_on_an_avhd_for_ever(self) -> None:
        story = self.riddle()

        assert story.tree == {"A1": None, "A2": "A1", "now": None}
        assert story.heads["now"] == "apply1-r.avhd"
        assert story.disks["apply1-r.avhd"] == "base.vhd"
        story.start().shut_down().start().turn_off()
        assert story.heads["now"] == "apply1-r.avhd"

    def test_there_is_nothing_to_revert_to(self) -> None:
        with pytest.raises(Refused, match="hangs under no snapshot"):
            self.riddle().revert()

    def test_without_the_other_branch_it_merges_into_the_base(self) -> None:
        story = self.riddle().delete_subtree("A1")

        assert story.disks == {"base.vhd": None}
        assert story.heads == {"now": "base.vhd"}


def test_a_dormant_trunk_is_on_no_live_chain_and_yet_needed() -> None:
    story = (
        Story()
        .vm("web01", "base.vhd")
        .take("S1")
        .take("S2")
        .take("Sa")
        .apply("S2")
        .take("Sb")
        .delete("S2")
        .apply("S1")
    )

    assert story.disks["after-s1.avhd"] == "base.vhd"
    assert story.heads["Sa"] == "after-s2.avhd"
    assert story.disks["after-s2.avhd"] == "after-s1.avhd"
    assert story.disks["apply1-s2.avhd"] == "after-s1.avhd"
    assert "after-s1.avhd" not in story.heads.values()
    assert pending_names(story) == set()


class TestMergeInterrupted:
    def held(self) -> Story:
        return article().delete("1-3-1").hold_merges().shut_down()

    def test_a_start_throws_the_progress_away_and_nothing_else(self) -> None:
        story = self.held()
        disks = story.disks
        assert [short(merge.into) for merge in story.machine.merging] == ["after-1-3.avhd"]

        story.start()

        assert story.machine.merging == ()
        assert story.disks == disks
        assert pending_names(story) == {"after-1-3.avhd"}

    def test_it_begins_again_at_the_next_stop(self) -> None:
        story = self.held().start().shut_down().finish_merges()

        assert story.heads["now"] == "after-1-3.avhd"

    def test_a_failed_merge_changes_nothing_and_is_tried_again(self) -> None:
        story = self.held()
        disks = story.disks

        story.fail_merge()
        assert (story.disks, story.machine.merging) == (disks, ())

        story.finish_merges()
        assert story.heads["now"] == "after-1-3.avhd"

    @pytest.mark.parametrize("deed", ["take", "apply"])
    def test_take_and_apply_are_refused_meanwhile(self, deed: str) -> None:
        story = self.held()

        with pytest.raises(Refused, match="being merged"):
            getattr(story, deed)("1")

    def test_delete_is_allowed_meanwhile(self) -> None:
        story = self.held().delete("1-1")

        assert "after-1-1.avhd" not in story.disks
        assert story.machine.merging != ()

    def test_finished_merges_stay_finished_when_a_start_interrupts_the_next(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3")
        story.delete("S2").shut_down().start().hold_merges().delete("S1").shut_down().start()

        assert story.disks == {
            "base.vhd": None,
            "after-s1.avhd": "base.vhd",
            "after-s3.avhd": "after-s1.avhd",
        }


def test_with_everything_deleted_all_collapses_into_the_base() -> None:
    story = article().delete_subtree("1").shut_down()

    assert story.tree == {"now": None}
    assert story.disks == {"base.vhd": None}


class TestTwoDisks:
    def test_rules_run_slot_by_slot(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S1").take("S2").delete("S1")

        assert story.disks == {
            "base.vhd": None,
            "data.vhd": None,
            "after-s2.avhd": "base.vhd",
            "after-s2@1.avhd": "data.vhd",
        }

    def test_a_disk_attached_after_the_snapshot_leaves_the_vm_on_apply_and_stays_on_disk(
        self,
    ) -> None:
        story = Story().vm("web01", "base.vhd").take("S").attach("IDE 0:1", "late.vhd").apply("S")

        assert list(story.machine.now.heads) == ["IDE 0:0"]
        assert "late.vhd" in story.disks

    def test_a_disk_detached_after_the_snapshot_returns_on_apply(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        assert "after-s@1.avhd" in story.disks

        story.apply("S")

        assert short(story.machine.now.heads["IDE 0:1"]) == "apply1-s@1.avhd"
        assert story.disks["apply1-s@1.avhd"] == "data.vhd"
        assert "after-s@1.avhd" in story.disks


def test_a_snapshot_taken_while_off_has_no_memory_and_apply_ends_off() -> None:
    story = Story().vm("web01", "base.vhd").take("S")
    assert files_of(story, "S") == ["config"]

    story.start().apply("S")

    assert story.power == "off"


def test_a_parent_shared_by_two_vms_is_never_merged_into() -> None:
    story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

    story.delete("T")
    assert story.disks == {"golden.vhd": None, "after-t.avhd": "golden.vhd"}

    story.vm("web01").delete("S")
    assert story.disks == {"golden.vhd": None, "after-s.avhd": "golden.vhd"}


def test_a_disk_that_another_vm_runs_on_is_never_merged_into() -> None:
    story = Story().vm("web02", "golden.vhd").vm("web01", "golden.vhd").take("S").delete("S")

    assert story.disks == {"golden.vhd": None, "after-s.avhd": "golden.vhd"}


def test_apply_drops_the_pending_file_that_only_now_needed() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S1").take("S2")
    story.delete("S2").apply("S1")

    assert story.disks == {"base.vhd": None, "apply1-s1.avhd": "base.vhd"}


def test_an_avhd_that_another_vm_runs_on_is_never_merged_away() -> None:
    story = Story().vm("web01", "base.vhd").take("S").vm("web02", "after-S.avhd").take("T")

    story.vm("web01").delete("S")

    assert story.disks == {"base.vhd": None, "after-s.avhd": "base.vhd"}
