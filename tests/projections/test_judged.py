"""By evidence alone a file is an orphan only where every reference was followed to its end."""

from eventstore.events import DiskCopied, DiskMoved
from eventstore.ids import derive
from tests.eventstore.test_cases import two_branches
from tests.projections.sightings import (
    configuration,
    record,
    roles,
    said,
    snapshot_configuration,
    the,
    vhd,
    vhdx,
    walked,
)
from tests.story import Story, disk, key


def with_leaf() -> Story:
    """Give a VM on one of two leaves: nobody is known to need the other."""
    story = record(Story(), configuration("web01", "now.avhdx"), vhdx("base.vhdx"))
    record(story, vhdx("now.avhdx", "base.vhdx", written="W2"))
    return record(story, vhdx("leaf.avhdx", "base.vhdx", written="W3"))


def test_what_no_reference_reaches_is_an_orphan() -> None:
    assert roles(record(with_leaf(), walked()))["leaf.avhdx"] == "orphan"


def test_what_hangs_below_a_file_of_a_half_known_vm_may_be_that_vms() -> None:
    story = record(with_leaf(), snapshot_configuration("S1", "base.vhdx"), vm="db01")

    assert roles(record(story, walked()))["leaf.avhdx"] == "unknown"


def test_the_nearest_file_that_is_needed_decides_whose_a_leaf_may_be() -> None:
    story = record(with_leaf(), snapshot_configuration("S1", "base.vhdx"), vm="db01")
    record(story, vhdx("old.avhdx", "now.avhdx", written="W4", linkage="W2"), walked())

    assert roles(story)["old.avhdx"] == "orphan"


def test_a_users_disk_that_nobody_read_may_be_a_clone_of_any_file_of_its_format() -> None:
    story = record(with_leaf(), configuration("test", "E:\\clones\\test.vhdx"), walked("/case/C"))

    assert roles(story)["leaf.avhdx"] == "unknown"


def test_a_disk_of_the_other_format_is_no_clone_of_it() -> None:
    story = record(with_leaf(), configuration("test", "E:\\clones\\test.vhd"), walked("/case/C"))

    assert roles(story)["leaf.avhdx"] == "orphan"


def test_a_file_that_bears_the_name_of_a_missing_one_may_be_it() -> None:
    story = record(Story(), configuration("web01", "E:\\web\\Leaf.avhd"), vhd("base.vhd"))
    record(story, vhd("leaf.avhd", "base.vhd"), configuration("db01", "base.vhd"), walked())

    assert roles(story)["leaf.avhd"] == "unknown"


def test_below_the_parent_of_a_missing_disk_the_missing_disk_may_stand_under_another_name() -> None:
    story = Story().vm("web01", "base.vhdx", policy="live").take("S")
    record(story, vhdx("base.vhdx"), vhdx("E:\\found.avhdx", "base.vhdx", written="W2"), walked())

    assert roles(story)["after-s.avhdx"] == "missing"
    assert roles(story)["e:\\found.avhdx"] == "unknown"


def test_a_configuration_that_lists_fewer_snapshots_than_there_are_tells_nothing() -> None:
    story = record(with_leaf(), snapshot_configuration("S1", "base.vhdx"), walked())

    assert roles(story)["leaf.avhdx"] == "unknown"
    assert "out of date" in said(the(story, "unverified"))


def test_of_two_files_that_may_be_the_needed_one_history_calls_none_an_orphan() -> None:
    """Another disk stands where the trunk stood; the trunk was moved, and then copied."""
    story = two_branches().delete("T")
    moved = DiskMoved(disk("after-R.avhd"), "E:\\x.avhd")
    story.by_hand(
        moved, DiskMoved("E:\\x.avhd", "E:\\y.avhd"), DiskCopied("E:\\y.avhd", "E:\\x.avhd")
    )
    record(story, vhd("after-R.avhd", "base.vhd", identity="another"))
    for child in story.machine.disks.values():
        if child.parent == key("after-R.avhd"):
            record(story, vhd(child.path, "after-R.avhd"))
    for name in ("E:\\x.avhd", "E:\\y.avhd"):
        record(story, vhd(name, "base.vhd", identity=derive("identity", "after-r.avhd")))

    assert roles(record(story, walked()))["e:\\y.avhd"] == "unknown"


def test_what_was_moved_and_what_was_put_back_in_its_place_may_each_be_the_needed_one() -> None:
    story = Story().vm("web01", "base.vhd").take("S")
    story.by_hand(DiskMoved(disk("after-S.avhd"), "E:\\moved.avhd"))
    known = derive("identity", "after-s.avhd")
    for name in ("after-S.avhd", "E:\\moved.avhd"):
        record(story, vhd(name, "base.vhd", identity=known))

    record(story, vhd("base.vhd"), walked())

    assert roles(story)["after-s.avhd"] == "in_tree"
    assert roles(story)["e:\\moved.avhd"] == "unknown"
    assert "somebody made it of" not in said(the(story, "duplicate_identity", "E:\\moved.avhd"))


def test_of_twins_that_no_history_knows_none_is_an_orphan() -> None:
    twin = vhdx("E:\\backup\\now.avhdx", "C:\\VMs\\base.vhdx", written="W2")

    assert roles(record(with_leaf(), twin, walked()))["e:\\backup\\now.avhdx"] == "unknown"
