"""Plans: what they advise reaches no AVHDs, and what they refuse to advise."""

import re

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.events import DiskCloned, DiskLost, DiskMoved, DiskWritten, FreeSpaceSeen, Policy
from eventstore.ids import SnapshotId
from projections.disk_graph import graph_of
from projections.ownership import ownership_of
from projections.plan import plan
from projections.plan_objections import Scene
from projections.plan_route import is_done
from projections.plan_shape import Plan
from tests.projections.histories import Deed, deeds, try_to
from tests.projections.plans import avhds, do, looked_at, objections, planned, told
from tests.story import Story, disk, short

# --- the law --------------------------------------------------------------------------------------


def story_of(happening: list[Deed], policy: Policy) -> Story:
    story = Story().vm("web01", "web01.vhd", "data.vhd", policy=policy)
    for deed in happening:
        try_to(story, deed)
    return looked_at(story.vm("web01"))


@settings(max_examples=120, deadline=None)
@given(deeds, st.sampled_from(["offline", "live"]))
def test_a_plan_that_is_followed_leaves_no_avhd_or_there_was_none(
    happening: list[Deed], policy: Policy
) -> None:
    story = story_of(happening, policy)
    answer = planned(story)
    assert not (answer.steps and answer.objections)
    event("objects" if answer.objections else "is done" if answer.is_done else "has steps")

    for step in answer.steps:
        do(story, step)
        if step.expected:
            machine = story.machine
            heads = {slot: machine.path(key) for slot, key in machine.now.heads.items()}
            assert step.expected.head_disks == heads
            assert [each.id for each in step.expected.snapshots] == [
                each.id for each in sorted(machine.snapshots.values(), key=lambda one: one.taken)
            ]
            assert step.expected.power == machine.power
    if not answer.objections:
        assert is_done(story.machine)


@settings(max_examples=40, deadline=None)
@given(deeds, st.sampled_from(["offline", "live"]))
def test_asked_again_after_a_step_a_plan_goes_on_with_the_next(
    happening: list[Deed], policy: Policy
) -> None:
    story = story_of(happening, policy)
    steps = [step for step in planned(story).steps if step.words]
    for at, step in enumerate(steps[:3]):
        do(story, step)
        looked_at(story)

        again = [" ".join(each.words) for each in planned(story).steps if each.words]
        rest = [" ".join(each.words) for each in steps[at + 1 :]]
        # Whether it ran at first is not to be read off a VM that is off by now.
        assert rest in (again, [*again, "start"])


# --- the cases of the rules -----------------------------------------------------------------------


def the_article() -> Story:
    story = Story().vm("web01", "web01.vhd").start().take("1").take("1-1").apply("1").start()
    story.take("1-2").apply("1").start().take("1-3").take("1-3-1").delete("1-3-1")
    return looked_at(story)


def test_the_articles_tree_goes_from_its_leaves_inward() -> None:
    story = the_article()

    assert told(planned(story)) == [
        "shutdown",
        "delete 1-2",
        "delete 1-1",
        "delete 1",
        "delete 1-3",
        "start",
    ]
    for step in planned(story).steps:
        do(story, step)
    assert avhds(story) == set()


def test_backups_come_before_anything_that_changes_a_file() -> None:
    kinds = [step.kind for step in planned(the_article()).steps]

    assert kinds[:3] == ["record", "back_up", "shut_down"]


def test_a_plan_says_which_snapshots_are_lost() -> None:
    assert [each.name for each in planned(the_article()).loses] == ["1", "1-1", "1-2", "1-3"]


def the_riddle() -> Story:
    """R with branches A1 - A2 and B1 - B2 - Now; R, B1 and B2 deleted."""
    story = Story().vm("web01", "base.vhd").start().take("R").take("A1").take("A2").apply("R")
    story.start().take("B1").take("B2").delete("R").delete("B1").delete("B2").shut_down()
    return story


def test_the_riddle_is_solved_by_deleting_the_other_branch() -> None:
    story = looked_at(the_riddle())
    answer = planned(story)

    assert told(answer) == ["delete A2", "delete A1"]
    merges = [(short(each.child), short(each.into)) for each in answer.steps[-1].merges]
    assert merges == [("apply1-r.avhd", "base.vhd")]


def test_of_a_live_vm_nothing_is_stopped() -> None:
    story = Story().vm("web01", "web01.vhd", policy="live").start().take("S1").take("S2")

    assert told(planned(looked_at(story))) == ["delete S1", "delete S2"]


