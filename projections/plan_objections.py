"""Why no plan is given: whatever is unread, unsure or at odds, and what each step would ruin."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from eventstore.disk_rules import Neighbours, needed, now_refers_to, references, unneeded
from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine, When
from eventstore.paths import PathKey, folder_of, path_key
from projections.completeness import missing_references, odds_of, odds_told
from projections.disk_chain import is_of
from projections.disk_node import DiskGraph, DiskNode
from projections.doubts import blind_merges, unfounded
from projections.finding import Finding, Verdict
from projections.hosts import on_several_hosts
from projections.merge_space import Contents
from projections.ownership import Ownership
from projections.phrases import listed
from projections.plan_route import avhds_needed
from projections.strays import several
from projections.walks import walks_of

HARMLESS = frozenset[Verdict](
    {
        "pending_merge",
        "hidden_trunk",
        "held_base",
        "shared_parent",
        "snapshot_limit",
        "merge_keeps_failing",
        "avhd_without_snapshot",
        "needed",
    }
)
"""Verdicts that stop no plan by themselves: merges into shared files are looked at one by one."""

OF_THE_FILE_ALONE = frozenset[Verdict]({"orphan", "unknown", "duplicate_identity"})
"""Verdicts on a file beside the chain that say nothing of the chain."""

NOT_ANYBODYS_TO_DELETE: Mapping[str, str] = {
    "replica": "Hyper-V Replica made it and removes it itself",
    "appconsistentreplica": "Hyper-V Replica made it and removes it itself",
    "syncedreplica": "Hyper-V Replica made it and removes it itself",
    "planned": "it belongs to a planned VM",
    "missing": "its host does not find its configuration",
}
"""Kinds of snapshots, as the cmdlets call them, and why nobody should delete one by hand."""


class Objection(Struct, frozen=True):
    """One reason against a plan: the entries it rests on, and what to do about it first.

    `verdict` is that of the finding that speaks against it, where it is one.
    """

    text: str
    next_step: str
    path: str | None = None
    positions: tuple[int, ...] = ()
    verdict: Verdict | None = None


class Scene(Struct, frozen=True):
    """Everything that an objection may rest on."""

    fleet: Fleet
    graph: DiskGraph
    ownership: Ownership
    findings: tuple[Finding, ...]

    def chain(self, vm: VmId) -> tuple[DiskNode, ...]:
        """Give the files that `vm` needs, or needed until it was removed."""
        nodes = self.graph.nodes.values()
        return tuple(node for node in nodes if vm in node.needed_by or vm in node.once_needed_by)


def objections_to_what_is_known(scene: Scene, machine: Machine) -> Iterator[Objection]:
    """Say what speaks against believing what is known of `machine`."""
    yield from _incomplete(scene, machine)
    yield from _found(scene, machine)


def objections_to_any_step(scene: Scene, machine: Machine) -> Iterator[Objection]:
    """Say what speaks against touching the disks of `machine` at all."""
    yield from _unread(scene, machine)
    for text in unfounded(scene.graph, machine.id):
        yield Objection(text, "Record the folder of these disks again.")
    for snapshot in machine.snapshots.values():
        if why := NOT_ANYBODYS_TO_DELETE.get(snapshot.kind):
            text = f'Snapshot "{snapshot.name}" is not to be deleted by hand: {why}'
            yield Objection(text, "Let its owner remove it, and ask again.")


def _incomplete(scene: Scene, machine: Machine) -> Iterator[Objection]:
    if missing := missing_references(machine, walks_of(scene.fleet)):
        yield Objection(
            f"not every reference to its disks is known: {missing}",
            "Record its configuration together with those of its snapshots.",
        )
    if several := on_several_hosts(scene.fleet, machine):
        yield Objection(several, "Ask for a plan of a store that holds the host on which it runs.")
    for odds in odds_of(machine):
        yield Objection(
            odds_told(machine, odds),
            "Ask the host which of them counts: record what `snapledger collector` brings.",
            positions=tuple(when.position for when in odds.whens),
        )


def _unread(scene: Scene, machine: Machine) -> Iterator[Objection]:
    """Without headers nobody knows whether the parent is the right one, or the file whole."""
    unread = [node.path for node in scene.chain(machine.id) if node.presence == "told"]
    if unread:
        yield Objection(f"nobody has read {several(unread)}", f"Record {_folders(unread)}.")
    for node in scene.chain(machine.id):
        sighting = scene.fleet.sightings.get(node.key)
        step = f"Record {_folders([node.path])} again."
        if not node.exists:
            yield Objection(f"{node.path} is missing", step, node.path)
        elif sighting is None or node.presence != "seen":
            continue
        elif sighting.seen.facts is None or sighting.seen.facts.failed_checks:
            why = sighting.seen.problem or "its headers do not verify"
            text = f"{node.path} was read and cannot be trusted: {why}"
            at = (sighting.when.position,)
            yield Objection(text, f"Look at it: `snapledger inspect` {node.path}", node.path, at)
        elif (changed := _changed(scene, node)) and changed > sighting.when:
            text = f"{node.path} changed after it was read"
            yield Objection(text, step, node.path, (changed.position,))


def _folders(paths: Iterable[str]) -> str:
    return listed(sorted({folder_of(path) for path in paths}))


def _changed(scene: Scene, node: DiskNode) -> When | None:
    past = scene.ownership.past.get(node.key)
    return past.changed if past else None


def _found(scene: Scene, machine: Machine) -> Iterator[Objection]:
    chain = {node.key for node in scene.chain(machine.id)}
    for finding in scene.findings:
        if finding.verdict in HARMLESS or not _concerns(scene, finding, machine.id):
            continue
        key = path_key(finding.path) if finding.path else None
        if finding.verdict in OF_THE_FILE_ALONE and key and key not in chain:
            continue
        said = finding.verdict.replace("_", " ")
        why = finding.reasons[0].text if finding.reasons else ""
        yield Objection(
            f"{finding.path or machine.name or machine.id} ({said}): {why}",
            finding.next_step,
            finding.path,
            finding.reasons[0].positions if finding.reasons else (),
            finding.verdict,
        )


def _concerns(scene: Scene, finding: Finding, vm: VmId) -> bool:
    if finding.vm and finding.vm.id == vm:
        return True
    node = scene.graph.nodes.get(path_key(finding.path)) if finding.path else None
    return node is not None and is_of(node, vm)


def blind_objections(
    before: Machine, after: Machine, neighbours: Neighbours
) -> Iterator[Objection]:
    """Say what Hyper-V, which sees one VM's references alone, would do beyond the rules."""
    step = "Give the other VM a whole disk of its own: take a snapshot of it and export that."
    for text in blind_merges(after, neighbours):
        yield Objection(text, step)
    idle = set(unneeded(before))
    for key in unneeded(after):
        if key not in idle and key not in unneeded(after, neighbours):
            path = after.path(key)
            text = f"{path} is needed by another VM; Hyper-V does not know of it, and deletes it"
            yield Objection(text, step, path)


