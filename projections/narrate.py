"""One plain sentence per event: what happened, and what is true on disk afterwards."""

from collections.abc import Collection, Mapping
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import Unknown
from eventstore.events import (
    ConfigurationGone,
    DiskAttached,
    DiskDeleted,
    DiskDetached,
    DiskGone,
    DiskSeen,
    Event,
    FolderRead,
    ForkedFrom,
    HandEvent,
    HostExportSeen,
    HostRegistryGone,
    HostRegistrySeen,
    LogCovered,
    LogRecordSeen,
    MergeCompleted,
    MergeFailed,
    MergeInterrupted,
    MergesHeld,
    MergesReleased,
    MergeStarted,
    SideFileGone,
    SideFileSeen,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    SubtreeDeleted,
    TailSetAside,
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
from eventstore.machine import Machine
from projections import narrate_files, narrate_logs, narrate_vm


class Names(Struct, frozen=True):
    """What a VM and its snapshots were called when something happened."""

    vm: str = "a VM"
    snapshots: Mapping[SnapshotId, str] = {}

    def after(self, event: Event | Unknown) -> "Names":
        """Give the names as they are after `event`."""
        match event:
            case VmRegistered(name) | VmConfigurationSeen(name) if name:
                return replace(self, vm=name)
            case VmExportSeen(name, snapshots=snapshots):
                told = {each.snapshot: each.name for each in snapshots if each.name}
                return replace(self, vm=name, snapshots={**self.snapshots, **told})
            case (
                SnapshotTaken(snapshot, name)
                | SnapshotRenamed(snapshot, name)
                | SnapshotConfigurationSeen(snapshot=snapshot, name=str(name))
            ):
                return replace(self, snapshots={**self.snapshots, snapshot: name})
            case SnapshotDeleted(gone) | ConfigurationGone(snapshot=str(gone)):
                return self._without((gone,))
            case SubtreeDeleted(top, below):
                return self._without((top, *below))
            case _:
                return self

    def of(self, snapshot: SnapshotId) -> str:
        """Give the snapshot's name in quotes, or its GUID where no name is known."""
        name = self.snapshots.get(snapshot)
        return f'"{name}"' if name else snapshot

    def _without(self, gone: Collection[str]) -> "Names":
        """Forget the deleted, or a machine with a long life would carry them for ever."""
        left = {each: name for each, name in self.snapshots.items() if each not in gone}
        return replace(self, snapshots=left)


NO_NAMES = Names()


def names_of(machine: Machine) -> Names:
    """Give the names that `machine` and its snapshots have."""
    return Names(
        machine.name or machine.id, {each.id: each.name for each in machine.snapshots.values()}
    )


def narrate(event: Event | Unknown, names: Names = NO_NAMES) -> str:
    """Say `event` in one sentence; `names` are those from before it."""
    named = names.after(event)
    if isinstance(event, HandEvent):
        return narrate_files.by_hand(event)
    match event:
        case VmRegistered() | VmRemoved():
            return narrate_vm.registration(event, named.vm)
        case (
            VmStarted()
            | VmShutDown()
            | VmTurnedOff()
            | VmSaved()
            | VmPaused()
            | VmResumed()
            | VmReset()
            | VmRestarted()
        ):
            return narrate_vm.power(event, named.vm)
        case SnapshotTaken():
            return narrate_vm.snapshot(event, named.vm, named.of)
        case SnapshotApplied() | SnapshotDeleted() | SubtreeDeleted():
            return narrate_vm.snapshot(event, names.vm, names.of)
        case SnapshotRenamed(snapshot, name):
            return f'Snapshot {names.of(snapshot)} of {names.vm} was renamed to "{name}".'
        case DiskAttached() | DiskDetached() | DiskDeleted():
            return narrate_vm.disk(event, named.vm)
        case MergeStarted() | MergeCompleted() | MergeInterrupted() | MergeFailed():
            return narrate_vm.merge(event, named.vm)
        case MergesHeld() | MergesReleased():
            return narrate_vm.holding(event, named.vm)
        case VmConfigurationSeen() | SnapshotConfigurationSeen() | VmExportSeen():
            return narrate_vm.configuration(event, named.vm, named.of)
        case ConfigurationGone():
            return narrate_vm.configuration(event, names.vm, names.of)
        case (
            DiskSeen()
            | DiskGone()
            | SideFileSeen()
            | SideFileGone()
            | FolderRead()
            | HostRegistrySeen()
            | HostRegistryGone()
            | HostExportSeen()
        ):
            return narrate_files.seen(event)
        case LogRecordSeen() | LogCovered():
            return narrate_logs.host_log(event)
        case TailSetAside() | ForkedFrom():
            return narrate_files.of_the_log(event)
        case Unknown(type=kind, problem=problem):
            return f"An event of type {kind} was kept that this version cannot read ({problem})."
        case _:
            assert_never(event)
