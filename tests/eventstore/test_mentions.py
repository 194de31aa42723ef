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
    LogRecordSeen,
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
from eventstore.ids import SnapshotId, VmId, vm_stream
from eventstore.machine import When
from eventstore.mentions import Mentions, disks_named
from eventstore.moments import later
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


def test_a_vm_was_heard_of_last_when_it_or_an_event_log_spoke_of_it() -> None:
    mentions, vm = Mentions(), VmId("0A1B2C3D-0000-0000-0000-000000000001")
    record = LogRecordSeen("HV01", "Hyper-V-Worker-Admin", 1, "p", 18500, vm=vm)
    whens = [When(later(START, minutes=each), 9 - each) for each in range(3)]
    mentions.hear(vm_stream(vm), VmStarted(), whens[0])
    mentions.hear("log-of/hv01/worker", record, whens[1])
    mentions.hear("host/h", DiskWritten(A), whens[2])

    assert mentions.streams == {
        vm_stream(vm): whens[1],
        "log-of/hv01/worker": whens[1],
        "host/h": whens[2],
    }
    assert mentions.disks == {key("a.vhd"): whens[2]}
