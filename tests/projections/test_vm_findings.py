"""Verdicts on a VM as a whole: its configuration against its history, and against its limits."""

from eventstore.moments import Moment, later
from tests.projections.sightings import (
    LONG_AGO,
    configuration,
    findings,
    one,
    positions,
    record,
    said,
    snapshot_configuration,
    the,
    verdicts,
    vhd,
    walked,
)
from tests.story import Story, disk


class TestConfiguration:
    def test_a_configuration_that_names_another_file_than_history_is_stale(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        record(story, configuration("web01", "base.vhd", listed=1))

        finding = the(story, "stale_path")
        assert finding.path == disk("base.vhd")
        assert disk("after-S.avhd") in said(finding)
        assert positions(finding) == {3}
        assert one(story, "after-S.avhd").deletable == "no"

    def test_a_configuration_that_agrees_is_no_finding(self) -> None:
        story = record(
            Story().vm("web01", "base.vhd").take("S"), configuration("web01", "after-S.avhd")
        )

        assert findings(story) == ()

    def test_unread_snapshot_configurations_leave_the_vm_unverified(self) -> None:
        story = record(Story(), configuration("web01", "now.avhd", listed=2))
        record(story, snapshot_configuration("S", "base.vhd"))

        finding = the(story, "unverified")

        assert finding.path is None
        assert finding.vm is not None
        assert "1 of the 2 snapshot configurations of web01" in said(finding)

    def test_whoever_comes_near_fifty_snapshots_is_told(self) -> None:
        story = Story().vm("web01", "base.vhd")
        for number in range(45):
            assert findings(story) == ()
            story.take(f"S{number}")
        near = the(story, "snapshot_limit")
        for number in range(45, 50):
            story.take(f"S{number}")

        assert near.path is None
        assert "45 snapshots of the 50" in said(near)
        assert "after 5 snapshots more" in near.next_step
        assert "no further one" in the(story, "snapshot_limit").next_step


class TestRollbackByTimes:
    """A configuration that names a disk with a newer AVHD below it is out of date."""

    def story(self, written: Moment) -> Story:
        story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"))
        return record(story, vhd("left.avhd", "base.vhd", modified=written), walked())

    def test_an_avhd_written_after_the_disk_that_now_names_may_be_nows(self) -> None:
        finding = the(self.story(later(LONG_AGO, days=1)), "stale_path")

        assert finding.path == disk("base.vhd")
        assert f"{disk('left.avhd')} was made from it and written at" in said(finding)
        assert positions(finding) == {1, 2, 3}
        assert "it would go back to" in finding.next_step

    def test_one_that_was_written_before_is_left_over(self) -> None:
        found = verdicts(self.story(later(LONG_AGO, days=-1)))

        assert found == {("left.avhd", "orphan")}

    def test_one_that_a_snapshot_needs_says_nothing(self) -> None:
        story = record(Story(), configuration("web01", "base.vhd", listed=1))
        record(story, vhd("base.vhd"), snapshot_configuration("S", "left.avhd"))
        left = vhd("left.avhd", "base.vhd", modified=later(LONG_AGO, days=1))

        assert verdicts(record(story, left, walked())) == set()
