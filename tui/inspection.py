"""One disk file held up to the light: its headers, its checks, and its parent where that stands."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from eventstore.errors import EvidenceError
from eventstore.events import SideKind
from eventstore.evidence.disk import DiskReading, read_disk
from eventstore.evidence.file_tree import shown
from eventstore.evidence.linkage import Verdict, compare_parent
from eventstore.evidence.observations import Check, DiskFacts, DiskFormat, DiskKind, ParentLink
from eventstore.moments import Moment
from eventstore.paths import name_of, plain, volume_of
from eventstore.side_files import kind_of
from eventstore.text import original


class Linkage(Struct, frozen=True):
    """What comparing the file with its parent gave; `found_at` is where the parent stands."""

    verdict: Verdict | None
    reasons: tuple[str, ...] = ()
    found_at: str | None = None


class Beside(Struct, frozen=True):
    """A file that lies beside the disk and belongs to it."""

    path: str
    kind: SideKind
    size_bytes: int


class Inspection(Struct, frozen=True):
    """What one file says of itself. With a `problem` too little of it is intact to say more."""

    path: str
    problem: str = ""
    format: DiskFormat | None = None
    kind: DiskKind | None = None
    creator: str | None = None
    identity: str | None = None
    disk_id: str | None = None
    virtual_size_bytes: int | None = None
    size_bytes: int | None = None
    block_size_bytes: int | None = None
    written_at: Moment | None = None
    data_write_id: str | None = None
    has_log_to_replay: bool = False
    header_sha256: str | None = None
    parent: ParentLink | None = None
    linkage: Linkage | None = None
    checks: tuple[Check, ...] = ()
    beside: tuple[Beside, ...] = ()

    @property
    def is_sound(self) -> bool:
        is_linked = self.linkage is None or self.linkage.verdict not in {
            "parent_mismatch",
            "parent_written",
        }
        return not self.problem and is_linked and all(check.passed for check in self.checks)


def inspected(place: Path, path: str, reading: DiskReading) -> Inspection:
    """Put together what `reading` of the file at `place` says."""
    facts = reading.facts
    return Inspection(
        path=path,
        format=facts.format,
        kind=facts.kind,
        creator=facts.creator,
        identity=facts.identity,
        disk_id=facts.disk_id,
        virtual_size_bytes=facts.virtual_size_bytes,
        size_bytes=reading.size_bytes,
        block_size_bytes=facts.block_size_bytes,
        written_at=facts.written_at,
        data_write_id=facts.data_write_id,
        has_log_to_replay=facts.has_log_to_replay,
        header_sha256=reading.header_sha256,
        parent=facts.parent,
        linkage=_linkage(place, facts),
        checks=facts.checks,
        beside=tuple(_beside(place)),
    )


def _beside(place: Path) -> Iterator[Beside]:
    """Give the change tracking and the Replica log that are called by the disk's name."""
    for name in (f"{place.name}.rct", f"{place.name}.mrt", f"{place.stem}.hrl"):
        other = place.with_name(name)
        kind = kind_of(shown(str(other)))
        try:
            if kind and other.is_file():
                yield Beside(shown(str(other)), kind, other.stat().st_size)
        except OSError:
            continue  # it says nothing of the disk


def _linkage(place: Path, facts: DiskFacts) -> Linkage | None:
    """Compare with the parent where a locator leads to one; beside the child it mostly stands."""
    if facts.parent is None:
        return None
    for candidate in _candidates(place, facts.parent):
        try:
            reading = read_disk(candidate)
        except (EvidenceError, OSError, ValueError):
            continue  # not there, or nothing that could be compared
        compared = compare_parent(facts, reading.facts)
        return Linkage(compared.verdict, compared.reasons, shown(str(candidate)))
    return Linkage(None, ("its parent stands at none of the places that it names",))


def _candidates(place: Path, link: ParentLink) -> Iterator[Path]:
    """Give where the parent may stand on this machine: by the locators, else beside the child.

    No place on a share: whoever made the disk would choose which server hears from us.
    """
    named = (link.relative_path, link.absolute_path, link.name)
    local = [path for path in named if path and not volume_of(path).startswith("\\\\")]
    if link.relative_path in local:
        yield place.parent / original(plain(link.relative_path)).replace("\\", "/")
    yield from (place.parent / original(name_of(path)) for path in local)
    if link.absolute_path in local:
        yield Path(original(link.absolute_path))
