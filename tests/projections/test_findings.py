"""Verdicts that history gives on single files, with their reasons, and what they ask to do."""

import pytest
from msgspec.structs import replace

from eventstore.events import DiskLost, SnapshotDeleted
from eventstore.evidence.observations import Check
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import later
from projections.disk_chain import in_folder
from projections.finding import needs_attention
from projections.findings import finding_of, findings_by_vm, findings_in, findings_of_vm
from projections.ownership import ownership_of
from tests.eventstore.test_cases import article
from tests.projections.sightings import (
    LONG_AGO,
    findings,
    graph,
    one,
    positions,
    record,
    said,
    the,
    verdicts,
    vhd,
    walked,
)
from tests.story import START, Story, disk


class TestOrphans:
    def left_behind(self) -> Story:
        """Tell of a host that died between deleting S2 and deleting its disk."""
        story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
        return story.happened(SnapshotDeleted(SnapshotId("S2")))

    def test_an_orphan_names_its_last_owner_and_how_it_was_lost(self) -> None:
        finding = the(self.left_behind(), "orphan")

        assert finding.path == disk("after-S.avhd")
        assert finding.vm is not None
        assert finding.vm.name == "web01"
        assert 'snapshot "S2" of web01 was deleted' in said(finding)
        assert 6 in positions(finding)
        assert needs_attention((finding,))

    def test_history_alone_leaves_open_whether_it_may_go(self) -> None:
        finding = the(self.left_behind(), "orphan")

        assert finding.deletable == "unknown"
        assert "Nobody has looked at the file itself" in said(finding)

    def test_an_unreachable_child_is_an_orphan_itself_and_does_not_hold_its_parent(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S")
        record(story.delete("S"), vhd("stray.avhd", "after-S.avhd"))

        assert {("stray.avhd", "orphan"), ("base.vhd", "pending_merge")} <= verdicts(story)
        assert "stray.avhd hangs below it, and nobody needs it" in said(one(story, "after-S.avhd"))

    def test_a_detached_avhd_is_an_orphan_of_which_nobody_knows_whether_it_may_go(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")

        finding = the(story, "orphan")

        assert finding.deletable == "unknown"
        assert "detached from web01" in said(finding)


class TestMissing:
    def lost(self) -> Story:
        story = Story().vm("web01", "base.vhd").take("S").take("T").take("U")
        return story.by_hand(DiskLost(disk("after-S.avhd")))

    def test_a_missing_file_names_who_needs_it_and_all_it_takes_with_it(self) -> None:
        finding = the(self.lost(), "missing")

        assert finding.path == disk("after-S.avhd")
        assert set(finding.would_break) == {disk("after-T.avhd"), disk("after-U.avhd")}
        assert 'Snapshot "T" of web01 refers to it' in said(finding)
        assert 5 in positions(finding)

    def test_its_child_has_lost_its_parent(self) -> None:
        finding = the(self.lost(), "parent_missing")

        assert finding.path == disk("after-T.avhd")
        assert disk("after-S.avhd") in said(finding)
        assert "0xC03A000D" in said(finding)
        assert "below it is refused with it: 0xC03A0019" in said(finding)
        assert finding.deletable == "no"

    def test_of_two_verdicts_on_a_file_the_more_careful_judgement_counts(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        bad = Check("footer at the end", passed=False, text="no footer there")
        record(story, vhd("after-S@1.avhd", "data.vhd", modified=story.at, checks=(bad,)))

        assert the(story, "orphan").deletable == "no"
        assert the(story, "unverified").deletable == "no"
        assert one(story, "after-S@1.avhd").deletable == "no"

    def test_of_two_verdicts_on_a_file_one_answer_has_the_reasons_of_both(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.by_hand(DiskLost(disk("data.vhd")))

        finding = one(story, "after-S@1.avhd")

        assert finding.verdict == "parent_missing"
        assert "No snapshot and no running state" in said(finding)


class TestUnknown:
    def test_files_of_a_removed_vm_are_never_deletable_by_that_alone(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").remove()

        for finding in findings(story):
            assert (finding.verdict, finding.deletable) == ("unknown", "unknown")
            assert "removed since" in said(finding)

    def test_disks_without_any_configuration_are_unknown_each_for_itself(self) -> None:
        story = record(Story().vm("web01", "base.vhd"), vhd("x.vhd"), vhd("y.avhd", "x.vhd"))

        assert verdicts(story) == {("x.vhd", "unknown"), ("y.avhd", "unknown")}

    def test_circling_parents_are_told_on_every_file_of_the_circle(self) -> None:
        story = record(Story(), vhd("a.avhd", "b.avhd"), vhd("b.avhd", "a.avhd"))

        assert {("a.avhd", "cycle"), ("b.avhd", "cycle")} <= verdicts(story)


class TestOneFile:
    def test_a_file_that_is_odd_in_no_way_is_needed(self) -> None:
        finding = one(Story().vm("web01", "base.vhd").take("S"), "base.vhd")

        assert finding.verdict == "needed"
        assert 'Snapshot "S" of web01 refers to it.' in said(finding)
        assert finding.would_break == (disk("after-S.avhd"),)

    def test_a_users_own_disk_that_nobody_uses_is_its_owners_business(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").detach("IDE 0:1")

        finding = one(story, "data.vhd")

        assert (finding.verdict, finding.deletable) == ("unknown", "unknown")
        assert findings(story) == ()

    @pytest.mark.parametrize(
        ("name", "how"), [("after-1-3-1.avhd", "merged into"), ("after-1-1.avhd", "deleted it")]
    )
    def test_a_file_that_is_gone_says_how_it_went(self, name: str, how: str) -> None:
        story = article().delete("1-1").delete("1-3-1").shut_down()

        finding = one(story, name)

        assert (finding.path, finding.verdict) == (disk(name), "missing")
        assert how in said(finding)

    def test_a_file_nobody_ever_knew_has_no_finding(self) -> None:
        story = Story().vm("web01", "base.vhd")
        ownership = ownership_of(story.recorded)

        assert finding_of(story.fleet, graph(story), ownership, "C:\\other.vhd") is None

    def test_the_size_is_what_was_last_seen(self) -> None:
        story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd"))

        assert one(story, "base.vhd").size_bytes == 4096


def test_findings_are_kept_by_vm_and_by_folder() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S").delete("S")
    story.vm("web02", "D:\\other.vhd").start().take("T").delete("T")
    record(story, vhd("D:\\other.vhd"), walked())

    all_of_them, found = findings(story), graph(story)

    assert len(all_of_them) == 2
    of_vm = findings_of_vm(all_of_them, found, VmId(derive("web02")))
    assert [each.path for each in of_vm] == ["D:\\other.vhd"]
    assert findings_by_vm(all_of_them, found) == dict.fromkeys(story.fleet.machines, 1)
    assert findings_in(all_of_them, found, in_folder(story.fleet, "/case/D")) == of_vm


class TestAgeAndGrowth:
    def test_history_says_since_when_a_file_stands(self) -> None:
        story = record(Story().vm("web01", "base.vhd").take("S"), vhd("after-S.avhd", "base.vhd"))

        assert one(story, "after-S.avhd").since == later(START, minutes=1)
        assert one(story, "after-S.avhd").modified_at == LONG_AGO

    def test_what_was_only_read_stands_since_nobody_knows_when(self) -> None:
        assert one(record(Story(), vhd("x.vhd")), "x.vhd").since is None

    def test_growth_is_that_since_the_first_reading(self) -> None:
        story = record(Story(), vhd("x.vhd"))
        assert one(story, "x.vhd").grown_bytes is None

        for size_bytes in (5_000, 9_000):
            record(story, replace(vhd("x.vhd"), size_bytes=size_bytes))

        assert one(story, "x.vhd").grown_bytes == 9_000 - 4_096
