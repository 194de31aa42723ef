"""A merge makes final what is wrong with its files: nobody is advised to let it run."""

import pytest

from eventstore.commands import ShutDownVm
from eventstore.events import DiskGone, DiskWritten, Event, SlotDisk, VmConfigurationSeen
from projections.findings import find
from projections.forecast import Forecast, forecast
from projections.ownership import ownership_of
from tests.projections.sightings import graph, record, seen, the, verdicts, vhd, walked
from tests.story import Story, disk


def waiting() -> Story:
    """S2 of web01 was deleted while it runs: after-S2, where Now writes, waits for after-S1."""
    return Story().vm("web01", "base.vhd").take("S1").take("S2").start().delete("S2")


def stopped(story: Story) -> Forecast:
    found = find(story.fleet, graph(story), ownership_of(story.recorded))
    return forecast(story.fleet, story.machine.id, ShutDownVm(), at=story.at, findings=found)


def gone(name: str) -> DiskGone:
    return DiskGone(disk(name), disk(name))


BASE, ONE, TWO = (
    vhd("base.vhd"),
    vhd("after-S1.avhd", "base.vhd"),
    vhd("after-S2.avhd", "after-S1.avhd"),
)


def test_a_merge_of_sound_files_is_still_advised_and_foreseen_without_doubt() -> None:
    story = waiting()

    assert the(story, "pending_merge").next_step.startswith("Shut web01 down and leave it off")
    assert stopped(story).doubts == ()


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        (DiskWritten(disk("after-S1.avhd")), "after-S2.avhd (parent written)"),
        (DiskWritten(disk("base.vhd")), "after-S1.avhd (parent written)"),
        (seen("after-S2.avhd", None, problem="0 bytes"), "after-S2.avhd (unverified)"),
        (seen("after-S1.avhd", None, problem="cut"), "after-S1.avhd (unverified)"),
        (seen("base.vhd", None, problem="cut"), "base.vhd (unverified)"),
        (gone("base.vhd"), "base.vhd (missing)"),
        (vhd("after-S1.avhd", "base.vhd", identity="other"), "after-S2.avhd (parent mismatch)"),
    ],
)
def test_with_something_wrong_in_its_chain_a_merge_is_not_advised_and_doubted(
    event: Event, wrong: str
) -> None:
    story = record(waiting(), BASE, ONE, TWO, walked())
    story = record(story, event) if not isinstance(event, DiskWritten) else story.by_hand(event)

    step = the(story, "pending_merge").next_step

    assert step.startswith("Do not shut web01 down, turn it off or save it: ")
    assert f"C:\\VMs\\{wrong}" in step
    assert "Copy all files of web01 first" in step
    assert any(
        f"something is wrong with C:\\VMs\\{wrong}" in each for each in stopped(story).doubts
    )


@pytest.mark.parametrize("name", ["after-S1.avhd", "after-S2.avhd"])
def test_a_merge_never_starts_while_a_walk_did_not_find_its_file(name: str) -> None:
    story = record(waiting(), BASE, ONE, TWO, walked())
    record(story, gone(name), walked())

    (merge,) = stopped(story).merges

    assert (merge.starts, merge.because) == ("never", f"{disk(name)} is missing")
    assert disk("after-S2.avhd") not in stopped(story).deleted_files


def test_a_vm_that_is_off_or_merges_live_is_not_to_be_started_or_stopped() -> None:
    story = record(waiting().hold_merges().shut_down(), BASE, ONE, TWO)
    record(story, gone("base.vhd"))
    live = Story().vm("web02", "base.vhdx", policy="live").hold_merges().take("S1").take("S2")
    record(live.start().delete("S2"), seen("base.vhdx", None, problem="cut"))

    assert the(story, "pending_merge").next_step.startswith("Do not start or stop web01: ")
    assert the(live, "pending_merge").next_step.startswith("Do not start or stop web02")


def test_what_is_wrong_right_above_a_merge_counts_and_farther_files_do_not() -> None:
    story = Story().vm("web01", "base.vhd").take("S1").take("S2").take("S3").start().delete("S2")
    three = vhd("after-S3.avhd", "after-S2.avhd", quotes="another")
    record(story, BASE, ONE, TWO, three)

    assert ("after-s3.avhd", "parent_mismatch") in verdicts(story)
    assert disk("after-S3.avhd") in the(story, "pending_merge").next_step


@pytest.mark.parametrize(("pending", "times"), [(True, 1), (False, 0), (None, 0)])
def test_a_configuration_that_tells_of_the_merge_is_a_second_witness(
    pending: bool | None, times: int
) -> None:
    head = SlotDisk("IDE 0:0", disk("after-S2.avhd"))
    seen_at = VmConfigurationSeen("web01", disk("1.xml"), "/1.xml", 512, (head,), 1, pending)
    story = waiting().happened(seen_at)

    told = [reason for reason in the(story, "pending_merge").reasons if "itself" in reason.text]

    assert len(told) == times
    assert all(reason.positions == (len(story.recorded),) for reason in told)
