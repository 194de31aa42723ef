from typing import Literal, get_args, get_origin

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from eventstore.codec import EVENT_TYPES, Unknown
from eventstore.events import (
    ConfigurationGone,
    DiskAttached,
    DiskCloned,
    DiskDetached,
    DiskSeen,
    Event,
    FolderRead,
    FreeSpaceSeen,
    HostRegistryGone,
    HostRegistrySeen,
    MergeCompleted,
    MergeFailed,
    NewDisk,
    SideFileGone,
    SideFileSeen,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
    VmRegistered,
    VmStarted,
)
from eventstore.evidence.observations import DiskFacts, ParentLink
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from projections.narrate import Names, names_of, narrate
from projections.narrate_vm import POWER
from tests.story import START, Story, disk

S1, S2 = SnapshotId("S1-ID"), SnapshotId("S2-ID")
NAMES = Names("web01", {S1: "S1", S2: "S2"})
CHILD, PARENT = disk("child.avhd"), disk("parent.vhd")
FACTS = DiskFacts(
    "vhd", "differencing", "win ", 1 << 30, "00", "ID", parent=ParentLink(name="p.vhd")
)

events = st.one_of([st.from_type(kind) for kind in EVENT_TYPES.values()])


@given(events, st.builds(Names, st.text(), st.dictionaries(st.text(), st.text())))
def test_every_event_whatever_it_holds_is_one_sentence(event: Event, names: Names) -> None:
    assert narrate(event, names).endswith(".")


@pytest.mark.parametrize("kind", EVENT_TYPES.values())
def test_each_type_has_a_sentence_of_its_own(kind: type[Event]) -> None:
    """Two types never say the same, even when they hold the same words."""
    sentences = {narrate(_plain(other), NAMES) for other in EVENT_TYPES.values() if other != kind}

    assert narrate(_plain(kind), NAMES) not in sentences


def _plain(kind: type[Event]) -> Event:
    """Make an event of `kind` in which every word is the same."""
    fields = {
        field.name: _filled(field.type) for field in msgspec.structs.fields(kind) if field.required
    }
    return msgspec.convert(fields, kind)


def _filled(kind: object) -> object:
    return get_args(kind)[0] if get_origin(kind) is Literal else _FILLED[kind]


