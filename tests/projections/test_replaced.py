"""Where another disk stands than was known there, somebody is told, and nobody is accused."""

from msgspec.structs import replace

from eventstore.commands import ApplySnapshot
from eventstore.events import DiskGone, DiskMoved, DiskSeen
from eventstore.ids import SnapshotId, derive
from projections.finding import needs_attention
from projections.findings import finding_of
from projections.ownership import ownership_of
from tests.projections.forecasts import foreseen
from tests.projections.sightings import (
    configuration,
    findings,
    graph,
    positions,
    record,
    roles,
    said,
    snapshot_configuration,
    the,
    verdicts,
    vhd,
    vhdx,
)
from tests.story import Story, disk

BASE = vhd("base.vhd")


def branched() -> Story:
    """S1 and S2 of web01, and Now beside S2: base - after-S1, where S2 stands; base - apply1-S1."""
    return Story().vm("web01", "base.vhd").take("S1").take("S2").apply("S1")


def read() -> Story:
    return record(branched(), BASE, leaf("after-S1.avhd"), leaf("apply1-S1.avhd"))


def leaf(name: str, *, disk_id: str | None = None) -> DiskSeen:
    return vhd(name, "base.vhd", disk_id=disk_id)


def identity_of(story: Story, name: str) -> str:
    known = story.machine.disks[story.machine.now.heads["IDE 0:0"]]
    found = next((each for each in story.machine.disks.values() if each.path == disk(name)), known)
    assert found.disk_id is not None
    return found.disk_id


def observed(*disks: DiskSeen) -> Story:
    """Tell of web01 by evidence alone: Now on now.avhd, S on base.vhd, both as read first."""
    story = Story().vm("other", "elsewhere.vhd")
    record(story, configuration("web01", "now.avhd", listed=1))
    return record(story, snapshot_configuration("S", "base.vhd"), BASE, *disks)


