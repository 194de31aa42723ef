"""Verdicts on merges that wait: what Hyper-V will do at the next stop, and whether it may."""

from collections.abc import Iterable, Iterator, Sequence

from eventstore.evidence.hresults import hresult
from eventstore.machine import Machine
from eventstore.readings import standing
from projections.case import Case, because
from projections.disk_node import DiskNode
from projections.doubts import bystanders
from projections.finding import Finding, Reason
from projections.merge_troubles import MergeTroubles, told
from projections.roles import role_of
from projections.strays import several
from projections.tree_findings import children_told, loss_reason


def pending_findings(case: Case, found: Iterable[Finding]) -> Iterator[Finding]:
    """Judge every file that will be merged into; `found` is what else was found of all files."""
    troubles = MergeTroubles(case.graph, found)
    for node in case.graph.nodes.values():
        if role_of(case.graph, node) == "pending":
            yield _pending(case, node, troubles)


def _pending(case: Case, node: DiskNode, troubles: MergeTroubles) -> Finding:
    child = case.graph.reachable_children(node)[0]
    machine = next((case.fleet.machines[vm] for vm in node.owners if vm in node.needed_by), None)
    text = (
        f"Nothing refers to it, and only {child.path} continues it: that file will be merged into "
        "this one, whose name survives."
    )
    return case.finding(
        node,
        "pending_merge",
        (
            because(text),
            *children_told(case, node),
            *_why_told(machine),
            *_configuration_told(machine),
            *_merge_told(case, machine),
            *loss_reason(case, node),
        ),
        next_step=_repair_step(machine, troubles.of(child.key, node.key))
        or _ruin_step(case, node, child, machine)
        or _merge_step(machine),
    )


def _repair_step(machine: Machine | None, troubles: Sequence[Finding]) -> str:
    """Advise against the merge as long as something is wrong with its files; else nothing."""
    if not troubles:
        return ""
    wrong = several([told(finding) for finding in troubles])
    if machine is None:
        return f"Let nothing merge: something is wrong with {wrong}. Copy both files first."
    name = machine.name or machine.id
    what, when = f"shut {name} down, turn it off or save it", "the merge would run"
    if machine.power == "off" or machine.merging:
        what, when = f"start or stop {name}", "the merge would run at its next stop"
    elif machine.policy == "live":
        what, when = f"start or stop {name}, nor delete a snapshot of it", "the merge may run"
    return (
        f"Do not {what}: {when}, and something is wrong with {wrong}. Copy all files of {name} "
        "first, then repair that by the advice of its own finding."
    )


def _ruin_step(case: Case, node: DiskNode, child: DiskNode, machine: Machine | None) -> str:
    """Advise to save first what the merge would make unreadable; nothing when nothing would be."""
    keys = (node.key, child.key)
    ruined = bystanders(case.graph, machine.id, keys, but=keys) if machine else []
    if not ruined:
        return ""
    return (
        f"Copy {node.path}, {child.path} and {several(ruined)} before the VM stops: Hyper-V does "
        "not know of the latter, and the merge will make it unreadable."
    )


def _why_told(machine: Machine | None) -> Iterator[Reason]:
    """Say what the merge waits for (R6, R12)."""
    if machine is None:
        return
    name, told = machine.name or machine.id, machine.merging_told
    if told and not told.is_on:
        yield because(f"Its host says that merging is switched off for {name}.", told.when)
    elif machine.merging:
        yield because("The merge is under way.")
    elif machine.policy == "live":
        yield because("Hyper-V merges at once since 2012: this one failed or was broken off.")
    elif machine.power in {"running", "paused"}:
        yield because(f"It waits until {name} stops; to restart, reset or pause is not to stop.")
    elif machine.power is not None:
        yield because(f"{name} is {machine.power}, and the merge has not come to its end.")


def _configuration_told(machine: Machine | None) -> Iterator[Reason]:
    """Say so when the VM's own configuration tells of a merge that is due: a second witness."""
    for reading in standing(machine, "now")[:1] if machine else ():
        if reading.of_vm and reading.of_vm.merge_pending:
            yield because("Its configuration says itself that a merge is pending.", reading.when)


def _merge_told(case: Case, machine: Machine | None) -> Iterator[Reason]:
    """Say what an event log says last of merges of the VM, if that tells why this one waits."""
    last = case.fleet.host_logs.merges.get(machine.id) if machine else None
    if last is None or machine is None or last.step not in {"interrupted", "failed"}:
        return
    why = f", with {hresult(last.code)}" if last.code else ""
    text = f"By the event log of {last.computer} the last merge of {machine.name or machine.id}"
    yield because(
        f"{text} {'was interrupted' if last.step == 'interrupted' else 'failed'}{why}.", last.when
    )


def _merge_step(machine: Machine | None) -> str:
    if machine is None:
        return "Keep both files, and let Hyper-V merge them."
    name = machine.name or machine.id
    if machine.policy == "live":
        return f"Keep both files: Hyper-V merges them while {name} runs."
    if machine.merging:
        return f"Leave {name} off until the merge is done: a start throws its progress away."
    if machine.power == "off":
        return (
            f"Start {name}, shut it down and leave it off until the merge is done: what did not "
            "run to its end is tried again at the next stop."
        )
    return f"Shut {name} down and leave it off until the merge is done; a restart is not enough."
