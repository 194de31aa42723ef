"""The riddle: a VM on an AVHD under no snapshot, and what looks like it and is something else."""

from eventstore.events import DiskCloned
from projections.finding import needs_attention
from tests.projections.sightings import (
    configuration,
    findings,
    one,
    record,
    said,
    snapshot_configuration,
    the,
    verdicts,
    vhd,
    walked,
)
from tests.projections.test_roles import riddle
from tests.story import Story, disk

LONE = "avhd_without_snapshot"


def lone(story: Story) -> list[str | None]:
    return [each.path for each in findings(story) if each.verdict == LONE]


def test_in_the_riddle_the_running_disk_is_told_and_its_parent_is_held() -> None:
    assert verdicts(riddle()) == {("base.vhd", "held_base"), ("apply1-r.avhd", LONE)}
    assert needs_attention(findings(riddle()))


def test_it_says_what_holds_it_and_which_snapshots_would_free_it() -> None:
    finding = the(riddle(), LONE)

    assert "holds the current state" in said(finding)
    assert "as long as C:\\VMs\\after-R.avhd hangs below C:\\VMs\\base.vhd too" in said(finding)
    assert 'delete the subtrees of "A1"' in finding.next_step
    assert finding.deletable == "no"


def test_once_the_other_branch_is_gone_it_is_no_riddle_any_more() -> None:
    assert lone(riddle().delete_subtree("A1")) == []


def test_by_configurations_alone_the_chain_tells_that_no_snapshot_stands_above() -> None:
    story = record(Story(), configuration("web01", "b1.avhd", listed=1))
    record(story, snapshot_configuration("A1", "a1.avhd"))
    record(story, vhd("web01.vhd"), vhd("a1.avhd", "web01.vhd"), vhd("b1.avhd", "web01.vhd"))

    assert lone(record(story, walked())) == [disk("b1.avhd")]


def test_a_snapshot_nobody_read_may_stand_above() -> None:
    story = record(Story(), configuration("web01", "b1.avhd", listed=2))
    record(story, snapshot_configuration("A1", "a1.avhd"))
    record(story, vhd("web01.vhd"), vhd("a1.avhd", "web01.vhd"), vhd("b1.avhd", "web01.vhd"))

    assert lone(record(story, walked())) == []


def test_what_waits_for_its_merge_is_pending_and_no_riddle() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S").delete("S")

    assert verdicts(story) == {("base.vhd", "pending_merge")}


def test_an_avhd_of_a_disk_that_another_vm_uses_is_held_by_that_vm() -> None:
    story = Story().vm("web01", "golden.vhd").take("S").vm("web02", "golden.vhd")

    finding = the(story.vm("web01").delete("S"), LONE)

    assert "is needed by the running state of web02" in said(finding)


def test_a_users_own_differencing_disk_needs_no_snapshot() -> None:
    story = Story().by_hand(DiskCloned(disk("mine.avhdx"), disk("golden.vhdx")))

    assert lone(story.vm("web01", "mine.avhdx", policy="live")) == []
    assert one(story, "mine.avhdx").verdict == "needed"
