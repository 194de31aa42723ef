"""What a command would do now: run on a copy of the model, never on a host."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from eventstore.commands import Command
from eventstore.decide import decide
from eventstore.events import DiskDeleted, MergeCompleted, VmEvent
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.machine import Machine, When
from eventstore.moments import Moment
from eventstore.paths import path_key
from projections.changes import Difference
from projections.completed import completed
from projections.difference import difference_of
from projections.disk_chain import ChainRow, chain_of_vm
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.doubts import doubts
from projections.finding import Finding
from projections.merge_pace import MergePace
from projections.merge_space import Contents, VolumeNeed
from projections.merges import FutureMerge, future_merges, volume_needs, weighed
from projections.narrate import names_of, narrate
from projections.snapshot_tree import SnapshotTree, tree_of


class Forecast(Difference, frozen=True):
    """What would differ afterwards; `events` is empty, for nothing happened.

    `steps` tell it in order, `merges` what runs and what waits, `deleted_files` and
    `deleted_folders` what would be gone at once. `tree` and `chain` are the VM's afterwards, as the
    answers of those names have them. `doubts` say what is not known of the VM and could make it
    come otherwise.
    """

    merges: tuple[FutureMerge, ...]
    deleted_files: tuple[str, ...]
    deleted_folders: tuple[str, ...]
    volumes: tuple[VolumeNeed, ...]
    steps: tuple[str, ...]
    doubts: tuple[str, ...]
    tree: SnapshotTree
    chain: tuple[ChainRow, ...]


def forecast(
    fleet: Fleet,
    vm: VmId,
    command: Command,
    *,
    at: Moment,
    findings: Iterable[Finding] = (),
    graph: DiskGraph | None = None,
) -> Forecast:
    """Give what `command` would do to `vm` if it came at `at`; raise `Refused` when it cannot.

    `findings` are those of the fleet: merges of files with which something is wrong are doubted.
    `graph` is `graph_of(fleet)`, where it was made already.
    """
    graph = graph or graph_of(fleet)
    before = completed(fleet, graph)
    after = before.copy()
    machine = before.machines.get(vm) or Machine(vm)
    events = decide(machine, command, before.neighbours(vm))
    for event in events:
        after.evolve(vm_stream(vm), event, _next(after, at))
    graphs = graph_of(before), graph_of(after)
    merges = future_merges(before, after, vm, events, graphs)
    told = difference_of(before, after, vm, graphs=graphs)
    files, folders = deleted_by(machine, after.machines[vm], events)
    return Forecast(
        vm=told.vm,
        snapshots=told.snapshots,
        disks=told.disks,
        now=told.now,
        events=told.events,
        merges=merges,
        deleted_files=files,
        deleted_folders=folders,
        volumes=volume_needs(fleet, merges),
        steps=tuple(narrate(event, names_of(machine)) for event in events),
        doubts=tuple(doubts(fleet, after, vm, merges, files, findings, graph)),
        tree=tree_of(after.machines[vm]),
        chain=chain_of_vm(after, vm, graph=graphs[1]),
    )


def _next(fleet: Fleet, at: Moment) -> When:
    last = fleet.last
    return When(at, 1) if last is None else When(max(at, last.at), last.position + 1)


def weigh(told: Forecast, fleet: Fleet, contents: Contents, pace: MergePace | None) -> Forecast:
    """Give a forecast with the merges as exact as what was read of their files allows.

    `fleet` is the one it was made for. A file that changed since it was recorded is a doubt.
    """
    merges = weighed(fleet, told.merges, contents, pace)
    paths = {path_key(path): path for each in merges for path in (each.child, each.into)}
    changed = (key for key in paths if key in contents.changed)
    stale = (f"{paths[key]} is not as recorded: {contents.uncounted[key]}" for key in changed)
    return replace(
        told,
        merges=merges,
        volumes=volume_needs(fleet, merges, contents),
        doubts=(*told.doubts, *stale),
    )


def deleted_by(
    before: Machine, after: Machine, events: Sequence[VmEvent]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the files and the folders that stand before and not after: the VM's own, then disks."""
    left = {file.path for file in after.files}
    gone = [file for file in before.files if file.path not in left]
    files = (file.path for file in gone if file.kind != "folder")
    folders = (file.path for file in gone if file.kind == "folder")
    return (*files, *_deleted_disks(before, events)), tuple(folders)


def _deleted_disks(before: Machine, events: Sequence[VmEvent]) -> Iterator[str]:
    for event in events:
        match event:
            case DiskDeleted(path) | MergeCompleted(path) if path_key(path) in before.disks:
                yield path
            case _:
                pass  # other events delete no disk
