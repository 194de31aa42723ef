"""The rule book: what a command does to a machine, or why it cannot be obeyed.

`hyperv-rules` R1 to R12 in code; rule numbers stand beside what they ask for. Every event is
evolved as soon as it is decided, so that what comes next sees what is true then; after the
command's own effect `Draft.settle` looks at the disks again (D1, D2, D3).
"""

from typing import assert_never

from eventstore import snapshot_rules, vm_rules
from eventstore.commands import (
    ApplySnapshot,
    AttachDisk,
    Command,
    DeleteSnapshot,
    DeleteSubtree,
    DetachDisk,
    FailMerge,
    FinishMerges,
    HoldMerges,
    PauseVm,
    RegisterVm,
    RemoveVm,
    RenameSnapshot,
    ResetVm,
    RestartVm,
    ResumeVm,
    Revert,
    SaveVm,
    ShutDownVm,
    StartVm,
    TakeAndApply,
    TakeSnapshot,
    TurnOffVm,
)
from eventstore.disk_rules import NO_NEIGHBOURS, Neighbours
from eventstore.draft import Draft
from eventstore.errors import Refused
from eventstore.events import (
    MergesHeld,
    SnapshotDeleted,
    SnapshotRenamed,
    SubtreeDeleted,
    VmEvent,
    VmPaused,
    VmReset,
    VmRestarted,
    VmResumed,
    VmSaved,
    VmShutDown,
    VmTurnedOff,
)
from eventstore.machine import Machine
from eventstore.requirements import (
    require_name,
    require_snapshot,
)

SETTLED_BY_THEMSELVES = (DetachDisk, RemoveVm, FinishMerges, FailMerge)
"""Commands that say themselves what becomes of the disks."""


def decide(
    machine: Machine, command: Command, neighbours: Neighbours = NO_NEIGHBOURS
) -> tuple[VmEvent, ...]:
    """Give the events that `command` causes, or raise `Refused` with the reason."""
    draft = Draft(machine, neighbours)
    if isinstance(command, RegisterVm):
        vm_rules.register(draft, command)
        return draft.events
    if not machine.is_present:
        state = "is not registered" if machine.removed is None else "was removed"
        raise Refused(f"VM {machine.name or machine.id} {state}")
    match command:
        case StartVm():
            vm_rules.start(draft)
        case ShutDownVm():
            vm_rules.power(draft, VmShutDown())
        case TurnOffVm():
            vm_rules.power(draft, VmTurnedOff())
        case SaveVm():
            vm_rules.power(draft, VmSaved())
        case PauseVm():
            vm_rules.power(draft, VmPaused())
        case ResumeVm():
            vm_rules.power(draft, VmResumed())
        case ResetVm():
            vm_rules.power(draft, VmReset())
        case RestartVm():
            vm_rules.power(draft, VmRestarted())
        case TakeSnapshot():
            snapshot_rules.take(draft, command)
        case ApplySnapshot():
            snapshot_rules.apply(draft, command)
        case TakeAndApply(take, name, snapshot, seed):
            require_snapshot(machine, snapshot)
            snapshot_rules.take(draft, TakeSnapshot(take, name, seed))
            snapshot_rules.apply(draft, ApplySnapshot(snapshot, seed))
        case Revert():
            snapshot_rules.revert(draft, command)
        case RenameSnapshot(snapshot, name):
            require_snapshot(machine, snapshot)
            draft.add(SnapshotRenamed(snapshot, require_name(name)))
        case DeleteSnapshot(snapshot):
            require_snapshot(machine, snapshot)
            draft.add(SnapshotDeleted(snapshot))
        case DeleteSubtree(snapshot):
            require_snapshot(machine, snapshot)
            draft.add(SubtreeDeleted(snapshot, machine.subtree_of(snapshot)))
        case AttachDisk(disk):
            vm_rules.attach(draft, disk)
        case DetachDisk(slot):
            vm_rules.detach(draft, slot)
        case RemoveVm():
            vm_rules.remove(draft)
        case HoldMerges():
            draft.add(MergesHeld())
        case FinishMerges():
            vm_rules.finish_merges(draft)
        case FailMerge(code):
            vm_rules.fail_merges(draft, code)
        case _:
            assert_never(command)
    if not isinstance(command, SETTLED_BY_THEMSELVES):
        draft.settle()
    return draft.events
