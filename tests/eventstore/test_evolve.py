"""`evolve` is total: what contradicts the model is believed, remembered, and never a crash."""

import random
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.disk_rules import now_refers_to, references
from eventstore.events import (
    DiskDeleted,
    MergeCompleted,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    VmConfigurationSeen,
    VmEvent,
    VmRegistered,
    VmRemoved,
    VmShutDown,
    VmStarted,
)
from eventstore.evolve import evolve
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import Machine, When
from eventstore.moments import Moment, later
from tests.story import START, Story, disk, key, short


def oddities(story: Story) -> list[tuple[str, str]]:
    return [(odd.expected, odd.found) for odd in story.machine.contradictions]


def test_a_start_of_a_running_vm_is_kept_with_what_was_expected() -> None:
    story = Story().vm("web01", "base.vhd").start().happened(VmStarted())

    assert story.power == "running"
    assert oddities(story) == [("power off or saved before VmStarted", "running")]
    assert story.machine.contradictions[0].position == len(story.recorded)


def test_a_delete_of_an_unknown_snapshot_is_kept() -> None:
    story = Story().vm("web01", "base.vhd").happened(SnapshotDeleted(SnapshotId("X")))

    assert oddities(story) == [("snapshot X", "no such snapshot")]


def test_a_disk_deleted_under_its_owner_is_lost_not_forgotten() -> None:
    story = Story().vm("web01", "base.vhd").happened(DiskDeleted(disk("base.vhd")))

    assert [(short(d.path), d.is_lost) for d in story.machine.disks.values()] == [
        ("base.vhd", True)
    ]
    assert oddities(story) == [("C:\\VMs\\base.vhd unused", "used by Now")]


def test_an_event_of_a_vm_never_registered_makes_it_known_and_odd() -> None:
    machine = evolve(Machine(VmId("VM")), VmShutDown(), When(START, 7))

    assert machine.is_known
    assert [odd.position for odd in machine.contradictions] == [7]


def test_late_events_are_folded_where_they_happened() -> None:
    story = Story().vm("web01", "base.vhd").start()
    story.happened(VmShutDown(), at=later(START, hours=2))
    story.happened(VmStarted(), at=later(START, hours=1))

    folded = story.as_learned().machines[story.machine.id]

    assert folded.power == "off"
    assert [odd.position for odd in folded.contradictions] == [4]


class TestConfigurationThatWasRead:
    SEEN = VmConfigurationSeen(
        name="web01",
        path="C:\\VMs\\Virtual Machines\\X.xml",
        found_at="/e/X.xml",
        format_version=512,
        disks=(SlotDisk("IDE 0:0", disk("after-S.avhd")),),
        snapshots_listed=1,
    )

    def test_without_history_it_is_all_there_is(self) -> None:
        machine = evolve(Machine(VmId("VM")), self.SEEN, When(START, 1))

        assert machine.is_observed
        assert (machine.name, machine.policy, machine.power) == ("web01", "offline", None)
        assert [short(head) for head in machine.now.heads.values()] == ["after-s.avhd"]
        assert machine.contradictions == ()

    def test_where_history_agrees_nothing_is_odd(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").happened(self.SEEN)

        assert oddities(story) == []

    def test_where_history_differs_both_files_count_as_referenced(self) -> None:
        stale = msgspec.structs.replace(self.SEEN, disks=(SlotDisk("IDE 0:0", disk("base.vhd")),))
        story = Story().vm("web01", "base.vhd").take("S").take("T").happened(stale)

        assert oddities(story) == [
            ("Now on C:\\VMs\\after-T.avhd", "its configuration names C:\\VMs\\base.vhd")
        ]
        assert story.heads["now"] == "after-t.avhd"

    def test_it_is_out_of_date_as_soon_as_now_moves_on(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S").happened(self.SEEN)
        story.delete("S").shut_down()

        assert now_refers_to(story.machine) == (key("base.vhd"),)

    def test_a_snapshot_that_history_missed_is_taken_in(self) -> None:
        seen = SnapshotConfigurationSeen(
            SnapshotId("T"), "p", "f", disks=(SlotDisk("IDE 0:0", disk("base.vhd")),)
        )
        story = Story().vm("web01", "base.vhd").happened(seen)

        assert story.heads["T"] == "base.vhd"
        assert oddities(story) == [("no snapshot T", "its configuration p")]


EVENTS = st.one_of([st.from_type(event) for event in get_args(VmEvent)])


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=25), st.randoms(use_true_random=False))
def test_no_sequence_of_events_is_a_crash(events: list[VmEvent], chance: random.Random) -> None:
    """Events with made-up names mixed into a real history, in any order."""
    story = Story().vm("web01", "base.vhd", "data.vhd").start().take("S").take("T").apply("S")
    real: list[VmEvent] = [
        SnapshotApplied(SnapshotId("T"), "off"),
        SnapshotDeleted(SnapshotId("S")),
        DiskDeleted(disk("base.vhd")),
        MergeCompleted(disk("after-S.avhd"), disk("base.vhd")),
        MergeCompleted(disk("base.vhd"), disk("base.vhd")),
    ]
    mixed = [*events, *real]
    chance.shuffle(mixed)
    machine = story.machine
    for position, event in enumerate(mixed, start=100):
        machine = evolve(machine, event, When(Moment(START), position))

    assert machine.contradictions


@pytest.mark.parametrize("event", [VmStarted(), VmShutDown()])
def test_evolving_never_changes_the_machine_it_was_given(event: VmEvent) -> None:
    before = Story().vm("web01", "base.vhd").take("S").machine
    stored = msgspec.json.encode(before)

    evolve(before, event, When(START, 99))

    assert msgspec.json.encode(before) == stored


class TestWhatOnlyAConfigurationNames:
    def test_a_known_snapshots_configuration_is_a_second_witness(self) -> None:
        seen = SnapshotConfigurationSeen(
            SnapshotId("S"), "p", "f", disks=(SlotDisk("IDE 0:0", disk("after-S.avhd")),)
        )
        story = Story().vm("web01", "base.vhd").take("S").take("T").happened(seen)

        assert references(story.machine)[key("after-S.avhd")] == ("S", "T")
        assert oddities(story) != []

    def test_no_command_deletes_it(self) -> None:
        stale = VmConfigurationSeen("web01", "p", "f", 512, (SlotDisk("IDE 0:0", disk("x.avhd")),))
        story = Story().vm("web01", "base.vhd").take("S").happened(stale)

        assert "x.avhd" in story.take("U").delete("U").disks


def test_a_configuration_of_a_snapshot_without_an_id_is_no_crash() -> None:
    named = SnapshotConfigurationSeen(
        SnapshotId(""), "", "", disks=(SlotDisk("IDE 0:0", r"C:\a.vhd"),)
    )
    other = replace(named, found_at="0", disks=())
    begun = VmRegistered(name="a", policy="offline", merge_on_save=False, root="", disks=())
    machine = Machine(VmId("A"))
    events: list[VmEvent] = [begun, VmRemoved(), named, other, begun]
    for position, event in enumerate(events, start=1):
        machine = evolve(machine, event, When(Moment(START), position))

    assert machine.is_present