def test_two_slots_are_merged_each_by_itself() -> None:
    story = Story().vm("web01", "web01.vhd", "data.vhd").take("S1").take("S2")
    merges = planned(looked_at(story)).steps[2].merges
    assert [(short(each.child), short(each.into)) for each in merges] == [
        ("after-s1.avhd", "web01.vhd"),
        ("after-s1@1.avhd", "data.vhd"),
    ]


def test_a_detached_avhd_is_left_over_and_stops_nothing() -> None:
    story = Story().vm("web01", "web01.vhd", "data.vhd").take("S1").detach("IDE 0:1").take("S2")
    answer = planned(looked_at(story))

    assert told(answer) == ["delete S1", "delete S2"]
    assert [short(path) for path in answer.leftovers] == ["after-s1@1.avhd"]


def test_a_saved_vm_is_started_before_it_is_shut_down() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1").save()

    assert told(planned(looked_at(story))) == ["start", "shutdown", "delete S1", "start"]


def test_a_paused_vm_is_resumed_first() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1").pause()

    assert told(planned(looked_at(story)))[:2] == ["resume", "shutdown"]


def test_a_merge_that_runs_is_waited_for() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").hold_merges().delete("S1")
    answer = planned(looked_at(story))

    assert told(answer) == ["finish-merges", "delete S2"]
    assert "throw its progress away" in answer.steps[2].text


def test_what_failed_is_tried_again_by_a_start_and_a_stop() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").hold_merges().delete("S1").fail_merge()
    answer = planned(looked_at(story))

    assert told(answer)[:2] == ["start", "shutdown"]


def test_a_vm_without_avhds_needs_no_plan() -> None:
    answer = planned(looked_at(Story().vm("web01", "web01.vhd")))

    assert answer.is_done
    assert (answer.steps, answer.objections) == ((), ())


def test_space_is_told_step_by_step_and_what_goes_makes_room() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").take("S2").take("S3")
    looked_at(story).by_hand(FreeSpaceSeen("C:", 4096))
    needs = [step.volumes[0] for step in planned(story).steps if step.volumes]
    size = 4096

    assert len(needs) == 3
    assert all(need.free_bytes is not None for need in needs)
    assert needs[0].free_bytes == size


# --- what is refused ------------------------------------------------------------------------------


def two_snapshots() -> Story:
    return Story().vm("web01", "web01.vhd").take("S1").take("S2")


def test_disks_that_nobody_read_get_no_plan() -> None:
    answer = planned(two_snapshots())

    assert "nobody has read" in objections(answer)
    assert answer.objections[0].next_step == "Record C:\\VMs."
    assert answer.steps == ()


def test_a_disk_that_changed_after_it_was_read_gets_no_plan() -> None:
    story = looked_at(two_snapshots()).delete("S1")

    assert "changed after it was read" in objections(planned(story))


def test_a_merge_into_a_shared_parent_is_never_advised() -> None:
    story = Story().vm("web01", "base.vhd").take("S1")
    story.by_hand(DiskCloned(disk("linked.vhd"), disk("base.vhd"))).vm("web02", "linked.vhd")
    answer = planned(looked_at(story.vm("web01")))

    assert answer.steps == ()
    assert re.search(r"needed by another VM|another VM needs", objections(answer))


def test_a_shared_parent_that_no_merge_touches_stops_nothing() -> None:
    story = Story().vm("gold", "golden.vhd")
    story.by_hand(DiskCloned(disk("one.vhd"), disk("golden.vhd")))
    story.by_hand(DiskCloned(disk("two.vhd"), disk("golden.vhd")))
    story.vm("web02", "two.vhd").vm("web01", "one.vhd").take("S1")
    answer = planned(looked_at(story))

    assert told(answer) == ["delete S1"]


def test_a_clone_that_nobody_runs_would_be_ruined() -> None:
    story = two_snapshots().by_hand(DiskCloned(disk("linked.vhd"), disk("web01.vhd")))

    assert "linked.vhd hangs below" in objections(planned(looked_at(story)))


