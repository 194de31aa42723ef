"""Chains as rows: which files they hold, in which order, and who refers to each."""

from collections.abc import Iterable

from eventstore.events import DiskLost
from eventstore.ids import VmId, derive
from projections.disk_chain import (
    ChainRow,
    chain_of_file,
    chain_of_folder,
    chain_of_vm,
    whole_chain,
)
from projections.shapes import VmRef
from tests.eventstore.test_cases import article
from tests.projections.sightings import configuration, record, vhd, walked
from tests.story import Story, disk, short

WEB01 = VmId(derive("web01"))
WEB02 = VmId(derive("web02"))


def names(rows: Iterable[ChainRow]) -> list[str]:
    return [short(row.path) for row in rows]


def row(rows: Iterable[ChainRow], name: str) -> ChainRow:
    return next(each for each in rows if each.path == disk(name))


def test_a_vms_chain_gives_parents_first_and_siblings_by_creation() -> None:
    rows = chain_of_vm(article().fleet, WEB01)

    assert names(rows) == [
        "base.vhd",
        "after-1.avhd",
        "apply1-1.avhd",
        "apply2-1.avhd",
        "after-1-3.avhd",
        "after-1-3-1.avhd",
    ]
    assert row(rows, "base.vhd").children == tuple(
        map(disk, ("after-1.avhd", "apply1-1.avhd", "apply2-1.avhd"))
    )
    assert row(rows, "after-1.avhd").parent == disk("base.vhd")


def test_a_row_is_referred_to_by_snapshots_in_the_order_taken_then_now() -> None:
    story = Story().vm("web01", "base.vhd").take("first").take("second")
    story.attach("IDE 0:1", "data.vhd").take("third").take("fourth")
    story.detach("IDE 0:1").attach("IDE 0:1", "data.vhd")

    assert row(chain_of_vm(story.fleet, WEB01), "data.vhd").referenced_by == ("third", "now")


def test_another_vms_references_carry_its_id() -> None:
    story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

    assert row(chain_of_vm(story.fleet, WEB01), "golden.vhd").referenced_by == ("S", f"{WEB02}/T")
    assert row(chain_of_vm(story.fleet, WEB02), "golden.vhd").referenced_by == ("T", f"{WEB01}/S")
    assert row(whole_chain(story.fleet), "after-T.avhd").referenced_by == ("now",)


def test_without_a_vm_asked_each_file_says_whose_references_stand_bare() -> None:
    story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")
    rows = whole_chain(story.fleet)

    shared, theirs = row(rows, "golden.vhd"), row(rows, "after-T.avhd")
    assert (shared.vm, shared.referenced_by) == (VmRef(WEB01, "web01"), ("S", f"{WEB02}/T"))
    assert (theirs.vm, theirs.referenced_by) == (VmRef(WEB02, "web02"), ("now",))
    assert {each.vm for each in chain_of_vm(story.fleet, WEB02)} == {VmRef(WEB02, "web02")}


def test_a_vms_chain_holds_what_hangs_together_with_its_files_and_nothing_else() -> None:
    story = Story().vm("web01", "base.vhd").vm("web02", "other.vhd")
    record(story, vhd("stray.avhd", "base.vhd"), vhd("lonely.vhd"))

    assert names(chain_of_vm(story.fleet, WEB01)) == ["base.vhd", "stray.avhd"]
    assert set(names(whole_chain(story.fleet))) == {
        "base.vhd",
        "stray.avhd",
        "other.vhd",
        "lonely.vhd",
    }


def test_a_missing_file_stays_in_the_chain_and_is_no_existing_child() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("T")

    rows = chain_of_vm(story.by_hand(DiskLost(disk("after-S.avhd"))).fleet, WEB01)

    assert names(rows) == ["base.vhd", "after-s.avhd", "after-t.avhd"]
    assert row(rows, "base.vhd").children == ()
    assert row(rows, "after-T.avhd").parent == disk("after-S.avhd")


def test_a_files_chain_is_what_is_above_and_below_it() -> None:
    rows = chain_of_file(article().fleet, "c:/vms/APPLY2-1.avhd")

    assert names(rows) == ["base.vhd", "apply2-1.avhd", "after-1-3.avhd", "after-1-3-1.avhd"]
    assert chain_of_file(article().fleet, disk("unheard-of.vhd")) == ()


def test_a_folder_is_named_by_its_windows_path_or_where_it_was_found() -> None:
    story = record(Story(), configuration("web01", "D:\\now.avhd"), vhd("base.vhd"))
    record(story, vhd("D:\\now.avhd", "base.vhd"), vhd("E:\\other.vhd"), walked())

    together = ["base.vhd", "d:\\now.avhd"]

    assert names(chain_of_folder(story.fleet, "c:/vms")) == together
    assert names(chain_of_folder(story.fleet, "/case/D")) == together
    assert names(chain_of_folder(story.fleet, lambda node: "other" in node.path)) == [
        "e:\\other.vhd"
    ]


def test_a_child_is_listed_below_the_parent_that_is_believed_and_no_other() -> None:
    story = Story().vm("web01", "base.vhd").take("S")
    rows = whole_chain(record(story, vhd("other.vhd"), vhd("after-S.avhd", "other.vhd")).fleet)

    assert row(rows, "base.vhd").children == (disk("after-S.avhd"),)
    assert row(rows, "other.vhd").children == ()


def test_a_circle_of_parents_is_listed_from_its_oldest_file() -> None:
    story = record(Story(), vhd("b.avhd", "a.avhd"), vhd("a.avhd", "b.avhd"))

    assert sorted(names(whole_chain(story.fleet))) == ["a.avhd", "b.avhd"]


def test_a_row_says_where_the_file_was_found() -> None:
    rows = whole_chain(record(Story().vm("web01", "base.vhd"), vhd("base.vhd")).fleet)

    assert rows[0].found_at == "/case/C/VMs/base.vhd"
