from hypothesis import given
from msgspec import Raw
from msgspec.structs import replace

from eventstore.entry import Recorded
from eventstore.events import DiskLost, SnapshotDeleted, VmPaused, VmShutDown
from eventstore.fleet import fold
from eventstore.ids import SnapshotId, VmId
from eventstore.moments import later
from projections.as_of import select
from projections.shapes import VmRef
from projections.timeline import Row, timeline
from tests.projections.histories import as_json, late_histories, stories
from tests.story import START, Story, disk


def rows(log: list[Recorded] | tuple[Recorded, ...], vm: VmId | None = None) -> list[Row]:
    selection = select(log)
    return list(timeline(selection, fold(selection.entries), vm))


def test_a_row_has_both_times_the_vm_and_a_sentence() -> None:
    story = Story().vm("web01", "web01.vhd").start()

    assert as_json(rows(story.recorded)[1]) == {
        "position": 2,
        "occurred_at": "2010-09-26T06:01:00.000000Z",
        "recorded_at": "2010-09-26T06:01:00.000000Z",
        "vm": {"id": story.machine.id, "name": "web01"},
        "text": "web01 was started and runs.",
        "is_late": False,
        "contradicts": False,
    }


def test_a_snapshot_goes_by_the_name_it_had_then() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").apply("S1").rename("S1", "clean")
    texts = [row.text for row in rows(story.delete("S1").recorded)]

    assert any(text.startswith('Snapshot "S1" was applied') for text in texts)
    assert any(text.startswith('Snapshot "clean" of web01 was deleted') for text in texts)


def test_a_late_entry_stands_where_it_happened_and_is_marked() -> None:
    story = Story().vm("web01", "web01.vhd").start().shut_down()
    story.happened(VmPaused(), at=later(START, seconds=90))
    told = rows(story.recorded)

    assert [(row.position, row.is_late) for row in told] == [
        (1, False),
        (2, False),
        (4, True),
        (3, False),
    ]


def test_an_entry_is_late_among_its_own_streams_alone() -> None:
    story = Story().vm("web01", "web01.vhd").start().by_hand(DiskLost(disk("x.vhd")))
    story.happened(VmShutDown(), at=later(START, seconds=70))

    assert not any(row.is_late for row in rows(story.recorded))


def test_an_entry_the_model_did_not_expect_is_marked() -> None:
    story = Story().vm("web01", "web01.vhd").happened(SnapshotDeleted(SnapshotId("never")))

    assert [row.contradicts for row in rows(story.recorded)] == [False, True]


def test_one_vm_is_told_without_the_others() -> None:
    story = Story().vm("web01", "web01.vhd").vm("db01", "db01.vhd").start()

    assert [row.vm for row in rows(story.recorded, story.machine.id)] == [
        VmRef(story.machine.id, "db01"),
        VmRef(story.machine.id, "db01"),
    ]


def test_what_hands_did_belongs_to_no_vm() -> None:
    story = Story().vm("web01", "web01.vhd").by_hand(DiskLost(disk("web01.vhd")))

    assert rows(story.recorded)[-1].vm is None


def test_an_event_from_a_newer_version_is_told_too() -> None:
    story = Story().vm("web01", "web01.vhd").start()
    newer = replace(story.recorded[1].entry, type="VmDreamt", data=Raw(b"{}"))
    told = rows([story.recorded[0], replace(story.recorded[1], entry=newer)])

    assert told[1].text.startswith("An event of type VmDreamt was kept")
    assert told[1].vm == VmRef(story.machine.id, "web01")


@given(late_histories())
def test_every_entry_is_told_once_in_the_order_of_time(log: tuple[Recorded, ...]) -> None:
    told = rows(log)

    assert sorted(row.position for row in told) == list(range(1, len(log) + 1))
    assert [(row.occurred_at, row.position) for row in told] == sorted(
        (row.occurred_at, row.position) for row in told
    )


@given(stories)
def test_what_the_rules_decide_in_order_is_neither_late_nor_odd(story: Story) -> None:
    assert not any(row.is_late or row.contradicts for row in rows(story.recorded))
