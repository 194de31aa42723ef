from hypothesis import given
from hypothesis import strategies as st

from eventstore.entry import Recorded
from eventstore.events import DiskLost, DiskWritten
from eventstore.ids import VmId
from eventstore.moments import later
from projections.as_of import AsOf, view
from projections.changes import Change, Difference, NowDifference
from projections.difference import difference
from tests.projections.histories import as_json, late_histories, learned
from tests.story import START, Story, disk


def between(story: Story, first: int, last: int) -> Difference:
    """Give what happened to the story's VM from one position to another."""
    before, after = (view(story.recorded, AsOf(position=each)) for each in (first, last))
    return difference(before, after, story.machine.id)


def test_a_snapshot_taken_is_told_with_its_disk_and_where_now_went() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1")
    web01, child = disk("web01.vhd"), disk("after-S1.avhd")
    vm = {"id": story.machine.id, "name": "web01"}

    assert as_json(between(story, 1, 2)) == {
        "vm": vm,
        "snapshots": {
            "added": [{"id": "S1", "name": "S1", "vm": vm}],
            "removed": [],
            "changed": [],
        },
        "disks": {
            "added": [child],
            "removed": [],
            "changed": [
                {"path": web01, "field": "referenced_by", "from": ["now"], "to": ["S1"]},
            ],
        },
        "now": {
            "parent": {"from": None, "to": "S1"},
            "head_disks": {"IDE 0:0": {"from": web01, "to": child}},
        },
        "events": [2],
    }


def test_a_deleted_snapshot_hands_its_child_up_and_leaves_a_pending_disk() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1").take("S2").delete("S1")
    told = between(story, 4, 5)

    assert [each.id for each in told.snapshots.removed] == ["S1"]
    assert as_json(told.snapshots.changed) == [
        {"id": "S2", "field": "parent", "from": "S1", "to": None}
    ]
    assert as_json(told.disks.changed) == [
        {"path": disk("web01.vhd"), "field": "role", "from": "base", "to": "pending"},
        {"path": disk("web01.vhd"), "field": "referenced_by", "from": ["S1"], "to": []},
    ]


def test_a_merge_moves_the_heads_to_the_file_whose_name_survives() -> None:
    """Case 2: S3's file is merged into S2's file, and S3 points at it."""
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").take("S3").delete("S2")
    told = between(story, 4, len(story.recorded))

    assert told.disks.removed == (disk("after-S2.avhd"),)
    assert as_json([each for each in told.snapshots.changed if each.field == "head_disks"]) == [
        {
            "id": "S3",
            "field": "head_disks",
            "from": {"IDE 0:0": disk("after-S2.avhd")},
            "to": {"IDE 0:0": disk("after-S1.avhd")},
        }
    ]


def test_power_name_and_removal_of_the_vm_are_told() -> None:
    story = Story().vm("web01", "web01.vhd").start().shut_down().remove()
    now = between(story, 2, 4).now

    assert now == NowDifference(
        power=Change("running", "off"),
        removed_at=Change(None, story.recorded[-1].entry.occurred_at),
    )


def test_a_lost_disk_no_longer_stands() -> None:
    story = Story().vm("web01", "web01.vhd").by_hand(DiskLost(disk("web01.vhd")))

    assert between(story, 1, 2).disks.removed == (disk("web01.vhd"),)


def test_of_one_vm_what_hands_did_to_its_files_counts_and_other_vms_do_not() -> None:
    story = Story().vm("db01", "db01.vhd").vm("web01", "web01.vhd")
    story.by_hand(DiskWritten(disk("web01.vhd"))).by_hand(DiskWritten(disk("db01.vhd")))
    story.vm("db01").start().vm("web01").start()

    assert between(story, 2, 6).events == (3, 6)


def test_of_everything_each_vm_that_differs_is_told() -> None:
    story = Story().vm("web01", "web01.vhd").vm("idle", "idle.vhd").vm("db01", "db01.vhd")
    db01 = story.machine.id
    story.vm("web01").take("S1")
    told = difference(
        view(story.recorded, AsOf(position=2)), view(story.recorded, AsOf(position=4))
    )

    assert isinstance(told.now, dict)
    assert list(told.now) == sorted((db01, story.machine.id))
    assert told.now[db01].name == Change(None, "db01")
    assert [each.vm.name for each in told.snapshots.added] == ["web01"]
    assert set(told.disks.added) == {disk("db01.vhd"), disk("after-S1.avhd")}
    assert told.events == (3, 4)


def test_two_times_are_compared_with_all_we_know() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1")
    log = story.recorded
    before = view(log, AsOf(at=START))
    told = difference(before, view(log, AsOf(at=later(START, minutes=1))), story.machine.id)

    assert told.events == (2,)
    assert told.now == NowDifference(power=Change("off", "running"))


def test_a_snapshot_goes_by_the_name_its_vm_had_on_that_side() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1")
    registered, taken = story.recorded
    log = learned([taken, registered], [0, 1])
    unnamed, named = view(log, AsOf(position=1)), view(log)
    (gone,) = difference(named, view([]), story.machine.id).snapshots.removed
    (new,) = difference(view([]), unnamed, story.machine.id).snapshots.added

    assert (gone.vm.name, new.vm.name) == ("web01", story.machine.id)


def vms_of(log: tuple[Recorded, ...]) -> list[VmId | None]:
    return [None, *view(log).fleet.machines]


@given(late_histories())
def test_a_moment_does_not_differ_from_itself(log: tuple[Recorded, ...]) -> None:
    for vm in vms_of(log):
        told = difference(view(log), view(log), vm)

        assert not told.events
        assert not told.now or told.now == NowDifference()
        for part in (told.snapshots, told.disks):
            assert part == type(part)((), (), ())


@given(late_histories(), st.data())
def test_the_way_back_mirrors_the_way_there(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    if not log:
        return
    there = view(log, AsOf(position=data.draw(st.integers(1, len(log)))))
    for vm in vms_of(log):
        forth, back = difference(there, view(log), vm), difference(view(log), there, vm)

        assert forth.events == back.events
        assert forth.snapshots.added == back.snapshots.removed
        assert forth.disks.added == back.disks.removed
        assert {(each.path, each.field, str(each.before)) for each in forth.disks.changed} == {
            (each.path, each.field, str(each.after)) for each in back.disks.changed
        }
