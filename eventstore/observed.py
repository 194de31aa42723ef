"""How configuration that was read changes a machine.

A VM without a history of its own is simply what its configuration says. Where history exists,
configuration is a second witness: its references count too, and what differs is remembered.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from eventstore.disk_changes import disk_lost, with_disk, with_left_behind
from eventstore.events import (
    ConfigurationGone,
    Policy,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.ids import SnapshotId
from eventstore.machine import AUTOMATIC_SUFFIXES, Heads, Machine, Now, Snapshot, VmFile, When
from eventstore.paths import PathKey, folder_of, path_key, suffix_of
from eventstore.readings import (
    heads_named,
    host_of,
    owner_of,
    seen_of,
    settled,
    standing,
    with_reading,
    without_reading,
)
from eventstore.snapshot_changes import deleted
from eventstore.surprise import surprised

OFFLINE_FORMAT_MAX = 0x200
"""Configuration versions: 512 is 2.0 (2008 R2), 1280 is 5.0 (2012 R2), 2304 is 9.0."""


def configuration_seen(machine: Machine, event: VmConfigurationSeen, when: When) -> Machine:
    """Take in the VM's own configuration; of several that stand, the one that counts speaks."""
    return _unless_told(machine, event, _by_what_counts(_noted(machine, event, when), when))


def _unless_told(
    before: Machine, event: VmConfigurationSeen | SnapshotConfigurationSeen, after: Machine
) -> Machine:
    """Give `before` where the same was read there and only its moment is another.

    It was stored again because of evidence that came late, and changed nothing.
    """
    if event not in map(seen_of, before.readings):
        return after
    same = replace(after, readings=before.readings, contradictions=before.contradictions)
    return before if same == before else after


def listed_at(machine: Machine, path: PathKey, when: When) -> Machine:
    """The host lists the configuration at `path`: of several read, that one counts."""
    if machine.listed_at == path:
        return machine
    before = standing(machine, "now")[:1]
    machine = replace(machine, listed_at=path)
    if standing(machine, "now")[:1] == before:
        return machine
    return _by_what_counts(settled(machine, "now"), when)


def _noted(
    machine: Machine, event: VmConfigurationSeen | SnapshotConfigurationSeen, when: When
) -> Machine:
    """Remember the reading, and as odd when another configuration names other disks."""
    machine = with_named_disks(with_reading(machine, event, when), event.disks, when)
    named = heads_named(event)
    for other in map(seen_of, standing(machine, owner_of(event))):
        if heads_named(other) != named and host_of(other) == host_of(event):
            machine = surprised(
                machine,
                when,
                expected=f"{other.path} to name {disks_told(machine, named)} too",
                found=f"it names {disks_told(machine, heads_named(other))}",
            )
    return machine


def _by_what_counts(machine: Machine, when: When) -> Machine:
    counted = standing(machine, "now")[0].of_vm
    return _configured(machine, counted, when) if counted else machine


def _configured(machine: Machine, event: VmConfigurationSeen, when: When) -> Machine:
    heads = {disk.slot: path_key(disk.path) for disk in event.disks}
    if machine.removed is not None and not machine.is_observed:
        machine = with_left_behind(machine, machine.removed)
    machine = replace(
        machine,
        configured=heads,
        snapshots_listed=event.snapshots_listed,
        snapshots_untold=False,
    )
    if machine.is_present and not machine.is_observed:
        return _held_against_history(machine, heads, when)
    if event.snapshots_listed == 0:
        machine = deleted(machine, _named_by_hosts_alone(machine))
    return replace(
        machine,
        name=event.name,
        policy=_policy(event.format_version),
        root=folder_of(folder_of(event.path)),
        registered=machine.registered or when,
        removed=None,
        is_observed=True,
        now=_now(machine, heads, event.snapshots_listed),
        files=_with_file(machine, VmFile(event.path, "config", "now", when.at)),
    )


def _now(machine: Machine, heads: Heads, snapshots_listed: int | None) -> Now:
    """Give Now as its configuration names it; where other disks are named, it was moved about."""
    if machine.is_known and machine.now.heads == heads:
        return machine.now
    return Now(None, heads, is_parent_known=snapshots_listed == 0 and not machine.snapshots)


def snapshot_seen(machine: Machine, event: SnapshotConfigurationSeen, when: When) -> Machine:
    """Take in a snapshot's configuration; of several that stand, the one that counts speaks."""
    noted = _noted(machine, event, when)
    counted = standing(noted, event.snapshot)[0].of_snapshot
    return _unless_told(machine, event, _with_snapshot(noted, counted or event, when))


