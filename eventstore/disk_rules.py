"""The rules D1, D2 and D3: which disks go, which merge, and which stay hidden.

A *reference* is a snapshot or Now that points at a file. A file is *reachable* when it has a
reference or is an ancestor of a file that has one. Everything here is a question asked of a
`Machine`; nothing changes it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from eventstore.machine import Machine, Merge
from eventstore.paths import PathKey


class Neighbours(Struct, frozen=True):
    """What the other VMs of a host have to do with the disks of one VM.

    `referenced`: disks they refer to. `children`: their reachable disks, by parent.
    `files`: every file known to stand on the host.
    """

    referenced: frozenset[PathKey] = frozenset()
    children: Mapping[PathKey, frozenset[PathKey]] = {}
    files: frozenset[PathKey] = frozenset()


NO_NEIGHBOURS = Neighbours()


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
    named = (*(machine.configured or {}).values(), *machine.beside.get("now", ()))
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
    shared = (key for key in neighbours.children if key in machine.disks)
    own = (*references(machine), *machine.left_behind)
    return needed(machine, (*own, *neighbours.referenced, *shared))


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
        and key not in neighbours.referenced
        and not neighbours.children.get(key)
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
    for key, theirs in neighbours.children.items():
        below[key] |= theirs
    found = [
        Merge(child=child, into=key)
        for key in alive
        if key in machine.disks and key not in used and key not in neighbours.referenced
        for child in below[key]
        if len(below[key]) == 1 and child in machine.disks and machine.disks[child].is_automatic
        if child not in neighbours.referenced and not neighbours.children.get(child)
    ]
    return tuple(sorted(found, key=lambda merge: _depth(machine, merge.into)))


def _depth(machine: Machine, key: PathKey) -> tuple[str, int, PathKey]:
    return machine.disks[key].slot, sum(1 for _ in ancestors(machine, key)), key
