"""When a file may be deleted: only on proof, and every missing piece of it takes the yes away."""

import pytest

from eventstore.events import DiskLost, DiskWritten, SnapshotDeleted, VmRemoved
from eventstore.evidence.observations import Check
from eventstore.ids import SnapshotId, derive
from eventstore.moments import Moment, later
from projections.finding import Finding
from tests.projections.sightings import (
    LONG_AGO,
    configuration,
    findings,
    record,
    said,
    seen,
    the,
    vhd,
    walked,
)
from tests.story import START, Story, disk, key

LOST_AT = later(START, minutes=4)


def left_behind() -> Story:
    """Tell of a host that died between deleting S2 and deleting its disk after-S.avhd."""
    story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
    return story.happened(SnapshotDeleted(SnapshotId("S2")))


def looked_at(story: Story, modified: Moment = LONG_AGO) -> Story:
    """Record everything there is to see."""
    record(story, configuration("web01", "apply1-S.avhd", listed=1))
    record(story, vhd("base.vhd"), vhd("apply1-S.avhd", "base.vhd"))
    left = vhd("after-S.avhd", "base.vhd", modified=modified, disk_id=made_as(story))
    return record(story, left, walked())


def made_as(story: Story) -> str | None:
    """Give the identity with which Hyper-V made the disk that was left behind."""
    return story.machine.disks[key("after-S.avhd")].disk_id


def orphan(story: Story) -> Finding:
    return the(story, "orphan")


def test_a_known_loss_an_older_last_write_and_a_full_look_make_a_yes() -> None:
    finding = orphan(looked_at(left_behind()))

    assert finding.deletable == "yes"
    assert LONG_AGO in said(finding)
    assert finding.next_step == "Back the file up, then delete it by hand."
    assert finding.would_break == ()


def test_headers_that_do_not_hold_take_the_yes_away() -> None:
    story = looked_at(left_behind())
    bad = Check("footer at the end", passed=False, text="checksum 1 stored, 2 calculated")
    record(story, vhd("after-S.avhd", "base.vhd", checks=(bad,)))
    assert orphan(story).deletable == "unknown"

    record(story, seen("after-S.avhd", None, problem="the file is empty: 0 bytes"))

    assert orphan(story).deletable == "unknown"
    assert the(story, "unverified").deletable == "unknown"


def test_another_disk_at_its_place_takes_the_yes_away() -> None:
    """Whoever moved a disk there did not know what had been deleted, and history neither."""
    story = record(looked_at(left_behind()), vhd("after-S.avhd", "base.vhd", disk_id="another"))

    assert orphan(story).deletable == "unknown"
    assert "It is another disk" in said(orphan(story))


def test_a_second_file_of_its_identity_takes_the_yes_away() -> None:
    copied = vhd("E:\\copy.avhd", "base.vhd", identity=derive("identity", "after-s.avhd"))
    story = record(looked_at(left_behind()), copied)

    assert the(story, "orphan", "after-S.avhd").deletable == "unknown"


def test_a_needed_file_that_is_not_at_its_place_takes_the_yes_away() -> None:
    story = looked_at(left_behind()).by_hand(DiskLost(disk("apply1-S.avhd")))

    assert orphan(story).deletable == "unknown"
    assert "needed and not at its place" in said(orphan(story))


class TestRollbackInWaiting:
    def test_a_file_written_after_its_loss_holds_the_newest_data(self) -> None:
        finding = orphan(looked_at(left_behind(), later(LOST_AT, minutes=1)))

        assert finding.deletable == "no"
        assert "may hold the newest data" in said(finding)
        assert "do not start the VM" in finding.next_step

    def test_a_write_past_hyper_v_counts_as_well(self) -> None:
        story = looked_at(left_behind()).by_hand(DiskWritten(disk("after-S.avhd")))

        assert orphan(story).deletable == "no"

    def test_by_evidence_alone_a_leaf_newer_than_nows_disk_holds_the_newest_data(self) -> None:
        now = vhd("now.avhd", "base.vhd", modified=later(LONG_AGO, days=1))
        story = record(Story(), configuration("web01", "now.avhd"), vhd("base.vhd"), now)
        record(story, vhd("leaf.avhd", "base.vhd", modified=later(LONG_AGO, days=2)))

        finding = orphan(story)

        assert finding.deletable == "no"
        assert "the configuration be out of date" in said(finding)

    def test_by_evidence_alone_an_older_leaf_is_left_open(self) -> None:
        now = vhd("now.avhd", "base.vhd", modified=later(LONG_AGO, days=1))
        story = record(Story(), configuration("web01", "now.avhd"), vhd("base.vhd"), now)

        finding = orphan(record(story, vhd("leaf.avhd", "base.vhd")))

        assert finding.deletable == "unknown"
        assert "No history tells who referred to it last" in said(finding)


