"""What well-known scripts call an orphan, or delete, although somebody needs it.

Every test is a case in which a published clean-up script was found to be wrong.
"""

from eventstore.events import DiskLost, DiskMoved
from eventstore.ids import derive
from tests.eventstore.test_cases import article, two_branches
from tests.projections.sightings import (
    configuration,
    findings,
    record,
    roles,
    seen,
    snapshot_configuration,
    verdicts,
    vhd,
    vhdx,
    walked,
)
from tests.projections.test_roles import dormant_trunk
from tests.story import Story, disk


def orphans(story: Story) -> set[str]:
    return {name for name, role in roles(story).items() if role == "orphan"}


def test_a_trunk_under_the_live_branch() -> None:
    assert orphans(two_branches().delete("T")) == set()


def test_a_trunk_under_a_dormant_branch_that_no_live_chain_passes() -> None:
    assert orphans(dormant_trunk()) == set()


def test_a_dormant_branch_by_configurations_and_headers_alone() -> None:
    disks = (
        vhd("base.vhd"),
        vhd("L1.avhd", "base.vhd"),
        vhd("L2.avhd", "L1.avhd"),
        vhd("L3.avhd", "L1.avhd"),
        vhd("L9.avhd", "base.vhd"),
    )
    held = (
        snapshot_configuration("S1", "base.vhd"),
        snapshot_configuration("Sa", "L2.avhd"),
        snapshot_configuration("Sb", "L3.avhd"),
    )
    story = record(Story(), configuration("web01", "L9.avhd", listed=3), *held, *disks, walked())

    assert roles(story)["l1.avhd"] == "hidden_trunk"
    assert orphans(story) == set()


def test_a_snapshots_own_disk_that_now_does_not_use() -> None:
    assert orphans(article()) == set()


def test_a_merge_that_was_started_and_not_finished() -> None:
    story = article().delete("1-3-1").hold_merges().shut_down()

    assert roles(story)["after-1-3.avhd"] == "pending"
    assert roles(story)["after-1-3-1.avhd"] == "in_tree"


def test_a_vm_that_runs_on_an_avhd_without_any_snapshot() -> None:
    story = record(Story(), configuration("web01", "now.avhd"), vhd("base.vhd"))
    record(story, vhd("now.avhd", "base.vhd"), walked())

    assert roles(story) == {"base.vhd": "pending", "now.avhd": "in_tree"}
    assert {each.deletable for each in findings(story)} == {"no"}


def test_a_second_disk_in_another_folder() -> None:
    story = Story().vm("web01", "base.vhd", "D:\\data\\data.vhd").take("S").take("T")

    assert orphans(story) == set()


def test_another_vms_files_in_the_same_folder() -> None:
    story = Story().vm("web01", "base.vhd").take("S").vm("web02", "other.vhd").take("T")

    assert orphans(story) == set()


def test_a_vm_registered_elsewhere_whose_configuration_nobody_read() -> None:
    story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd"), vhd("foreign.vhd"))
    record(story, vhd("foreign-now.avhd", "foreign.vhd"), walked())

    assert roles(story)["foreign-now.avhd"] == "unknown"
    assert "foreign.vhd" not in orphans(story)


def test_linked_clones_of_a_golden_image() -> None:
    disks = (
        vhdx("golden.vhdx"),
        vhdx("desk1.vhdx", "golden.vhdx", written="W2"),
        vhdx("desk2.vhdx", "golden.vhdx", written="W3"),
    )
    story = record(Story(), configuration("desk1", "desk1.vhdx"), *disks)
    record(story, configuration("desk2", "desk2.vhdx"), walked())

    assert roles(story) == {
        "golden.vhdx": "held_base",
        "desk1.vhdx": "base",
        "desk2.vhdx": "base",
    }
    assert verdicts(story) == {("golden.vhdx", "shared_parent")}


