from eventstore.events import LogRecordSeen, MergeCompleted, MergeInterrupted, MergeStarted
from eventstore.evidence.log_meanings import VMMS
from eventstore.ids import log_stream
from eventstore.moments import Moment, later
from projections.merge_pace import MergePace, pace_of
from tests.projections.forecasts import READINGS, seen, three_snapshots
from tests.story import START, Story, disk

SIZE = 6000
HELD = (disk("after-S2.avhd"), disk("after-S1.avhd"))


def read() -> Story:
    """S1 - S2 - S3 - Now, with the disk above S2 read; each step takes a minute."""
    return three_snapshots().happened(seen("after-S2.avhd", SIZE), stream=READINGS)


def pace(story: Story) -> MergePace | None:
    return pace_of(story.recorded, story.machine.id)


def test_a_merge_whose_start_and_end_are_known_tells_the_pace() -> None:
    story = read().hold_merges().delete("S2").finish_merges()

    told = pace(story)

    assert told is not None
    assert (told.bytes, told.seconds, told.bytes_per_second) == (SIZE, 60, 100)
    assert told.seconds_for(1_000_000) == 10_000
    assert told.seconds_for(1) == 1


def test_a_merge_dated_by_its_command_alone_tells_nothing() -> None:
    assert pace(read().delete("S2")) is None


def test_a_merge_of_a_file_that_nobody_read_tells_nothing() -> None:
    assert pace(three_snapshots().hold_merges().delete("S2").finish_merges()) is None


def test_an_interrupted_merge_tells_nothing() -> None:
    story = read().happened(MergeStarted(*HELD)).happened(MergeInterrupted(*HELD))

    assert pace(story.happened(MergeCompleted(*HELD))) is None


def test_another_vms_merges_tell_nothing() -> None:
    story = read().hold_merges().delete("S2").finish_merges().vm("db01", "db01.vhd")

    assert pace(story) is None


def record(event_id: int, story: Story, *, is_doubtful: bool = False) -> LogRecordSeen:
    channel = f"{VMMS}-Admin"
    return LogRecordSeen(
        "HV1", channel, 1, VMMS, event_id, vm=story.machine.id, is_doubtful=is_doubtful
    )


def merged_by_log(*steps: tuple[int, Moment], is_doubtful: bool = False) -> MergePace | None:
    """Ask after a delete at once whose start and finish a log tells, 300 seconds apart."""
    story = read()
    stream = log_stream("HV1", f"{VMMS}-Admin")
    for event_id, at in steps[:1]:
        told = record(event_id, story, is_doubtful=is_doubtful)
        story.happened(told, stream=stream, at=at)
    story.delete("S2")
    for event_id, at in steps[1:]:
        story.happened(record(event_id, story), stream=stream, at=at)
    entries = sorted(story.recorded, key=lambda each: each.entry.occurred_at)
    return pace_of(entries, story.machine.id)


BEGAN, ENDED = later(START, minutes=4, seconds=30), later(START, minutes=9, seconds=30)


def test_a_log_dates_the_merges_that_ended_between_its_records() -> None:
    told = merged_by_log((19070, BEGAN), (19080, ENDED))

    assert told is not None
    assert (told.bytes, told.seconds) == (SIZE, 300)
    assert len(told.positions) == 1


def test_a_failed_merge_or_a_doubtful_record_dates_nothing() -> None:
    assert merged_by_log((19070, BEGAN), (19100, ENDED)) is None
    assert merged_by_log((19070, BEGAN), (19080, ENDED), is_doubtful=True) is None
    assert merged_by_log((19080, ENDED)) is None


def test_a_merge_outside_the_logs_records_is_not_dated_by_them() -> None:
    late = later(START, hours=1)

    assert merged_by_log((19070, late), (19080, later(late, minutes=5))) is None
