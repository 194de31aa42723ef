"""Sentences about a VM: its power, its snapshots, its disks, its merges, its configuration."""

from collections.abc import Callable, Mapping
from typing import assert_never

from eventstore.events import (
    ConfigurationGone,
    DiskAttached,
    DiskDeleted,
    DiskDetached,
    MergeCompleted,
    MergeFailed,
    MergeInterrupted,
    MergesHeld,
    MergesReleased,
    MergeStarted,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
    VmExportSeen,
    VmPaused,
    VmRegistered,
    VmRemoved,
    VmReset,
    VmRestarted,
    VmResumed,
    VmSaved,
    VmShutDown,
    VmStarted,
    VmTurnedOff,
)
from eventstore.ids import SnapshotId
from eventstore.power import PowerEvent
from projections.phrases import counted, in_slots, listed, on_top, shown

NameOf = Callable[[SnapshotId], str]

POWER: Mapping[type[PowerEvent], str] = {
    VmStarted: "was started and runs.",
    VmShutDown: "was shut down and is off.",
    VmTurnedOff: "was turned off; what its memory held is lost.",
    VmSaved: "was saved: it stands still, with its memory on disk.",
    VmPaused: "was paused and stands still in memory.",
    VmResumed: "was resumed and runs on.",
    VmReset: "was reset; to its disks it never stopped.",
    VmRestarted: "was restarted by its guest; to its disks it never stopped.",
}

HRESULTS = {"0x80070070": " (the volume is full)"}
"""Reasons of failed merges that nobody should have to look up."""


def registration(event: VmRegistered | VmRemoved, vm: str) -> str:
    match event:
        case VmRegistered(policy="live"):
            return f"{vm} was registered with {in_slots(event.disks)}; its merges run at once."
        case VmRegistered(merge_on_save=on_save):
            when = "stops" if on_save else "is off"
            disks = in_slots(event.disks)
            return f"{vm} was registered with {disks}; its merges run when it {when}."
        case VmRemoved():
            return f"{vm} was removed from its host; its disks stay."
        case _:
            assert_never(event)


def power(event: PowerEvent, vm: str) -> str:
    return f"{vm} {POWER[type(event)]}"


def snapshot(
    event: SnapshotTaken | SnapshotApplied | SnapshotDeleted | SubtreeDeleted,
    vm: str,
    name_of: NameOf,
) -> str:
    match event:
        case SnapshotTaken():
            kind = "Production snapshot" if event.production else "Snapshot"
            memory = "with its memory" if event.has_saved_state else "without memory"
            return (
                f"{kind} {name_of(event.snapshot)} of {vm} was taken {memory}; "
                f"Now writes to {on_top(event.new_disks)}."
            )
        case SnapshotApplied():
            return (
                f"Snapshot {name_of(event.snapshot)} was applied to {vm}, which is {event.power}: "
                f"what Now held is gone, and it writes to {on_top(event.new_disks)}."
            )
        case SnapshotDeleted(gone):
            return (
                f"Snapshot {name_of(gone)} of {vm} was deleted with its configuration and saved "
                "state; what hung below it moved up."
            )
        case SubtreeDeleted(top, gone):
            below = listed([name_of(each) for each in gone if each != top])
            return f"Snapshot {name_of(top)} of {vm} was deleted with all below it: {below}."
        case _:
            assert_never(event)


def disk(event: DiskAttached | DiskDetached | DiskDeleted, vm: str) -> str:
    match event:
        case DiskAttached(attached):
            return f"{vm} uses {in_slots([attached])} from now on."
        case DiskDetached(slot, path):
            return f"{vm} no longer uses {shown(path)(path)} in {slot}; the file stays."
        case DiskDeleted(path):
            return (
                f"{shown(path)(path)} of {vm} was deleted: nobody referred to it and no file "
                "depended on it."
            )
        case _:
            assert_never(event)


def merge(event: MergeStarted | MergeCompleted | MergeInterrupted | MergeFailed, vm: str) -> str:
    file = shown(event.child, event.into)
    child, into = file(event.child), file(event.into)
    match event:
        case MergeStarted():
            return f"{vm}: {child} began to be merged into {into}."
        case MergeCompleted():
            return f"{vm}: {child} was merged into {into}, whose name survives; {child} is gone."
        case MergeInterrupted():
            return (
                f"{vm}: the merge of {child} into {into} was interrupted; both files are as "
                "they were, and it will start anew."
            )
        case MergeFailed(code=code):
            return (
                f"{vm}: the merge of {child} into {into} failed with {code}"
                f"{HRESULTS.get(code, '')}; both files are as they were."
            )
        case _:
            assert_never(event)


def holding(event: MergesHeld | MergesReleased, vm: str) -> str:
    match event:
        case MergesHeld():
            return f"{vm}: merges start but do not finish from now on."
        case MergesReleased():
            return f"{vm}: merges run to their end again."
        case _:
            assert_never(event)


def configuration(
    event: VmConfigurationSeen | SnapshotConfigurationSeen | ConfigurationGone | VmExportSeen,
    vm: str,
    name_of: NameOf,
) -> str:
    match event:
        case VmConfigurationSeen():
            due = "; it says that a merge is pending" if event.merge_pending else ""
            return f"The configuration of {vm} was read: Now uses {in_slots(event.disks)}{due}."
        case SnapshotConfigurationSeen(snapshot=of):
            return (
                f"The configuration of snapshot {name_of(of)} of {vm} was read: it keeps "
                f"{in_slots(event.disks)}."
            )
        case ConfigurationGone(path, snapshot=of):
            whose = f"snapshot {name_of(of)} of {vm}" if of is not None else vm
            return f"The configuration {shown(path)(path)} of {whose} is gone."
        case VmExportSeen():
            return _export(event, vm, name_of)
        case _:
            assert_never(event)


def _export(event: VmExportSeen, vm: str, name_of: NameOf) -> str:
    who = event.computer or "Its host"
    power = f", which is {event.power}" if event.power else ""
    uses = "disks that were not told" if event.disks is None else in_slots(event.disks)
    under = ""
    if event.is_parent_known:
        under = f" under {name_of(event.parent) if event.parent else 'no snapshot'}"
    perhaps = "" if event.has_all_snapshots else ", perhaps not all"
    number = counted(len(event.snapshots), "snapshot")
    return f"{who} told of {vm}{power}: Now uses {uses}{under}; {number} named{perhaps}."
