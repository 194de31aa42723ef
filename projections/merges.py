"""The merges that follow from a command: which run, which wait, what they write (R6-R8)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from eventstore.disk_rules import pending
from eventstore.events import MergeCompleted, MergeStarted, VmEvent
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine, Merge
from eventstore.paths import PathKey, path_key
from projections.disk_node import DiskGraph
from projections.merge_pace import MergePace
from projections.merge_space import (
    NOTHING_READ,
    BytesFrom,
    Contents,
    DiskSpace,
    VolumeNeed,
)
from projections.phrases import listed, shown
from projections.roles import role_of

Starts = Literal["now", "next_stop", "never"]


class FutureMerge(Struct, frozen=True):
    """The content of `child` would go into the file `into`.

    `bytes` is what that writes: by `bytes_from`, the sectors that `child` holds itself, or its size
    when it was last read. `free_space_needed`, in bytes on the volume of `into`, is the most that
    file can grow by. None: nobody read it. `not_counted` says why blocks could not be counted.
    `seconds` follow from earlier merges of this VM; None where none is known. `is_new`: it follows
    from this command. `because` says why it waits.
    """

    child: str
    into: str
    bytes: int | None
    free_space_needed: int | None
    starts: Starts
    is_new: bool
    because: str = ""
    bytes_from: BytesFrom | None = None
    seconds: int | None = None
    not_counted: str = ""

    @property
    def keys(self) -> Merge:
        return Merge(path_key(self.child), path_key(self.into))


class _Want(Struct, frozen=True):
    child: str
    into: str
    starts: Starts
    because: str = ""

    @property
    def keys(self) -> Merge:
        return Merge(path_key(self.child), path_key(self.into))


def future_merges(
    before: Fleet,
    after: Fleet,
    vm: VmId,
    events: Sequence[VmEvent],
    graphs: tuple[DiskGraph, DiskGraph],
) -> tuple[FutureMerge, ...]:
    """Give the merges that `events` bring about and those that wait after them, each once.

    `graphs` are those of `before` and `after`.
    """
    machine = before.machines.get(vm) or Machine(vm)
    old = {*pending(machine, before.neighbours(vm)), *machine.merging}
    wanted: dict[Merge, _Want] = {}
    running = _running(events, after.machines[vm])
    for want in (*running, *_waiting(after, vm), *_held(*graphs)):
        wanted.setdefault(want.keys, want)
    return weighed(
        before,
        (
            FutureMerge(
                want.child, want.into, None, None, want.starts, keys not in old, want.because
            )
            for keys, want in wanted.items()
        ),
    )


def weighed(
    fleet: Fleet,
    merges: Iterable[FutureMerge],
    contents: Contents = NOTHING_READ,
    pace: MergePace | None = None,
) -> tuple[FutureMerge, ...]:
    """Give `merges`, which run in this order, with what each writes, needs and takes."""
    space = DiskSpace(fleet, contents)
    return tuple(weighed_in(space, merge, contents, pace) for merge in merges)


def weighed_in(
    space: DiskSpace, merge: FutureMerge, contents: Contents, pace: MergePace | None
) -> FutureMerge:
    """Let `merge` run in `space`, unless it never does, and give it with what it takes."""
    keys = merge.keys
    size = space.size_bytes(keys.child)
    weight = space.weigh(keys) if merge.starts == "never" else space.merge(keys)
    uncounted = (f"{path}: {contents.uncounted[key]}" for path, key in _both(merge, contents))
    return replace(
        merge,
        bytes=weight.bytes,
        bytes_from=weight.bytes_from,
        free_space_needed=weight.free_space_needed,
        seconds=pace.seconds_for(size) if pace and size is not None else None,
        not_counted="" if weight.bytes_from == "blocks" else "; ".join(uncounted),
    )


def _both(merge: FutureMerge, contents: Contents) -> Iterator[tuple[str, PathKey]]:
    paths = ((path, path_key(path)) for path in (merge.child, merge.into))
    return ((path, key) for path, key in paths if key in contents.uncounted)


def volume_needs(
    fleet: Fleet, merges: Iterable[FutureMerge], contents: Contents = NOTHING_READ
) -> tuple[VolumeNeed, ...]:
    """Sum up by volume what the merges need that will run."""
    running = (merge.keys for merge in merges if merge.starts != "never")
    return DiskSpace(fleet, contents).needs(running)


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


def _held(old: DiskGraph, new: DiskGraph) -> Iterator[_Want]:
    """D3: files that the command leaves without a reference, but with several that need them."""
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
