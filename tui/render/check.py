"""A check for people, and as the one line that Nagios and its like read.

A figure is `label=value[unit];warn;crit;min;max`, by the guidelines that `plugin.py` names.
"""

from collections.abc import Iterator

from eventstore.moments import Moment, datetime_of
from projections.check import Check, Totals
from projections.phrases import counted, listed
from projections.severity import Severity
from projections.shapes import VmRef
from projections.watched import Problem
from tui.render.fields import field, sentence
from tui.render.findings import Names
from tui.render.look import Look
from tui.render.plugin import SERVICE, PluginState, one_line
from tui.render.sizes import size_text
from tui.render.style import Tone
from tui.render.text import clip_middle

PROBLEMS_TOLD_MAX = 3
"""Of more problems a line of monitoring tells the number: some readers cut it at 1,024 bytes."""

_CELLS_MAX = 120
_DAY = 86_400
_UNITS = ((_DAY, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_TONES: dict[Severity, Tone] = {
    "ok": "good",
    "unknown": "warn",
    "warning": "warn",
    "critical": "bad",
}


def state_of(severity: Severity) -> PluginState:
    return PluginState[severity.upper()]


def check_lines(check: Check, look: Look, names: Names) -> Iterator[str]:
    """Tell the state, what was looked at, and every problem with what to do about it.

    `names` are those of VMs that would be taken for another.
    """
    yield from sentence(f"{check.state}: ", _looked_at(check), look, head_tone=_TONES[check.state])
    for problem in check.problems:
        yield ""
        head = f"{problem.severity}  {problem.kind.replace('_', ' ')}  "
        tone = _TONES[problem.severity]
        yield from sentence(head, _where(problem, look, names), look, head_tone=tone)
        yield field("because", look.told(problem.text), look)
        yield field("next step", look.told(problem.next_step), look)


def plugin_line(check: Check, look: Look, names: Names) -> str:
    """Give the one line of a plugin; `names` as for `check_lines`."""
    found = [
        counted(number, word, word)
        for number, word in (
            (check.critical, "critical"),
            (check.warning, "warning"),
            (check.unknown, "unknown"),
        )
        if number
    ]
    told = listed(found) if found else "nothing wants attention"
    few = [_briefly(each, look, names) for each in check.problems[:PROBLEMS_TOLD_MAX]]
    if len(check.problems) > PROBLEMS_TOLD_MAX:
        few.append(f"{len(check.problems) - PROBLEMS_TOLD_MAX:,} more")
    text = "; ".join((f"{told} in {counted(check.totals.vms, 'VM')}", *few))
    return f"{SERVICE} {state_of(check.state).name}: {text} | {' '.join(_figures(check))}"


def _briefly(problem: Problem, look: Look, names: Names) -> str:
    told = problem.text
    if not problem.snapshot and (problem.vm or problem.path):
        whose = f"of {_vm(problem.vm, names)}" if problem.vm else ""
        told = " ".join((problem.kind.replace("_", " "), problem.path or "", whose)).strip()
    return clip_middle(one_line(told, look), _CELLS_MAX, "...")


def _vm(vm: VmRef, names: Names) -> str:
    return names.get(vm.id, vm.name)


def _figures(check: Check) -> Iterator[str]:
    totals, limits = check.totals, check.limits
    for label, number in (
        ("critical", check.critical),
        ("warning", check.warning),
        ("unknown", check.unknown),
        ("vms", totals.vms),
        ("snapshots", totals.snapshots),
        ("saved_states", totals.saved_states),
        ("pending_merges", totals.pending_merges),
        ("gaps", totals.gaps),
        ("avhds", totals.avhds),
    ):
        yield f"{label}={number};;;0"
    yield f"avhd_bytes={totals.avhd_bytes}B;;;0"
    yield f"largest_avhd={totals.largest_avhd_bytes}B;{_limit(limits.max_size_bytes)};;0"
    for label, since, limit in (
        ("oldest_snapshot", totals.oldest_snapshot_at, limits.max_age_seconds),
        ("last_recorded", totals.recorded_at, limits.max_unrecorded_seconds),
    ):
        if since is not None:
            yield f"{label}={_age(check, since)}s;{_limit(limit)};;0"


def _limit(limit: int | None) -> str:
    return "" if limit is None else str(limit)


def _looked_at(check: Check) -> str:
    totals: Totals = check.totals
    told = [
        counted(totals.vms, "VM"),
        f"{counted(totals.snapshots, 'snapshot')}"
        + (
            f", the oldest {_old(check, totals.oldest_snapshot_at)} old" if totals.snapshots else ""
        ),
        counted(totals.saved_states, "saved state"),
        _avhds(totals),
        counted(totals.pending_merges, "pending merge"),
        f"last recorded {_old(check, totals.recorded_at)} ago"
        if totals.recorded_at
        else "never recorded",
    ]
    gaps = ""
    if totals.gaps:
        gaps = f"; {counted(totals.gaps, 'place')} not looked at (`snapledger orphans` names them)"
    return "; ".join(told) + gaps


def _avhds(totals: Totals) -> str:
    """Tell how much AVHDs take; what nobody read is not nothing."""
    if not totals.unsized_avhds:
        return f"{size_text(totals.avhd_bytes)} in {counted(totals.avhds, 'AVHD')}"
    unsized = f"{totals.unsized_avhds} of them never read"
    return f"{counted(totals.avhds, 'AVHD')}, {unsized}, {size_text(totals.avhd_bytes)} in others"


def _where(problem: Problem, look: Look, names: Names) -> str:
    told = look.text(problem.path or "")
    owner = f"  of {look.text(_vm(problem.vm, names))}" if problem.vm else ""
    size = f"  {size_text(problem.size_bytes)}" if problem.size_bytes is not None else ""
    age = f"  {_span(problem.age_seconds)}" if problem.age_seconds is not None else ""
    return f"{told}{owner}{size}{age}".lstrip()


def _old(check: Check, since: Moment | None) -> str:
    return _span(_age(check, since)) if since else ""


def _age(check: Check, since: Moment) -> int:
    passed = datetime_of(check.checked_at) - datetime_of(since)
    return max(0, int(passed.total_seconds()))


def _span(seconds: int) -> str:
    """Give a while in the largest unit that leaves at least two."""
    for length, unit in _UNITS:
        if seconds >= 2 * length or length == 1:
            return counted(seconds // length, unit)
    return ""
