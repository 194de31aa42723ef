"""Whether a file that nobody needs may go: *yes* only where history and a full look prove it."""

from collections.abc import Iterator

from msgspec.structs import replace

from eventstore.hosts import is_shared
from eventstore.sightings import Sighting
from projections.case import Case, because
from projections.disk_node import DiskNode
from projections.finding import Deletable, Reason
from projections.ownership import DiskPast, Loss
from projections.parent_links import fingerprint
from projections.strays import NAMED_MAX, several

LOSSES_BY_RULE = frozenset({"SnapshotDeleted", "SubtreeDeleted", "SnapshotApplied"})
"""Events after which Hyper-V itself would have removed the file. A detached disk is kept on
purpose (R8a), and what was only seen to be gone says nothing of when and why."""


def deletable_of(case: Case, node: DiskNode) -> tuple[Deletable, tuple[Reason, ...]]:
    """Judge a file that no reference reaches, with what speaks for and against."""
    if newest := _newest_data(case, node):
        return "no", (newest,)
    doubts = tuple(_doubts(case, node))
    if doubts:
        return "unknown", doubts
    sighting, past = case.sighting(node), case.past(node)
    if sighting is None or past is None or past.loss is None:
        return "unknown", ()
    text = (
        f"It was last written at {sighting.seen.modified_at}, before it lost its last reference, "
        "and the configuration of every VM that this log knows and every folder of their disks "
        "were read since."
    )
    return "yes", (because(text, past.loss.when, sighting.when), *_unlisted(case))


def _unlisted(case: Case) -> Iterator[Reason]:
    """What speaks of every VM must have heard of every VM."""
    if not case.fleet.registries:
        yield because(
            "No list of the host's VMs (data.vmcx) was read: if it has others, on disks that "
            "nobody recorded, record them first."
        )


def careful(node: DiskNode) -> Deletable:
    """Judge a file by a verdict that says nothing for its removal."""
    return "no" if node.needed_by else "unknown"


def loss_told(case: Case, loss: Loss) -> str:
    """Say how the last reference went."""
    owner = replace(loss.owner, vm_name=case.name_then(loss.owner))
    match loss.event:
        case "SnapshotDeleted" | "SubtreeDeleted":
            how = f"{owner} was deleted"
        case "SnapshotApplied":
            how = f"a snapshot was applied to {owner.vm_name}"
        case "DiskDetached":
            how = f"it was detached from {owner.vm_name}"
        case "ConfigurationGone":
            how = f"the configuration of {owner} was found to be gone"
        case "VmConfigurationSeen" | "SnapshotConfigurationSeen":
            how = f"the configuration of {owner} was read and named other files"
        case "VmExportSeen":
            how = f"its host named other files as those of {owner}"
        case other:
            how = f"{owner} let go of it ({other})"
    return f"It lost its last reference at {loss.when.at}, when {how}."


def _newest_data(case: Case, node: DiskNode) -> Reason | None:
    """Case 14, rollback in waiting: what is written without a reference is written by somebody."""
    sighting, past, written = case.sighting(node), case.past(node), case.written(node)
    loss = past.loss if past else None
    if loss is None:
        return _newer_than_now(case, node, sighting) if sighting else None
    if sighting and sighting.seen.modified_at > loss.when.at:
        at, source = sighting.seen.modified_at, sighting.when
    elif written and written > loss.when:
        at, source = written.at, written
    else:
        return None
    text = (
        f"It was written at {at}, after it lost its last reference: it may hold the newest data, "
        "which the VM would lose at its next start."
    )
    return because(text, loss.when, source)


def _newer_than_now(case: Case, node: DiskNode, sighting: Sighting) -> Reason | None:
    """Without a history, compare with the disks that the VMs of its chain write to."""
    vms = {vm for each in case.graph.ancestors(node.key) for vm in each.needed_by}
    heads = [
        case.graph.nodes[key]
        for vm in vms
        for key in case.fleet.machines[vm].now.heads.values()
        if key in case.graph.nodes
    ]
    seen = [found for head in heads if (found := case.sighting(head))]
    last = max(seen, key=lambda each: each.seen.modified_at, default=None)
    if last is None or sighting.seen.modified_at <= last.seen.modified_at:
        return None
    text = (
        f"It was written at {sighting.seen.modified_at}, later than {last.seen.path}, which the "
        "VM's configuration names: it may hold the newest data, and the configuration be out of "
        "date."
    )
    return because(text, sighting.when, last.when)


def _doubts(case: Case, node: DiskNode) -> Iterator[Reason]:
    past, sighting = case.past(node), case.sighting(node)
    if broken := case.would_break(node.key):
        hang = "hangs" if len(broken) == 1 else "hang"
        names = several(list(broken[:NAMED_MAX]), len(broken))
        yield because(f"{names} {hang} below it and would become unreadable.")
    if is_shared(node.path):
        yield because("Several hosts can use it where it stands: one nobody recorded may need it.")
    if past is None or past.loss is None:
        yield because("No history tells who referred to it last, and when that ended.")
        return
    loss = past.loss
    yield from case.mounted(node)
    yield from _doubts_of_loss(case, loss)
    if sighting is None:
        yield because("Nobody has looked at the file itself.")
    elif sighting.when < loss.when:
        text = "Nobody has looked at the file since it lost its last reference."
        yield because(text, sighting.when)
    else:
        yield from _another(case, node, past, sighting)
    yield from map(because, case.unseen.since(loss.when))


def _another(case: Case, node: DiskNode, past: DiskPast, sighting: Sighting) -> Iterator[Reason]:
    """Whatever proves that a file may go is the past of the disk that stood there then.

    A VHDX has no identity of its own, its whole chain shares one: only who read it before knows it.
    """
    facts, disk = sighting.seen.facts, past.disk
    if facts is None or facts.failed_checks:
        yield because("Its headers do not hold, so it may be another disk.", sighting.when)
    elif disk is None or disk.disk_id is None:
        yield because("Nothing tells which disk it was that was let go of.")
    elif disk.disk_id != facts.disk_id:
        yield because("It is another disk than the one that was let go of.", sighting.when)
    elif (disk.parent,) != node.parents:
        yield because("It hangs below another disk than the one let go of did.", sighting.when)
    elif facts.format == "vhdx" and past.read_as != fingerprint(facts):
        text = (
            "Nobody read it before it was let go of: every VHDX of its chain bears the same "
            "identity, so it may be another one."
        )
        yield because(text, sighting.when)
    elif len(case.bearers[fingerprint(facts)]) > 1:
        yield because("Another file has the same identity: it may be a copy of that.")


def _doubts_of_loss(case: Case, loss: Loss) -> Iterator[Reason]:
    if loss.event not in LOSSES_BY_RULE:
        yield because("Nothing shows that Hyper-V was done with it then.", loss.when)
    owner = case.fleet.machines[loss.owner.vm]
    if owner.removed is not None:
        name = case.name_then(loss.owner)
        yield because(f"{name} was removed since; its files stay.", owner.removed)
