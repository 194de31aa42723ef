"""The shape of a finding: what is odd about a file or a VM, why, and what to do next."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from eventstore.moments import Moment
from projections.shapes import VmRef

Verdict = Literal[
    "missing",
    "cycle",
    "left_by_manual_merge",
    "parent_missing",
    "parent_mismatch",
    "parent_written",
    "stale_path",
    "orphan",
    "merge_keeps_failing",
    "merge_disabled",
    "duplicate_identity",
    "avhd_without_snapshot",
    "shared_parent",
    "hidden_trunk",
    "held_base",
    "pending_merge",
    "snapshot_limit",
    "unverified",
    "unknown",
    "needed",
]
"""Of several verdicts on one file the first in this order is told first."""

Deletable = Literal["no", "unknown", "yes"]
"""*yes* is said only on proof; the first in this order that anything calls for wins."""

ORDINARY = frozenset[Verdict]({"pending_merge", "hidden_trunk", "held_base", "shared_parent"})
"""What Hyper-V does by itself; everything else wants somebody's attention."""


class Reason(Struct, frozen=True):
    """One sentence, and the positions of the entries it rests on."""

    text: str
    positions: tuple[int, ...] = ()


class Finding(Struct, frozen=True):
    """A verdict on a file, or with `path` None on a VM.

    `would_break` are the files below that could no longer be read if this one were removed;
    `size_bytes` is what it was when last seen, `grown_bytes` by how much since it was first seen.
    `since` says since when the file stands, as history tells; `modified_at` when it was last
    written. `next_step` is advice: nothing here runs anything.
    """

    path: str | None
    vm: VmRef | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    deletable: Deletable
    would_break: tuple[str, ...]
    size_bytes: int | None
    next_step: str
    since: Moment | None = None
    modified_at: Moment | None = None
    grown_bytes: int | None = None


def needs_attention(findings: Iterable[Finding]) -> bool:
    """Tell whether a command that lists `findings` ends with exit code 1."""
    return any(finding.verdict not in ORDINARY for finding in findings)


def agreed(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Give the findings, none of which frees a file that another one on the same file does not."""
    careful: dict[str, Deletable] = {}
    for each in findings:
        if each.path is not None:
            careful[each.path] = _most_careful(each.deletable, careful.get(each.path, "yes"))
    for each in findings:
        if each.path is None or careful[each.path] == each.deletable:
            yield each
        elif each.deletable == "yes":
            step = "Keep it until what else is said of this file is settled."
            yield replace(each, deletable=careful[each.path], next_step=step)
        else:
            yield replace(each, deletable=careful[each.path])


def joined(findings: Iterable[Finding]) -> Finding:
    """Make one finding of several on the same file: the weightiest, with the reasons of all."""
    ranked = sorted(findings, key=lambda each: get_args(Verdict).index(each.verdict))
    reasons = dict.fromkeys(reason for finding in ranked for reason in finding.reasons)
    careful = _most_careful(*(each.deletable for each in ranked))
    return replace(ranked[0], reasons=tuple(reasons), deletable=careful)


def _most_careful(*judged: Deletable) -> Deletable:
    return min(judged, key=get_args(Deletable).index)
