"""The entries of the log as a story: one sentence each, in the order in which things happened."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from eventstore.codec import Unknown, decode
from eventstore.entry import Entry, Recorded
from eventstore.events import Event, LogRecordSeen
from eventstore.fleet import Fleet
from eventstore.ids import VmId, vm_stream
from eventstore.machine import when_of
from eventstore.moments import Moment
from projections.as_of import Selection
from projections.log_witness import PowerByHistory, is_of_log
from projections.narrate import Names, narrate
from projections.narrate_inferred import inferred
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
    """Tell `selection`, of which `fleet` is the fold, of everything or of what concerns one VM.

    A VM and its snapshots go by the names they had when it happened. What a host's event log
    says of power is held against the VM's own history.
    """
    late = frozenset(_late(selection.as_learned()))
    odd = frozenset(
        each.position for machine in fleet.machines.values() for each in machine.contradictions
    )
    names: dict[str, Names] = {}
    power = PowerByHistory(fleet)
    for recorded in selection.entries:
        entry, position = recorded.entry, recorded.position
        if vm is not None and not concerns(entry, vm):
            continue
        event = decode(entry)
        ref, remark, is_odd = _vm_of(entry.stream), "", position in odd
        called: str | None = ref
        if isinstance(event, LogRecordSeen):
            ref, called, remark = event.vm, event.vm_name or event.vm, _remark(event, power)
            is_odd = power.differs(event) is not None
        elif ref and not when_of(recorded).is_inferred:
            power.hear(ref, event)
        stream = vm_stream(ref) if ref else entry.stream
        before = names.get(stream) or (Names(vm=called) if called else Names())
        names[stream] = after = before.after(event)
        yield Row(
            position=position,
            occurred_at=entry.occurred_at,
            recorded_at=recorded.recorded_at,
            vm=VmRef(ref, after.vm) if ref else None,
            text=_sentence(entry, event, before) + remark,
            is_late=position in late,
            contradicts=is_odd,
        )


def concerns(entry: Entry, vm: VmId) -> bool:
    """Tell whether an entry is of a VM's own stream, or a log's word on the VM."""
    if is_of_log(entry):
        event = decode(entry)
        return isinstance(event, LogRecordSeen) and event.vm == vm
    return entry.stream == vm_stream(vm)


def _sentence(entry: Entry, event: Event | Unknown, names: Names) -> str:
    if entry.source is not None and entry.source.read_at is not None:
        return inferred(event, names, entry.source.read_at, entry.source)
    return narrate(event, names)


def _remark(event: LogRecordSeen, power: PowerByHistory) -> str:
    if differs := power.differs(event):
        return f" By its history it was {differs} then."
    return " Its history says so too." if power.agrees(event) else ""


def _late(entries: Iterable[Recorded]) -> Iterator[int]:
    """Give the positions of entries, as they were learned, that came after a later one of theirs.

    What an event log says is always learned after it happened, and changes no answer by it; what
    was inferred says itself when that was read.
    """
    newest: dict[str, Moment] = {}
    for recorded in entries:
        entry = recorded.entry
        if is_of_log(entry) or when_of(recorded).is_inferred:
            continue
        if entry.occurred_at < newest.get(entry.stream, entry.occurred_at):
            yield recorded.position
        newest[entry.stream] = max(entry.occurred_at, newest.get(entry.stream, Moment("")))


def _vm_of(stream: str) -> VmId | None:
    kind, _, guid = stream.partition("/")
    return VmId(guid.upper()) if kind == "vm" else None
