"""What became of each file: who let go of it last, and how."""

from eventstore.events import DiskCopied, DiskWritten, SnapshotDeleted, VmStarted
from eventstore.ids import SnapshotId, VmId, derive
from projections.ownership import Loss, Ownership, ownership_of
from tests.projections.sightings import configuration, record
from tests.story import Story, disk, key


def past(story: Story) -> Ownership:
    return ownership_of(story.recorded)


def loss(story: Story, name: str) -> Loss | None:
    return past(story).past[key(name)].loss


def test_deleting_the_last_snapshot_on_a_file_is_told_as_its_loss() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").delete("S2")

    lost = loss(story, "after-S1.avhd")

    assert lost is not None
    assert (str(lost.owner), lost.event) == ('snapshot "S2" of web01', "SnapshotDeleted")
    assert lost.when.position == 5


def test_a_file_that_passes_from_now_to_a_snapshot_lost_nothing() -> None:
    assert loss(Story().vm("web01", "base.vhd").take("S"), "base.vhd") is None


def test_a_file_taken_back_into_use_has_no_loss() -> None:
    story = Story().vm("web01", "base.vhd", "data.vhd").detach("IDE 0:1")
    assert loss(story, "data.vhd") is not None

    assert loss(story.attach("IDE 0:1", "data.vhd"), "data.vhd") is None


def test_a_file_that_another_vm_still_refers_to_lost_nothing() -> None:
    story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd").take("T")

    assert loss(story.delete("T"), "golden.vhd") is None
    assert loss(story.vm("web01").delete("S"), "golden.vhd") is not None


def test_of_several_holders_that_go_at_once_the_last_taken_is_the_last_owner() -> None:
    story = Story().vm("web01", "base.vhd", "data.vhd").take("one").detach("IDE 0:1")
    story.attach("IDE 0:1", "data.vhd").take("two").start().delete_subtree("one")

    lost = loss(story, "data.vhd")

    assert lost is not None
    assert (lost.owner.holder_name, lost.event) == ("two", "SubtreeDeleted")


def test_an_owner_goes_by_the_name_it_had_then() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S1").take("S2")

    lost = loss(story.rename("S2", "before the patch").delete("S2"), "after-S1.avhd")

    assert lost is not None
    assert lost.owner.holder_name == "before the patch"


def test_a_merge_tells_what_it_removed_and_what_it_changed() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3").delete("S2")
    story.shut_down()

    files = past(story).past

    removed = files[key("after-S2.avhd")].removed
    assert removed is not None
    assert removed[1] == "MergeCompleted"
    assert files[key("after-S1.avhd")].changed == files[key("after-S3.avhd")].changed == removed[0]


def test_a_name_that_is_used_again_begins_a_new_past() -> None:
    story = Story().vm("web01", "base.vhd").take("S").delete("S")
    assert past(story).past[key("after-S.avhd")].removed is not None

    again = past(story.take("S")).past[key("after-S.avhd")]

    assert again.removed is None
    assert again.known.position == story.recorded[-1].position


def test_failed_merges_are_counted_until_one_succeeds() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S").hold_merges().delete("S")
    story.shut_down().fail_merge("0x80070070").start().shut_down().fail_merge("0x80070020")
    assert [each.code for each in past(story).past[key("base.vhd")].troubles] == [
        "0x80070070",
        "0x80070020",
    ]

    story.finish_merges()

    assert past(story).past[key("base.vhd")].troubles == ()


def test_what_hands_did_is_part_of_a_files_past() -> None:
    story = Story().vm("web01", "base.vhd").by_hand(DiskCopied(disk("base.vhd"), "E:\\copy.vhd"))
    story.by_hand(DiskWritten(disk("base.vhd")), DiskWritten("F:\\never heard of.vhd"))

    files = past(story).past

    assert files[key("E:\\copy.vhd")].made_by == "DiskCopied"
    assert files[key("base.vhd")].changed is not None
    assert files[key("F:\\never heard of.vhd")].changed is not None


def test_a_history_that_begins_in_the_middle_is_no_trouble() -> None:
    story = Story()
    story.happened(VmStarted(), SnapshotDeleted(SnapshotId("S")), stream=f"vm/{derive('web01')}")
    record(story, configuration("web01", "base.vhd"))

    assert past(story).configurations[VmId(derive("web01"))].position == 3
