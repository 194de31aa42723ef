"""The life of one file: every entry that did something to it, and what it is now."""

from eventstore.events import DiskCopied
from projections.explain import Explanation, explain
from tests.eventstore.test_cases import article
from tests.projections.sightings import record, vhd
from tests.story import Story, disk


def explained(story: Story, name: str) -> Explanation:
    found = explain(story.recorded, disk(name))
    assert found is not None
    return found


def told(story: Story, name: str) -> dict[int | None, str]:
    return {line.position: line.text for line in explained(story, name).life}


def test_a_life_tells_of_every_reference_and_every_merge() -> None:
    life = told(article().delete("1-3-1").shut_down(), "after-1-3.avhd")

    assert list(life) == [12, 13, 14, 16, 17]
    assert "The running state of web01 refers to this file now." in life[12]
    assert 'Snapshot "1-3-1" of web01 refers to this file now.' in life[13]
    assert 'Snapshot "1-3-1" of web01 was the last to refer to this file.' in life[14]
    assert "was merged into after-1-3.avhd" in life[17]


def test_deleting_a_snapshot_is_part_of_the_life_though_it_names_no_file() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("T").rename("T", "before the patch")

    life = told(story.delete("T"), "after-S.avhd")

    assert 'Snapshot "before the patch" of web01 was deleted' in life[5]


def test_a_file_hears_of_its_new_parent() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3")

    life = told(story.delete("S2").shut_down(), "after-S3.avhd")

    assert "This file hangs below C:\\VMs\\after-S1.avhd now." in list(life.values())[-1]


def test_the_life_of_a_file_that_is_gone_is_told_to_its_end() -> None:
    story = article().delete("1-1")

    found = explained(story, "after-1-1.avhd")

    assert found.finding.verdict == "missing"
    assert "was deleted" in found.life[-1].text


def test_what_others_did_is_left_out() -> None:
    story = Story().vm("web01", "base.vhd").vm("web02", "other.vhd").start().take("S").vm("web01")

    assert list(told(story, "base.vhd")) == [1]


def test_a_copy_is_part_of_both_lives() -> None:
    story = Story().vm("web01", "base.vhd")
    story.by_hand(DiskCopied(disk("base.vhd"), "E:\\copy.vhd"))

    assert list(told(story, "base.vhd")) == [1, 2]
    assert list(told(story, "E:\\copy.vhd")) == [2]


def test_a_file_may_be_named_by_the_place_where_it_was_found() -> None:
    story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd"))

    assert explain(story.recorded, "/case/C/VMs/base.vhd") == explained(story, "base.vhd")


def test_a_late_entry_is_told_where_it_belongs_in_time() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("T")
    shuffled = list(reversed(story.recorded))

    assert explain(shuffled, disk("base.vhd")) == explained(story, "base.vhd")


def test_nothing_is_explained_that_nobody_ever_spoke_of() -> None:
    assert explain(Story().vm("web01", "base.vhd").recorded, "C:\\other.vhd") is None
