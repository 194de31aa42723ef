"""R11: whatever is applied, deleted or merged, every other snapshot and Now read the same data.

Random histories run through `decide` and `evolve` on one side and through a model of block
contents, which knows no rule, on the other. `SNAPLEDGER_HISTORIES` says how many.
"""

import itertools
import os
import random

import msgspec
import pytest

from eventstore.codec import decode, encode
from eventstore.decide import decide
from eventstore.disk_rules import pending, unneeded
from eventstore.entry import Entry
from eventstore.errors import Refused
from eventstore.events import MergeCompleted, VmEvent
from eventstore.evolve import evolve
from eventstore.ids import VmId, derive
from eventstore.machine import Machine, When
from eventstore.moments import Moment
from eventstore.paths import path_key
from tests.eventstore.block_world import BlockWorld
from tests.eventstore.histories import next_command, registration

HISTORIES = int(os.environ.get("SNAPLEDGER_HISTORIES", "2000"))
COMMANDS = 80
SHARDS = 8
AT = Moment("2010-09-26T06:00:00.000000Z")


class Afternoon:
    """One history from a seed, held against the block world after every command."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.world = BlockWorld()
        self.machine = Machine(VmId("VM"))
        self.events: list[VmEvent] = []
        self.obeyed = 0

    def passes(self) -> None:
        self._do(decide(self.machine, registration(self.chance)))
        number = 0
        while self.obeyed < COMMANDS:
            number += 1
            command = next_command(self.chance, self.machine, number)
            try:
                self._do(decide(self.machine, command))
            except Refused:
                continue
            self.obeyed += 1
            if self.machine.power == "running":
                self.world.guest_writes(self.chance)
            self._holds()

    def _do(self, events: tuple[VmEvent, ...]) -> None:
        for event in events:
            self.events.append(event)
            self.machine = evolve(self.machine, event, When(AT, len(self.events)))
            self.world.happens(event)

    def _holds(self) -> None:
        machine = self.machine
        assert self.world.readings_of(machine) == self.world.must_read
        assert machine.contradictions == ()
        assert set(machine.disks) == {path_key(path) for path in self.world.blocks}
        if machine.policy == "live" or machine.power == "off":
            assert machine.merges_held or self.events_ended_in_failure() or not pending(machine)

    def events_ended_in_failure(self) -> bool:
        return type(self.events[-1]).__name__ == "MergeFailed"


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_content_changes_and_no_reachable_file_goes(shard: int) -> None:
    for seed in range(shard, HISTORIES, SHARDS):
        afternoon = Afternoon(seed)
        try:
            afternoon.passes()
        except BaseException as error:
            last = "\n".join(map(repr, afternoon.events[-12:]))
            error.add_note(f"seed {seed}, after {afternoon.obeyed} commands; last events:\n{last}")
            raise


def test_a_replay_split_anywhere_gives_the_same_state() -> None:
    for seed in range(HISTORIES // 20):
        afternoon = Afternoon(seed)
        afternoon.passes()
        split = afternoon.chance.randrange(len(afternoon.events))

        halfway = _replay(Machine(VmId("VM")), afternoon.events[:split], 0)
        stored = msgspec.json.decode(msgspec.json.encode(halfway), type=Machine)

        assert stored == halfway
        assert _replay(stored, afternoon.events[split:], split) == afternoon.machine


def test_the_order_of_several_merges_does_not_matter() -> None:
    compared = 0
    for seed in range(HISTORIES // 10):
        afternoon = Afternoon(seed)
        afternoon.passes()
        if len(pending(afternoon.machine)) > 1:
            compared += 1
            results = [_merge_all(afternoon.machine, order) for order in range(6)]
            assert all(result == results[0] for result in results)
    assert compared > HISTORIES // 200


def test_commands_leave_nothing_unneeded_behind_but_detached_disks() -> None:
    for seed in range(HISTORIES // 20):
        afternoon = Afternoon(seed)
        afternoon.passes()
        detached = {
            path_key(event.path)
            for event in afternoon.events
            if type(event).__name__ == "DiskDetached" and hasattr(event, "path")
        }
        assert set(unneeded(afternoon.machine)) <= detached


def _replay(machine: Machine, events: list[VmEvent], after: int) -> Machine:
    """Fold events as the log would give them: encoded and decoded."""
    for position, event in enumerate(events, start=after + 1):
        new = encode(event, event_id=derive(position), occurred_at=AT)
        entry = Entry("o", "vm/vm", position, new.id, new.type, AT, None, None, new.data, "")
        told = decode(entry)
        assert told == event
        machine = evolve(machine, event, When(AT, position))
    return machine


def _merge_all(machine: Machine, order: int) -> tuple[object, ...]:
    chance = random.Random(order)
    for position in itertools.count(1):
        merges = pending(machine)
        if not merges:
            break
        merge = chance.choice(merges)
        event = MergeCompleted(machine.path(merge.child), machine.path(merge.into))
        machine = evolve(machine, event, When(AT, position))
    return machine.disks, machine.snapshots, machine.now
