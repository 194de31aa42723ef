"""What a walk saw of files beside disks, held against what the log knows of them.

As with disks: the same file again stores nothing, a file that is gone from a folder read whole is
a new fact, and an id follows from the evidence and from the fact before it.
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from eventstore.events import SideFileGone, SideFileSeen
from eventstore.evidence.found_side import FoundSideFile
from eventstore.moments import Moment
from eventstore.paths import path_key


class LastSide(Struct, frozen=True):
    """The last fact about a side file, the id under which it is stored, and when it was seen."""

    fact: SideFileSeen | SideFileGone
    entry_id: str
    at: Moment


class SideNews(Struct, frozen=True):
    """An event about a side file; `evidence` is what its id follows from, beside its place."""

    event: SideFileSeen | SideFileGone
    evidence: tuple[str | int, ...]


def sides_seen(
    found: tuple[FoundSideFile, ...], known: Mapping[str, LastSide]
) -> Iterator[SideNews]:
    """Give the side files that are new, or have another size, time, name or state than before."""
    for each in found:
        event = each.event()
        last = known.get(each.found_at)
        if last is None or last.fact != event:
            size_and_time = (each.size_bytes, each.modified_at, str(each.has_saved_state))
            yield SideNews(event, (each.path, *size_and_time, last.entry_id if last else ""))


def sides_gone(
    found: tuple[FoundSideFile, ...], missed: Mapping[str, LastSide]
) -> Iterator[SideNews]:
    """Give the side files that stood at `missed` places, where a walk looked and found none."""
    seen = {each.found_at for each in found}
    paths = {path_key(each.path) for each in found}
    for found_at, last in missed.items():
        is_found = found_at in seen or path_key(last.fact.path) in paths
        if isinstance(last.fact, SideFileSeen) and not is_found:
            event = SideFileGone(last.fact.path, found_at, last.fact.kind)
            yield SideNews(event, (last.entry_id,))
