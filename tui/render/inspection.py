"""One inspected disk file as lines."""

from collections.abc import Iterator
from uuid import UUID

from eventstore.paths import name_of
from projections.side_files import WORDS
from tui.inspection import Inspection
from tui.render.fields import field
from tui.render.look import Look
from tui.render.sizes import size_text


def inspection_lines(found: Inspection, look: Look) -> Iterator[str]:
    """Tell what the file is, field by field, and every check that failed."""
    name = look.paint(look.text(name_of(found.path) or found.path), "strong")
    if found.problem:
        yield f"{name}  {look.paint('DAMAGED', 'bad')}"
        yield field("because", look.text(found.problem), look)
        return
    kind = f"{found.kind} {(found.format or '').upper()}"
    yield f"{name}  {kind}, {size_text(found.virtual_size_bytes or 0)} inside"
    for title, value in _values(found, look):
        if value:
            yield field(title, look.text(value), look)
    for other in found.beside:
        told = f"{name_of(other.path)}  {WORDS[other.kind]}, {size_text(other.size_bytes)}"
        yield field("beside", look.text(told), look)
    yield from _linkage_lines(found, look)
    yield from _check_lines(found, look)


def _values(found: Inspection, look: Look) -> Iterator[tuple[str, str | None]]:
    yield "file", f"{size_text(found.size_bytes or 0)}, {found.path}"
    yield "made by", found.creator
    yield "id", found.disk_id
    yield "written", look.moment(found.written_at) if found.written_at else None
    yield "write id", found.data_write_id
    yield "log", "holds changes to replay" if found.has_log_to_replay else None
    yield "headers", f"sha256 {found.header_sha256}"
    if link := found.parent:
        yield "parent", link.absolute_path or link.volume_path or link.relative_path or link.name
        yield "relative", link.relative_path
        yield "parent id", _as_seen(link.identity, found) if link.identity else link.linkage
        yield "parent time", look.moment(link.written_at) if link.written_at else None


def _as_seen(raw: str, child: Inspection) -> str:
    """Write a raw id as its child's own is written: creators of VHDs differ in byte order."""
    if child.identity is None or child.format != "vhd":
        return raw
    is_little = str(UUID(bytes_le=bytes.fromhex(child.identity))).upper() == child.disk_id
    octets = bytes.fromhex(raw)
    return str(UUID(bytes_le=octets) if is_little else UUID(bytes=octets)).upper()


def _linkage_lines(found: Inspection, look: Look) -> Iterator[str]:
    if (linkage := found.linkage) is None:
        return
    if linkage.verdict is None:
        yield field("linkage", "not compared", look)
    else:
        said = linkage.verdict.replace("_", " ")
        verdict = look.paint(said, "good" if linkage.verdict == "matches" else "warn")
        yield field("linkage", f"{verdict}  {look.text(linkage.found_at or '')}", look)
    for reason in linkage.reasons:
        yield field("", look.text(reason), look)


def _check_lines(found: Inspection, look: Look) -> Iterator[str]:
    failed = [check for check in found.checks if not check.passed]
    told = f"{len(found.checks) - len(failed)} passed, {len(failed)} failed"
    yield field("checks", look.paint(told, "bad" if failed else "good"), look)
    for check in failed:
        yield field("FAILED", look.text(f"{check.name}: {check.text}"), look)
