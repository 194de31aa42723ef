"""The rules D1, D2 and D3: which disks go, which merge, and which stay hidden.

A *reference* is a snapshot or Now that points at a file. A file is *reachable* when it has a
reference or is an ancestor of a file that has one. Everything here is a question asked of a
`Machine`; nothing changes it.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Protocol

from msgspec.structs import replace

from eventstore.machine import Machine, Merge
from eventstore.paths import PathKey


class Neighbours(Protocol):
    """What the other VMs of a host have to do with the disks of one VM."""

    def refer_to(self, key: PathKey) -> bool:
        """Tell whether another VM refers to this disk."""

    def below(self, key: PathKey) -> AbstractSet[PathKey]:
        """Give the disks that other VMs need and that hang below this one."""

    def have(self, key: PathKey) -> bool:
        """Tell whether a file is known to stand here that is none of the VM's own."""


class _Nobody:
    """The neighbours of a VM that is alone."""

    def refer_to(self, key: PathKey) -> bool:  # noqa: ARG002 - nobody refers to any
        return False

    def below(self, key: PathKey) -> AbstractSet[PathKey]:  # noqa: ARG002 - nothing hangs there
        return frozenset()

    def have(self, key: PathKey) -> bool:  # noqa: ARG002 - there is no other file
        return False


NO_NEIGHBOURS: Neighbours = _Nobody()


def references(machine: Machine) -> dict[PathKey, tuple[str, ...]]:
    """Give who refers to each disk: snapshot ids in the order taken, then `now`."""
    found: defaultdict[PathKey, list[str]] = defaultdict(list)
    for snapshot in sorted(machine.snapshots.values(), key=lambda snapshot: snapshot.taken):
        beside = machine.beside.get(snapshot.id, ())
        named = (*snapshot.heads.values(), *snapshot.configured.values(), *beside)
        for key in dict.fromkeys(named):
            found[key].append(snapshot.id)
    for key in now_refers_to(machine):
        found[key].append("now")
    return {key: tuple(users) for key, users in found.items()}


def now_refers_to(machine: Machine) -> tuple[PathKey, ...]:
    """Give Now's heads, and what its configuration was last seen to name beside them.

    A configuration that names another file than history expects is a contradiction; both files
    count as referenced, because calling one of them unused could cost somebody a machine.
    """
    heads = dict.fromkeys(machine.now.heads.values())
    elsewhere = (
        key for owner, keys in machine.beside.items() if owner.startswith("@") for key in keys
    )
    named = (*(machine.configured or {}).values(), *machine.beside.get("now", ()), *elsewhere)
    return tuple(heads | dict.fromkeys(named))


def by_history_alone(machine: Machine) -> Machine:
    """Give the machine without what only its configurations name."""
    snapshots = {name: replace(each, configured={}) for name, each in machine.snapshots.items()}
    return replace(machine, configured=None, snapshots=snapshots, beside={})


def ancestors(machine: Machine, key: PathKey) -> Iterable[PathKey]:
    """Give the parents above `key`, nearest first; a cycle ends where it closes."""
    seen = {key}
    while (disk := machine.disks.get(key)) and disk.parent and disk.parent not in seen:
        key = disk.parent
        seen.add(key)
        yield key


def reachable(machine: Machine, neighbours: Neighbours = NO_NEIGHBOURS) -> set[PathKey]:
    """Give every disk that a reference needs: its own, a former life's or a neighbour's."""
    shared = (key for key in machine.disks if neighbours.refer_to(key) or neighbours.below(key))
    return needed(machine, (*references(machine), *machine.left_behind, *shared))


def needed(machine: Machine, heads: Iterable[PathKey]) -> set[PathKey]:
    """Give the disks of the machine that are in the chains of `heads`, each looked at once."""
    found: set[PathKey] = set()
    for head in heads:
        key: PathKey | None = head
        while key is not None and key not in found and (disk := machine.disks.get(key)):
            found.add(key)
            key = disk.parent
    return found


def children(machine: Machine) -> dict[PathKey, tuple[PathKey, ...]]:
    """Give the files of this VM by their parent, reachable or not."""
    found: defaultdict[PathKey, list[PathKey]] = defaultdict(list)
    for key, disk in machine.disks.items():
        if disk.parent is not None:
            found[disk.parent].append(key)
    return {key: tuple(below) for key, below in found.items()}


def unneeded(machine: Machine, neighbours: Neighbours = NO_NEIGHBOURS) -> tuple[PathKey, ...]:
    """Give the automatic disks that nobody refers to and no file depends on (D1)."""
    used = references(machine)
    below = children(machine)
    return tuple(
        key
        for key, disk in machine.disks.items()
        if disk.is_automatic
        and not disk.is_lost
        and key not in used
        and key not in below
        and not neighbours.refer_to(key)
        and not neighbours.below(key)
    )


def pending(machine: Machine, neighbours: Neighbours = NO_NEIGHBOURS) -> tuple[Merge, ...]:
    """Give the merges that D2 asks for, the topmost of each run first.

    `into` has no reference and one reachable child, and that child is an automatic disk of this
    VM; with two or more (D3) it waits as a hidden trunk or a held base.
    """
    used = references(machine)
    alive = reachable(machine, neighbours)
    below: defaultdict[PathKey, set[PathKey]] = defaultdict(set)
    for key in alive:
        if (disk := machine.disks.get(key)) and disk.parent is not None:
            below[disk.parent].add(key)
    for key in alive:
        below[key] |= neighbours.below(key)
    found = [
        Merge(child=child, into=key)
        for key in alive
        if key in machine.disks and key not in used and not neighbours.refer_to(key)
        for child in below[key]
        if len(below[key]) == 1 and child in machine.disks and machine.disks[child].is_automatic
        if not (neighbours.refer_to(child) or neighbours.below(child))
    ]
    return tuple(sorted(found, key=lambda merge: _depth(machine, merge.into)))


def _depth(machine: Machine, key: PathKey) -> tuple[str, int, PathKey]:
    return machine.disks[key].slot, sum(1 for _ in ancestors(machine, key)), key
