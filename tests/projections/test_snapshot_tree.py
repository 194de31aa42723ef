import pytest
from hypothesis import given
from msgspec.structs import replace

from eventstore.commands import Revert
from eventstore.entry import Recorded
from eventstore.errors import Refused
from eventstore.events import SnapshotDeleted, VmPaused
from eventstore.fleet import fold
from eventstore.ids import SnapshotId
from projections.as_of import select
from projections.shapes import last_counted
from projections.snapshot_tree import SnapshotTree, slot_order, tree_of
from tests.projections.forecasts import foreseen
from tests.projections.histories import as_json, late_histories
from tests.projections.sightings import configuration, record, said, snapshot_configuration, the
from tests.story import Story, disk


def tree(story: Story) -> SnapshotTree:
    return tree_of(story.machine, last_counted(select(story.recorded).last()))


def test_the_tree_has_the_shape_of_the_contract() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1")

    assert as_json(tree(story)) == {
        "vm": {"id": story.machine.id, "name": "web01"},
        "as_of": {"position": 3, "occurred_at": "2010-09-26T06:02:00.000000Z"},
        "power": "running",
        "removed_at": None,
        "merging": [],
        "contradictions": [],
        "snapshots": [
            {
                "id": "S1",
                "name": "S1",
                "parent": None,
                "taken_at": "2010-09-26T06:02:00.000000Z",
                "has_saved_state": True,
                "head_disks": {"IDE 0:0": disk("web01.vhd")},
                "is_parent_known": True,
                "is_in_circle": False,
                "kind": "",
                "are_disks_known": True,
            }
        ],
        "now": {
            "parent": "S1",
            "head_disks": {"IDE 0:0": disk("after-S1.avhd")},
            "is_parent_known": True,
            "are_disks_known": True,
        },
    }


def test_the_articles_tree_hangs_1_3_1_under_1_3_and_its_siblings_under_1() -> None:
    """Case 1: Now is under 1-3-1 until that is deleted, then under 1-3."""
    story = Story().vm("web01", "web01.vhd").start().take("1").take("1-1")
    story.apply("1").take("1-2").apply("1").take("1-3").take("1-3-1").delete("1-3-1")
    shown = tree(story)

    assert [(each.id, each.parent) for each in shown.snapshots] == [
        ("1", None),
        ("1-1", "1"),
        ("1-2", "1"),
        ("1-3", "1"),
    ]
    assert shown.now.parent == "1-3"


def test_a_running_merge_is_shown_with_both_files() -> None:
    story = Story().vm("web01", "web01.vhd").hold_merges().take("S1").delete("S1")

    assert as_json(tree(story).merging) == [
        {"child": disk("after-S1.avhd"), "into": disk("web01.vhd")}
    ]


def test_a_removed_vm_keeps_its_last_tree() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").remove()

    assert tree(story).removed_at == story.recorded[-1].entry.occurred_at
    assert [each.id for each in tree(story).snapshots] == ["S1"]


def test_what_contradicts_is_part_of_the_tree() -> None:
    story = Story().vm("web01", "web01.vhd").happened(VmPaused())
    story.happened(SnapshotDeleted(SnapshotId("never")))

    assert [(each.position, each.found) for each in tree(story).contradictions] == [
        (2, "off"),
        (3, "no such snapshot"),
    ]


def test_slots_come_in_the_order_of_their_numbers() -> None:
    slots = ["SCSI 0:10", "IDE 1:0", "SCSI 0:2", "IDE 0:1", "floppy"]

    assert sorted(slots, key=slot_order) == [
        "IDE 0:1",
        "IDE 1:0",
        "SCSI 0:2",
        "SCSI 0:10",
        "floppy",
    ]


def test_the_heads_of_a_snapshot_come_in_the_order_of_their_slots() -> None:
    story = Story().vm("web01", "web01.vhd")
    for slot in ("SCSI 0:10", "SCSI 0:2"):
        story.attach(slot, f"{slot[-1]}.vhd")

    assert list(tree(story).now.head_disks) == ["IDE 0:0", "SCSI 0:2", "SCSI 0:10"]


@given(late_histories())
def test_late_and_partial_histories_keep_every_snapshot_in_the_tree(
    log: tuple[Recorded, ...],
) -> None:
    for machine in fold(log).machines.values():
        shown = tree_of(machine)

        assert {each.id for each in shown.snapshots} == set(machine.snapshots)
        assert shown.contradictions == machine.contradictions
        assert [each.taken_at for each in shown.snapshots] == sorted(
            each.taken_at for each in shown.snapshots
        )


def circling() -> Story:
    """Configurations of which A hangs below B, B below A, C below B; D stands for itself."""
    story = record(Story(), configuration("web01", "now.avhd", listed=4)).vm("web01")
    for name, parent in {"A": "B", "B": "A", "C": "B", "D": None}.items():
        read = snapshot_configuration(name, f"{name}.vhd")
        under = SnapshotId(parent) if parent else None
        record(story, replace(read, parent=under, is_parent_known=True))
    return story


def test_a_circle_of_configured_parents_is_a_finding_on_the_vm() -> None:
    finding = the(circling(), "cycle")

    assert finding.path is None
    assert '"A" and "B"' in said(finding)


class TestNowByConfigurationAlone:
    def read(self) -> Story:
        story = record(Story(), configuration("web01", "now.avhd", listed=1))
        record(story, snapshot_configuration("S", "base.vhd"))
        return story.vm("web01")

    def test_no_configuration_tells_under_which_snapshot_now_runs(self) -> None:
        now = tree(self.read()).now

        assert (now.parent, now.is_parent_known) == (None, False)

    def test_a_vm_that_lists_no_snapshot_runs_under_none(self) -> None:
        story = record(Story(), configuration("web01", "base.vhd", listed=0)).vm("web01")

        assert tree(story).now.is_parent_known

    def test_a_revert_is_refused_as_unknown_and_not_as_impossible(self) -> None:
        with pytest.raises(Refused, match="nothing read tells under which snapshot"):
            foreseen(self.read(), Revert("1"))

    def test_an_apply_tells_it_and_another_configuration_unsettles_it_again(self) -> None:
        story = self.read().apply("S")
        assert tree(story).now.parent == "S"

        record(story, configuration("web01", "elsewhere.avhd", listed=1))

        assert (tree(story).now.parent, tree(story).now.is_parent_known) == (None, False)

    def test_below_a_deleted_snapshot_of_unknown_parent_the_parent_is_unknown(self) -> None:
        story = self.read().apply("S").take("T").delete("S")

        (child,) = tree(story).snapshots
        assert (child.parent, child.is_parent_known) == (None, False)

    def test_a_history_knows_that_now_runs_under_no_snapshot(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").delete("S")

        assert tree(story).now.is_parent_known