def _with_snapshot(machine: Machine, event: SnapshotConfigurationSeen, when: When) -> Machine:
    heads = {disk.slot: path_key(disk.path) for disk in event.disks}
    known = machine.snapshots.get(event.snapshot)
    if known is not None and not machine.is_observed:
        return same_snapshot(machine, known, heads, when)
    if machine.is_known and not machine.is_observed:
        machine = surprised(
            machine,
            when,
            expected=f"no snapshot {event.snapshot}",
            found=f"its configuration {event.path}",
        )
    snapshot = Snapshot(
        id=event.snapshot,
        name=event.name or event.snapshot,
        parent=event.parent,
        taken=When(event.taken_at, when.position) if event.taken_at else when,
        has_saved_state=event.has_saved_state,
        heads=heads,
        is_parent_known=event.is_parent_known,
    )
    if known is not None:
        snapshot = _with_what_was_told(snapshot, known, event)
    is_observed = machine.is_observed or not machine.is_known
    may_be_under_it = is_observed and known is None and machine.now.parent is None
    return replace(
        machine,
        is_observed=is_observed,
        now=replace(machine.now, is_parent_known=False) if may_be_under_it else machine.now,
        registered=machine.registered or when,
        snapshots={**machine.snapshots, snapshot.id: snapshot},
        files=_with_file(machine, VmFile(event.path, "config", snapshot.id, when.at)),
    )


def _named_by_hosts_alone(machine: Machine) -> tuple[SnapshotId, ...]:
    """Give the snapshots of which no configuration was ever read."""
    read = {file.owner for file in machine.files if file.kind == "config"}
    return tuple(each for each in machine.snapshots if each not in read)


def _with_what_was_told(
    snapshot: Snapshot, known: Snapshot, event: SnapshotConfigurationSeen
) -> Snapshot:
    """Keep what the file does not say, and a host or an earlier reading did."""
    if not event.is_parent_known:
        snapshot = replace(snapshot, parent=known.parent, is_parent_known=known.is_parent_known)
    return replace(
        snapshot,
        name=event.name or known.name,
        taken=snapshot.taken if event.taken_at else known.taken,
        kind=known.kind,
    )


def configuration_gone(machine: Machine, event: ConfigurationGone, when: When) -> Machine:
    """Take in that a configuration is gone: where another stands, that one speaks."""
    lost = machine.unfound.get(event.snapshot or "now")
    if lost is not None and lost.path == event.path:
        return machine  # an earlier walk, learned later, found it gone already
    machine = without_reading(machine, event, when)
    if left := standing(machine, event.snapshot or "now"):
        counted = left[0].of_snapshot
        return _with_snapshot(machine, counted, when) if counted else _by_what_counts(machine, when)
    if not machine.is_observed:
        return surprised(machine, when, expected=event.path, found="the file is gone")
    if event.snapshot is not None:
        return deleted(machine, (event.snapshot,))
    return replace(machine, removed=when, configured=None)


def _policy(format_version: int | None) -> Policy:
    is_offline = format_version is not None and format_version <= OFFLINE_FORMAT_MAX
    return "offline" if is_offline else "live"


def with_named_disks(machine: Machine, disks: Iterable[SlotDisk], when: When) -> Machine:
    """Know the disks a configuration names. Their suffix is all it tells of who made them.

    It says nothing of whether a file stands: one that is known to be lost stays so.
    """
    for disk in disks:
        key = path_key(disk.path)
        is_new = key not in machine.disks
        is_lost = not is_new and machine.disks[key].is_lost
        machine = with_disk(machine, disk, when)
        if is_lost:
            machine = disk_lost(machine, key)
        if is_new and suffix_of(disk.path) in AUTOMATIC_SUFFIXES:
            automatic = replace(machine.disks[key], is_automatic=True)
            machine = replace(machine, disks={**machine.disks, key: automatic})
    return machine


def _held_against_history(machine: Machine, heads: Heads, when: When) -> Machine:
    if heads == machine.now.heads:
        return machine
    return surprised(
        machine,
        when,
        expected=f"Now on {disks_told(machine, machine.now.heads)}",
        found=f"its configuration names {disks_told(machine, heads)}",
    )


def same_snapshot(machine: Machine, known: Snapshot, heads: Heads, when: When) -> Machine:
    if heads == known.heads:
        agreed = replace(known, configured={})
        return replace(machine, snapshots={**machine.snapshots, known.id: agreed})
    both = replace(known, configured=heads)
    return surprised(
        replace(machine, snapshots={**machine.snapshots, known.id: both}),
        when,
        expected=f"snapshot {known.name} on {disks_told(machine, known.heads)}",
        found=f"its configuration names {disks_told(machine, heads)}",
    )


def disks_told(machine: Machine, heads: Heads) -> str:
    return ", ".join(machine.path(key) for key in heads.values()) or "no disk"


def _with_file(machine: Machine, file: VmFile) -> tuple[VmFile, ...]:
    if any(known.path == file.path for known in machine.files):
        return machine.files
    return (*machine.files, file)
