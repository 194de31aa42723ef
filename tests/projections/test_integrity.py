"""What headers say of a child and its parent, held against each other and against history."""

import pytest
from msgspec.structs import replace

from eventstore.events import DiskWritten
from eventstore.evidence.disk import read_disk
from eventstore.evidence.observations import Check, DiskFacts
from tests.projections.sightings import (
    configuration,
    findings,
    positions,
    record,
    roles,
    said,
    seen,
    the,
    verdicts,
    vhd,
    vhdx,
    walked,
)
from tests.real_evidence import unpacked
from tests.story import Story, disk


class TestParents:
    def test_a_child_of_the_disk_it_quotes_is_no_finding(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        assert findings(record(story, vhd("base.vhd"), vhd("after-S.avhd", "base.vhd"))) == ()

    def test_another_disk_in_the_parents_place_is_a_mismatch(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        record(story, vhd("base.vhd", identity="another"), vhd("after-S.avhd", "base.vhd"))

        finding = the(story, "parent_mismatch")

        assert finding.path == disk("after-S.avhd")
        assert "is another disk" in said(finding)
        assert positions(finding) == {3, 4}
        assert finding.deletable == "no"

    def test_a_parent_that_was_resized_is_told_with_what_hyper_v_will_answer(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        base = vhd("base.vhd")
        assert base.facts is not None
        larger = replace(base, facts=replace(base.facts, virtual_size_bytes=2 << 30))
        record(story, larger, vhd("after-S.avhd", "base.vhd"))

        finding = the(story, "parent_mismatch")

        assert "base.vhd is its parent still, and was resized" in said(finding)
        assert "0xC03A0017" in said(finding)
        assert "a copy resized back" in finding.next_step

    def test_another_disk_of_another_size_was_not_resized(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        other = vhd("base.vhd", identity="another")
        assert other.facts is not None
        larger = replace(other, facts=replace(other.facts, virtual_size_bytes=2 << 30))
        record(story, larger, vhd("after-S.avhd", "base.vhd"))

        assert "is another disk" in said(the(story, "parent_mismatch"))

    @pytest.mark.parametrize(
        ("name", "answer"), [("base.vhd", "0xC03A000F"), ("base.vhdx", "0xC03A000E")]
    )
    def test_a_write_that_history_tells_says_what_hyper_v_will_answer(
        self, name: str, answer: str
    ) -> None:
        story = Story().vm("web01", name, policy="live").take("S")

        assert answer in said(the(story.by_hand(DiskWritten(disk(name))), "parent_written"))

    def test_a_vhdx_parent_written_since_is_told_by_its_data_write_guid(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").take("S")
        record(story, vhdx("base.vhdx", written="W9"))
        record(story, vhdx("after-S.avhdx", "base.vhdx", written="W2"))

        finding = the(story, "parent_written")

        assert finding.path == disk("after-S.avhdx")
        assert "DataWriteGuid" in said(finding)

    def test_a_vhdx_that_still_matches_clears_its_parent_of_a_write(self) -> None:
        story = Story().vm("web01", "base.vhdx", policy="live").take("S")
        story.by_hand(DiskWritten(disk("base.vhdx")))
        assert the(story, "parent_written").path == disk("after-S.avhdx")

        record(story, vhdx("base.vhdx"), vhdx("after-S.avhdx", "base.vhdx", written="W2"))

        assert findings(story) == ()

    def test_a_vhd_that_still_matches_clears_nobody(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").by_hand(DiskWritten(disk("base.vhd")))

        record(story, vhd("base.vhd"), vhd("after-S.avhd", "base.vhd"))

        assert ("after-s.avhd", "parent_written") in verdicts(story)

    def test_headers_read_before_a_merge_accuse_nobody(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3")
        record(story, vhd("base.vhd"), vhd("after-S1.avhd", "base.vhd"))
        record(story, vhd("after-S2.avhd", "after-S1.avhd"), vhd("after-S3.avhd", "after-S2.avhd"))

        assert findings(story.delete("S2").shut_down()) == ()

    def test_two_witnesses_with_different_parents_are_a_mismatch(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        record(story, vhd("other.vhd"), vhd("after-S.avhd", "other.vhd"))

        assert "by another C:\\VMs\\other.vhd" in said(the(story, "parent_mismatch"))

    def test_a_parent_that_no_walk_found_is_missing(self) -> None:
        story = record(Story(), vhd("leaf.avhd", "gone.vhd"), walked())

        assert {("gone.vhd", "missing"), ("leaf.avhd", "parent_missing")} <= verdicts(story)
        assert the(story, "parent_missing").deletable == "unknown"

    def test_a_differencing_disk_that_names_no_parent_has_lost_it(self) -> None:
        child = vhd("leaf.avhd", "gone.vhd")
        assert child.facts is not None
        nameless = seen("leaf.avhd", _without_parent(child.facts))

        finding = the(record(Story(), nameless), "parent_missing")

        assert "its header names no parent" in said(finding)


class TestHeaders:
    def test_a_failed_check_leaves_a_disk_unverified_and_needed(self) -> None:
        bad = Check("footer at the end", passed=False, text="checksum 1 stored, 2 calculated")

        story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd", checks=(bad,)))

        finding = the(story, "unverified")
        assert "footer at the end: checksum 1 stored, 2 calculated" in said(finding)
        assert finding.deletable == "no"
        assert roles(story) == {"base.vhd": "base"}

    def test_a_disk_without_usable_headers_is_unverified(self) -> None:
        story = record(Story(), seen("x.avhd", None, problem="no usable VHD footer"))

        assert "no usable VHD footer" in said(the(story, "unverified"))

    def test_two_files_with_one_identity_are_told_on_both(self) -> None:
        story = Story().vm("web01", "base.vhd")

        record(story, vhd("base.vhd"), vhd("copy.vhd", identity=_identity_of("base.vhd")))

        found = {name for name, verdict in verdicts(story) if verdict == "duplicate_identity"}
        assert found == {"base.vhd", "copy.vhd"}

    def test_a_vhdx_and_its_child_share_an_id_and_are_no_copies(self) -> None:
        story = record(Story(), configuration("web01", "child.avhdx"))
        record(story, vhdx("base.vhdx"), vhdx("child.avhdx", "base.vhdx", written="W2"))

        assert "duplicate_identity" not in {verdict for _, verdict in verdicts(story)}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Record the real samples without a mapping, as they lie in their folders."""
    root = unpacked(tmp_path_factory.mktemp("real"))
    story = Story()
    for path in sorted((*root.glob("avhd*/*"), *root.glob("vhd/dfvfs-image.vhd"))):
        record(story, seen(str(path), read_disk(path).facts))
    return record(story, walked(str(root)))


def verdicts_on(story: Story, part: str) -> set[str]:
    """Give the verdicts on files whose name has `part` in it."""
    return {verdict for name, verdict in verdicts(story) if name and part in name}


class TestRealDisks:
    def test_a_genuine_avhdx_without_its_unpublished_parent_has_lost_it(self, real: Story) -> None:
        parent = (
            "C:\\Users\\Public\\Documents\\Hyper-V\\Virtual hard disks\\"
            "Generation 1_49C4BAF3-4B25-4406-8C4B-D39E65C32385.avhdx"
        )

        assert verdicts_on(real, "differencing.avhdx") == {"parent_missing", "unknown"}
        assert parent in [each.path for each in findings(real) if each.verdict == "missing"]

    def test_a_chain_made_by_foreign_tools_hangs_together_and_matches(self, real: Story) -> None:
        assert verdicts_on(real, "avhd-independent") == {"unknown"}

    def test_a_parent_in_another_folder_is_found_by_its_identity(self, real: Story) -> None:
        assert verdicts_on(real, "image-differential") == {"unknown", "unverified"}

    def test_without_configuration_every_real_disk_is_unknown_and_none_an_orphan(
        self, real: Story
    ) -> None:
        assert set(roles(real).values()) == {"unknown", "missing"}


def _without_parent(facts: DiskFacts) -> DiskFacts:
    return replace(facts, parent=None)


def _identity_of(name: str) -> str:
    facts = vhd(name).facts
    assert facts is not None
    return facts.identity