def test_a_vhd_sets_backing_file_is_only_named_avhdx() -> None:
    story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"))

    assert orphans(record(story, vhdx("set_1A2B.avhdx"), walked())) == set()


def test_an_avhdx_renamed_to_vhdx_is_still_needed_by_the_one_below() -> None:
    story = record(Story(), configuration("web01", "now.avhdx"), vhdx("base.vhdx"))
    record(story, vhdx("renamed.vhdx", "base.vhdx", written="W2"))
    record(story, vhdx("now.avhdx", "renamed.vhdx", written="W3", linkage="W2"), walked())

    assert orphans(story) == set()
    assert ("renamed.vhdx", "orphan") not in verdicts(story)


def test_a_backup_with_the_same_guids() -> None:
    story = record(Story(), configuration("web01", "now.avhd"), vhd("base.vhd"))
    record(story, vhd("now.avhd", "base.vhd"))
    record(story, vhd("E:\\backup\\now.avhd", "base.vhd", identity=_identity("now.avhd")))

    found = {each.path: each for each in findings(record(story, walked()))}

    assert found["E:\\backup\\now.avhd"].deletable == "unknown"
    assert ("now.avhd", "duplicate_identity") in verdicts(story)


def test_a_file_that_is_locked() -> None:
    locked = walked(unread=((disk("mid.avhd"), "cannot be read: Permission denied"),))
    story = record(Story(), configuration("web01", "now.avhd"), vhd("base.vhd"))
    record(story, vhd("now.avhd", "mid.avhd"), locked)

    assert orphans(story) == set()
    assert "missing" not in roles(story).values()


def test_a_moved_parent_whose_relative_path_still_holds() -> None:
    story = record(Story(), configuration("web01", "E:\\New\\now.avhdx"))
    record(story, vhdx("E:\\New\\base.vhdx"))
    child = vhdx("E:\\New\\now.avhdx", "base.vhdx", written="W2", relative=".\\base.vhdx")

    assert roles(record(story, child, walked())) == {
        "e:\\new\\base.vhdx": "pending",
        "e:\\new\\now.avhdx": "in_tree",
    }


def test_a_moved_parent_that_history_knows_at_its_old_place() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("T")

    story.by_hand(DiskMoved(disk("after-S.avhd"), "E:\\after-S.avhd"))

    assert roles(story)["after-s.avhd"] == "missing"
    assert orphans(story) == set()


def test_one_file_in_four_spellings() -> None:
    for spelling in ("c:/vms/NOW.AVHD", "\\\\?\\C:\\VMs\\now.avhd", "C:\\VMs\\x\\..\\now.avhd"):
        story = record(Story(), configuration("web01", spelling), vhd("base.vhd"))
        record(story, vhd("now.avhd", "base.vhd"), walked())

        assert roles(story) == {"base.vhd": "pending", "now.avhd": "in_tree"}


def test_a_snapshot_that_lists_a_disk_removed_later() -> None:
    story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1").take("T")

    assert roles(story)["data.vhd"] == "base"
    assert orphans(story) == {"after-s@1.avhd"}


def test_a_reference_to_a_file_that_is_gone() -> None:
    story = Story().vm("web01", "base.vhd").take("S").by_hand(DiskLost(disk("after-S.avhd")))

    assert verdicts(story) == {("after-s.avhd", "missing")}


def test_a_zero_byte_file() -> None:
    story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"))
    record(story, seen("live.avhd", None, problem="no disk signature in 0 bytes"), walked())

    assert roles(story)["live.avhd"] == "unknown"
    assert ("live.avhd", "unverified") in verdicts(story)


def test_parents_in_a_circle_end() -> None:
    story = record(Story(), configuration("web01", "a.avhd"))
    record(story, vhd("a.avhd", "b.avhd"), vhd("b.avhd", "a.avhd"), walked())

    assert orphans(story) == set()
    assert ("a.avhd", "cycle") in verdicts(story)


def _identity(name: str) -> str:
    return derive("identity", name)