def changed_objections(machine: Machine, contents: Contents) -> Iterator[Objection]:
    """Name the files that are not as recorded; what a VM that runs writes to changes by itself."""
    written = set(now_refers_to(machine)) if machine.power in {"running", "paused", None} else set()
    for key in sorted(contents.changed - written):
        path = machine.path(key)
        text = f"{path} is not as it was recorded: {contents.uncounted[key]}"
        yield Objection(text, f"Record {_folders([path])} again.", path)


def ruin_objections(
    scene: Scene, after: Machine, touched: Iterable[PathKey]
) -> Iterator[Objection]:
    """Name what hangs below files that merges change or deletes take, and would be left behind.

    `after` is the VM at the end of the way: what it needs then was taken care of by the rules.
    """
    keys = dict.fromkeys(touched)
    kept = needed(after, (*references(after), *after.left_behind))
    below = (node for key in keys for node in scene.graph.descendants(key))
    for node in {each.key: each for each in below}.values():
        if node.exists and node.key not in keys and node.key not in kept:
            yield Objection(
                f"{node.path} hangs below a file that would change or go, and would become "
                "unreadable",
                "Find out what it is (`snapledger explain`), and copy its whole chain away first.",
                node.path,
            )


def unreached(machine: Machine, neighbours: Neighbours) -> Objection:
    """Say which AVHDs would be left at the end of the way."""
    left = avhds_needed(machine)
    parents = [machine.disks[key].parent for key in left]
    shared = [key for key in parents if key and (neighbours.refer_to(key) or neighbours.below(key))]
    names = several([machine.path(key) for key in left])
    if shared:
        parent = machine.path(shared[0])
        return Objection(
            f"{names} cannot be merged: another VM needs {parent} as it is",
            "Take a snapshot and export that: it comes out as one whole disk, for a VM of its own.",
            parent,
        )
    return Objection(
        f"deleting every snapshot would still leave {names}",
        "Take a snapshot and export that: it comes out as one whole disk, for a new VM.",
    )
