"""The safe order from here to no AVHDs: the rules' own answers, step by step, or why there is none.

Every step is a command run on a copy of the model (`decide`, `evolve`), so that plan and rules
cannot disagree. Nothing is run on a host.
"""

from collections.abc import Iterator, Sequence
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from eventstore.decide import decide
from eventstore.disk_rules import Neighbours
from eventstore.errors import Refused
from eventstore.events import DiskDeleted, MergeCompleted, MergeStarted, VmEvent
from eventstore.evolve import evolve
from eventstore.ids import VmId
from eventstore.machine import SNAPSHOTS_MAX, Machine, When
from eventstore.moments import Moment
from eventstore.paths import PathKey, folder_of, path_key
from projections.completed import completed
from projections.coverage import gaps
from projections.forecast import deleted_by
from projections.merge_pace import MergePace
from projections.merge_space import NOTHING_READ, Contents, DiskSpace
from projections.merges import FutureMerge, weighed_in
from projections.plan_by_hand import by_hand_steps
from projections.plan_objections import (
    Objection,
    Scene,
    blind_objections,
    changed_objections,
    objections_to_any_step,
    objections_to_what_is_known,
    ruin_objections,
    unreached,
)
from projections.plan_route import Deed, Route, avhds_needed, is_done
from projections.plan_shape import Expected, Plan, PlanStep, SnapshotLost
from projections.plan_words import backup_step, deed_step, record_step
from projections.shapes import vm_ref
from projections.walks import walks_of

STEPS_MAX = 4 * SNAPSHOTS_MAX
"""No way is longer: each snapshot is one delete and at most one wait, and power changes are few."""

_MEANWHILE = Moment("9999-12-31T23:59:59.999999Z")
"""Nobody knows when a step will be taken; its time is never looked at."""


class _Taken(Struct, frozen=True):
    """A step that was tried on the copy: the VM before and after, and what happened between."""

    deed: Deed
    before: Machine
    after: Machine
    events: tuple[VmEvent, ...]


def plan(
    scene: Scene, vm: VmId, contents: Contents = NOTHING_READ, pace: MergePace | None = None
) -> Plan:
    """Give the plan for `vm`; one that cannot be advised has objections instead of steps."""
    known = scene.fleet.machines[vm]
    fleet = completed(scene.fleet, scene.graph)
    machine, neighbours = fleet.machines[vm], fleet.neighbours(vm)
    told = Plan(
        vm_ref(known),
        known.policy,
        is_done=known.is_present and is_done(machine),
        leftovers=tuple(_leftovers(scene, vm)),
        gaps=gaps(scene.fleet, walks_of(scene.fleet)),
    )
    objections = list(objections_to_what_is_known(scene, machine))
    if told.is_done and not objections:
        return told
    objections += objections_to_any_step(scene, machine)
    if not known.is_present:
        return _of_removed(told, scene, machine, objections)
    try:
        way = tuple(_way(machine, neighbours))
    except Refused as refused:
        objections.append(Objection(str(refused), "Settle that, and ask again."))
        return replace(told, is_done=False, objections=_each_once(objections))
    objections += _objections_on_the_way(scene, machine, way, neighbours)
    objections += changed_objections(machine, contents)
    if objections:
        return replace(told, is_done=False, objections=_each_once(objections))
    failing = any(each.verdict == "merge_keeps_failing" for each in scene.findings)
    return replace(
        told,
        loses=_named(machine),
        steps=_numbered(_steps(scene, machine, way, contents, pace)),
        by_hand=_numbered(by_hand_steps(scene, machine)) if failing else (),
    )


def _of_removed(
    told: Plan, scene: Scene, machine: Machine, objections: Sequence[Objection]
) -> Plan:
    """Nothing merges for a VM that its host does not know; on copies it can be done by hand."""
    name = machine.name or machine.id
    gone = Objection(
        f"{name} was removed from its host: Hyper-V merges nothing for a VM that it does not know",
        "Import it again if its configuration is still there; otherwise merge copies by hand.",
        positions=(machine.removed.position,) if machine.removed else (),
    )
    # What only a removed VM refers to is `unknown` by rule; that is no damage.
    damage = [each for each in objections if each.verdict != "unknown"]
    steps = by_hand_steps(scene, machine) if not damage and avhds_needed(machine) else ()
    return replace(told, objections=_each_once((gone, *damage)), by_hand=_numbered(steps))


