"""How what a host answered changes a machine: `Get-VM` and what belongs to it.

The host knows its snapshots' parents, and the one that Now hangs under, which no file tells. A VM
without a history of its own is what the host says; where history exists, the host is a second
witness like a configuration.
"""

from msgspec.structs import replace

from eventstore.disk_changes import with_left_behind
from eventstore.events import ExportedSnapshot, SlotDisk, VmExportSeen
from eventstore.ids import SnapshotId
from eventstore.machine import Heads, Machine, MergingTold, Now, Snapshot, When
from eventstore.observed import disks_told, same_snapshot, with_named_disks
from eventstore.paths import path_key
from eventstore.snapshot_changes import deleted
from eventstore.surprise import surprised


def export_seen(machine: Machine, event: VmExportSeen, when: When) -> Machine:
    named = [*(event.disks or ()), *(disk for each in event.snapshots for disk in each.disks or ())]
    machine = with_named_disks(machine, named, when)
    if event.is_merging_on is not None:
        machine = replace(machine, merging_told=MergingTold(event.is_merging_on, when))
    if machine.is_present and not machine.is_observed:
        return _held_against_history(machine, event, when)
    if machine.removed is not None and not machine.is_observed:
        machine = with_left_behind(machine, machine.removed)
    if event.has_all_snapshots:
        listed = {each.snapshot for each in event.snapshots}
        machine = deleted(machine, machine.snapshots.keys() - listed)
    snapshots = {
        each.snapshot: _snapshot(machine.snapshots.get(each.snapshot), each, when)
        for each in event.snapshots
    }
    return replace(
        machine,
        name=event.name,
        policy="live",  # there are no such cmdlets before 2012
        root=machine.root or event.location,
        power=event.power or machine.power,
        registered=machine.registered or when,
        removed=None,
        is_observed=True,
        snapshots={**machine.snapshots, **snapshots},
        now=_now(machine, event),
        configured=machine.configured if event.disks is None else _heads(event.disks),
        snapshots_listed=len(event.snapshots) if event.has_all_snapshots else None,
        snapshots_untold=not event.has_all_snapshots,
    )


def _now(machine: Machine, event: VmExportSeen) -> Now:
    heads = machine.now.heads if event.disks is None else _heads(event.disks)
    if event.is_parent_known:
        return Now(event.parent, heads)
    if machine.is_known and machine.now.heads == heads:
        return machine.now
    return Now(None, heads, is_parent_known=False)


def _snapshot(known: Snapshot | None, told: ExportedSnapshot, when: When) -> Snapshot:
    """Give the snapshot as it was told, and what was not told as it was known before."""
    known = known or Snapshot(
        id=told.snapshot,
        name=told.snapshot,
        parent=None,
        taken=when,
        has_saved_state=False,
        heads={},
        is_parent_known=False,
        are_disks_known=False,
    )
    snapshot = replace(
        known,
        name=told.name or known.name,
        taken=When(told.taken_at, when.position) if told.taken_at else known.taken,
        kind=told.kind or known.kind,
    )
    if told.is_parent_known:
        snapshot = replace(snapshot, parent=told.parent, is_parent_known=True)
    if told.has_saved_state is not None:
        snapshot = replace(snapshot, has_saved_state=told.has_saved_state)
    if told.disks is not None:
        snapshot = replace(snapshot, heads=_heads(told.disks), are_disks_known=True)
    return snapshot


def _held_against_history(machine: Machine, event: VmExportSeen, when: When) -> Machine:
    """Remember where the host and history differ; whatever either names is referred to."""
    if event.disks is not None and (heads := _heads(event.disks)) != machine.now.heads:
        machine = surprised(
            replace(machine, configured=heads),
            when,
            expected=f"Now on {disks_told(machine, machine.now.heads)}",
            found=f"its host names {disks_told(machine, heads)}",
        )
    elif event.disks is not None and event.has_all_snapshots:
        machine = replace(machine, configured=_heads(event.disks))
    if event.is_parent_known and machine.now.parent != event.parent:
        machine = _other_parent(machine, "Now", machine.now.parent, event.parent, when)
    for told in event.snapshots:
        machine = _snapshot_against_history(machine, told, when)
    if event.has_all_snapshots:
        named = {each.snapshot for each in event.snapshots}
        for gone in [each for each in machine.snapshots if each not in named]:
            machine = surprised(
                machine,
                when,
                expected=f"snapshot {machine.snapshots[gone].name}",
                found="its host does not name it",
            )
    return machine


def _snapshot_against_history(machine: Machine, told: ExportedSnapshot, when: When) -> Machine:
    known = machine.snapshots.get(told.snapshot)
    if known is None:
        new = _snapshot(None, told, when)
        return surprised(
            replace(machine, snapshots={**machine.snapshots, new.id: new}),
            when,
            expected=f"no snapshot {told.snapshot}",
            found=f"its host names it {new.name}",
        )
    if told.is_parent_known and told.parent != known.parent:
        machine = _other_parent(machine, f"snapshot {known.name}", known.parent, told.parent, when)
    return (
        machine if told.disks is None else same_snapshot(machine, known, _heads(told.disks), when)
    )


def _other_parent(
    machine: Machine,
    which: str,
    expected: SnapshotId | None,
    found: SnapshotId | None,
    when: When,
) -> Machine:
    return surprised(
        machine,
        when,
        expected=f"{which} under {_called(machine, expected)}",
        found=f"its host names {_called(machine, found)}",
    )


def _called(machine: Machine, snapshot: SnapshotId | None) -> str:
    if snapshot is None:
        return "no snapshot"
    known = machine.snapshots.get(snapshot)
    return f"snapshot {known.name if known else snapshot}"


def _heads(disks: tuple[SlotDisk, ...]) -> Heads:
    return {disk.slot: path_key(disk.path) for disk in disks}
