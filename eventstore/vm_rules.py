"""The VM itself: its power (R8b), its disk list (R8a), its removal (R9) and its merges (R7)."""

from msgspec.structs import replace

from eventstore.commands import RegisterVm
from eventstore.draft import Draft
from eventstore.errors import Refused
from eventstore.events import (
    DiskAttached,
    DiskDetached,
    MergeFailed,
    MergesReleased,
    SlotDisk,
    VmRegistered,
    VmRemoved,
    VmStarted,
)
from eventstore.machine import Machine
from eventstore.paths import path_key
from eventstore.power import POWER_RULES, PowerEvent
from eventstore.requirements import require_chains_present, require_format, require_slot


def power(draft: Draft, event: PowerEvent) -> None:
    require_power(draft.machine, event)
    draft.add(event)


def require_power(machine: Machine, event: PowerEvent) -> None:
    before = POWER_RULES[type(event)].before
    if machine.power is not None and machine.power not in before:
        raise Refused(f"{machine.name} is {machine.power}, not {' or '.join(before)}")


def start(draft: Draft) -> None:
    """R7: under the offline policy a start cancels the merges that run."""
    require_power(draft.machine, VmStarted())
    require_chains_present(draft.machine, draft.machine.now.heads, "start")
    if draft.machine.policy == "offline":
        draft.interrupt(draft.machine.merging)
    draft.add(VmStarted())


def register(draft: Draft, command: RegisterVm) -> None:
    if draft.machine.is_present and not draft.machine.is_observed:
        raise Refused(f"VM {draft.machine.name} ({draft.machine.id}) is registered already")
    planned = replace(draft.machine, policy=command.policy)
    slots: dict[str, str] = {}
    for disk in command.disks:
        require_slot(disk.slot)
        require_format(planned, disk)
        if disk.slot in slots:
            raise Refused(f"{disk.slot} holds {slots[disk.slot]} already; {disk.path} cannot too")
        if path_key(disk.path) in {path_key(path) for path in slots.values()}:
            raise Refused(f"{disk.path} stands in two slots")
        slots[disk.slot] = disk.path
    draft.add(
        VmRegistered(
            command.name, command.policy, command.merge_on_save, command.root, command.disks
        )
    )


def attach(draft: Draft, disk: SlotDisk) -> None:
    machine = draft.machine
    require_slot(disk.slot)
    require_format(machine, disk)
    _require_plug(machine, disk.slot)
    if disk.slot in machine.now.heads:
        held = machine.path(machine.now.heads[disk.slot])
        raise Refused(f"{machine.name} has {held} in {disk.slot}")
    key = path_key(disk.path)
    if key in machine.now.heads.values():
        raise Refused(f"{machine.name} uses {disk.path} already")
    if key in machine.disks and machine.disks[key].is_lost:
        raise Refused(f"{disk.path} is missing")
    draft.add(DiskAttached(disk))


def detach(draft: Draft, slot: str) -> None:
    machine = draft.machine
    require_slot(slot)
    _require_plug(machine, slot)
    if slot not in machine.now.heads:
        used = ", ".join(machine.now.heads) or "no disk"
        raise Refused(f"{machine.name} has no disk in {slot}; it has {used}")
    key = machine.now.heads[slot]
    draft.add(DiskDetached(slot, machine.path(key)))
    draft.settle(kept=key)


def _require_plug(machine: Machine, slot: str) -> None:
    """R8a: IDE disks change while the VM is off, SCSI disks while it runs too."""
    allowed = ("off",) if slot.startswith("IDE") else ("off", "running")
    if machine.power is not None and machine.power not in allowed:
        raise Refused(
            f"{machine.name} is {machine.power}; {slot} changes only while {' or '.join(allowed)}"
        )


def remove(draft: Draft) -> None:
    """R9: pending merges first, then the configuration goes; the disks stay."""
    machine = draft.machine
    if machine.power in {"running", "paused"}:
        raise Refused(f"{machine.name} is {machine.power}; stop it before removing it")
    if not machine.merges_held:
        draft.run_merges()
    draft.interrupt(draft.machine.merging)
    draft.add(VmRemoved())


def finish_merges(draft: Draft) -> None:
    if not (draft.machine.merges_held or draft.machine.merging):
        raise Refused(f"{draft.machine.name} has no merge that is held or running")
    if draft.machine.merges_held:
        draft.add(MergesReleased())
    draft.settle()


def fail_merges(draft: Draft, code: str) -> None:
    """Nothing visible changes, and nothing is tried again before the next command."""
    if not draft.machine.merging:
        raise Refused(f"{draft.machine.name} has no merge running that could fail")
    machine = draft.machine
    for merge in machine.merging:
        draft.add(MergeFailed(machine.path(merge.child), machine.path(merge.into), code))
