"""Findings as lines: the verdict, why, what would break, and what to do next."""

from collections.abc import Iterable, Iterator, Mapping

from eventstore.ids import VmId
from projections.coverage import told
from projections.finding import ORDINARY, Finding
from tui.render.fields import field, sentence
from tui.render.look import Look
from tui.render.sizes import size_text

Names = Mapping[VmId, str]
"""What to call the VMs that would be taken for another by their names."""

NO_NAMESAKES: Names = {}


def findings_lines(
    findings: Iterable[Finding],
    look: Look,
    gaps: Iterable[str] = (),
    *,
    names: Names = NO_NAMESAKES,
) -> Iterator[str]:
    """Tell each finding as a paragraph, those that want attention first.

    What was not looked at is a reason of many findings: `gaps` are those that are told once, below.
    """
    below = frozenset(map(told, gaps))
    ordered = sorted(findings, key=lambda each: each.verdict in ORDINARY)
    for index, finding in enumerate(ordered):
        if index:
            yield ""
        yield from finding_lines(finding, look, names=names, told_below=below)


def finding_lines(
    finding: Finding,
    look: Look,
    *,
    names: Names = NO_NAMESAKES,
    told_below: frozenset[str] = frozenset(),
) -> Iterator[str]:
    yield from _headline(finding, look, names)
    for reason in finding.reasons:
        if reason.text in told_below:
            continue
        positions = ", ".join(f"#{position}" for position in reason.positions)
        yield field("because", f"{look.told(reason.text)} ({positions})".removesuffix(" ()"), look)
    if told := "; ".join(_age_and_growth(finding, look)):
        yield field("written", told, look)
    if finding.path is not None and finding.verdict != "missing":
        yield field("deletable", _deletable(finding), look)
    for broken in finding.would_break:
        yield field("would break", look.text(broken), look)
    yield field("next step", look.told(finding.next_step), look)


def _headline(finding: Finding, look: Look, names: Names) -> Iterator[str]:
    is_ordinary = finding.verdict in ORDINARY or finding.verdict == "needed"
    sign = look.glyphs.waiting if is_ordinary else "!"
    word = finding.verdict.replace("_", " ")
    place = look.text(finding.path if finding.path is not None else "")
    vm = finding.vm
    owner = f"  of {look.text(names.get(vm.id, vm.name))}" if vm else ""
    size = f"  {size_text(finding.size_bytes)}" if finding.size_bytes is not None else ""
    told = f"{place}{owner}{size}".lstrip()
    head = f"{sign} {word}  "
    yield from sentence(head, told, look, head_tone="warn" if is_ordinary else "bad")


def _age_and_growth(finding: Finding, look: Look) -> Iterator[str]:
    """Say what is known of when a file was written, for those who look for the newest data."""
    if finding.modified_at is not None:
        yield f"last at {look.moment(finding.modified_at)}"
    if finding.since is not None:
        yield f"stands since {look.moment(finding.since)}"
    if finding.grown_bytes:
        shrunk, size = finding.grown_bytes < 0, size_text(abs(finding.grown_bytes))
        yield f"{size} {'less' if shrunk else 'more'} than when it was first read"


def _deletable(finding: Finding) -> str:
    match finding.deletable:
        case "no":
            return "no, it must stay"
        case "yes":
            return "yes, nothing needs it and everything was looked at"
        case _:
            return "unknown: nobody can be sure from what was looked at"
