"""What is answered from a log of which little is read is what the whole log, folded, answers."""

import os
from functools import partial
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore import keyframe_keeping
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.log.embedded import EmbeddedLog
from eventstore.moments import later
from projections.as_of import AsOf, select
from projections.concern import concern_of
from projections.shapes import last_counted
from projections.states import Everything
from tests.eventstore.anything import some_entry, told
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import NOON, small_store
from tests.eventstore.log.indexed import PAGES
from tests.eventstore.log.workload import STORE
from tests.story import START
from tui.knowledge import Knowledge
from tui.sources import InLog, InMemory

EXAMPLES = int(os.environ.get("SNAPLEDGER_EXAMPLES", "40"))


@pytest.fixture(autouse=True, scope="module")
def _every_few_entries() -> object:
    patch = pytest.MonkeyPatch()
    patch.setattr(keyframe_keeping, "_ENTRIES_MIN", 3)
    patch.setattr(keyframe_keeping, "_BYTES_BY_ENTRY", 1 << 20)
    yield
    patch.undo()


def some_moment(chance: Random, head: int) -> AsOf:
    return AsOf(
        at=chance.choice([None, later(START, minutes=chance.randint(-3, 70))]),
        position=chance.choice([None, chance.randint(1, head)]),
        recorded_by=chance.choice([None, None, later(NOON, seconds=chance.randint(0, 2 * head))]),
    )


def opened(log: EmbeddedLog) -> EmbeddedLog:
    assert isinstance(log.files, ForgetfulFiles)
    return small_store(STORE, log.files, settings=PAGES)


@given(seed=st.integers(0, 1 << 32), lateness=st.sampled_from([0.0, 0.1, 0.9]))
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_answer_of_the_log_is_that_of_all_its_entries(seed: int, lateness: float) -> None:
    chance = Random(seed)
    log = told(chance, lateness=lateness, keep=partial(keep_keyframes, begin=Everything))
    entries = tuple(log.read())
    for _ in range(6):
        as_of = some_moment(chance, len(entries))
        lazy = Knowledge(InLog(opened(log), as_of))
        whole = Knowledge(InMemory(select(entries, as_of)))

        assert lazy.fleet == whole.fleet
        assert lazy.ownership == whole.ownership
        assert list(lazy.selection.entries) == list(whole.selection.entries)
        assert list(lazy.selection.as_learned()) == sorted(
            whole.selection.entries, key=lambda each: each.position
        )
        assert lazy.source.whole() == whole.source.whole()
        assert lazy.last() == whole.last()
        assert_every_vm_rests_on_the_last_that_counts(lazy, whole)


def assert_every_vm_rests_on_the_last_that_counts(lazy: Knowledge, whole: Knowledge) -> None:
    for vm in whole.fleet.machines:
        last = whole.selection.last(concern_of(whole.fleet, whole.graph, vm).counts)
        assert lazy.last(vm) == whole.last(vm) == last_counted(last)


def test_what_others_append_later_does_not_count() -> None:
    log = told(Random(1), lateness=0)
    seen = Knowledge(InLog(opened(log), AsOf()))
    before = tuple(log.read())
    log.append("host/h", [some_entry(Random(2), 99, 0)], expected=log.revision("host/h"))

    assert list(seen.selection.as_learned()) == list(before)
    assert seen.fleet == Knowledge(InMemory(select(before))).fleet