def _way(machine: Machine, neighbours: Neighbours) -> Iterator[_Taken]:
    route = Route(machine)
    positions = count(1)
    for _ in range(STEPS_MAX):
        deed = route.next(machine)
        if deed is None:
            return
        events = decide(machine, deed.command, neighbours)
        before = machine
        for event in events:
            machine = evolve(machine, event, When(_MEANWHILE, next(positions)))
        yield _Taken(deed, before, machine, events)


def _objections_on_the_way(
    scene: Scene, machine: Machine, way: Sequence[_Taken], neighbours: Neighbours
) -> Iterator[Objection]:
    yield from blind_objections(machine, machine, neighbours)
    touched: list[PathKey] = []
    for each in way:
        yield from blind_objections(each.before, each.after, neighbours)
        for event in each.events:
            match event:
                case MergeCompleted(child, into) | MergeStarted(child, into):
                    touched += [path_key(child), path_key(into)]
                case DiskDeleted(path):
                    touched.append(path_key(path))
                case _:
                    pass  # other events touch no disk
    last = way[-1].after if way else machine
    yield from ruin_objections(scene, last, touched)
    if not is_done(last):
        yield unreached(last, neighbours)


def _steps(
    scene: Scene,
    machine: Machine,
    way: Sequence[_Taken],
    contents: Contents,
    pace: MergePace | None,
) -> Iterator[PlanStep]:
    nodes = scene.chain(machine.id)
    yield record_step(machine, sorted({folder_of(node.path) for node in nodes}))
    space = DiskSpace(scene.fleet, contents)
    sizes = [space.size_bytes(node.key) for node in nodes]
    known = [size for size in sizes if size is not None]
    yield backup_step(machine, sum(known) if len(known) == len(sizes) else None, len(sizes))
    for each in way:
        merges = tuple(_merges(each))
        volumes = space.needs(merge.keys for merge in merges)
        weighed = tuple(weighed_in(space, merge, contents, pace) for merge in merges)
        files, _ = deleted_by(each.before, each.after, each.events)
        merged = {merge.keys.child for merge in merges}
        for path in files:
            if path_key(path) not in merged:
                space.delete(path_key(path))
        yield replace(
            deed_step(each.before, each.deed, _expected(each.after)),
            merges=weighed,
            deleted_files=files,
            volumes=volumes,
        )


def _merges(taken: _Taken) -> Iterator[FutureMerge]:
    """Give the merges that a step runs; one that began before it is told where it ends."""
    for event in taken.events:
        if isinstance(event, MergeCompleted):
            yield FutureMerge(event.child, event.into, None, None, "now", is_new=True)


def _expected(machine: Machine) -> Expected:
    return Expected(
        power=machine.power,
        snapshots=_named(machine),
        head_disks={slot: machine.path(key) for slot, key in machine.now.heads.items()},
        avhds=len(avhds_needed(machine)),
    )


def _named(machine: Machine) -> tuple[SnapshotLost, ...]:
    each = sorted(machine.snapshots.values(), key=lambda snapshot: snapshot.taken)
    return tuple(SnapshotLost(snapshot.id, snapshot.name) for snapshot in each)


def _leftovers(scene: Scene, vm: VmId) -> Iterator[str]:
    """Give the AVHDs that were this VM's, or lie in its chains, and that nobody needs."""
    for node in scene.graph.nodes.values():
        if node.exists and node.is_automatic and vm in node.owners and not node.is_reachable:
            yield node.path


def _numbered(steps: Sequence[PlanStep] | Iterator[PlanStep]) -> tuple[PlanStep, ...]:
    return tuple(replace(step, number=number) for number, step in enumerate(steps, start=1))


def _each_once(objections: Sequence[Objection]) -> tuple[Objection, ...]:
    return tuple({each.text: each for each in reversed(objections)}.values())[::-1]
