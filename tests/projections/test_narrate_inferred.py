"""Sentences about what nobody saw say so, since when it may have been, and what tells it."""

import pytest

from eventstore.entry import Source
from eventstore.events import (
    MergeCompleted,
    SlotDisk,
    SnapshotApplied,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    VmEvent,
    VmRegistered,
    VmRemoved,
)
from eventstore.ids import SnapshotId
from eventstore.moments import Moment
from projections.narrate import Names
from projections.narrate_inferred import inferred

S1 = SnapshotId("S1")
NAMES = Names("web01", {S1: "経理"})
READ = Moment("2026-03-01T00:00:00.000000Z")
BEFORE = Moment("2026-02-01T00:00:00.000000Z")
SOURCE = Source("inferred", name="/case/Snapshots/s1.xml", not_before=BEFORE, read_at=READ)


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (VmRegistered("web01", "offline", True, "C:\\VMs"), "web01 existed by then"),
        (VmRemoved(), "web01 was removed from its host; its disks stay"),
        (
            SnapshotTaken(S1, "経理", True, disks=(SlotDisk("IDE 0:0", "C:\\VMs\\base.vhd"),)),
            'Snapshot "経理" of web01 was taken with its memory; it keeps base.vhd in IDE 0:0',
        ),
        (SnapshotTaken(S1, "", False), 'Snapshot "S1" of web01 was taken without memory'),
        (SnapshotDeleted(S1, "経理"), 'Snapshot "経理" of web01 was deleted'),
        (SnapshotRenamed(S1, "new", "old"), 'Snapshot "old" of web01 was renamed to "new"'),
        (SnapshotApplied(S1, "off"), 'Snapshot "経理" was applied to web01'),
        (
            MergeCompleted("C:\\VMs\\a.avhd", "C:\\VMs\\base.vhd"),
            "web01: a.avhd was merged into base.vhd, whose name survives",
        ),
    ],
)
def test_every_kind_has_a_sentence(event: VmEvent, said: str) -> None:
    why = f"(after {BEFORE}, inferred from s1.xml, read at {READ})."

    assert inferred(event, NAMES, READ, SOURCE) == f"{said} {why}"


def test_a_record_of_an_event_log_is_named_beside_the_reading() -> None:
    source = Source("inferred", name="vm.xml", place="record 7 of vmms on hv01", read_at=READ)
    told = inferred(MergeCompleted("a.avhd", "b.vhd"), NAMES, READ, source)

    assert told.endswith(f"(inferred from vm.xml and record 7 of vmms on hv01, read at {READ}).")


def test_without_a_source_the_reading_alone_is_told() -> None:
    assert inferred(VmRemoved(), NAMES, READ).endswith(f"(inferred, read at {READ}).")
