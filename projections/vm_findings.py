"""Verdicts on a VM as a whole: its configuration against its history, and against its limits."""

from collections.abc import Iterator

from msgspec.structs import replace

from eventstore.machine import SNAPSHOTS_MAX, Machine
from eventstore.paths import path_key
from eventstore.readings import seen_of
from projections.case import Case, because, sentence
from projections.completeness import (
    missing_references,
    odds_of,
    odds_told,
    owner_told,
    unfound_of,
)
from projections.coverage import hidden_files
from projections.finding import Finding
from projections.phrases import counted, listed
from projections.snapshot_tree import circle_of

SNAPSHOTS_NEAR = SNAPSHOTS_MAX - 5
"""Backups and Replica take snapshots too, so whoever comes near the limit is told before it."""


def vm_findings(case: Case) -> Iterator[Finding]:
    for machine in case.fleet.machines.values():
        if machine.is_present:
            yield from _limit(case, machine)
            yield from _circle(case, machine)
            yield from _incomplete(case, machine)
            yield from _at_odds(case, machine)
            yield from _unfound(case, machine)
    yield from _hidden(case)


def _limit(case: Case, machine: Machine) -> Iterator[Finding]:
    number = len(machine.snapshots)
    if number < SNAPSHOTS_NEAR:
        return
    last = max(snapshot.taken for snapshot in machine.snapshots.values())
    text = f"{machine.name} has {number} snapshots of the {SNAPSHOTS_MAX} that Hyper-V allows."
    step = "Delete snapshots that nobody needs: no further one can be taken, by no backup either."
    if number < SNAPSHOTS_MAX:
        left = counted(SNAPSHOTS_MAX - number, "snapshot")
        step = (
            f"Delete snapshots that nobody needs, oldest branches first: after {left} more none "
            "can be taken, by no backup either."
        )
    yield case.finding_on_vm(machine.id, "snapshot_limit", (because(text, last),), next_step=step)


def _circle(case: Case, machine: Machine) -> Iterator[Finding]:
    """Configurations that were read may contradict each other; no history comes to this."""
    circle = [machine.snapshots[each] for each in circle_of(machine)]
    if circle:
        names = listed(sorted(f'"{each.name}"' for each in circle))
        text = f"By their configurations, the parents of {names} lead back to themselves."
        yield case.finding_on_vm(
            machine.id,
            "cycle",
            (because(text, *(each.taken for each in circle)),),
            next_step=(
                "Apply, delete and merge nothing: one of these configurations is damaged or of "
                "another time. Copy them all, and record them again."
            ),
        )


def _incomplete(case: Case, machine: Machine) -> Iterator[Finding]:
    """References that nobody has read may lead to any file of the VM."""
    if missing := missing_references(machine, case.walks):
        read = case.ownership.configurations.get(machine.id)
        text = f"Not every reference to its disks is known: {missing}."
        yield case.finding_on_vm(
            machine.id,
            "unverified",
            (because(text, read),),
            next_step="Record the VM's configuration together with those of its snapshots.",
        )


def _at_odds(case: Case, machine: Machine) -> Iterator[Finding]:
    """A backup or an export beside the VM: by one of the two a disk in use looks forgotten."""
    for odds in odds_of(machine):
        counted, *_ = odds.paths
        unknown = f"Nothing proves which of them Hyper-V uses; {counted} is taken for it."
        if odds.owner == "now" and machine.listed_at == path_key(seen_of(odds.readings[0]).path):
            unknown = f"Its host lists {counted}; whether the others are wanted nothing tells."
        yield case.finding_on_vm(
            machine.id,
            "unverified",
            (because(f"{sentence(odds_told(machine, odds))}.", *odds.whens), because(unknown)),
            next_step=(
                f"Delete no disk that any of them names. Ask the host which disks {machine.name} "
                "uses, and keep copies of its configuration outside the folders recorded here."
            ),
        )


def _unfound(case: Case, machine: Machine) -> Iterator[Finding]:
    """Without its file Hyper-V does not list the VM, or the snapshot; the disks stay in use."""
    for owner, lost in unfound_of(machine):
        told = owner_told(machine, owner)
        text = (
            f"The configuration of {told}, read before at {lost.path}, is gone from a folder that "
            "was read whole."
        )
        finding = case.finding_on_vm(
            machine.id,
            "missing",
            (because(text, lost.when),),
            next_step=(
                f"Put the file back from a copy: without it Hyper-V does not list {told}. Delete "
                "none of its disks."
            ),
        )
        yield replace(finding, path=lost.path)


def _hidden(case: Case) -> Iterator[Finding]:
    """An emptied file or a link where one was needed: what stands there now nobody knows."""
    for each in hidden_files(case.fleet):
        name = case.name(each.vm)
        reason = because(f"{each.path}, which {name} needs, was not read: {each.why}.", each.when)
        step = (
            "Look at the place by hand, put back what belongs there, and record the folder again."
        )
        node = case.graph.at(each.path) if each.is_disk else None
        if node:
            yield case.finding(node, "unverified", (reason,), next_step=step)
        else:
            yield case.finding_on_vm(each.vm, "unverified", (reason,), next_step=step)
