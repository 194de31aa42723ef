from typing import Self

import pytest
from hypothesis import given, settings

from eventstore.commands import (
    ApplySnapshot,
    Command,
    DeleteSnapshot,
    DeleteSubtree,
    RemoveVm,
    ShutDownVm,
    StartVm,
)
from eventstore.errors import Refused
from eventstore.events import (
    DiskLost,
    DiskSeen,
    FreeSpaceSeen,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.evidence.observations import DiskFacts, DiskKind, ParentLink
from eventstore.fleet import fold
from eventstore.ids import SnapshotId, folder_stream
from projections.changes import Difference
from projections.difference import difference_of
from projections.forecast import Forecast, forecast
from projections.merges import VolumeNeed
from tests.projections.histories import Deed, as_json, deeds, told
from tests.story import START, Story, disk, short

READINGS = folder_stream("HV1", "/case")
S1, S2, S3 = SnapshotId("S1"), SnapshotId("S2"), SnapshotId("S3")


def foreseen(story: Story, command: Command) -> Forecast:
    return forecast(story.fleet, story.machine.id, command, at=story.at)


def merges(answer: Forecast) -> list[tuple[str, str, str]]:
    return [(short(each.child), short(each.into), each.starts) for each in answer.merges]


def deleted(answer: Forecast) -> list[str]:
    return [short(path) for path in answer.deleted_files]


def seen(
    name: str, size_bytes: int, *, kind: DiskKind = "differencing", parent: str | None = None
) -> DiskSeen:
    link = ParentLink(absolute_path=disk(parent)) if parent else None
    facts = DiskFacts("vhd", kind, "win ", 1 << 30, name, name, parent=link)
    return DiskSeen(disk(name), disk(name), size_bytes, START, name, facts)


def three_snapshots() -> Story:
    """S1 - S2 - S3 - Now: each file below the one before it."""
    return Story().vm("web01", "web01.vhd").take("S1").take("S2").take("S3")


# --- when merges start (R6, R12) ----------------------------------------------------------------


def test_a_delete_while_running_offline_merges_at_the_next_stop() -> None:
    answer = foreseen(three_snapshots().start(), DeleteSnapshot(S2))

    assert merges(answer) == [("after-s2.avhd", "after-s1.avhd", "next_stop")]
    assert answer.merges[0].is_new
    assert answer.merges[0].because == "merges of web01 run when it stops"
    assert deleted(answer) == ["snapshots\\s2.xml"]


def test_a_delete_while_off_merges_now() -> None:
    answer = foreseen(three_snapshots(), DeleteSnapshot(S2))

    assert merges(answer) == [("after-s2.avhd", "after-s1.avhd", "now")]
    assert deleted(answer) == ["snapshots\\s2.xml", "after-s2.avhd"]


def test_a_delete_under_the_live_policy_merges_while_the_vm_runs() -> None:
    story = Story().vm("web01", "web01.vhdx", policy="live").start().take("S1")

    assert merges(foreseen(story, DeleteSnapshot(S1))) == [
        ("after-s1.avhdx", "web01.vhdx", "now"),
    ]


def test_a_shutdown_starts_every_pending_merge() -> None:
    story = three_snapshots().start().delete("S2").delete("S1")
    answer = foreseen(story, ShutDownVm())

    assert merges(answer) == [
        ("after-s1.avhd", "web01.vhd", "now"),
        ("after-s2.avhd", "web01.vhd", "now"),
    ]
    assert deleted(answer)[-2:] == ["after-s1.avhd", "after-s2.avhd"]


def test_a_merge_pending_from_before_is_told_as_not_new() -> None:
    answer = foreseen(three_snapshots().start().delete("S2"), DeleteSnapshot(S1))

    assert [(each[0], new) for each, new in zip(merges(answer), _new(answer), strict=True)] == [
        ("after-s1.avhd", True),
        ("after-s2.avhd", False),
    ]


def _new(answer: Forecast) -> list[bool]:
    return [each.is_new for each in answer.merges]


def test_a_deleted_trunk_with_two_branches_never_merges() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").apply("S1").take("S3")
    answer = foreseen(story, DeleteSnapshot(S1))

    assert merges(answer) == [
        ("after-s1.avhd", "web01.vhd", "never"),
        ("apply1-s1.avhd", "web01.vhd", "never"),
    ]
    assert answer.merges[0].because == (
        "web01.vhd stays as long as after-S1.avhd and apply1-S1.avhd need it"
    )


def test_a_merge_whose_parent_is_missing_never_starts() -> None:
    story = three_snapshots().start().by_hand(DiskLost(disk("after-S1.avhd")))
    answer = foreseen(story, DeleteSnapshot(S2))

    assert merges(answer) == [("after-s2.avhd", "after-s1.avhd", "never")]
    assert answer.merges[0].because.endswith("is missing")


def test_a_start_interrupts_a_merge_that_waits_for_the_next_stop() -> None:
    answer = foreseen(three_snapshots().hold_merges().delete("S2"), StartVm())

    assert merges(answer) == [("after-s2.avhd", "after-s1.avhd", "next_stop")]
    assert "was interrupted" in answer.steps[0]


def test_held_merges_run_but_delete_nothing_yet() -> None:
    answer = foreseen(three_snapshots().hold_merges().delete("S2"), DeleteSnapshot(S1))

    assert merges(answer) == [
        ("after-s2.avhd", "after-s1.avhd", "now"),
        ("after-s1.avhd", "web01.vhd", "now"),
    ]
    assert deleted(answer) == ["snapshots\\s1.xml"]


def test_a_removal_merges_first_and_leaves_nothing_waiting() -> None:
    story = Story().vm("web01", "web01.vhd", merge_on_save=False).start().take("S1")
    answer = foreseen(story.delete("S1").save(), RemoveVm())

    assert merges(answer) == [("after-s1.avhd", "web01.vhd", "now")]


# --- how much space they need (R8) ----------------------------------------------------------------


def test_a_merge_needs_the_size_of_its_child_at_most() -> None:
    story = three_snapshots().start().happened(seen("after-S2.avhd", 700), stream=READINGS)
    story.by_hand(FreeSpaceSeen("C:", 699))
    answer = foreseen(story, DeleteSnapshot(S2))

    assert (answer.merges[0].bytes, answer.merges[0].free_space_needed) == (700, 700)
    assert answer.volumes == (VolumeNeed("C:", 700, 699, is_enough=False),)


def test_a_merge_into_a_fixed_disk_needs_no_space() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1")
    story.happened(
        seen("web01.vhd", 900, kind="fixed"), seen("after-S1.avhd", 700), stream=READINGS
    )
    answer = foreseen(story.by_hand(FreeSpaceSeen("c:\\", 0)), DeleteSnapshot(S1))

    assert (answer.merges[0].bytes, answer.merges[0].free_space_needed) == (700, 0)
    assert answer.volumes == (VolumeNeed("C:", 0, 0, is_enough=True),)


def test_what_nobody_read_has_no_size() -> None:
    answer = foreseen(three_snapshots(), DeleteSnapshot(S2))

    assert (answer.merges[0].bytes, answer.merges[0].free_space_needed) == (None, None)
    assert answer.volumes == (VolumeNeed("C:", None, None, is_enough=None),)


def test_merges_that_never_start_need_nothing() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").apply("S1")

    assert foreseen(story, DeleteSnapshot(S1)).volumes == ()


# --- what is lost and what differs ----------------------------------------------------------------


def test_an_apply_deletes_the_disk_that_now_wrote_to() -> None:
    answer = foreseen(three_snapshots().start(), ApplySnapshot(S1, "x"))

    assert "after-s3.avhd" in deleted(answer)
    assert answer.steps[-1].startswith("after-S3.avhd of web01 was deleted")


def test_a_subtree_goes_with_its_files() -> None:
    story = three_snapshots().apply("S1")
    answer = foreseen(story, DeleteSubtree(S2))

    assert [each.id for each in answer.snapshots.removed] == ["S2", "S3"]
    assert deleted(answer) == [
        "snapshots\\s2.xml",
        "snapshots\\s3.xml",
        "after-s2.avhd",
        "after-s1.avhd",
    ]


def test_an_impossible_command_stays_refused() -> None:
    with pytest.raises(Refused, match="web01 is off, not running"):
        foreseen(three_snapshots(), ShutDownVm())


def test_a_forecast_changes_nothing() -> None:
    story = three_snapshots()
    foreseen(story, DeleteSubtree(S1))

    assert story.fleet == fold(story.recorded)


def test_the_json_has_the_keys_of_the_contract() -> None:
    answer = as_json(foreseen(three_snapshots(), DeleteSnapshot(S2)))

    assert isinstance(answer, dict)
    assert {"snapshots", "disks", "now", "events", "merges", "deleted_files"} <= set(answer)
    assert answer["events"] == []
    assert answer["merges"] == [
        {
            "child": disk("after-S2.avhd"),
            "into": disk("after-S1.avhd"),
            "bytes": None,
            "free_space_needed": None,
            "starts": "now",
            "is_new": True,
            "because": "",
        }
    ]


# --- VMs known from evidence alone ----------------------------------------------------------------


def observed() -> Story:
    """web01 as its configuration and headers show it: base.vhd - one.avhd - two.avhd - Now."""
    story = Story().vm("elsewhere", "elsewhere.vhd")
    story.happened(
        VmConfigurationSeen(
            "web01", disk("Virtual Machines\\x.xml"), "x", 512, _slot("three.avhd"), 2
        ),
        *(
            SnapshotConfigurationSeen(
                SnapshotId(name), disk(f"Snapshots\\{name}.xml"), name, name, disks=_slot(head)
            )
            for name, head in (("S1", "base.vhd"), ("S2", "two.avhd"))
        ),
        stream=f"vm/{_WEB01.lower()}",
    )
    return story.happened(
        seen("base.vhd", 1000, kind="dynamic"),
        seen("one.avhd", 10, parent="base.vhd"),
        seen("two.avhd", 20, parent="one.avhd"),
        seen("three.avhd", 30, parent="two.avhd"),
        stream=READINGS,
    )


_WEB01 = Story().vm("web01", "x.vhd").machine.id


def _slot(name: str) -> tuple[SlotDisk, ...]:
    return (SlotDisk("IDE 0:0", disk(name)),)


def test_headers_tell_the_chain_of_a_vm_known_from_configuration() -> None:
    answer = forecast(observed().fleet, _WEB01, DeleteSnapshot(S2), at=START)

    assert merges(answer) == [
        ("two.avhd", "one.avhd", "next_stop"),
        ("three.avhd", "two.avhd", "next_stop"),
    ]
    assert [(each.bytes, each.is_new) for each in answer.merges] == [(20, False), (30, True)]
    assert answer.doubts == ("nothing tells whether web01 runs or is off",)
    assert answer.disks.removed == ()


def test_a_snapshot_configuration_nobody_read_is_a_doubt() -> None:
    story = observed()
    unread = VmConfigurationSeen("web01", disk("x.xml"), "x", 512, _slot("three.avhd"), 3)
    story.happened(unread, stream=f"vm/{_WEB01.lower()}")
    answer = forecast(story.fleet, _WEB01, DeleteSnapshot(S2), at=START)

    assert answer.doubts[0] == "2 of the 3 snapshot configurations of web01 were read"


# --- the law --------------------------------------------------------------------------------------


class Foretold(Story):
    """A story in which every command is forecast first and held against what came."""

    def command(self, command: Command) -> Self:
        machine = self.fleet.machines.get(self._vm)
        if machine is None:
            return super().command(command)
        try:
            answer = forecast(self.fleet, machine.id, command, at=self.at)
        except Refused:
            with pytest.raises(Refused):
                super().command(command)
            raise
        before = fold(self.recorded)
        super().command(command)

        came = difference_of(before, fold(self.recorded), machine.id)
        assert as_difference(answer) == came
        gone = {row for row in came.disks.removed if row in answer.deleted_files}
        assert gone == set(came.disks.removed)
        return self


def as_difference(answer: Forecast) -> Difference:
    return Difference(answer.vm, answer.snapshots, answer.disks, answer.now, answer.events)


@settings(max_examples=60)
@given(deeds)
def test_what_is_forecast_is_what_comes(happening: list[Deed]) -> None:
    """`Foretold` compares both at every command."""
    assert told(happening, Foretold).fleet.machines
