"""The simulated host: obeys the lines of a scenario as Hyper-V would, by the rules of `decide`."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from eventstore.codec import decode
from eventstore.decide import decide
from eventstore.entry import Recorded
from eventstore.errors import BadInput
from eventstore.events import Event
from eventstore.find import deleted_snapshots, find_vm
from eventstore.fleet import Fleet
from eventstore.ids import VmId, derive, host_stream, vm_stream
from eventstore.machine import Machine, when_of
from eventstore.moments import Moment
from eventstore.simulate.grammar import Deed
from eventstore.simulate.hands import HAND_VERBS, hand_event
from eventstore.simulate.orders import command, registration

History = Callable[[str], Iterable[Recorded]]
"""Gives the entries of a stream; asked only to say when something was deleted."""


class Decided(Struct, frozen=True):
    """What a deed does: `events` for `stream`, which must still be at `revision`."""

    stream: str
    revision: int
    events: Sequence[Event]


class Host:
    """All machines of one store, and the ids that follow from it: `store` is its id."""

    def __init__(self, store: str, history: History = lambda _stream: ()) -> None:
        self.fleet = Fleet()
        self._store = store
        self._history = history
        self._revisions: dict[str, int] = {}
        self._last: dict[str, Moment] = {}
        self._by_hands: set[str] = set()

    def obey(self, deed: Deed) -> Decided:
        """Give what `deed` does; raise Refused or BadInput with the reason why it cannot."""
        if deed.verb == "vm":
            return self._register(deed)
        if deed.verb in HAND_VERBS:
            stream = host_stream(self._store)
            return self._decided(stream, (hand_event(deed, self.fleet, self._seed(stream)),))
        machine = find_vm(self.fleet.machines.values(), deed.operands[0])
        stream = vm_stream(machine.id)
        gone = deleted_snapshots(self._history(stream))
        order = command(deed, machine, self.fleet, self._seed(stream), gone)
        return self._decided(stream, decide(machine, order, self.fleet.neighbours(machine.id)))

    def learn(self, recorded: Recorded) -> None:
        """Take in an entry of the log; one that `is_late` belongs before others taken in."""
        entry = recorded.entry
        self.fleet.evolve(entry.stream, decode(entry), when_of(recorded))
        self._last[entry.stream] = entry.occurred_at
        if entry.stream.startswith("host/"):
            self._by_hands.add(entry.stream)
        if entry.origin == self._store:
            known = self._revisions.get(entry.stream, 0)
            self._revisions[entry.stream] = max(known, entry.revision)

    def is_late(self, recorded: Recorded) -> bool:
        """Tell whether the state would be another, had this entry come in its time's order."""
        entry = recorded.entry
        if entry.stream.startswith("host/"):
            rivals = [self.last()]
        else:
            rivals = [self._last.get(stream) for stream in (*self._by_hands, entry.stream)]
        return any(rival is not None and entry.occurred_at < rival for rival in rivals)

    def last(self, stream: str | None = None) -> Moment | None:
        """Give when the last event of `stream` happened, or of all streams."""
        if stream is not None:
            return self._last.get(stream)
        return self.fleet.last.at if self.fleet.last else None

    def _register(self, deed: Deed) -> Decided:
        if not deed.id:
            self._refuse_a_second(deed.operands[0])
        vm = VmId(deed.id or derive(self._store, "vm", len(self.fleet.machines) + 1))
        stream = vm_stream(vm)
        machine = self.fleet.machines.get(vm) or Machine(vm)
        order = registration(deed, self.fleet, self._seed(stream))
        return self._decided(stream, decide(machine, order, self.fleet.neighbours(vm)))

    def _refuse_a_second(self, name: str) -> None:
        """Refuse another VM of a name: whoever plays a corrected file again does not mean one."""
        for machine in self.fleet.machines.values():
            if machine.is_present and machine.name == name:
                raise BadInput(
                    f"a VM called '{name}' is registered already ({machine.id}): play into a new "
                    "store, go on without this line, or give a second one its own id=GUID"
                )

    def _decided(self, stream: str, events: Sequence[Event]) -> Decided:
        return Decided(stream, self._revisions.get(stream, 0), events)

    def _seed(self, stream: str) -> str:
        return f"{self._store}/{stream}/{self._revisions.get(stream, 0) + 1}"
