"""The merges that follow from a command: which run, which wait, and the space they need (R6-R8)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct

from eventstore.disk_rules import pending
from eventstore.events import DiskSeen, MergeCompleted, MergeStarted, VmEvent
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine, Merge
from eventstore.paths import PathKey, path_key, volume_of
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.phrases import listed, shown
from projections.roles import role_of

Starts = Literal["now", "next_stop", "never"]


class FutureMerge(Struct, frozen=True):
    """The content of `child` would go into the file `into`.

    `bytes` is the size of the child when it was last read. `free_space_needed`, in bytes on the
    volume of `into`, is the most it can be; 0 where `into` is fixed. None: nobody read it.
    `is_new`: it follows from this command. `because` says why it waits.
    """

    child: str
    into: str
    bytes: int | None
    free_space_needed: int | None
    starts: Starts
    is_new: bool
    because: str = ""


class VolumeNeed(Struct, frozen=True):
    """Space that merges need on a volume at most, all at once, and what was free there.

    `is_enough`: True is certain, False means it may not be, None that nobody knows.
    """

    volume: str
    needed_bytes: int | None
    free_bytes: int | None
    is_enough: bool | None


class _Want(Struct, frozen=True):
    child: str
    into: str
    starts: Starts
    because: str = ""

    @property
    def keys(self) -> Merge:
        return Merge(path_key(self.child), path_key(self.into))


def future_merges(
    before: Fleet, after: Fleet, vm: VmId, events: Sequence[VmEvent]
) -> tuple[FutureMerge, ...]:
    """Give the merges that `events` bring about and those that wait after them, each once."""
    machine = before.machines.get(vm) or Machine(vm)
    old = {*pending(machine, before.neighbours(vm)), *machine.merging}
    wanted: dict[Merge, _Want] = {}
    running = _running(events, after.machines[vm])
    for want in (*running, *_waiting(after, vm), *_held(before, after)):
        wanted.setdefault(want.keys, want)
    return tuple(
        FutureMerge(
            child=want.child,
            into=want.into,
            bytes=child.size_bytes if (child := _sighting(before, keys.child)) else None,
            free_space_needed=_free_space_needed(before, keys),
            starts=want.starts,
            is_new=keys not in old,
            because=want.because,
        )
        for keys, want in wanted.items()
    )


def volume_needs(fleet: Fleet, merges: Iterable[FutureMerge]) -> tuple[VolumeNeed, ...]:
    """Sum up by volume what the merges need that will run."""
    needs: dict[str, list[int | None]] = {}
    for merge in merges:
        if merge.starts != "never":
            volume = volume_of(merge.into).upper()
            needs.setdefault(volume, []).append(merge.free_space_needed)
    return tuple(_need(fleet, volume, each) for volume, each in sorted(needs.items()))


def _need(fleet: Fleet, volume: str, needs: Sequence[int | None]) -> VolumeNeed:
    known = [need for need in needs if need is not None]
    needed = sum(known) if len(known) == len(needs) else None
    space = fleet.volumes.get(volume)
    free = space.free_bytes if space else None
    is_enough = None if needed is None or free is None else needed <= free
    return VolumeNeed(volume, needed, free, is_enough)


def _running(events: Iterable[VmEvent], after: Machine) -> Iterator[_Want]:
    for event in events:
        match event:
            case MergeStarted(child, into) | MergeCompleted(child, into):
                yield _Want(child, into, "now")
            case _:
                pass  # other events run no merge
    for merge in after.merging:
        yield _Want(after.path(merge.child), after.path(merge.into), "now")


def _waiting(fleet: Fleet, vm: VmId) -> Iterator[_Want]:
    """What D2 asks for and R6 does not start yet."""
    machine = fleet.machines[vm]
    for merge in pending(machine, fleet.neighbours(vm)):
        child, into = machine.path(merge.child), machine.path(merge.into)
        starts, because = _start(machine, merge)
        yield _Want(child, into, starts, because)


def _start(machine: Machine, merge: Merge) -> tuple[Starts, str]:
    name = machine.name or machine.id
    for key in (merge.child, merge.into):
        if machine.disks[key].is_lost:
            return "never", f"{machine.path(key)} is missing"
    if machine.removed is not None:
        return "never", f"{name} is removed"
    if machine.merging:
        return "now", "it waits for the merge that runs"
    if machine.power == "off" or machine.policy == "live":
        return "next_stop", "it did not run to its end, and is tried again later"
    stop = "stops" if machine.merge_on_save else "is off"
    return "next_stop", f"merges of {name} run when it {stop}"


def _held(before: Fleet, after: Fleet) -> Iterator[_Want]:
    """D3: files that the command leaves without a reference, but with several that need them."""
    old, new = graph_of(before), graph_of(after)
    for node in new.nodes.values():
        if _is_held(new, node.key) and not _is_held(old, node.key):
            children = [child.path for child in new.reachable_children(node)]
            file = shown(node.path, *children)
            need = listed([file(path) for path in children])
            for child in children:
                because = f"{file(node.path)} stays as long as {need} need it"
                yield _Want(child, node.path, "never", because)


def _is_held(graph: DiskGraph, key: PathKey) -> bool:
    node = graph.nodes.get(key)
    return node is not None and role_of(graph, node) in {"hidden_trunk", "held_base"}


def _sighting(fleet: Fleet, key: PathKey) -> DiskSeen | None:
    sighting = fleet.sightings.get(key)
    return sighting.seen if sighting and sighting.gone is None else None


def _free_space_needed(fleet: Fleet, merge: Merge) -> int | None:
    """R8: what the child has and the parent has not, at most the child; nothing if that is full."""
    child, into = _sighting(fleet, merge.child), _sighting(fleet, merge.into)
    if into is not None and into.facts is not None and into.facts.kind == "fixed":
        return 0
    return child.size_bytes if child is not None else None
