"""The life of one disk file, entry by entry, and what it is now."""

from collections.abc import Iterable

from msgspec import Struct

from eventstore.entry import Recorded
from eventstore.events import DiskSeen
from eventstore.machine import Machine
from eventstore.mentions import disks_named
from eventstore.moments import Moment
from eventstore.paths import PathKey, path_key
from projections.case import sentence
from projections.disk_graph import graph_of
from projections.finding import Finding
from projections.findings import finding_of
from projections.narrate import NO_NAMES, names_of, narrate
from projections.narrate_inferred import inferred
from projections.ownership import Ownership, ReferenceChange, Told, in_time, vm_of


class LifeLine(Struct, frozen=True):
    """What one entry did to the file; `position` is None for a reading that is not stored."""

    position: int | None
    at: Moment
    text: str


class Explanation(Struct, frozen=True):
    """What the file is, why, and how it came to be so."""

    finding: Finding
    life: tuple[LifeLine, ...]


def explain(entries: Iterable[Recorded], path: str) -> Explanation | None:
    """Explain the file at `path` from all that counts, None when nothing ever spoke of it.

    `path` is its Windows path, or the place where it was found.
    """
    key = _meant(in_time(entries), path_key(path))
    ownership = Ownership()
    life: list[LifeLine] = []
    for when, stream, event in in_time(entries):
        vm = vm_of(stream)
        before = ownership.fleet.machines.get(vm)
        changes = ownership.evolve(stream, event, when)
        effects = [
            *_references_told(each for each in changes if each.key == key),
            *_parent_told(before, ownership.fleet.machines.get(vm), key),
        ]
        if effects or key in disks_named(event):
            names = names_of(before) if before else NO_NAMES
            said = (
                inferred(event, names, when.read_at) if when.is_inferred else narrate(event, names)
            )
            text = " ".join((said, *effects))
            life.append(LifeLine(when.position, when.at, text))
    fleet = ownership.fleet
    finding = finding_of(fleet, graph_of(fleet), ownership, key)
    return Explanation(finding, tuple(life)) if finding else None


def _meant(told: Iterable[Told], key: PathKey) -> PathKey:
    """Give the file's own key where somebody named it by the place it was found at."""
    for _, _, event in told:
        if isinstance(event, DiskSeen) and path_key(event.found_at) == key:
            return path_key(event.path)
    return key


def _references_told(changes: Iterable[ReferenceChange]) -> Iterable[str]:
    for change in changes:
        who = sentence(str(change.owner))
        if change.is_gain:
            yield f"{who} refers to this file now."
        elif change.is_last:
            yield f"{who} was the last to refer to this file."
        else:
            yield f"{who} no longer refers to this file."


def _parent_told(before: Machine | None, after: Machine | None, key: PathKey) -> Iterable[str]:
    """A file is given another parent when the one it had was merged away."""
    if before and after and key in before.disks and key in after.disks:
        had, has = before.disks[key].parent, after.disks[key].parent
        if has is not None and had != has:
            yield f"This file hangs below {after.path(has)} now."