class TestEveryGapTakesTheYesAway:
    def test_no_configuration(self) -> None:
        story = record(left_behind(), vhd("after-S.avhd", "base.vhd"), walked())

        assert orphan(story).deletable == "unknown"
        assert "the configuration of web01" in said(orphan(story))

    def test_a_configuration_read_before_the_loss(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
        record(story, configuration("web01", "apply1-S.avhd", listed=2))
        story.happened(SnapshotDeleted(SnapshotId("S2")))
        record(story, vhd("after-S.avhd", "base.vhd"))

        assert "the configuration of web01 since" in said(orphan(story))

    def test_a_second_vm_nobody_read(self) -> None:
        story = looked_at(left_behind().vm("web02", "D:\\other.vhd").vm("web01"))

        finding = orphan(story)

        assert finding.deletable == "unknown"
        assert "the configuration of web02" in said(finding)
        assert "D:\\, which holds disks of web02, was not read" in said(finding)

    def test_a_folder_walked_before_the_loss_only(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
        record(story, vhd("base.vhd"), walked())
        story.happened(SnapshotDeleted(SnapshotId("S2")))
        record(story, configuration("web01", "apply1-S.avhd"), vhd("after-S.avhd", "base.vhd"))

        assert "was not read since" in said(orphan(story))

    def test_a_folder_that_could_not_be_read(self) -> None:
        story = looked_at(left_behind())
        record(story, walked(unread=(("C:\\VMs", "cannot be read: Permission denied"),)))

        assert orphan(story).deletable == "unknown"

    def test_a_file_not_looked_at_since_its_loss(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
        record(story, vhd("base.vhd"), vhd("after-S.avhd", "base.vhd"))
        story.happened(SnapshotDeleted(SnapshotId("S2")))
        record(story, configuration("web01", "apply1-S.avhd", listed=1), walked())

        assert orphan(story).deletable == "unknown"
        assert "since it lost its last reference" in said(orphan(story))

    def test_a_file_that_hangs_below_it(self) -> None:
        story = record(looked_at(left_behind()), vhd("child.avhd", "after-S.avhd"))

        finding = the(story, "orphan", "after-S.avhd")

        assert finding.deletable == "unknown"
        assert finding.would_break == (disk("child.avhd"),)

    def test_an_owner_removed_since(self) -> None:
        story = looked_at(left_behind()).happened(VmRemoved())

        assert orphan(story).deletable == "unknown"
        assert "web01 was removed since" in said(orphan(story))

    def test_a_loss_by_detaching(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        record(story, configuration("web01", "after-S.avhd"), vhd("base.vhd"))
        record(story, vhd("after-S@1.avhd", "data.vhd"), walked())

        finding = the(story, "orphan")

        assert finding.deletable == "unknown"
        assert "Nothing shows that Hyper-V was done with it" in said(finding)


@pytest.mark.parametrize("name", ["base.vhd", "apply1-S.avhd"])
def test_what_somebody_needs_is_never_deletable(name: str) -> None:
    story = looked_at(left_behind()).by_hand(DiskWritten(disk("base.vhd")))

    for finding in findings(story):
        assert finding.path != disk(name) or finding.deletable == "no"


class TestWhatMayHideAnOwner:
    def test_a_snapshot_that_is_listed_and_not_known(self) -> None:
        story = record(looked_at(left_behind()), configuration("web01", "apply1-S.avhd", listed=2))

        assert orphan(story).deletable == "unknown"
        assert "2 are listed, 1 known" in said(orphan(story))

    def test_a_file_that_a_walk_could_not_read(self) -> None:
        unread = (("C:\\VMs\\Snapshots\\x.vmcx", "is a VMCX configuration"),)
        story = record(looked_at(left_behind()), walked(unread=unread))

        assert orphan(story).deletable == "unknown"

    def test_a_contradiction_in_the_history_of_any_vm(self) -> None:
        story = looked_at(left_behind()).happened(SnapshotDeleted(SnapshotId("never taken")))

        assert orphan(story).deletable == "unknown"
