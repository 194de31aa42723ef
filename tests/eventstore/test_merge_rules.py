"""R6, R7 and R12: when pending files merge, and what stops a merge on its way."""

from collections.abc import Callable

import pytest

from eventstore.events import DiskMoved, MergeInterrupted, MergeStarted, VmStarted
from tests.story import Story, disk, short

Deed = Callable[[Story], Story]


def off() -> Story:
    return Story().vm("web01", "base.vhd")


def running() -> Story:
    return off().start()


def types_of(story: Story) -> list[str]:
    return [recorded.entry.type for recorded in story.recorded]


def pending(*, merge_on_save: bool = True) -> Story:
    """Tell of a VM that runs on an AVHD whose parent's snapshot is gone."""
    story = Story().vm("web01", "base.vhd", merge_on_save=merge_on_save)
    return story.start().take("S").delete("S")


@pytest.mark.parametrize("deed", [Story.shut_down, Story.turn_off, Story.save])
def test_a_stop_starts_them(deed: Deed) -> None:
    assert deed(pending()).heads["now"] == "base.vhd"


@pytest.mark.parametrize("deed", [Story.restart, Story.reset, Story.pause])
def test_restart_reset_and_pause_do_not(deed: Deed) -> None:
    assert deed(pending()).heads["now"] == "after-s.avhd"


def test_save_does_not_when_the_switch_is_off() -> None:
    assert pending(merge_on_save=False).save().heads["now"] == "after-s.avhd"


def test_a_vm_that_is_off_merges_at_once() -> None:
    assert off().take("S").delete("S").disks == {"base.vhd": None}


def test_merges_come_in_the_batch_of_the_command_after_its_own_effect() -> None:
    story = pending().shut_down()

    types = [entry.entry.type for entry in story.recorded[-3:]]
    assert types == ["VmShutDown", "MergeStarted", "MergeCompleted"]
    assert len({entry.batch for entry in story.recorded[-3:]}) == 1


def test_a_pending_file_off_nows_branch_merges_too() -> None:
    story = running().take("S1").take("S2").take("S3").apply("S1").start().delete("S2")
    assert story.heads["S3"] == "after-s2.avhd"

    assert story.shut_down().heads["S3"] == "after-s1.avhd"


def test_the_live_policy_merges_while_the_vm_runs() -> None:
    story = Story().vm("web01", "base.vhdx", policy="live").start().take("S").delete("S")

    assert story.power == "running"
    assert story.disks == {"base.vhdx": None}


def test_a_live_merge_goes_on_when_the_vm_starts() -> None:
    story = Story().vm("web01", "base.vhdx", policy="live").take("S").hold_merges().delete("S")
    merging = story.machine.merging
    assert merging != ()

    assert story.start().machine.merging == merging
    assert MergeInterrupted.__name__ not in types_of(story)


def test_a_disk_detached_while_it_merges_ends_the_merge() -> None:
    story = pending().hold_merges().shut_down().detach("IDE 0:0")

    assert types_of(story)[-2:] == ["DiskDetached", "MergeInterrupted"]
    assert story.machine.merging == ()


def test_a_file_that_goes_while_it_merges_ends_the_merge_first() -> None:
    story = running().take("S1").take("S2").take("S3").apply("S1").start().delete("S2")
    story.hold_merges().shut_down().delete("S3")

    assert types_of(story)[-4:] == [
        "SnapshotDeleted",
        "MergeInterrupted",
        "DiskDeleted",
        "DiskDeleted",
    ]


def test_an_offline_start_interrupts_before_it_starts() -> None:
    story = pending().hold_merges().shut_down().start()

    types = [entry.entry.type for entry in story.recorded[-2:]]
    assert types == [MergeInterrupted.__name__, VmStarted.__name__]


def test_of_a_run_the_topmost_name_survives() -> None:
    story = running().take("S1").take("S2").take("S3").delete("S2").delete("S3").shut_down()

    assert story.heads == {"S1": "base.vhd", "now": "after-s1.avhd"}


def test_held_merges_start_at_the_top_of_each_run_and_wait() -> None:
    story = running().take("S1").take("S2").take("S3").delete("S2").delete("S3")
    story.hold_merges().shut_down()

    started = [entry.entry.type for entry in story.recorded].count(MergeStarted.__name__)
    assert started == 1
    assert [short(m.into) for m in story.machine.merging] == ["after-s1.avhd"]


def test_a_running_merge_whose_file_was_moved_away_does_not_finish() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("T").hold_merges().delete("T")
    assert story.machine.merging

    story.by_hand(DiskMoved(disk("after-T.avhd"), disk("elsewhere.avhd"))).finish_merges()

    assert not story.machine.merging
    assert story.disks["after-t.avhd"] == "after-s.avhd"
