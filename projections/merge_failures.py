"""Verdicts on merges that do not come to their end: fail, are broken off, or are switched off."""

from collections.abc import Iterator, Sequence

from eventstore.evidence.hresults import hresult
from eventstore.ids import VmId
from eventstore.machine import Machine
from projections.case import Case, because
from projections.disk_node import DiskNode
from projections.finding import Finding, Reason
from projections.ownership import MergeTrouble
from projections.phrases import counted, listed
from projections.roles import role_of

FAILED_MIN = 2
"""One failed merge is tried again at the next stop; a second one wants somebody's help."""

BROKEN_OFF_MIN = 3
"""A start interrupts a merge, and that is nobody's fault; the third one in a row is a habit."""


def merge_failures(case: Case) -> Iterator[Finding]:
    """Judge the files that wait for a merge in vain, and the VMs that cannot merge at all."""
    waiting = [node for node in case.graph.nodes.values() if role_of(case.graph, node) == "pending"]
    for node in waiting:
        past = case.past(node)
        if past and is_in_vain(past.troubles):
            yield _keeps_failing(case, node, past.troubles)
    for machine in case.fleet.machines.values():
        if machine.is_present:
            theirs = [node for node in waiting if machine.id in node.needed_by]
            yield from _by_logs(case, machine.id)
            yield from _switched_off(case, machine, theirs)


def is_in_vain(troubles: Sequence[MergeTrouble]) -> bool:
    """Tell whether merges went wrong too often since the last that came to its end."""
    failed = sum(1 for each in troubles if each.is_failure)
    return failed >= FAILED_MIN or len(troubles) >= BROKEN_OFF_MIN


def _keeps_failing(case: Case, node: DiskNode, troubles: Sequence[MergeTrouble]) -> Finding:
    text = f"The merge into it {_troubles_told(troubles)}."
    return case.finding(
        node,
        "merge_keeps_failing",
        (because(text, *(each.when for each in troubles)),),
        next_step=_step(troubles),
    )


def _by_logs(case: Case, vm: VmId) -> Iterator[Finding]:
    """An event log names the VM, and no file."""
    troubles = case.ownership.logged_troubles.get(vm, ())
    if is_in_vain(troubles):
        text = (
            f"By the event logs of its host, merges of {case.name(vm)} "
            f"{_troubles_told(troubles)} since one came to its end."
        )
        reason = because(text, *(each.when for each in troubles))
        step = _step(troubles)
        yield case.finding_on_vm(vm, "merge_keeps_failing", (reason,), next_step=step)


def _troubles_told(troubles: Sequence[MergeTrouble]) -> str:
    failures = [each for each in troubles if each.is_failure]
    interrupted = len(troubles) - len(failures)
    codes = [hresult(code) for code in dict.fromkeys(each.code for each in failures) if code]
    told = []
    if failures:
        failed = f"failed {counted(len(failures), 'time')}"
        told.append(f"{failed}, with {listed(codes)}" if codes else failed)
    if interrupted:
        told.append(f"was interrupted {counted(interrupted, 'time')}")
    return listed(told)


def _step(troubles: Sequence[MergeTrouble]) -> str:
    if not any(each.is_failure for each in troubles):
        return (
            "Leave the VM off until the merge is done: each start throws its progress away, and "
            "the next stop begins anew. Do not merge by hand."
        )
    return (
        "Look at the reason first: 0x80070070 is a full volume, 0x80070020 a file that a backup or "
        "a scanner holds open. Mend that and stop the VM again; do not merge by hand."
    )


def _switched_off(case: Case, machine: Machine, waiting: Sequence[DiskNode]) -> Iterator[Finding]:
    """Backups switch merging off while they copy disks, and one that broke off leaves it so."""
    told = machine.merging_told
    if told is None or told.is_on:
        return
    name = case.name(machine.id)
    reasons = [
        because(
            f"Its host says that merging is switched off for {name} (Msvm_DiskMergeSettingData, "
            "EnabledState 0), as backups do while they copy its disks.",
            told.when,
        )
    ]
    if waiting:
        files = listed([node.path for node in waiting])
        reasons.append(Reason(f"What waits for a merge stays and grows: {files}."))
    yield case.finding_on_vm(
        machine.id,
        "merge_disabled",
        reasons,
        next_step=(
            f"Find out whether a backup of {name} runs, and let it finish. If none does, switch "
            "merging on again as its vendor says (ModifyDiskMergeSettings with EnabledState 1), "
            "and Hyper-V merges by itself. Merge and delete nothing by hand."
        ),
    )
