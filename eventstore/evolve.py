"""The fold: what is true of a machine after an event.

`evolve` is total. An event that the model did not expect is believed all the same, because it
happened; what was expected instead is kept in `contradictions`.
"""

from typing import assert_never

from msgspec.structs import replace

from eventstore import disk_changes, elsewhere, exported, observed, snapshot_changes, vm_files
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
    SnapshotRenamed,
    SnapshotTaken,
    SubtreeDeleted,
    VmConfigurationSeen,
    VmEvent,
    VmExportSeen,
    VmRegistered,
    VmRemoved,
)
from eventstore.machine import Machine, Merge, When
from eventstore.paths import path_key
from eventstore.power import POWER_RULES, PowerEvent, is_power_event
from eventstore.surprise import expect_disk, expect_present, expect_snapshot, surprised


def evolve(machine: Machine, event: VmEvent, when: When) -> Machine:
    """Give the machine after `event`."""
    if is_power_event(event):
        return _power_changed(expect_present(machine, when), event, when)
    match event:
        case SnapshotTaken():
            return snapshot_changes.taken(expect_present(machine, when), event, when)
        case SnapshotApplied():
            machine = expect_snapshot(machine, event.snapshot, when)
            return snapshot_changes.applied(machine, event, when)
        case SnapshotDeleted(snapshot):
            return snapshot_changes.deleted(expect_snapshot(machine, snapshot, when), (snapshot,))
        case SubtreeDeleted(top, snapshots):
            return snapshot_changes.deleted(expect_snapshot(machine, top, when), snapshots)
        case SnapshotRenamed(snapshot, name):
            machine = expect_snapshot(machine, snapshot, when)
            return snapshot_changes.renamed(machine, snapshot, name)
        case DiskAttached(disk):
            return disk_changes.attached(expect_present(machine, when), disk, when)
        case DiskDetached():
            return disk_changes.detached(expect_present(machine, when), event, when)
        case DiskDeleted(path):
            return disk_changes.disk_deleted(expect_disk(machine, path, when), path, when)
        case MergeStarted(child, into):
            return _merge_started(machine, child, into, when)
        case MergeCompleted(child, into):
            machine = expect_disk(expect_disk(machine, child, when), into, when)
            return disk_changes.merged(machine, event, when)
        case MergeInterrupted(child) | MergeFailed(child):
            machine = expect_disk(machine, child, when)
            still = disk_changes.without_merge_of(machine, path_key(child))
            return replace(machine, merging=still)
        case MergesHeld():
            return replace(machine, merges_held=True)
        case MergesReleased():
            return replace(machine, merges_held=False)
        case VmRegistered():
            return _registered(machine, event, when)
        case VmRemoved():
            return _removed(expect_present(machine, when), when)
        case VmConfigurationSeen():
            after = observed.configuration_seen(machine, event, when)
            return elsewhere.configured(machine, after, event)
        case SnapshotConfigurationSeen():
            return observed.snapshot_seen(machine, event, when)
        case ConfigurationGone():
            after = observed.configuration_gone(machine, event, when)
            return elsewhere.unconfigured(after, event)
        case VmExportSeen():
            return elsewhere.answered(machine, exported.export_seen(machine, event, when), event)
        case _:
            assert_never(event)


def _registered(machine: Machine, event: VmRegistered, when: When) -> Machine:
    if machine.is_present and not machine.is_observed:
        machine = surprised(
            machine, when, expected="a VM that is not registered yet", found="it was"
        )
    if machine.removed is not None:
        machine = disk_changes.new_life(machine, machine.removed)
    machine = replace(
        machine,
        name=event.name,
        policy=event.policy,
        merge_on_save=event.merge_on_save,
        root=event.root,
        power="off",
        registered=machine.registered or when,
        removed=None,
        is_observed=False,
        files=vm_files.of_registration(event.root, machine.id, when.at),
    )
    for disk in event.disks:
        machine = disk_changes.attached(machine, disk, when)
    return machine


def _removed(machine: Machine, when: When) -> Machine:
    """Rule R9: the disks stay, and the last references are remembered."""
    return replace(machine, removed=when, power="off", files=(), merging=())


def _power_changed(machine: Machine, event: PowerEvent, when: When) -> Machine:
    rule = POWER_RULES[type(event)]
    if machine.power is not None and machine.power not in rule.before:
        machine = surprised(
            machine,
            when,
            expected=f"power {' or '.join(rule.before)} before {type(event).__name__}",
            found=machine.power,
        )
    return snapshot_changes.with_power(machine, rule.after, when)


def _merge_started(machine: Machine, child: str, into: str, when: When) -> Machine:
    machine = expect_disk(expect_disk(machine, child, when), into, when)
    merge = Merge(path_key(child), path_key(into))
    others = disk_changes.without_merge_of(machine, merge.child)
    return replace(machine, merging=(*others, merge))
