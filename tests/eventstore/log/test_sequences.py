"""All sequences of up to three store operations, each followed by a loss of power.

Crashes show after few operations or not at all: every known one of file systems within three.
"""

import itertools
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from eventstore.errors import DiskFull, WrongRevision
from eventstore.log.segments import segment_path, segments
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import AHEAD, VM, small_store
from tests.eventstore.log.images import images
from tests.eventstore.log.sweep import IS_FULL, SEED, Record, Sweep
from tests.eventstore.log.workload import (
    STORE,
    assert_keeps_its_word,
    at_every_change,
    noted,
    seen_by_a_reader,
)


class Store:
    """A store in the course of a sequence, and what it acknowledged."""

    def __init__(self, files: ForgetfulFiles) -> None:
        self.files = files
        self.log = small_store(STORE, files, settings=AHEAD)
        self.acknowledged: list[str] = []
        self.in_flight: list[str] = []

    def append(self, size: int, note: int = 10) -> None:
        first = len(self.acknowledged)
        self.in_flight = [str(first + number) for number in range(size)]
        batch = [noted(name, note) for name in self.in_flight]
        self.log.append(VM, batch, expected=first)
        self.acknowledged += self.in_flight
        self.in_flight = []


def append_one(store: Store) -> None:
    store.append(1)


def append_three(store: Store) -> None:
    store.append(3)


def begin_a_segment(store: Store) -> None:
    store.append(1, note=4_000)


def repeat(store: Store) -> None:
    if store.acknowledged:
        last = store.acknowledged[-1]
        note = next(r.entry.data for r in store.log.read() if r.entry.id == last)
        event = noted(last, len(bytes(note)) - len('{"note":""}'))
        store.log.append(VM, [event], expected=len(store.acknowledged) - 1)


def be_refused(store: Store) -> None:
    with suppress(WrongRevision):
        store.log.append(VM, [noted("refused")], expected=99)


def open_anew(store: Store) -> None:
    store.log = small_store(STORE, store.files, settings=AHEAD)


def find_half_a_batch(store: Store) -> None:
    """Another writer dies."""
    path = segment_path(STORE, max(segments(store.files, STORE), default=1))
    store.files.open(path).write(b'{"position":', store.files.size(path) or 0)


def find_the_disk_full(store: Store) -> None:
    store.files.room = 100
    with suppress(DiskFull):
        store.append(2)
    store.in_flight = []
    store.files.room = 1 << 40
    open_anew(store)


OPERATIONS: tuple[Callable[[Store], None], ...] = (
    append_one,
    append_three,
    begin_a_segment,
    repeat,
    be_refused,
    open_anew,
    find_half_a_batch,
    find_the_disk_full,
)


def run(sequence: tuple[Callable[[Store], None], ...], store: Store, sweep: Sweep) -> None:
    """Do the operations; at each change of the last one, and after it, the power may fail."""
    files, begun = store.files, len(sequence) - 1
    names = ", ".join(operation.__name__ for operation in sequence)
    chance = Random(f"{SEED}/{names}")

    def look(change: int) -> None:
        shown = seen_by_a_reader(files)
        every = list(images(files))
        for name, image in every if IS_FULL else [chance.choice(every)]:
            with sweep.looking_at(f"{names}, change {change}, {name}"):
                assert_keeps_its_word(image(), store.acknowledged, store.in_flight, shown)

    for number, operation in enumerate(sequence):
        if number == begun and IS_FULL:
            at_every_change(files, look)
        operation(store)
    look(files.changes)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_loss_of_power_after_any_operations_loses_nothing(
    length: int, record_property: Record
) -> None:
    sweep = Sweep(f"sequences of {length}")
    for sequence in itertools.product(OPERATIONS, repeat=length):
        run(sequence, Store(ForgetfulFiles()), sweep)
    sweep.tell(record_property, seconds_max=10)

    assert sweep.count >= len(OPERATIONS) ** length
