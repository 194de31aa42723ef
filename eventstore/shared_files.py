"""Who else has to do with a file: the machines of a fleet by the files that they know.

An index beside the machines, so that what happens to one file costs the same however many VMs a
host has. It follows from the machines alone: no keyframe holds it, and a copy makes its own.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from eventstore.disk_rules import needed, references
from eventstore.ids import VmId
from eventstore.machine import Disk, Machine
from eventstore.paths import PathKey

_NOBODY: tuple[VmId, ...] = ()
_By = dict[PathKey, tuple[VmId, ...]]


class _Share(Struct, frozen=True):
    """What one VM refers to, and its needed files by their parent."""

    heads: frozenset[PathKey] = frozenset()
    below: Mapping[PathKey, frozenset[PathKey]] = {}


class SharedFiles:
    """Answers for `machines`; `changed` must hear of every one that is put among them.

    What a VM refers to is looked at again when somebody asks for neighbours, not before.
    """

    def __init__(self, machines: Mapping[VmId, Machine]) -> None:
        self.machines = machines
        self._order: dict[VmId, int] = {}
        self._disks: dict[VmId, Mapping[PathKey, Disk]] = {}
        self._shares: dict[VmId, _Share] = {}
        self._stale: set[VmId] = set()
        self._knowing: _By = {}
        self._referring: _By = {}
        self._above: _By = {}
        for machine in machines.values():
            self.changed(machine)

    def changed(self, machine: Machine) -> None:
        """Take in a machine that came, or is another than before."""
        self._order.setdefault(machine.id, len(self._order))
        self._stale.add(machine.id)
        before = self._disks.get(machine.id, {})
        if machine.disks is not before:
            self._disks[machine.id] = machine.disks
            _move(self._knowing, machine.id, before.keys(), machine.disks.keys())

    def knowing(self, key: PathKey) -> list[Machine]:
        """Give the machines that know a file, in the order of the fleet."""
        found = self._knowing.get(key, _NOBODY)
        return [self.machines[vm] for vm in sorted(found, key=self._order.__getitem__)]

    def referring(self, key: PathKey) -> tuple[VmId, ...]:
        """Give the VMs that refer to a file, or did in a former life."""
        self._refresh()
        return self._referring.get(key, _NOBODY)

    def below(self, key: PathKey) -> Mapping[VmId, frozenset[PathKey]]:
        """Give the needed files that hang below this one, of every VM that has such."""
        self._refresh()
        return {vm: self._shares[vm].below[key] for vm in self._above.get(key, _NOBODY)}

    def _refresh(self) -> None:
        for vm in self._stale:
            before, now = self._shares.get(vm, _Share()), _share_of(self.machines[vm])
            self._shares[vm] = now
            _move(self._referring, vm, before.heads, now.heads)
            _move(self._above, vm, before.below.keys(), now.below.keys())
        self._stale.clear()


class Neighbourhood:
    """The neighbours of `vm`, and the files that hands put there: see `Neighbours`."""

    def __init__(self, shared: SharedFiles, loose: Mapping[PathKey, Disk], vm: VmId) -> None:
        self._shared = shared
        self._loose = loose
        self._vm = vm

    def refer_to(self, key: PathKey) -> bool:
        return any(vm != self._vm for vm in self._shared.referring(key))

    def below(self, key: PathKey) -> frozenset[PathKey]:
        found = self._shared.below(key)
        return frozenset().union(*(theirs for vm, theirs in found.items() if vm != self._vm))

    def have(self, key: PathKey) -> bool:
        knowing = self._shared.knowing(key)
        if any(machine.id == self._vm for machine in knowing):
            return False
        known = [machine.disks[key] for machine in knowing]
        if key in self._loose:
            known.append(self._loose[key])
        return not all(disk.is_lost for disk in known)


def _share_of(machine: Machine) -> _Share:
    heads = frozenset((*references(machine), *machine.left_behind))
    below: dict[PathKey, set[PathKey]] = {}
    for child in needed(machine, heads):
        if (parent := machine.disks[child].parent) is not None:
            below.setdefault(parent, set()).add(child)
    return _Share(heads, {parent: frozenset(theirs) for parent, theirs in below.items()})


def _move(index: _By, vm: VmId, before: AbstractSet[PathKey], now: AbstractSet[PathKey]) -> None:
    """Let `vm` stand at the files of `now`, and no more at those of `before`."""
    for key in before - now:
        rest = tuple(other for other in index[key] if other != vm)
        if rest:
            index[key] = rest
        else:
            del index[key]
    for key in now - before:
        index[key] = (*index.get(key, _NOBODY), vm)
