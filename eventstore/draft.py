"""A command's events in the making, and the settling of disks after it (D1, D2, D3, R6, R7)."""

from collections.abc import Iterable

from eventstore.disk_rules import Neighbours, by_history_alone, pending, unneeded
from eventstore.events import (
    DiskDeleted,
    MergeCompleted,
    MergeInterrupted,
    MergeStarted,
    VmEvent,
)
from eventstore.evolve import evolve
from eventstore.machine import Machine, Merge, When
from eventstore.moments import Moment
from eventstore.paths import PathKey

_MEANWHILE = When(Moment("9999-12-31T23:59:59.999999Z"), 0)
"""A draft is decided before anybody knows when: its machine's own times are never looked at."""


class Draft:
    """The events decided so far and the machine as it is after them."""

    def __init__(self, machine: Machine, neighbours: Neighbours) -> None:
        self.machine = machine
        self.neighbours = neighbours
        self._events: list[VmEvent] = []
        # What only a configuration kept in use is not this command's to delete, either.
        self._idle_before = frozenset(unneeded(by_history_alone(machine), neighbours))

    @property
    def events(self) -> tuple[VmEvent, ...]:
        return tuple(self._events)

    def add(self, event: VmEvent) -> None:
        self._events.append(event)
        self.machine = evolve(self.machine, event, _MEANWHILE)

    def interrupt(self, merges: Iterable[Merge]) -> None:
        for merge in tuple(merges):
            self.add(MergeInterrupted(*self._paths(merge)))

    def settle(self, *, kept: PathKey | None = None) -> None:
        """Let the disks follow from what the command did.

        `kept` is a disk that lost its reference by being detached: it stays (R8a).
        """
        self.drop_unneeded(kept)
        wanted = pending(self.machine, self.neighbours)
        self.interrupt(merge for merge in self.machine.merging if merge not in wanted)
        if self._merges_are_due():
            self.run_merges()

    def drop_unneeded(self, kept: PathKey | None = None) -> None:
        """D1, to its fixed point: only what *this* command left idle goes."""
        while idle := self._newly_idle(kept):
            for key in idle:
                self.interrupt(m for m in self.machine.merging if key in (m.child, m.into))
                self.add(DiskDeleted(self.machine.path(key)))

    def run_merges(self) -> None:
        """D2: merge whatever is pending, oldest first; held merges start and stay."""
        if self.machine.merges_held:
            self._start_merges()
            return
        self.interrupt(merge for merge in self.machine.merging if not self._stands(merge))
        for merge in self.machine.merging:
            self.add(MergeCompleted(*self._paths(merge)))
        while runnable := self._runnable():
            child, into = self._paths(runnable[0])
            self.add(MergeStarted(child, into))
            self.add(MergeCompleted(child, into))

    def _start_merges(self) -> None:
        """Start the topmost merge of every run: the ones below wait for its result."""
        running = self.machine.merging
        busy = {key for merge in running for key in (merge.child, merge.into)}
        waiting = {merge.child for merge in self._runnable()}
        for merge in self._runnable():
            if merge.into not in waiting and not busy & {merge.child, merge.into}:
                self.add(MergeStarted(*self._paths(merge)))

    def _merges_are_due(self) -> bool:
        """R6, R12: a level, not an edge."""
        machine = self.machine
        if machine.policy == "live" or machine.power == "off":
            return True
        return machine.power == "saved" and machine.merge_on_save

    def _newly_idle(self, kept: PathKey | None) -> tuple[PathKey, ...]:
        return tuple(
            key
            for key in unneeded(self.machine, self.neighbours)
            if key not in self._idle_before and key != kept
        )

    def _runnable(self) -> tuple[Merge, ...]:
        """Give the pending merges whose two files stand at their places."""
        return tuple(filter(self._stands, pending(self.machine, self.neighbours)))

    def _stands(self, merge: Merge) -> bool:
        disks = self.machine.disks
        return not any(key in disks and disks[key].is_lost for key in (merge.child, merge.into))

    def _paths(self, merge: Merge) -> tuple[str, str]:
        return self.machine.path(merge.child), self.machine.path(merge.into)
