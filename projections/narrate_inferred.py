"""Sentences about what nobody saw: what must have happened, since when it may have, and why."""

from collections.abc import Iterator

from eventstore.codec import Unknown
from eventstore.entry import Source
from eventstore.events import (
    Event,
    MergeCompleted,
    SnapshotApplied,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    VmRegistered,
    VmRemoved,
)
from eventstore.moments import Moment
from eventstore.paths import name_of
from projections.narrate import Names, narrate
from projections.phrases import in_slots, on_top, shown


def inferred(
    event: Event | Unknown, names: Names, read_at: Moment, source: Source | None = None
) -> str:
    """Say `event` in one sentence, with what it was inferred from; `names` are of that time."""
    return f"{_said(event, names)} ({', '.join(_why(read_at, source))})."


def _said(event: Event | Unknown, names: Names) -> str:
    match event:
        case VmRegistered(name):
            return f"{name} existed by then"
        case VmRemoved():
            return f"{names.vm} was removed from its host; its disks stay"
        case SnapshotTaken(snapshot, name):
            kind = "Production snapshot" if event.production else "Snapshot"
            memory = "with its memory" if event.has_saved_state else "without memory"
            keeps = f"; it keeps {in_slots(event.disks)}" if event.disks is not None else ""
            return f'{kind} "{name or snapshot}" of {names.vm} was taken {memory}{keeps}'
        case SnapshotDeleted(gone, name):
            return f'Snapshot "{name or gone}" of {names.vm} was deleted'
        case SnapshotRenamed(_, name, former):
            return f'Snapshot "{former}" of {names.vm} was renamed to "{name}"'
        case SnapshotApplied(snapshot, new_disks=disks):
            writes = f"; it writes to {on_top(disks)}" if disks else ""
            return f"Snapshot {names.of(snapshot)} was applied to {names.vm}{writes}"
        case MergeCompleted(child, into):
            file = shown(child, into)
            return f"{names.vm}: {file(child)} was merged into {file(into)}, whose name survives"
        case _:
            return narrate(event, names).removesuffix(".")


def _why(read_at: Moment, source: Source | None) -> Iterator[str]:
    if source is not None and source.not_before is not None:
        yield f"after {source.not_before}"
    record = f" and {source.place}" if source is not None and source.place else ""
    name = f" from {name_of(source.name) or source.name}" if source is not None else ""
    yield f"inferred{name}{record}"
    yield f"read at {read_at}"
