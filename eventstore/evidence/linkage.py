"""Whether a disk is still the one that its differencing disk was made from, by headers alone.

VHD: the child quotes the parent's unique id and a time stamp, which whole tool families leave
empty or stale. VHDX: it quotes the VirtualDiskId they share and the parent's DataWriteGuid, which
the first write of every session renews ([MS-VHDX] 2.2.2 and 2.6.2.6.3).
"""

from typing import Literal

from msgspec import Struct

from eventstore.evidence.hresults import hresult
from eventstore.evidence.observations import DiskFacts, ParentLink

Verdict = Literal["matches", "parent_mismatch", "parent_written", "not_comparable"]


class LinkVerdict(Struct, frozen=True):
    """What comparing two disks' headers gave; `reasons` are sentences, also beside `matches`."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()


def compare_parent(child: DiskFacts, parent: DiskFacts) -> LinkVerdict:
    """Tell whether `parent` is what `child` was made from, and unchanged since."""
    doubts = _doubts("child", child) + _doubts("parent", parent)
    if child.kind != "differencing" or child.parent is None:
        return LinkVerdict("not_comparable", ("the child names no parent", *doubts))
    if child.format != parent.format:
        reason = f"a {child.format.upper()} cannot be the child of a {parent.format.upper()}"
        return LinkVerdict("parent_mismatch", (reason, *doubts))
    compare = _compare_vhd if child.format == "vhd" else _compare_vhdx
    verdict, reasons = compare(child, child.parent, parent)
    return LinkVerdict(verdict, (*reasons, *doubts))


def _compare_vhd(
    child: DiskFacts, link: ParentLink, parent: DiskFacts
) -> tuple[Verdict, tuple[str, ...]]:
    if link.identity is None:
        return "not_comparable", ("the child's field for its parent's id is empty",)
    if link.identity != parent.identity:
        text = f"the child names parent {link.identity}, this disk is {parent.identity}"
        return "parent_mismatch", (text, hresult(0xC03A000E))
    if child.virtual_size_bytes != parent.virtual_size_bytes:
        return "parent_mismatch", (_sizes(child, parent), hresult(0xC03A0017))
    if link.written_at is None or link.written_at == parent.written_at:
        return "matches", ()
    text = (
        f"the child has {link.written_at} as its parent's time stamp, "
        f"the parent {parent.written_at or 'none'}: merges and tools change it too"
    )
    return "matches", (text,)


def _compare_vhdx(
    child: DiskFacts, link: ParentLink, parent: DiskFacts
) -> tuple[Verdict, tuple[str, ...]]:
    # A differencing VHDX may be expanded beyond its parent, so sizes decide nothing here.
    sizes = (
        (_sizes(child, parent),) if child.virtual_size_bytes != parent.virtual_size_bytes else ()
    )
    if child.identity != parent.identity:
        text = f"the child's VirtualDiskId is {child.identity}, this disk's {parent.identity}"
        return "parent_mismatch", (text, hresult(0xC03A000E), *sizes)
    expected = [linkage for linkage in (link.linkage, link.linkage2) if linkage is not None]
    if not expected or parent.data_write_id is None:
        return "not_comparable", ("the DataWriteGuid is missing on one side", *sizes)
    if parent.data_write_id in expected:
        return "matches", sizes
    text = (
        f"the child was made when the parent's DataWriteGuid was {' or '.join(expected)}; "
        f"it is {parent.data_write_id} now: the parent was written after the child was made"
    )
    return "parent_written", (text, hresult(0xC03A000E), *sizes)


def _sizes(child: DiskFacts, parent: DiskFacts) -> str:
    return (
        f"the child's virtual size is {child.virtual_size_bytes} bytes, "
        f"the parent's {parent.virtual_size_bytes}"
    )


def _doubts(who: str, facts: DiskFacts) -> tuple[str, ...]:
    """Say which failed checks and remarks stand behind a side of the comparison."""
    failed = tuple(f"{who}: {check.name} failed: {check.text}" for check in facts.failed_checks)
    if facts.has_log_to_replay:
        return (*failed, f"{who}: its log holds changes to replay")
    return failed
