import pytest
from msgspec import Raw

from eventstore.codec import Unknown
from eventstore.events import (
    DiskAttached,
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskDetached,
    DiskGone,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskSeen,
    DiskWritten,
    Event,
    MergeCompleted,
    MergeFailed,
    MergeInterrupted,
    MergeStarted,
    NewDisk,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotTaken,
    VmConfigurationSeen,
    VmRegistered,
    VmStarted,
)
from eventstore.ids import SnapshotId
from eventstore.mentions import disks_named
from tests.story import START, disk, key

A, B = disk("a.vhd"), disk("b.avhd")
S1 = SnapshotId("S1")
SLOT = SlotDisk("IDE 0:0", B, ancestors=(A,))
NEW = NewDisk("IDE 0:0", B, A)


@pytest.mark.parametrize(
    "event",
    [
        VmRegistered("web01", "offline", True, "C:\\VMs", (SLOT,)),
        VmConfigurationSeen("web01", "x.xml", "x.xml", 512, (SLOT,)),
        SnapshotConfigurationSeen(S1, "x.xml", "x.xml", disks=(SLOT,)),
        DiskAttached(SLOT),
        SnapshotTaken(S1, "S1", False, (NEW,)),
        SnapshotApplied(S1, "off", (NEW,)),
        MergeStarted(B, A),
        MergeCompleted(B, A),
        MergeInterrupted(B, A),
        MergeFailed(B, A, "0x80070070"),
        DiskMergedByHand(B, A),
        DiskCloned(B, A),
        DiskMoved(A, B),
        DiskCopied(A, B),
    ],
)
def test_an_event_about_two_files_names_both(event: Event) -> None:
    assert disks_named(event) == {key("A.VHD"), key("b.avhd")}


@pytest.mark.parametrize(
    "event",
    [
        DiskDetached("IDE 0:0", A),
        DiskDeleted(A),
        DiskLost(A),
        DiskWritten(A),
        DiskSeen(A, "/case/a.vhd", 1, START, "00"),
        DiskGone(A, "/case/a.vhd"),
    ],
)
def test_an_event_about_one_file_names_it(event: Event) -> None:
    assert disks_named(event) == {key("a.vhd")}


@pytest.mark.parametrize("event", [VmStarted(), Unknown("DiskPolished", Raw(b"{}"))])
def test_other_events_name_no_file(event: Event | Unknown) -> None:
    assert disks_named(event) == frozenset()
