"""Everything at a glance, for monitoring: what wants attention, how badly, and how large it is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import get_args

from msgspec import Struct

from eventstore.moments import Moment
from eventstore.paths import path_key
from projections.finding import Finding, joined
from projections.overdue import overdue, recorded_at
from projections.severity import Severity, severity_of, worst
from projections.shapes import LastCounted
from projections.watched import Limits, Problem, Watched


class Totals(Struct, frozen=True):
    """What was looked at: present VMs, their snapshots, the AVHDs that stand.

    `avhd_bytes` counts those whose size is known, `unsized_avhds` are the others; `saved_states`
    the snapshots with memory and the VMs that are saved; `gaps` what nobody looked at;
    `recorded_at` is the last look at a host.
    """

    vms: int
    snapshots: int
    saved_states: int
    pending_merges: int
    avhds: int
    unsized_avhds: int
    avhd_bytes: int
    largest_avhd_bytes: int
    oldest_snapshot_at: Moment | None
    recorded_at: Moment | None
    gaps: int


class Check(Struct, frozen=True):
    """The answer: `state` is the worst severity of all; ages are those at `checked_at`."""

    as_of: LastCounted | None
    checked_at: Moment
    state: Severity
    critical: int
    warning: int
    unknown: int
    limits: Limits
    totals: Totals
    problems: tuple[Problem, ...]


def check(
    watched: Watched, findings: Iterable[Finding], *, gaps: int, as_of: LastCounted | None = None
) -> Check:
    """Judge `findings` and all that is too old or too large, the worst first.

    `gaps` is how much was not looked at.
    """
    findings = tuple(findings)
    problems = sorted((*_of_findings(findings), *overdue(watched)), key=_order)
    counts = Counter(each.severity for each in problems)
    return Check(
        as_of=as_of,
        checked_at=watched.at,
        state=worst(counts),
        critical=counts["critical"],
        warning=counts["warning"],
        unknown=counts["unknown"],
        limits=watched.limits,
        totals=_totals(watched, findings, gaps),
        problems=tuple(problems),
    )


def _of_findings(findings: Iterable[Finding]) -> Iterator[Problem]:
    """Give one problem a file, as bad as the worst that was found of it."""
    by_file: defaultdict[str, list[Finding]] = defaultdict(list)
    for number, each in enumerate(findings):
        if severity_of(each) != "ok":
            by_file[path_key(each.path) if each.path else f"#{number}"].append(each)
    for found in by_file.values():
        told = joined(found)
        yield Problem(
            severity=worst(map(severity_of, found)),
            kind=told.verdict,
            vm=told.vm,
            path=told.path,
            snapshot=None,
            text=told.reasons[0].text,
            next_step=told.next_step,
            size_bytes=told.size_bytes,
        )


def _order(problem: Problem) -> tuple[int, bool, str, str]:
    rank = get_args(Severity).index(problem.severity)
    return -rank, problem.path is None, problem.path or "", problem.text


def _totals(watched: Watched, findings: Iterable[Finding], gaps: int) -> Totals:
    snapshots = [each for machine in watched.machines for each in machine.snapshots.values()]
    saved = sum(1 for machine in watched.machines if machine.power == "saved")
    sizes = [size for node in watched.avhds if (size := watched.size(node)) is not None]
    return Totals(
        vms=len(watched.machines),
        snapshots=len(snapshots),
        saved_states=saved + sum(1 for each in snapshots if each.has_saved_state),
        pending_merges=sum(1 for each in findings if each.verdict == "pending_merge"),
        avhds=len(watched.avhds),
        unsized_avhds=len(watched.avhds) - len(sizes),
        avhd_bytes=sum(sizes),
        largest_avhd_bytes=max(sizes, default=0),
        oldest_snapshot_at=min((each.taken.at for each in snapshots), default=None),
        recorded_at=recorded_at(watched),
        gaps=gaps,
    )