class TestByHistory:
    def test_disks_that_stand_where_history_put_them_are_no_finding(self) -> None:
        assert findings(read()) == ()

    def test_two_swapped_heads_are_both_told_and_where_each_belongs(self) -> None:
        story = read()
        one, two = identity_of(story, "after-S1.avhd"), identity_of(story, "apply1-S1.avhd")
        record(story, leaf("after-S1.avhd", disk_id=two), leaf("apply1-S1.avhd", disk_id=one))

        finding = the(story, "unverified", "apply1-S1.avhd")

        assert f"was last known here with identity {two}" in said(finding)
        assert f"another disk (identity {one})" in said(finding)
        assert "stands at C:\\VMs\\after-S1.avhd" in said(finding)
        assert finding.next_step.startswith("Do not start and do not merge.")
        assert positions(finding) == {9, 10}
        assert ("after-s1.avhd", "unverified") in verdicts(story)
        assert needs_attention(findings(story))

    def test_a_foreign_whole_disk_over_nows_avhd_is_told(self) -> None:
        story = record(read(), vhd("apply1-S1.avhd", disk_id="foreign"))

        finding = the(story, "unverified")

        assert finding.path == disk("apply1-S1.avhd")
        assert "another disk (identity foreign)" in said(finding)
        assert finding.next_step.startswith("Do not start the VM and do not merge.")
        assert finding.deletable == "no"

    def test_a_whole_disk_where_hyper_v_made_a_differencing_one_is_told(self) -> None:
        story = record(read(), vhd("apply1-S1.avhd"))

        assert "as a differencing disk that Hyper-V made" in said(the(story, "unverified"))

    def test_it_is_told_where_the_file_is_explained(self) -> None:
        story = record(read(), leaf("apply1-S1.avhd", disk_id="foreign"))
        path = disk("apply1-S1.avhd")

        finding = finding_of(story.fleet, graph(story), ownership_of(story.recorded), path)

        assert finding is not None
        assert "what stands here now is another disk" in said(finding)

    def test_a_vhdx_that_was_only_written_is_the_same_disk(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").take("S")
        record(story, vhdx("base.vhdx"), vhdx("after-S.avhdx", "base.vhdx", written="W2"))
        record(story, vhdx("after-S.avhdx", "base.vhdx", written="W3"))

        assert findings(story) == ()

    def test_what_was_read_before_the_disk_was_made_says_nothing_of_it(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S1")
        record(story, leaf("apply1-S1.avhd", disk_id="before"))
        story.vm("web01").apply("S1")

        assert findings(story) == ()

    def test_a_disk_that_a_hand_moved_there_is_known_by_its_own_identity(self) -> None:
        story, path = read(), disk("apply1-S1.avhd")
        story.by_hand(DiskMoved(path, "E:\\away.avhd"), DiskMoved("E:\\away.avhd", path))
        record(story, leaf("apply1-S1.avhd"))

        assert findings(story) == ()

    def test_a_file_that_nobody_needs_is_not_spoken_of(self) -> None:
        story = read().detach("IDE 0:0")
        record(story, vhd("apply1-S1.avhd", disk_id="foreign"))

        assert ("apply1-s1.avhd", "unverified") not in verdicts(story)


class TestByReading:
    def test_a_later_reading_of_another_identity_is_told(self) -> None:
        story = observed(leaf("now.avhd"))
        assert ("now.avhd", "unverified") not in verdicts(story)
        record(story, vhd("now.avhd", "base.vhd", identity="foreign", disk_id="foreign"))

        assert "another disk (identity foreign)" in said(the(story, "unverified", "now.avhd"))
        assert positions(the(story, "unverified", "now.avhd")) == {5, 6}

    def test_the_disk_that_was_known_is_named_where_it_was_seen_since(self) -> None:
        story = observed(leaf("now.avhd"))
        record(story, vhd("now.avhd", "base.vhd", identity="foreign", disk_id="foreign"))
        record(story, vhd("E:\\old.avhd", "base.vhd", identity=derive("identity", "now.avhd")))

        finding = the(story, "unverified", "now.avhd")

        assert "stands at E:\\old.avhd, not at C:\\VMs\\now.avhd" in said(finding)
        assert roles(story)["e:\\old.avhd"] == "in_tree"

    def test_another_kind_of_the_same_identity_is_told(self) -> None:
        story = observed(leaf("now.avhd"))
        record(story, vhd("now.avhd"))

        finding = the(story, "unverified", "now.avhd")

        assert "as a differencing disk; what stands here now is a whole disk" in said(finding)

    def test_the_disk_that_was_put_back_is_known_again(self) -> None:
        story = observed(leaf("now.avhd"))
        record(story, vhd("now.avhd", "base.vhd", identity="foreign", disk_id="foreign"))
        record(story, leaf("now.avhd"))

        assert ("now.avhd", "unverified") not in verdicts(story)

    def test_a_reading_that_could_use_nothing_is_not_what_a_disk_is_known_by(self) -> None:
        damaged = replace(leaf("now.avhd"), facts=None, problem="cut")
        story = record(observed(damaged), leaf("now.avhd"))

        assert ("now.avhd", "unverified") not in verdicts(story)
        record(story, vhd("now.avhd", "base.vhd", identity="foreign", disk_id="foreign"))
        assert positions(the(story, "unverified", "now.avhd")) == {6, 7}

    def test_a_file_that_was_gone_meanwhile_is_a_new_one(self) -> None:
        story = observed(leaf("now.avhd"))
        record(story, DiskGone(disk("now.avhd"), disk("now.avhd")))
        record(story, vhd("now.avhd", "base.vhd", identity="new", disk_id="new"))

        assert ("now.avhd", "unverified") not in verdicts(story)


def test_a_file_that_would_be_deleted_and_is_another_disk_is_a_doubt() -> None:
    story = read()
    apply = ApplySnapshot(SnapshotId("S1"), "x")
    assert foreseen(story, apply).doubts == ()

    record(story, vhd("apply1-S1.avhd", disk_id="foreign"))

    (doubt,) = foreseen(story.vm("web01"), apply).doubts
    assert doubt.startswith("what stands at C:\\VMs\\apply1-S1.avhd is another disk: it was last ")
