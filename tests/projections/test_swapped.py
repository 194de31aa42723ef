"""Two VHDX of one tree in each other's places: no link shows it, readings and times do."""

from msgspec.structs import replace

from eventstore.moments import Moment, later
from projections.finding import Finding
from tests.projections.sightings import LONG_AGO, findings, record, said, vhdx
from tests.story import START, Story, disk


def siblings() -> Story:
    """Tell of S2's disk after-S1.avhdx and Now's apply1-S1.avhdx, both below base.vhdx."""
    return Story().vm("web01", "base.vhdx", policy="live").take("S1").take("S2").apply("S1")


def read(story: Story, old: str, new: str, at: Moment = LONG_AGO, now: Moment = LONG_AGO) -> Story:
    """Let both be read with these DataWriteGuids and times of last writing."""
    frozen = replace(vhdx("after-S1.avhdx", "base.vhdx", written=old), modified_at=at)
    current = replace(vhdx("apply1-S1.avhdx", "base.vhdx", written=new), modified_at=now)
    return record(story, vhdx("base.vhdx"), frozen, current)


def swapped(story: Story) -> list[Finding]:
    return [each for each in findings(story) if "swapped" in said(each)]


def test_what_was_read_of_both_before_shows_it() -> None:
    story = read(siblings(), "A", "B")
    assert swapped(story) == []

    found = swapped(read(story, "B", "A"))

    assert {each.path for each in found} == {disk("after-S1.avhdx"), disk("apply1-S1.avhdx")}
    assert {(each.verdict, each.deletable) for each in found} == {("unverified", "no")}
    assert "put them back in each other's places" in found[0].next_step


def test_a_disk_that_was_only_written_was_not_swapped() -> None:
    assert swapped(read(read(siblings(), "A", "B"), "A", "C")) == []


def test_readings_go_on_telling_it_until_they_are_put_back() -> None:
    story = read(read(siblings(), "A", "B"), "B", "A")

    assert len(swapped(read(story, "B", "A"))) == 2
    assert swapped(read(story, "A", "B2")) == []


class TestByTimes:
    MADE = later(START, minutes=3)
    BEFORE, AFTER = later(MADE, minutes=-1), later(MADE, minutes=1)

    def test_each_was_written_when_only_the_other_can_have_been(self) -> None:
        story = read(siblings(), "A", "B", at=self.AFTER, now=self.BEFORE)

        assert len(swapped(story)) == 2
        assert "may have been swapped" in said(swapped(story)[0])

    def test_files_that_were_written_in_their_time_were_not(self) -> None:
        assert swapped(read(siblings(), "A", "B", at=self.BEFORE, now=self.AFTER)) == []
        assert swapped(read(siblings(), "A", "B", at=self.BEFORE, now=self.BEFORE)) == []
        assert swapped(read(siblings(), "A", "B", at=self.AFTER, now=self.AFTER)) == []

    def test_a_frozen_file_that_a_merge_wrote_to_may_be_as_new_as_it_is(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").take("S1").take("S2").take("S3")
        story.apply("S1").delete("S2")
        record(story, vhdx("base.vhdx"))
        frozen = replace(vhdx("after-S1.avhdx", "base.vhdx", written="A"), modified_at=story.at)
        current = replace(vhdx("apply1-S1.avhdx", "base.vhdx", written="B"), modified_at=LONG_AGO)

        assert swapped(record(story, frozen, current)) == []