def test_what_the_rules_leave_behind_on_the_way_would_be_ruined_later() -> None:
    """Now's disk was moved away, then Now went back: deleting S1 leaves the file between."""
    story = Story().vm("web01", "web01.vhd").take("S2").take("S1")
    story.by_hand(DiskMoved(disk("after-S1.avhd"), disk("elsewhere.avhd"))).apply("S2")
    answer = planned(looked_at(story))

    assert answer.steps == ()
    assert "after-S2.avhd hangs below" in objections(answer)
    assert "elsewhere.avhd hangs below" in objections(answer)


@pytest.mark.parametrize(
    "accident",
    [
        DiskLost(disk("after-S1.avhd")),
        DiskWritten(disk("web01.vhd")),
        DiskMoved(disk("after-S1.avhd"), disk("away.avhd")),
    ],
)
def test_findings_that_speak_against_it_get_no_plan(
    accident: DiskLost | DiskWritten | DiskMoved,
) -> None:
    answer = planned(looked_at(two_snapshots().by_hand(accident)))

    assert answer.steps == ()
    assert answer.objections


def plan_with_kind(kind: str, policy: Policy = "offline") -> Plan:
    """Ask for a plan of a VM whose first snapshot is of that kind, as a host would tell."""
    story = looked_at(Story().vm("web01", "web01.vhd", policy=policy).take("S1").take("S2"))
    ownership = ownership_of(story.recorded)
    machine = ownership.fleet.machines[story.machine.id]
    one = replace(machine.snapshots[SnapshotId("S1")], kind=kind)
    snapshots = {**machine.snapshots, one.id: one}
    ownership.fleet.machines[machine.id] = replace(machine, snapshots=snapshots)
    scene = Scene(ownership.fleet, graph_of(ownership.fleet), ownership, ())
    return plan(scene, machine.id)


@pytest.mark.parametrize("kind", ["replica", "syncedreplica", "planned", "missing"])
def test_some_snapshots_are_nobodys_to_delete(kind: str) -> None:
    assert "is not to be deleted by hand" in objections(plan_with_kind(kind))


# --- by hand, on copies ---------------------------------------------------------------------------


def test_a_removed_vm_is_merged_by_hand_on_copies_the_newest_first() -> None:
    answer = planned(looked_at(two_snapshots().remove()))

    assert "was removed from its host" in objections(answer)
    assert answer.steps == ()
    kinds = [step.kind for step in answer.by_hand]
    assert kinds == ["copy", "link", "merge", "merge", "try_out"]
    assert answer.by_hand[0].commands[0] == r"copy C:\VMs\after-S2.avhd to 1-0.avhd"
    assert "the copy 1-0.avhd into the copy 1-1.avhd" in answer.by_hand[2].text
    assert "the copy 1-1.avhd into the copy 1-2.vhd" in answer.by_hand[3].text


def test_a_copy_whose_name_only_looks_like_harmless_stays_refused() -> None:
    """What stands in a name is no verdict."""
    story = (
        Story()
        .vm("web01", "x (unknown).vhd")
        .take("S1")
        .by_hand(DiskWritten(disk("x (unknown).vhd")))
    )
    answer = planned(looked_at(story.remove()))

    assert answer.by_hand == ()


def test_where_merges_keep_failing_both_ways_are_told() -> None:
    story = two_snapshots().hold_merges().delete("S1").fail_merge().start().shut_down()
    answer = planned(looked_at(story.fail_merge()))

    assert answer.steps
    assert [step.kind for step in answer.by_hand][:2] == ["copy", "link"]


def test_where_hyper_v_can_merge_nothing_is_said_of_doing_it_by_hand() -> None:
    assert planned(looked_at(two_snapshots())).by_hand == ()


def test_a_snapshot_of_a_backup_is_deleted_only_when_no_backup_wants_it() -> None:
    steps = plan_with_kind("recovery").steps

    assert "be sure that none is running" in steps[2].text


def test_an_automatic_snapshot_comes_back_unless_that_is_switched_off() -> None:
    step = plan_with_kind("automatic", policy="live").steps[2]

    assert "makes another at the next" in step.text
    assert "Set-VM -VM $vm -AutomaticCheckpointsEnabled $false" in step.commands


def test_no_command_by_hand_touches_an_original() -> None:
    answer = planned(looked_at(Story().vm("web01", "web01.vhd", policy="live").take("S1").remove()))

    commands = [each for step in answer.by_hand for each in step.commands]
    changing = [each for each in commands if "-VHD" in each]
    assert len(changing) == 2
    assert not [each for each in changing if "C:\\VMs" in each]
    assert "-IgnoreIdMismatch" not in " ".join(commands)
