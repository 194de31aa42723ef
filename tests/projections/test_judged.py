"""By evidence alone a file is an orphan only where every reference was followed to its end."""

from tests.projections.sightings import (
    configuration,
    record,
    roles,
    snapshot_configuration,
    vhd,
    vhdx,
    walked,
)
from tests.story import Story


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
