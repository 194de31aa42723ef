"""Random histories of one VM: what somebody with no plan at all might do in an afternoon."""

import random

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
from eventstore.events import Policy, SlotDisk
from eventstore.ids import SnapshotId
from eventstore.machine import Machine

POWER = (
    StartVm(),
    StartVm(),
    ShutDownVm(),
    TurnOffVm(),
    SaveVm(),
    PauseVm(),
    ResumeVm(),
    ResetVm(),
    RestartVm(),
)
MERGES = (HoldMerges(), FinishMerges(), FinishMerges(), FailMerge("0x80070070"))


def registration(chance: random.Random) -> RegisterVm:
    policy: Policy = chance.choice(("offline", "live"))
    suffix = ".vhd" if policy == "offline" else chance.choice((".vhd", ".vhdx"))
    names = ("base", "data")[: chance.choice((1, 2))]
    disks = tuple(
        SlotDisk(slot, f"C:\\VMs\\{name}{suffix}", name)
        for slot, name in zip(("IDE 0:0", "SCSI 0:0"), names, strict=False)
    )
    return RegisterVm("web01", policy, "C:\\VMs", chance.random() < 0.7, disks)


def next_command(chance: random.Random, machine: Machine, number: int) -> Command:
    """Give some command; whether it is possible is for `decide` to say."""
    snapshots = list(machine.snapshots) or [SnapshotId("none")]
    some = chance.choice(snapshots)
    new = SnapshotId(f"S{number}")
    draw = chance.random()
    if draw < 0.26:
        return TakeSnapshot(new, f"number {number}", f"{number}")
    if draw < 0.40:
        return ApplySnapshot(some, f"{number}")
    if draw < 0.54:
        return DeleteSnapshot(some)
    if draw < 0.57:
        return DeleteSubtree(some)
    if draw < 0.60:
        return TakeAndApply(new, "both", some, f"{number}")
    if draw < 0.63:
        return Revert(f"{number}")
    if draw < 0.65:
        return RenameSnapshot(some, "renamed")
    if draw < 0.68:
        return DetachDisk(chance.choice(list(machine.now.heads) or ["IDE 0:0"]))
    if draw < 0.71:
        suffix = ".vhd" if machine.policy == "offline" else ".vhdx"
        return AttachDisk(SlotDisk("SCSI 0:0", f"C:\\VMs\\late{number}{suffix}", f"{number}"))
    if draw < 0.77:
        return chance.choice(MERGES)
    return chance.choice(POWER)
