"""A store's whole history, and what was true at any moment of it; it knows no screen.

A moment is a time: everything that happened until then counts, that time included, as `--at TIME`
has it. So events of one time show one state, and the command line says the same of it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

from msgspec import Struct

from eventstore.codec import Unknown, decode
from eventstore.entry import Recorded
from eventstore.events import Event, VmEvent
from eventstore.evolve import evolve
from eventstore.fleet import Fleet, fold, take
from eventstore.ids import SnapshotId, VmId, vm_stream
from eventstore.machine import Machine, Snapshot, When, when_of
from eventstore.moments import Moment
from projections.as_of import AsOf, Selection, select
from projections.disk_chain import ChainRow, chain_of_vm
from projections.names import machines_told
from projections.snapshot_tree import SnapshotTree, tree_of
from projections.timeline import Row, timeline

if TYPE_CHECKING:
    from typing_extensions import TypeIs

RUNGS = 64
"""So many states are kept in memory, evenly over the log; others are folded from the one before."""

SNAPSHOT_CHANGES: Mapping[str, str] = {
    "SnapshotTaken": "S",
    "SnapshotApplied": "A",
    "SnapshotDeleted": "D",
    "SubtreeDeleted": "D",
    "MergeCompleted": "M",
}
"""What a step by snapshot change stops at, and the letter that marks it on the time line."""


_VM_EVENTS = frozenset(get_args(VmEvent))


class Instant(Struct, frozen=True):
    """A moment: what happened until `at`; with `known`, as far as entry `known` was the newest."""

    at: Moment
    known: int | None = None


class Gone(Struct, frozen=True):
    """A snapshot as it was before it was deleted, and when that was."""

    snapshot: Snapshot
    when: When


class Scene(Struct, frozen=True):
    """What was true at an instant, of one VM in full; `fleet` is everything."""

    machine: Machine | None
    tree: SnapshotTree | None
    gone: tuple[Gone, ...]
    chain: tuple[ChainRow, ...]
    fleet: Fleet


class Journey:
    """The entries of a store; `extended` gives the one that goes on with what came since."""

    def __init__(self, log: Iterable[Recorded]) -> None:
        self.selection: Selection = select(log)
        self.entries = tuple(self.selection.entries)
        self._times = [each.entry.occurred_at for each in self.entries]
        self._by_position = {each.position: each for each in self.entries}
        self._ladder = _Ladder(self.entries)
        self.fleet = self._ladder.through(len(self.entries))
        self.rows = lru_cache(maxsize=16)(self._rows)
        self.times = lru_cache(maxsize=8)(self._times_of)
        self.marks = lru_cache(maxsize=8)(self._marks_of)
        self.scene = lru_cache(maxsize=256)(self._scene)
        self._gone = lru_cache(maxsize=8)(self._gone_of)

    @property
    def head(self) -> int:
        """The greatest position, 0 of an empty log."""
        return max(self._by_position, default=0)

    def extended(self, more: Iterable[Recorded]) -> "Journey":
        return Journey((*self.entries, *more))

    def entry(self, position: int) -> Recorded:
        return self._by_position[position]

    def kind(self, row: Row) -> str:
        """Give the type of the event of a row: `SnapshotTaken`."""
        return self.entry(row.position).entry.type

    def fleet_at(self, instant: Instant) -> Fleet:
        """Give the state at an instant, a copy of its own."""
        if instant.known is not None:
            as_of = AsOf(at=instant.at, position=instant.known)
            return fold(select(self.entries, as_of).entries)
        return self._ladder.through(bisect_right(self._times, instant.at)).copy()

    def fleet_before(self, at: Moment) -> Fleet:
        """Give the state just before a moment, a copy of its own."""
        return self._ladder.through(bisect_left(self._times, at)).copy()

    def _rows(self, vm: VmId | None, words: str = "") -> tuple[Row, ...]:
        """Tell what happened, in the order in which it happened: of one VM, or everything.

        `words` leaves the events whose sentence or type has them; after a `!`, those without.
        """
        if not words:
            return tuple(timeline(self.selection, self.fleet, vm))
        wanted, is_wanted = words.removeprefix("!").casefold(), not words.startswith("!")
        return tuple(
            row
            for row in self.rows(vm)
            if (wanted in f"{row.text}\n{self.kind(row)}".casefold()) == is_wanted
        )

    def _times_of(self, vm: VmId | None, words: str) -> tuple[Moment, ...]:
        """Give when the rows happened."""
        return tuple(row.occurred_at for row in self.rows(vm, words))

    def _marks_of(self, vm: VmId | None, words: str) -> tuple[tuple[Moment, str], ...]:
        """Give the changes of snapshots and the merges among the rows, each with its letter."""
        letters = ((row, SNAPSHOT_CHANGES.get(self.kind(row))) for row in self.rows(vm, words))
        return tuple((row.occurred_at, letter) for row, letter in letters if letter)

    def _scene(self, vm: VmId | None, instant: Instant) -> Scene:
        fleet = self.fleet_at(instant)
        machine = machines_told(fleet).get(vm) if vm is not None else None
        if vm is None or machine is None or not machine.is_known:
            return Scene(None, None, (), (), fleet)
        gone = (
            each
            for each in self._gone(vm)
            if each.when.at <= instant.at and each.snapshot.id not in machine.snapshots
        )
        latest = {each.snapshot.id: each for each in gone}
        return Scene(
            machine, tree_of(machine), tuple(latest.values()), chain_of_vm(fleet, vm), fleet
        )

    def _gone_of(self, vm: VmId) -> tuple[Gone, ...]:
        """Give all snapshots that the VM ever lost, by when it lost them."""
        found: list[Gone] = []
        machine = Machine(vm)
        for recorded in self.entries:
            if recorded.entry.stream != vm_stream(vm):
                continue
            event, when = decode(recorded.entry), when_of(recorded)
            if not _is_of_vm(event) or when.is_inferred:
                continue
            before, machine = machine.snapshots, evolve(machine, event, when)
            found.extend(Gone(before[each], when) for each in _missing(before, machine))
        return tuple(found)


def _is_of_vm(event: Event | Unknown) -> "TypeIs[VmEvent]":
    return type(event) in _VM_EVENTS


def _missing(before: Mapping[SnapshotId, Snapshot], machine: Machine) -> Iterable[SnapshotId]:
    if before is machine.snapshots:
        return ()
    return [each for each in before if each not in machine.snapshots]


class _Ladder:
    """States of everything after so many entries, each folded from the one below it."""

    def __init__(self, entries: tuple[Recorded, ...]) -> None:
        self._entries = entries
        self._stride = max(len(entries) // RUNGS, 1)
        self._rungs: dict[int, Fleet] = {0: Fleet()}

    def through(self, count: int) -> Fleet:
        """Give the state after the first `count` entries; whoever changes it takes a copy."""
        below = max(each for each in self._rungs if each <= count)
        if below == count:
            return self._rungs[count]
        fleet = self._rungs[below].copy()
        for index in range(below, count):
            take(fleet, self._entries[index])
            done = index + 1
            if done % self._stride == 0 and done < count:
                self._rungs[done] = fleet.copy()
        if count % self._stride == 0 or count == len(self._entries):
            self._rungs[count] = fleet
        return fleet
