"""One example of every event, with every field told: the source of the golden bytes."""

from eventstore import events as ev
from eventstore.evidence.observations import Check, DiskFacts, ParentLink
from eventstore.ids import SnapshotId, VmId, derive
from tests.story import START

BASE = "C:\\VMs\\web01.vhd"
AVHD = "C:\\VMs\\web01_1CE6964B-29B6-4D37-97AA-E847195217F3.avhd"
OTHER = "D:\\スナップショット\\b.avhd"
S1 = SnapshotId(derive("S1"))
S2 = SnapshotId(derive("S2"))
SLOT = "IDE 0:0"
DISK = ev.SlotDisk(SLOT, AVHD, derive("disk"), (BASE,))
NEW = (ev.NewDisk(SLOT, AVHD, BASE, derive("new")),)
FACTS = DiskFacts(
    format="vhd",
    kind="differencing",
    creator="win 6.1",
    virtual_size_bytes=64 << 20,
    identity="00112233445566778899aabbccddeeff",
    disk_id=derive("id"),
    block_size_bytes=2 << 20,
    data_write_id=derive("write"),
    written_at=START,
    has_log_to_replay=True,
    parent=ParentLink(
        identity="ffeeddccbbaa99887766554433221100",
        written_at=START,
        linkage=derive("linkage"),
        linkage2=derive("linkage2"),
        name="web01.vhd",
        relative_path=".\\web01.vhd",
        volume_path="\\\\?\\Volume{1}\\web01.vhd",
        absolute_path=BASE,
    ),
    checks=(Check("footer checksum", False, "0x1 instead of 0x2"),),
)

EVERY_EVENT: tuple[ev.Event, ...] = (
    ev.VmRegistered("web01", "offline", True, "C:\\VMs", (DISK,)),
    ev.VmRemoved(),
    ev.VmStarted(),
    ev.VmShutDown(),
    ev.VmTurnedOff(),
    ev.VmSaved(),
    ev.VmPaused(),
    ev.VmResumed(),
    ev.VmReset(),
    ev.VmRestarted(),
    ev.SnapshotTaken(S1, "スナップショット 1", True, NEW, True),
    ev.SnapshotApplied(S1, "saved", NEW),
    ev.SnapshotRenamed(S1, "新しい名前"),
    ev.SnapshotDeleted(S1),
    ev.SubtreeDeleted(S1, (S1, S2)),
    ev.DiskAttached(DISK),
    ev.DiskDetached(SLOT, AVHD),
    ev.DiskDeleted(AVHD),
    ev.MergeStarted(AVHD, BASE),
    ev.MergeCompleted(AVHD, BASE),
    ev.MergeInterrupted(AVHD, BASE),
    ev.MergeFailed(AVHD, BASE, "0x80070070"),
    ev.MergesHeld(),
    ev.MergesReleased(),
    ev.DiskCloned(OTHER, BASE, derive("clone")),
    ev.DiskMergedByHand(AVHD, BASE),
    ev.DiskLost(AVHD),
    ev.DiskWritten(BASE),
    ev.DiskMoved(AVHD, OTHER),
    ev.DiskCopied(AVHD, OTHER),
    ev.FreeSpaceSeen("C:", 1 << 40),
    ev.DiskSeen(AVHD, "/case/C/VMs/a.avhd", 4096, START, "ab" * 32, FACTS, "cut"),
    ev.DiskGone(AVHD, "/case/C/VMs/a.avhd"),
    ev.VmConfigurationSeen(
        "web01", "C:\\VMs\\x.xml", "/case/x.xml", 512, (DISK,), 3, True, START, "cd" * 32
    ),
    ev.SnapshotConfigurationSeen(
        S1, "C:\\s.xml", "/case/s.xml", "S1", S2, True, START, True, (DISK,), "ef" * 32
    ),
    ev.VmExportSeen(
        "web01",
        "C:\\e.json",
        "/case/e.json",
        "HV01",
        "paused",
        "C:\\VMs",
        (DISK,),
        S1,
        True,
        (
            ev.ExportedSnapshot(
                S1, "スナップショット 1", S2, True, START, True, "recovery", (DISK,)
            ),
        ),
        True,
        "ab" * 32,
    ),
    ev.ConfigurationGone("C:\\s.xml", "/case/s.xml", S1),
    ev.FolderRead(derive("host"), "/case", "C:\\VMs", 12, 3, 2, (("/case/x", "denied"),)),
    ev.HostRegistrySeen(
        derive("host"),
        "C:\\data.vmcx",
        "/case/data.vmcx",
        ((VmId(derive("web01")), "C:\\1.vmcx"),),
        "ab" * 32,
    ),
    ev.HostRegistryGone(derive("host"), "C:\\data.vmcx", "/case/data.vmcx"),
    ev.HostExportSeen(
        "HV01", "C:\\e.json", "/case/e.json", 3, (OTHER,), ("not told: all of web01",), "ab" * 32
    ),
    ev.LogRecordSeen(
        "HV01",
        "Microsoft-Windows-Hyper-V-VMMS-Admin",
        96,
        "Microsoft-Windows-Hyper-V-VMMS",
        19100,
        2,
        "S-1-5-18",
        VmId(derive("vm")),
        "ウェブ",
        (("VmName", "ウェブ"), ("ErrorCode", "0x80070070")),
        "0x80070070",
        True,
    ),
    ev.LogCovered(
        "HV01",
        "Microsoft-Windows-Hyper-V-VMMS-Admin",
        "C:\\logs\\v.evtx",
        "/case/v.evtx",
        3,
        96,
        START,
        START,
        7,
        2,
        ((5, 8),),
        ("chunk 1 is cut",),
        "ab" * 32,
    ),
    ev.SideFileSeen("C:\\v.vmrs", "/case/v.vmrs", "runtime_state", 45056, START, True),
    ev.SideFileGone("C:\\v.vhdx.rct", "/case/v.vhdx.rct", "change_tracking"),
    ev.TailSetAside("00000000000000000001.ndjson", 77, 12, "aa" * 32, "tail-1"),
    ev.ForkedFrom(derive("store"), 9),
)

LATER_FIELDS: dict[str, ev.Event] = {
    "FolderRead-folders": ev.FolderRead(
        derive("host"), "/case", "/case", 0, 0, 0, folders=(("/case/D", "D:\\"),)
    ),
    "VmConfigurationSeen-media": ev.VmConfigurationSeen(
        "web01",
        "C:\\1.xml",
        "/case/1.xml",
        1280,
        media=(ev.SlotDisk("IDE 1:0", "C:\\setup.iso"),),
        other_keys=(("properties/notes", "Café"),),
    ),
    "SnapshotConfigurationSeen-media": ev.SnapshotConfigurationSeen(
        S1,
        "C:\\s.xml",
        "/case/s.xml",
        media=(ev.SlotDisk("IDE 1:0", "C:\\setup.iso"),),
        other_keys=(("properties/above", "Café"),),
    ),
}
"""What fields told that came after their event's golden bytes were pinned, by a name of its own."""