_FILLED: dict[object, object] = {
    str: "x",
    SnapshotId: "x",
    tuple[tuple[VmId, str], ...]: (),
    Moment: START,
    bool: False,
    int: 1,
    int | None: None,
    SlotDisk: {"slot": "x", "path": "x"},
    tuple[SnapshotId, ...]: [],
}


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            VmRegistered("new", "offline", False, "C:\\VMs", (SlotDisk("IDE 0:0", PARENT),)),
            "new was registered with parent.vhd in IDE 0:0; its merges run when it is off.",
        ),
        (VmStarted(), "web01 was started and runs."),
        (
            SnapshotTaken(S1, "first", True, (NewDisk("IDE 0:0", CHILD, PARENT),)),
            (
                'Snapshot "first" of web01 was taken with its memory; '
                "Now writes to child.avhd on top of parent.vhd (IDE 0:0)."
            ),
        ),
        (
            SnapshotApplied(S1, "off", (NewDisk("IDE 0:0", CHILD, PARENT),)),
            (
                'Snapshot "S1" was applied to web01, which is off: what Now held is gone, '
                "and it writes to child.avhd on top of parent.vhd (IDE 0:0)."
            ),
        ),
        (SnapshotRenamed(S1, "last"), 'Snapshot "S1" of web01 was renamed to "last".'),
        (
            SnapshotDeleted(SnapshotId("unknown")),
            (
                "Snapshot unknown of web01 was deleted with its configuration and saved state; "
                "what hung below it moved up."
            ),
        ),
        (
            SubtreeDeleted(S1, (S1, S2)),
            'Snapshot "S1" of web01 was deleted with all below it: "S2".',
        ),
        (
            DiskAttached(SlotDisk("SCSI 0:0", PARENT)),
            "web01 uses parent.vhd in SCSI 0:0 from now on.",
        ),
        (
            DiskDetached("SCSI 0:0", PARENT),
            "web01 no longer uses parent.vhd in SCSI 0:0; the file stays.",
        ),
        (
            MergeCompleted(CHILD, PARENT),
            (
                "web01: child.avhd was merged into parent.vhd, whose name survives; "
                "child.avhd is gone."
            ),
        ),
        (
            MergeFailed(CHILD, PARENT, "0x80070070"),
            (
                "web01: the merge of child.avhd into parent.vhd failed with 0x80070070 "
                "(the volume is full); both files are as they were."
            ),
        ),
        (
            VmConfigurationSeen("web02", "x.xml", "x.xml", 512),
            "The configuration of web02 was read: Now uses no disk.",
        ),
        (
            SnapshotConfigurationSeen(S1, "x", "x", disks=(SlotDisk("IDE 0:0", PARENT),)),
            'The configuration of snapshot "S1" of web01 was read: it keeps parent.vhd in IDE 0:0.',
        ),
        (
            ConfigurationGone(disk("x.xml"), "x.xml", S1),
            'The configuration x.xml of snapshot "S1" of web01 is gone.',
        ),
        (
            DiskSeen(CHILD, CHILD, 1200, START, "00", FACTS),
            "child.avhd was read: a differencing VHD of 1,200 bytes whose parent is p.vhd.",
        ),
        (
            DiskSeen(CHILD, CHILD, 1200, START, "00", problem="no footer"),
            "child.avhd was read and says nothing usable: no footer.",
        ),
        (
            DiskSeen(disk("a-AutoRecovery.avhd"), "x", 1200, START, "00", FACTS),
            (
                "a-AutoRecovery.avhd was read: a differencing VHD of 1,200 bytes whose parent is "
                "p.vhd, made by a backup as its name says."
            ),
        ),
        (
            SideFileSeen(disk("a.vmrs"), "x", "runtime_state", 1200, START, has_saved_state=True),
            "a.vmrs (runtime state) was seen: 1,200 bytes, with a saved state in it.",
        ),
        (
            SideFileGone(disk("a.vhdx.rct"), "x", "change_tracking"),
            "a.vhdx.rct (change tracking) was no longer in its folder.",
        ),
        (
            VmConfigurationSeen("web02", "x.xml", "x.xml", 512, merge_pending=True),
            (
                "The configuration of web02 was read: Now uses no disk; it says that a merge is "
                "pending."
            ),
        ),
        (
            FolderRead("HV1", "/case", "C:\\VMs", 9, 1, 2, (("a", "denied"),)),
            "The folder /case of HV1 was read: 9 files, 1 disk, 2 configurations; 1 place unread.",
        ),
        (
            FolderRead(derive("host", "hv1"), "/case", "C:\\VMs", 9, 1, 2),
            "The folder /case was read: 9 files, 1 disk, 2 configurations.",
        ),
        (
            HostRegistrySeen("HV1", "C:\\data.vmcx", "x", ((VmId("X"), "C:\\1.vmcx"),)),
            "C:\\data.vmcx, the list of the VMs of HV1, was read: 1 VM.",
        ),
        (
            HostRegistryGone("HV1", "C:\\data.vmcx", "x"),
            "C:\\data.vmcx, a list of the VMs of HV1, is gone.",
        ),
        (FreeSpaceSeen("C:", 1), "C: had 1 byte free."),
        (
            Unknown("DiskPolished", Raw(b"{}")),
            "An event of type DiskPolished was kept that this version cannot read (unknown type).",
        ),
    ],
)
def test_a_sentence_says_what_is_true_afterwards(event: Event | Unknown, sentence: str) -> None:
    assert narrate(event, NAMES) == sentence


def test_files_of_one_name_are_told_apart_by_their_whole_paths() -> None:
    one, other = "C:\\a\\Web.vhd", "C:\\b\\web.VHD"

    assert narrate(DiskCloned(one, other)) == (
        f"{one} was made by hand as a differencing disk of {other}."
    )


def test_a_snapshot_goes_by_the_name_that_was_read_last() -> None:
    assert NAMES.after(SnapshotConfigurationSeen(S1, "x", "x")) == NAMES
    assert NAMES.after(SnapshotConfigurationSeen(S1, "x", "x", "seen")).of(S1) == '"seen"'


@pytest.mark.parametrize(
    "event", [SnapshotDeleted(S1), SubtreeDeleted(S1, (S1,)), ConfigurationGone("x", "x", S1)]
)
def test_a_deleted_snapshot_is_named_once_more_and_then_forgotten(event: Event) -> None:
    assert '"S1"' in narrate(event, NAMES)
    assert NAMES.after(event).snapshots == {S2: "S2"}


def test_the_names_of_a_machine_are_those_it_has_now() -> None:
    machine = Story().vm("web01", "web01.vhd").take("S1").rename("S1", "again").machine

    assert names_of(machine) == Names("web01", {SnapshotId("S1"): "again"})


def test_every_power_event_has_its_words() -> None:
    assert {f"web01 {words}" for words in POWER.values()} == {
        narrate(kind(), NAMES) for kind in POWER
    }
