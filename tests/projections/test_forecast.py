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
    TakeAndApply,
    TakeSnapshot,
)
from eventstore.errors import Refused
from eventstore.events import (
    DiskGone,
    DiskMoved,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.fleet import fold
from eventstore.ids import SnapshotId
from eventstore.moments import later
from projections.changes import Change, Difference, NowDifference
from projections.difference import difference_of
from projections.forecast import Forecast, forecast
from tests.projections.forecasts import (
    READINGS,
    S1,
    S2,
    S3,
    deleted,
    foreseen,
    merges,
    seen,
    three_snapshots,
)
from tests.projections.histories import Deed, as_json, deeds, told
from tests.story import START, Story, disk, short

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


def test_a_disk_made_and_dropped_by_one_command_is_no_deleted_file() -> None:
    story = three_snapshots()
    answer = foreseen(story, TakeAndApply(SnapshotId("new"), "new", S1, "x"))

    assert deleted(answer) == []
    assert answer.steps[0].startswith('Snapshot "new" of web01 was taken')


def test_a_forecast_is_dated_when_it_is_asked_for_but_after_all_that_is_known() -> None:
    story = three_snapshots()
    for at in (START, later(START, days=1)):
        now = forecast(story.fleet, story.machine.id, RemoveVm(), at=at).now

        assert isinstance(now, NowDifference)
        assert now.removed_at == Change(None, max(at, story.recorded[-1].entry.occurred_at))


def test_an_impossible_command_stays_refused() -> None:
    with pytest.raises(Refused, match="web01 is off, not running"):
        foreseen(three_snapshots(), ShutDownVm())


def test_a_forecast_changes_nothing() -> None:
    story, away = three_snapshots(), disk("away.avhd")
    story.happened(seen("after-S1.avhd", 700), stream=READINGS)
    story.by_hand(DiskMoved(disk("after-S1.avhd"), away), DiskMoved(away, disk("after-S1.avhd")))
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
            "bytes_from": None,
            "seconds": None,
            "not_counted": "",
        }
    ]


def test_tree_and_chain_are_told_as_they_will_be() -> None:
    answer = foreseen(three_snapshots(), DeleteSnapshot(S2))

    assert [(each.id, each.parent) for each in answer.tree.snapshots] == [
        ("S1", None),
        ("S3", "S1"),
    ]
    assert [short(row.path) for row in answer.chain] == [
        "web01.vhd",
        "after-s1.avhd",
        "after-s3.avhd",
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


def test_a_take_makes_an_observed_chain_longer_and_leaves_the_rest() -> None:
    answer = forecast(observed().fleet, _WEB01, TakeSnapshot(S3, "S3", "x"), at=START)

    assert [(short(each.path), each.field) for each in answer.disks.changed] == [
        ("three.avhd", "referenced_by")
    ]
    assert merges(answer) == [("two.avhd", "one.avhd", "next_stop")]


@pytest.mark.parametrize(
    ("gone", "reason"),
    [("one.avhd", r"one\.avhd is missing from the chain"), ("two.avhd", r"two\.avhd is missing ")],
)
def test_an_observed_chain_with_a_gap_cannot_be_applied(gone: str, reason: str) -> None:
    story = observed().happened(DiskGone(disk(gone), disk(gone)), stream=READINGS)

    with pytest.raises(Refused, match=reason):
        forecast(story.fleet, _WEB01, ApplySnapshot(S2, "x"), at=START)


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


def test_a_merge_that_only_another_vm_forbids_is_a_doubt() -> None:
    """Hyper-V sees one VM's references: what the model refuses, the host may still do."""
    story = Story().vm("web01", "base.vhd").take("S").vm("web02", "after-S.avhd").vm("web01")

    answer = foreseen(story, DeleteSnapshot(SnapshotId("S")))

    assert answer.merges == ()
    assert any("needed by another VM" in doubt for doubt in answer.doubts)
    assert foreseen(three_snapshots(), DeleteSnapshot(S2)).doubts == ()
