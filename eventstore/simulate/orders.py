"""Deeds on a VM as commands: names found, ids and places chosen where the line left them open."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, product

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
from eventstore.errors import BadInput, Refused
from eventstore.events import SlotDisk
from eventstore.find import Candidate, find_snapshot
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, derive
from eventstore.machine import Machine
from eventstore.paths import folder_of, path_key
from eventstore.requirements import require_name
from eventstore.simulate.grammar import Deed, slot_of

DEFAULT_ROOT = r"C:\ProgramData\Microsoft\Windows\Hyper-V"

SLOTS = tuple(
    f"{bus} {controller}:{location}"
    for bus, controller, location in chain(
        product(("IDE",), range(2), range(2)), product(("SCSI",), range(4), range(64))
    )
)
"""The order in which the disks of a `vm` line fill the slots."""

_WITHOUT_OPERANDS: Mapping[str, Command] = {
    "start": StartVm(),
    "shutdown": ShutDownVm(),
    "turn-off": TurnOffVm(),
    "save": SaveVm(),
    "restart": RestartVm(),
    "reset": ResetVm(),
    "pause": PauseVm(),
    "resume": ResumeVm(),
    "remove": RemoveVm(),
    "hold-merges": HoldMerges(),
    "finish-merges": FinishMerges(),
}


def registration(deed: Deed, fleet: Fleet, seed: str) -> RegisterVm:
    """Give the command of a `vm` line."""
    if len(deed.disks) > len(SLOTS):
        raise Refused(f"a VM has {len(SLOTS)} slots; {len(deed.disks)} disks came")
    return RegisterVm(
        name=require_name(deed.operands[0], "a VM's name"),
        policy=deed.policy,
        root=folder_of(deed.disks[0]) if deed.disks else DEFAULT_ROOT,
        merge_on_save=deed.merge_on_save,
        disks=tuple(
            _slot_disk(fleet, slot, path, seed)
            for slot, path in zip(SLOTS, deed.disks, strict=False)
        ),
    )


def command(
    deed: Deed, machine: Machine, fleet: Fleet, seed: str, gone: Iterable[Candidate] = ()
) -> Command:
    """Give the command that `deed` is to `machine`.

    `seed` names what the line did not choose; `gone` are the snapshots deleted before, so that
    an error can say so. Raises BadInput for a snapshot that is not there.
    """
    if ready := _WITHOUT_OPERANDS.get(deed.verb):
        return ready

    def snapshot(word: str) -> SnapshotId:
        return find_snapshot(machine, word, gone).id

    match deed.verb, deed.operands[1:]:
        case "attach", (slot, path):
            return AttachDisk(_slot_disk(fleet, slot_of(slot), path, seed))
        case "detach", (slot,):
            return DetachDisk(slot_of(slot))
        case "fail-merge", (code,):
            return FailMerge(code)
    return _on_snapshots(deed, snapshot, seed)


def _on_snapshots(deed: Deed, snapshot: Callable[[str], SnapshotId], seed: str) -> Command:
    new = SnapshotId(deed.id or derive(seed, "snapshot"))
    match deed.verb, deed.operands[1:]:
        case "take", (name,):
            return TakeSnapshot(new, name, seed, deed.production, deed.paths)
        case "apply", (old,):
            return ApplySnapshot(snapshot(old), seed, deed.paths)
        case "take-and-apply", (name, old):
            return TakeAndApply(new, name, snapshot(old), seed)
        case "revert", ():
            return Revert(seed, deed.paths)
        case "rename", (old, name):
            return RenameSnapshot(snapshot(old), name)
        case "delete", (old,):
            return DeleteSnapshot(snapshot(old))
        case "delete-subtree", (top,):
            return DeleteSubtree(snapshot(top))
        case _:
            raise BadInput(f"'{deed.verb}' is not done to a VM")


def _slot_disk(fleet: Fleet, slot: str, path: str, seed: str) -> SlotDisk:
    """Give the disk at `path` as it is known; one that is not known is new, with a new id."""
    key = path_key(path)
    known = fleet.disk(key)
    if key in fleet.lost and (known is None or known.is_lost):
        raise Refused(f"{path} is missing since {fleet.lost[key].at}")
    disk_id = known.disk_id if known else derive(seed, slot, "disk")
    return SlotDisk(slot, path, disk_id, fleet.ancestor_paths(path))
