"""The entries of the log as a story: one sentence each, in the order in which things happened."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from eventstore.codec import decode
from eventstore.entry import Recorded
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.moments import Moment
from projections.as_of import Selection
from projections.narrate import Names, narrate
from projections.shapes import VmRef


class Row(Struct, frozen=True):
    """An entry of the log, told.

    `is_late`: it was learned after something of its stream that happened later, so that answers
    given before may have been others. `contradicts`: the model expected something else.
    """

    position: int
    occurred_at: Moment
    recorded_at: Moment
    vm: VmRef | None
    text: str
    is_late: bool
    contradicts: bool


def timeline(selection: Selection, fleet: Fleet, vm: VmId | None = None) -> Iterator[Row]:
    """Tell `selection`, of which `fleet` is the fold, of everything or of one VM's streams.

    A VM and its snapshots go by the names they had when it happened.
    """
    late = frozenset(_late(selection.entries))
    odd = frozenset(
        each.position for machine in fleet.machines.values() for each in machine.contradictions
    )
    names: dict[str, Names] = {}
    for recorded in selection.entries:
        entry, position = recorded.entry, recorded.position
        if vm is not None and entry.stream != vm_stream(vm):
            continue
        ref = _vm_of(entry.stream)
        before = names.get(entry.stream) or (Names(vm=ref) if ref else Names())
        event = decode(entry)
        names[entry.stream] = after = before.after(event)
        yield Row(
            position=position,
            occurred_at=entry.occurred_at,
            recorded_at=recorded.recorded_at,
            vm=VmRef(ref, after.vm) if ref else None,
            text=narrate(event, before),
            is_late=position in late,
            contradicts=position in odd,
        )


def _late(entries: Iterable[Recorded]) -> Iterator[int]:
    """Give the positions of entries that came after a later one of their stream."""
    newest: dict[str, Moment] = {}
    for recorded in sorted(entries, key=lambda each: each.position):
        entry = recorded.entry
        if entry.occurred_at < newest.get(entry.stream, entry.occurred_at):
            yield recorded.position
        newest[entry.stream] = max(entry.occurred_at, newest.get(entry.stream, Moment("")))


def _vm_of(stream: str) -> VmId | None:
    kind, _, guid = stream.partition("/")
    return VmId(guid.upper()) if kind == "vm" else None
