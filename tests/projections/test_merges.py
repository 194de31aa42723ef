from eventstore.commands import (
    DeleteSnapshot,
    FailMerge,
    RemoveVm,
    ShutDownVm,
    StartVm,
)
from eventstore.events import (
    DiskGone,
    DiskLost,
    FreeSpaceSeen,
)
from projections.forecast import Forecast
from projections.merge_space import VolumeNeed
from tests.projections.forecasts import (
    READINGS,
    S1,
    S2,
    deleted,
    foreseen,
    merges,
    seen,
    three_snapshots,
)
from tests.story import Story, disk

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


def test_a_removal_while_merges_are_held_leaves_them_undone_for_ever() -> None:
    answer = foreseen(three_snapshots().hold_merges().delete("S2"), RemoveVm())

    assert merges(answer) == [("after-s2.avhd", "after-s1.avhd", "never")]
    assert answer.merges[0].because == "web01 is removed"


def test_a_failed_merge_is_tried_again_later() -> None:
    answer = foreseen(three_snapshots().hold_merges().delete("S2"), FailMerge("0x80070070"))

    assert merges(answer) == [("after-s2.avhd", "after-s1.avhd", "next_stop")]
    assert answer.merges[0].because.endswith("is tried again later")


def test_a_trunk_that_was_hidden_before_is_not_told_again() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").apply("S1").take("S3")

    assert merges(foreseen(story.delete("S1"), StartVm())) == []


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


def test_a_file_that_is_gone_has_no_size() -> None:
    gone = DiskGone(disk("after-S2.avhd"), disk("after-S2.avhd"))
    story = three_snapshots().happened(seen("after-S2.avhd", 700), gone, stream=READINGS)

    assert foreseen(story, DeleteSnapshot(S2)).merges[0].bytes is None


def test_merges_that_never_start_need_nothing() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").apply("S1")

    assert foreseen(story, DeleteSnapshot(S1)).volumes == ()
