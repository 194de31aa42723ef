"""Which role each file has, in the cases of the rules and by the evidence alone."""

import pytest

from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskLost,
    DiskMoved,
    DiskSeen,
    SnapshotDeleted,
)
from eventstore.ids import SnapshotId
from projections.disk_chain import whole_chain
from tests.eventstore.test_cases import article, two_branches
from tests.projections.sightings import (
    configuration,
    record,
    roles,
    seen,
    snapshot_configuration,
    vhd,
    vhdx,
    walked,
)
from tests.story import Story, disk


def riddle() -> Story:
    """Tell the riddle of the comments: Now stands alone on an AVHD below a held base."""
    story = Story().vm("web01", "base.vhd").start().take("R").take("A1").take("A2")
    story.apply("R").start().take("B1").take("B2")
    return story.delete("R").delete("B1").delete("B2").shut_down()


def dormant_trunk() -> Story:
    """Tell S1, S2 with two branches, S2 deleted, and Now back under S1."""
    story = Story().vm("web01", "base.vhd").take("S1").take("S2").take("Sa")
    return story.apply("S2").take("Sb").delete("S2").apply("S1")


class TestTheCases:
    def test_in_the_article_the_deleted_snapshots_file_is_pending_and_nows_is_in_the_tree(
        self,
    ) -> None:
        found = roles(article().delete("1-3-1"))

        assert found["after-1-3.avhd"] == "pending"
        assert found["after-1-3-1.avhd"] == "in_tree"
        assert found["base.vhd"] == "base"

    def test_restart_and_reset_leave_it_pending(self) -> None:
        assert roles(article().delete("1-3-1").restart().reset())["after-1-3.avhd"] == "pending"

    def test_after_the_shutdown_the_surviving_name_is_in_the_tree(self) -> None:
        found = roles(article().delete("1-3-1").shut_down())

        assert found["after-1-3.avhd"] == "in_tree"
        assert "after-1-3-1.avhd" not in found

    def test_a_deleted_trunk_with_two_branches_is_hidden_then_pending(self) -> None:
        story = two_branches().delete("T")
        assert roles(story)["after-r.avhd"] == "hidden_trunk"

        assert roles(story.delete("A"))["after-r.avhd"] == "pending"

    def test_two_stacked_trunks_are_both_hidden(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("R").take("T").take("U").take("A")
        story.apply("U").start().take("B").apply("T").start().take("C")

        found = roles(story.delete("T").delete("U"))

        assert (found["after-r.avhd"], found["after-t.avhd"]) == ("hidden_trunk", "hidden_trunk")

    def test_a_base_under_two_roots_is_held(self) -> None:
        story = Story().vm("web01", "base.vhd").take("R").take("A").apply("R").take("B")

        assert roles(story.delete("R"))["base.vhd"] == "held_base"

    def test_the_riddle_holds_the_base_and_now_runs_in_the_tree(self) -> None:
        found = roles(riddle())

        assert found["base.vhd"] == "held_base"
        assert found["apply1-r.avhd"] == "in_tree"

    def test_a_dormant_trunk_is_hidden_and_no_orphan(self) -> None:
        assert roles(dormant_trunk())["after-s1.avhd"] == "hidden_trunk"

    def test_a_base_may_be_pending(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S").delete("S")

        assert roles(story) == {"base.vhd": "pending", "after-s.avhd": "in_tree"}

    def test_an_interrupted_merge_is_pending_again(self) -> None:
        story = article().delete("1-3-1").hold_merges().shut_down().start()

        assert roles(story)["after-1-3.avhd"] == "pending"

    def test_with_everything_deleted_only_the_base_is_left(self) -> None:
        assert roles(article().delete_subtree("1").shut_down()) == {"base.vhd": "base"}

    def test_a_parent_shared_by_two_vms_is_held_and_never_an_orphan(self) -> None:
        story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

        assert roles(story.delete("T").vm("web01").delete("S"))["golden.vhd"] == "held_base"

    def test_a_detached_avhd_is_an_orphan_and_a_detached_base_is_not(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.attach("IDE 1:0", "late.vhd").detach("IDE 1:0")

        found = roles(story)

        assert found["after-s@1.avhd"] == "orphan"
        assert found["late.vhd"] == "base"


class TestMissing:
    def test_a_lost_file_that_somebody_needs_is_missing(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("T")

        story.by_hand(DiskLost(disk("after-S.avhd")))

        assert roles(story)["after-s.avhd"] == "missing"

    def test_a_lost_file_that_nobody_needs_is_no_longer_listed(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")

        story.by_hand(DiskLost(disk("after-S@1.avhd")))

        assert "after-s@1.avhd" not in roles(story)

    def test_a_file_known_by_its_header_alone_can_be_lost_too(self) -> None:
        story = record(Story(), vhd("base.vhd"), vhd("child.avhd", "base.vhd"))

        story.by_hand(DiskLost(disk("base.vhd")))

        assert roles(story) == {"base.vhd": "missing", "child.avhd": "unknown"}

    def test_a_file_seen_again_is_missing_no_longer(self) -> None:
        story = Story().vm("web01", "base.vhd").by_hand(DiskLost(disk("base.vhd")))
        assert roles(story) == {"base.vhd": "missing"}

        assert roles(record(story, vhd("base.vhd"))) == {"base.vhd": "base"}

    def test_a_file_that_a_walk_of_its_folder_did_not_find_is_missing(self) -> None:
        story = record(Story(), configuration("web01", "now.avhd"), vhd("other.vhd"), walked())

        assert roles(story)["now.avhd"] == "missing"

    def test_a_place_that_could_not_be_read_hides_files_and_misses_none(self) -> None:
        locked = walked(unread=((disk("now.avhd"), "cannot be read: Permission denied"),))
        story = record(Story(), configuration("web01", "now.avhd"), vhd("other.vhd"), locked)

        assert roles(story)["now.avhd"] == "in_tree"


class TestUnknown:
    def test_the_files_of_a_removed_vm_are_unknown(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").remove()

        assert set(roles(story).values()) == {"unknown"}

    def test_a_removed_vms_golden_image_is_known_while_another_vm_needs_it(self) -> None:
        story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

        found = roles(story.remove())

        assert found["golden.vhd"] == "base"
        assert (found["after-s.avhd"], found["after-t.avhd"]) == ("in_tree", "unknown")

    def test_without_configuration_or_history_a_leaf_is_unknown_never_an_orphan(self) -> None:
        story = record(Story(), vhd("base.vhd"), vhd("a.avhd", "base.vhd"), walked())

        assert roles(story) == {"base.vhd": "unknown", "a.avhd": "unknown"}

    def test_while_a_snapshots_configuration_is_unread_a_leaf_is_unknown(self) -> None:
        disks = (vhd("base.vhd"), vhd("now.avhd", "base.vhd"), vhd("leaf.avhd", "base.vhd"))
        story = record(Story(), configuration("web01", "now.avhd", listed=1), *disks, walked())
        assert roles(story) == {"base.vhd": "base", "now.avhd": "in_tree", "leaf.avhd": "unknown"}

        record(story, snapshot_configuration("S", "base.vhd"))

        assert roles(story)["leaf.avhd"] == "orphan"

    def test_where_nothing_tells_how_many_snapshots_there_are_their_folder_must_be_read(
        self,
    ) -> None:
        disks = (vhd("base.vhd"), vhd("leaf.avhd", "base.vhd"))
        story = record(Story(), configuration("web01", "base.vhd", listed=None), *disks)
        assert roles(story)["leaf.avhd"] == "unknown"

        assert roles(record(story, walked()))["leaf.avhd"] == "orphan"

    def test_a_leaf_with_a_missing_parent_belongs_to_no_tree_that_is_known(self) -> None:
        story = record(
            Story(), configuration("web01", "base.vhd"), vhd("leaf.avhd", "gone.vhd"), walked()
        )

        assert roles(story)["leaf.avhd"] == "unknown"

    @pytest.mark.parametrize(
        "now", [seen("now.avhd", None, problem="the file is empty: 0 bytes"), None]
    )
    def test_an_avhd_that_cannot_be_read_may_stand_on_any_disk_of_its_vm(
        self, now: DiskSeen | None
    ) -> None:
        """Its parent has no reference of its own, and yet it is no orphan."""
        story = record(Story(), configuration("web01", "now.avhd", listed=1))
        record(story, snapshot_configuration("S", "base.vhd"), *((now,) if now else ()))

        record(story, vhd("base.vhd"), vhd("trunk.avhd", "base.vhd"))

        assert roles(story)["trunk.avhd"] == "unknown"

    def test_beside_a_disk_that_cannot_be_read_no_disk_is_known_to_stand_alone(self) -> None:
        story = record(Story(), configuration("web01", "now.vhd"), vhd("now.vhd"), walked())
        record(story, vhd("alone.vhd"))
        assert roles(story)["alone.vhd"] == "base"

        record(story, seen("child.avhd", None, problem="the file is empty: 0 bytes"))

        assert roles(story)["alone.vhd"] == "unknown"


class TestAutomatic:
    def test_an_avhd_that_a_crash_left_behind_is_an_orphan(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("T").apply("S")

        story.happened(SnapshotDeleted(SnapshotId("T")))

        assert roles(story)["after-s.avhd"] == "orphan"

    def test_a_users_own_differencing_disk_is_never_an_orphan(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        story.by_hand(DiskCloned(disk("clone.vhd"), disk("base.vhd")))

        assert roles(story)["clone.vhd"] == "base"

    def test_a_linked_clone_without_the_a_is_never_an_orphan_by_evidence(self) -> None:
        disks = (vhdx("golden.vhdx"), vhdx("clone.vhdx", "golden.vhdx", written="W2"))
        story = record(Story(), configuration("web01", "golden.vhdx"), *disks, walked())

        assert roles(story)["clone.vhdx"] == "base"

    def test_a_disk_that_is_only_named_avhdx_is_none(self) -> None:
        story = record(Story(), configuration("web01", "set.avhdx"))
        assert roles(story) == {"set.avhdx": "in_tree"}

        assert roles(record(story, vhdx("set.avhdx"))) == {"set.avhdx": "base"}

    def test_an_avhd_that_the_vm_was_registered_with_is_the_users_own(self) -> None:
        story = Story().vm("web01", "base.vhd", "imported.avhd").detach("IDE 0:1")

        record(story, vhd("imported.avhd", "base.vhd"))

        assert roles(story)["imported.avhd"] == "base"

    def test_a_base_that_only_a_linked_clone_needs_is_not_pending(self) -> None:
        story = Story().by_hand(DiskCloned(disk("clone.vhd"), disk("golden.vhd")))

        assert roles(story.vm("web01", "clone.vhd")) == {"golden.vhd": "base", "clone.vhd": "base"}

    def test_a_copy_that_history_made_is_its_owners(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        story.by_hand(DiskCopied(disk("after-S.avhd"), "E:\\backup\\after-S.avhd"))

        assert roles(story)["e:\\backup\\after-s.avhd"] == "base"

    def test_a_damaged_file_named_avhd_is_taken_for_one(self) -> None:
        story = record(
            Story(),
            configuration("web01", "damaged.avhd"),
            vhd("base.vhd"),
            seen("damaged.avhd", None, problem="no usable footer"),
        )

        assert roles(story)["damaged.avhd"] == "in_tree"


class TestEvidenceAlone:
    def test_roles_follow_from_configurations_and_headers(self) -> None:
        disks = (
            vhd("base.vhd"),
            vhd("trunk.avhd", "base.vhd"),
            vhd("a.avhd", "trunk.avhd"),
            vhd("b.avhd", "trunk.avhd"),
            vhd("now.avhd", "b.avhd"),
            vhd("left.avhd", "base.vhd"),
        )
        snapshots = (snapshot_configuration("A", "a.avhd"), snapshot_configuration("R", "base.vhd"))
        story = record(
            Story(), configuration("web01", "now.avhd", listed=2), *snapshots, *disks, walked()
        )

        assert roles(story) == {
            "base.vhd": "base",
            "trunk.avhd": "hidden_trunk",
            "a.avhd": "in_tree",
            "b.avhd": "pending",
            "now.avhd": "in_tree",
            "left.avhd": "orphan",
        }


def test_a_parent_that_hyperv_removed_is_missing_by_the_name_it_had() -> None:
    story = Story().vm("web01", "base.vhd").take("S1").take("S2")
    story.by_hand(DiskMoved(disk("after-S2.avhd"), disk("elsewhere.avhd"))).delete("S1")

    rows = {row.path: row.role for row in whole_chain(story.fleet)}

    assert rows[disk("after-S1.avhd")] == "missing"


def test_an_avhd_that_a_second_vm_runs_on_is_no_merge_in_waiting() -> None:
    story = Story().vm("web01", "base.vhd").take("S").vm("web02", "after-S.avhd").take("T")
    story.vm("web01").delete("S")

    rows = {row.path: row.role for row in whole_chain(story.fleet)}

    assert rows[disk("base.vhd")] == "base"
    assert rows[disk("after-S.avhd")] == "in_tree"
