"""The way from here to no AVHDs, one command of Hyper-V after another, each asked of the model.

Snapshots off Now's line go first, the deepest first: their disks go without a merge and give room.
Then those on Now's line, the oldest first: so what is merged is written once, into the file that
stays. A VM that merges only while it is off is stopped before, and started again at the end.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from eventstore.commands import (
    Command,
    DeleteSnapshot,
    FinishMerges,
    ResumeVm,
    ShutDownVm,
    StartVm,
)
from eventstore.disk_rules import ancestors, needed, now_refers_to, references
from eventstore.ids import SnapshotId
from eventstore.machine import Machine, Snapshot
from eventstore.paths import PathKey

Action = Literal["wait", "resume", "start", "shut_down", "delete"]


class Deed(Struct, frozen=True):
    """One command on the way. `snapshot` is what a `delete` deletes.

    The last one that leaves the VM on or off as it was is `for_good`.
    """

    action: Action
    command: Command
    snapshot: SnapshotId | None = None
    for_good: bool = False


class Route:
    """Chooses what comes next, and remembers what was tried: nothing is tried for ever."""

    def __init__(self, machine: Machine) -> None:
        self._before = machine.power
        self._waited = False
        self._cycled = False

    def next(self, machine: Machine) -> Deed | None:
        """Give what to do with `machine` as it is then, None when nothing is left to do."""
        if machine.merging and not self._waited:
            self._waited = True
            return Deed("wait", FinishMerges())
        self._waited = False
        if is_done(machine):
            return self._last(machine)
        if machine.policy == "offline" and machine.power != "off":
            return _towards_off(machine)
        if machine.snapshots:
            snapshot = next(_in_order(machine))
            return Deed("delete", DeleteSnapshot(snapshot.id), snapshot.id)
        return self._again(machine)

    def _again(self, machine: Machine) -> Deed | None:
        """What waits although it could run is tried again at the next stop, once."""
        if self._cycled and machine.power == "off":
            return None
        if machine.power == "off":
            self._cycled = True
            return Deed("start", StartVm())
        self._cycled = True
        return _towards_off(machine)

    def _last(self, machine: Machine) -> Deed | None:
        """Leave the VM on or off as it was; one that was saved or paused runs."""
        before, self._before = self._before, None
        if machine.power == "off" and before in {"running", "paused", "saved"}:
            return Deed("start", StartVm(), for_good=True)
        if machine.power == "running" and before == "off":
            return Deed("shut_down", ShutDownVm(), for_good=True)
        return None


def is_done(machine: Machine) -> bool:
    """Tell whether the VM has no snapshot, no AVHD that it needs, and no merge to wait for."""
    return not (machine.snapshots or machine.merging or avhds_needed(machine))


def avhds_needed(machine: Machine) -> tuple[PathKey, ...]:
    """Give the disks made by Hyper-V that the VM needs; those nobody needs are no part of it."""
    heads = (*references(machine), *machine.left_behind)
    found = needed(machine, heads)
    return tuple(key for key in machine.disks if key in found and machine.disks[key].is_automatic)


def _towards_off(machine: Machine) -> Deed:
    """A saved state must run on before the guest can be shut down: it is never thrown away."""
    match machine.power:
        case "paused":
            return Deed("resume", ResumeVm())
        case "saved":
            return Deed("start", StartVm())
        case _:
            return Deed("shut_down", ShutDownVm())


def _in_order(machine: Machine) -> Iterator[Snapshot]:
    line = needed(machine, now_refers_to(machine))

    def is_aside(snapshot: Snapshot) -> bool:
        return not any(head in line for head in _heads(snapshot))

    def depth(snapshot: Snapshot) -> int:
        return sum(sum(1 for _ in ancestors(machine, head)) for head in _heads(snapshot))

    each = sorted(machine.snapshots.values(), key=lambda snapshot: snapshot.taken)
    yield from sorted(filter(is_aside, reversed(each)), key=depth, reverse=True)
    yield from sorted((one for one in each if not is_aside(one)), key=depth)


def _heads(snapshot: Snapshot) -> tuple[PathKey, ...]:
    return tuple({**snapshot.configured, **snapshot.heads}.values())
