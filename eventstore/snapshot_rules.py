"""Taking and applying snapshots (rules R1 and R2)."""

from collections.abc import Mapping

from eventstore.commands import ApplySnapshot, Revert, TakeSnapshot
from eventstore.draft import Draft
from eventstore.errors import Refused
from eventstore.events import NewDisk, Power, SnapshotApplied, SnapshotTaken
from eventstore.machine import SNAPSHOTS_MAX, Heads
from eventstore.new_disks import new_disk
from eventstore.requirements import (
    require_chains_present,
    require_name,
    require_no_merge,
    require_slots_known,
    require_snapshot,
)


def take(draft: Draft, command: TakeSnapshot) -> None:
    machine = draft.machine
    name = require_name(command.name)
    require_no_merge(machine, "take a snapshot")
    if command.snapshot in machine.snapshots:
        raise Refused(f"{machine.name} has a snapshot {command.snapshot} already")
    if machine.power == "paused":
        raise Refused(f"{machine.name} is paused: no snapshot can be taken (32775, invalid state)")
    if len(machine.snapshots) >= SNAPSHOTS_MAX:
        raise Refused(f"{machine.name} has {SNAPSHOTS_MAX} snapshots, the most Hyper-V allows")
    if command.production and machine.policy == "offline":
        raise Refused(f"{machine.name} has policy offline; production snapshots came in 2016")
    require_chains_present(machine, machine.now.heads, "take a snapshot")
    new_disks = _new_disks(draft, machine.now.heads, f"{command.seed}/take", command.paths)
    has_memory = machine.power in {"running", "saved"} and not command.production
    draft.add(SnapshotTaken(command.snapshot, name, has_memory, new_disks, command.production))


def apply(draft: Draft, command: ApplySnapshot) -> None:
    snapshot = require_snapshot(draft.machine, command.snapshot)
    require_no_merge(draft.machine, "apply a snapshot")
    require_chains_present(draft.machine, snapshot.heads, f"apply {snapshot.name}")
    new_disks = _new_disks(draft, snapshot.heads, f"{command.seed}/apply", command.paths)
    power: Power = "saved" if snapshot.has_saved_state else "off"
    draft.add(SnapshotApplied(snapshot.id, power, new_disks))


def revert(draft: Draft, command: Revert) -> None:
    """R2: apply what Now hangs under, where there is such a snapshot and somebody knows which."""
    now = draft.machine.now
    if now.parent is None:
        why = "Now hangs under no snapshot"
        if not now.is_parent_known:
            why = "nothing read tells under which snapshot Now runs"
        raise Refused(f"{draft.machine.name} cannot revert: {why}")
    apply(draft, ApplySnapshot(now.parent, command.seed, command.paths))


def _new_disks(
    draft: Draft, heads: Heads, seed: str, paths: Mapping[str, str]
) -> tuple[NewDisk, ...]:
    require_slots_known(draft.machine, heads, paths)
    return tuple(
        new_disk(draft.machine, draft.neighbours, slot, key, seed=seed, chosen=paths.get(slot))
        for slot, key in heads.items()
    )
