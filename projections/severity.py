"""How much a verdict matters to whoever watches many hosts: one table, told in README.md too."""

from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from projections.finding import Finding, Verdict

Severity = Literal["ok", "unknown", "warning", "critical"]
"""The worst in this order is the state of the whole. *unknown* says that nobody can tell."""

Odd = Literal[
    "old_snapshot", "old_pending_merge", "large_avhd", "large_chain", "not_recorded_lately"
]
"""What a check finds beside the verdicts on files: what is too old, too large, or not looked at."""

SEVERITIES: Mapping[Verdict | Odd, Severity] = {
    "missing": "critical",
    "cycle": "critical",
    "parent_missing": "critical",
    "parent_mismatch": "critical",
    "parent_written": "critical",
    "stale_path": "critical",
    "left_by_manual_merge": "warning",
    "orphan": "warning",
    "merge_keeps_failing": "warning",
    "merge_disabled": "warning",
    "duplicate_identity": "warning",
    "avhd_without_snapshot": "warning",
    "snapshot_limit": "warning",
    "unverified": "warning",
    "unknown": "unknown",
    "shared_parent": "ok",
    "hidden_trunk": "ok",
    "held_base": "ok",
    "pending_merge": "ok",
    "needed": "ok",
    "old_snapshot": "warning",
    "old_pending_merge": "warning",
    "large_avhd": "warning",
    "large_chain": "warning",
    "not_recorded_lately": "unknown",
}
"""What breaks a chain, or loses data at the next start, is critical; what wants a look, a warning.

Two rules stand beside the table: what looks idle and must be kept all the same is critical; what
belongs to no VM that is known breaks none, and is a warning at most.
"""

_IDLE = frozenset[Verdict]({"orphan", "left_by_manual_merge"})


def severity_of(finding: Finding) -> Severity:
    """Give the severity of a finding: an orphan that must be kept may hold the newest data."""
    severity = SEVERITIES[finding.verdict]
    if finding.verdict in _IDLE and finding.deletable == "no":
        severity = "critical"
    return "warning" if severity == "critical" and finding.vm is None else severity


def worst(severities: Iterable[Severity]) -> Severity:
    return max(severities, key=get_args(Severity).index, default="ok")
