"""What is known of a VM before anybody read of it: that it existed, and which snapshots it had.

A snapshot's configuration tells when it was taken, and is read later. Between the two moments the
snapshot is *foreseen*: told in a tree, and never part of a machine, so no verdict rests on it.
From the moment of the reading on, the reading itself speaks.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from eventstore.disk_changes import with_disk
from eventstore.events import SlotDisk, SnapshotTaken, VmEvent, VmRegistered
from eventstore.ids import SnapshotId, VmId
from eventstore.machine import Heads, Machine, Now, Snapshot, When
from eventstore.moments import Moment
from eventstore.paths import path_key

_SOMEWHERE = Now(is_parent_known=False, are_disks_known=False)


class ForeseenVm(Struct, frozen=True):
    """That a VM existed, `when` at the latest, by what was read of it at `read_at`."""

    read_at: Moment
    when: When
    event: VmRegistered


class ForeseenSnapshot(Struct, frozen=True):
    """That a snapshot existed since `when`, by what was read of it at `read_at`."""

    read_at: Moment
    when: When
    event: SnapshotTaken


class Foreseen(Struct, frozen=True):
    """All that is foreseen of one VM."""

    vm: ForeseenVm | None = None
    snapshots: dict[SnapshotId, ForeseenSnapshot] = {}


def foresee(known: dict[VmId, Foreseen], vm: VmId, event: VmEvent, when: When) -> None:
    """Take an inferred event into `known`; of several readings the earliest tells best.

    Of one reading, what was learned last does. Whatever is dated at its own reading, a deletion
    or a merge, says no more of the machine than that reading did.
    """
    if when.read_at <= when.at:
        return
    before = known.get(vm, Foreseen())
    match event:
        case VmRegistered():
            if before.vm is None or when.read_at <= before.vm.read_at:
                known[vm] = replace(before, vm=ForeseenVm(when.read_at, when, event))
        case SnapshotTaken(snapshot):
            told = before.snapshots.get(snapshot)
            if told is None or when.read_at <= told.read_at:
                # Those that were read by now will never be asked for again.
                still = {k: each for k, each in before.snapshots.items() if each.read_at > when.at}
                new = ForeseenSnapshot(when.read_at, when, event)
                known[vm] = replace(before, snapshots={**still, snapshot: new})
        case _:
            pass


def told_machines(
    machines: Mapping[VmId, Machine], foreseen: Mapping[VmId, Foreseen], last: When | None
) -> dict[VmId, Machine]:
    """Give the machines of a fleet as of `last`, with what is foreseen of them."""
    if last is None:
        return {}
    told = dict(machines)
    for vm, coming in foreseen.items():
        machine = with_foreseen(told.get(vm) or Machine(vm), coming, last.at)
        if machine.is_known:
            told[vm] = machine
    return told


def with_foreseen(machine: Machine, foreseen: Foreseen, last: Moment) -> Machine:
    """Give `machine` as of `last` with what is foreseen of it then.

    A VM with a history of its own has had its say. Where Now hangs, and which disks it writes to
    since a snapshot was taken that nobody had read of yet, is not known.
    """
    if machine.is_known and not machine.is_observed:
        return machine
    coming = [
        each
        for each in foreseen.snapshots.values()
        if each.read_at > last and each.event.snapshot not in machine.snapshots
    ]
    if not machine.is_known and (coming or foreseen.vm):
        machine = _registered(machine, foreseen.vm, coming)
    for each in coming:
        machine = _taken(machine, each)
    return replace(machine, now=_SOMEWHERE) if coming else machine


def _registered(
    machine: Machine, vm: ForeseenVm | None, coming: Iterable[ForeseenSnapshot]
) -> Machine:
    first = min((each.when for each in coming), default=None)
    when = min((each for each in (vm and vm.when, first) if each), default=None)
    machine = replace(machine, registered=when, is_observed=True, now=_SOMEWHERE)
    if vm is None:
        return machine
    return replace(machine, name=vm.event.name, policy=vm.event.policy, root=vm.event.root)


def _taken(machine: Machine, told: ForeseenSnapshot) -> Machine:
    event = told.event
    disks = event.disks or ()
    for disk in disks:
        machine = with_disk(machine, disk, told.when)
    snapshot = Snapshot(
        id=event.snapshot,
        name=event.name,
        parent=event.parent,
        taken=told.when,
        has_saved_state=event.has_saved_state,
        heads=_heads(disks),
        production=event.production,
        is_parent_known=event.is_parent_known,
        kind=event.kind,
        are_disks_known=event.disks is not None,
    )
    return replace(machine, snapshots={**machine.snapshots, snapshot.id: snapshot})


def _heads(disks: Iterable[SlotDisk]) -> Heads:
    return {disk.slot: path_key(disk.path) for disk in disks}
