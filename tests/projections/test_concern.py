from collections.abc import Iterable

from hypothesis import given

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.events import DiskLost, DiskMoved, DiskWritten
from eventstore.fleet import fold
from eventstore.ids import VmId
from eventstore.machine import When, when_of
from eventstore.mentions import Mentions
from projections.as_of import select
from projections.concern import concern_of
from projections.disk_chain import chain_of_vm
from projections.disk_graph import graph_of
from projections.snapshot_tree import tree_of
from tests.projections.histories import late_histories, stories
from tests.projections.sightings import record, vhd, walked
from tests.story import Story, disk


def last_of(story: Story, vm: VmId) -> int:
    last = last_place(story.recorded, vm)
    assert last is not None
    return last.position


def last_place(log: list[Recorded] | tuple[Recorded, ...], vm: VmId) -> When | None:
    fleet = fold(log)
    concern = concern_of(fleet, graph_of(fleet), vm)
    found = select(log).last(concern.counts)
    assert concern.last(heard(log), fleet) == found
    return found


def heard(log: Iterable[Recorded]) -> Mentions:
    mentions = Mentions()
    for each in select(log).entries:
        mentions.hear(each.entry.stream, decode(each.entry), when_of(each))
    return mentions


def test_what_hands_did_to_a_disk_counts_for_its_vm_and_no_other() -> None:
    story = Story().vm("web01", "web01.vhd")
    web01 = story.machine.id
    db01 = story.vm("db01", "db01.vhd").machine.id

    for event in (
        DiskWritten(disk("web01.vhd")),
        DiskMoved(disk("web01.vhd"), r"E:\web01.vhd"),
        DiskLost(disk("web01.vhd")),
    ):
        story.by_hand(event)
        assert last_of(story, web01) == len(story.recorded)
        assert last_of(story, db01) == 2


def test_a_reading_of_a_disk_counts_for_its_vm() -> None:
    story = Story().vm("web01", "web01.vhd")
    web01 = story.machine.id
    db01 = story.vm("db01", "db01.vhd").machine.id
    record(story, vhd("web01.vhd"), vhd("db01.vhd"))

    assert (last_of(story, web01), last_of(story, db01)) == (3, 4)


def test_a_walk_that_did_not_find_its_disk_counts() -> None:
    story = Story().vm("web01", "web01.vhd")
    record(story, walked(), vhd("other.vhd"))

    assert last_of(story, story.machine.id) == 2


def test_what_a_vm_does_counts_for_the_one_that_it_shares_a_disk_with() -> None:
    story = Story().vm("web01", "web01.vhd")
    web01 = story.machine.id
    story.vm("db01", "web01.vhd").take("S1").start().delete("S1")

    assert last_of(story, web01) == len(story.recorded)


@given(stories)
def test_nothing_after_the_last_that_counted_changes_a_vms_answers(story: Story) -> None:
    for vm in story.fleet.machines:
        _unchanged_by_what_comes_after(tuple(story.recorded), vm)


@given(late_histories())
def test_nor_where_evidence_came_late(log: tuple[Recorded, ...]) -> None:
    for vm in fold(log).machines:
        _unchanged_by_what_comes_after(log, vm)


def _unchanged_by_what_comes_after(log: tuple[Recorded, ...], vm: VmId) -> None:
    last = last_place(log, vm)
    assert last is not None
    before = fold(
        each for each in log if (each.entry.occurred_at, each.position) <= (last.at, last.position)
    )
    after = fold(log)

    assert tree_of(before.machines[vm]) == tree_of(after.machines[vm])
    assert chain_of_vm(before, vm) == chain_of_vm(after, vm)
