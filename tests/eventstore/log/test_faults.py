"""Every call of a workload fails, once and for ever, in every way a system has for it."""

import pytest

from tests.eventstore.log.faulty import (
    EVERYTHING,
    HARD,
    SOFT,
    Fault,
    FaultyRun,
    cut_power_after_a_failed_sync,
    half_and_no_space,
    io_error,
    lose_power_too,
    syncs,
)
from tests.eventstore.log.sweep import IS_FULL, Record, Sweep
from tests.eventstore.log.workload import assert_keeps_its_word

EVERY = 1 if IS_FULL else 3
"""A second loss of power follows after one fault in so many."""


def number_of_changes() -> int:
    run = FaultyRun(io_error, 1 << 30, is_lasting=False)
    run.run()
    return run.files.changes


@pytest.mark.parametrize("fault", [*HARD, *SOFT])
def test_any_call_may_fail_once_and_repeating_the_append_heals_it(
    fault: Fault, record_property: Record
) -> None:
    sweep = Sweep(f"one fault, {fault.__name__}", "cases")
    for at in range(1, number_of_changes() + 1):
        with sweep.looking_at(f"change {at}"):
            run = FaultyRun(fault, at, is_lasting=False)
            run.run()
            assert run.acknowledged == EVERYTHING
            assert len(run.failures) <= (fault in HARD)
        if at % EVERY == 0:
            lose_power_too(run, sweep, at)
        assert_keeps_its_word(run.files, run.acknowledged)
    sweep.tell(record_property, seconds_max=5)


@pytest.mark.parametrize("fault", [*HARD, half_and_no_space])
def test_any_call_may_fail_for_ever_and_nothing_acknowledged_is_lost(
    fault: Fault, record_property: Record
) -> None:
    sweep = Sweep(f"lasting fault, {fault.__name__}", "cases")
    for at in range(1, number_of_changes() + 1):
        with sweep.looking_at(f"change {at}"):
            run = FaultyRun(fault, at, is_lasting=True)
            run.run()
            assert len(run.failures) in ((2,) if fault in HARD else (0, 1, 2))
        if at % EVERY == 0:
            lose_power_too(run, sweep, at)
        run.heal()
        run.files.room = 1 << 40
        assert_keeps_its_word(run.files, run.acknowledged, run.in_flight)
    sweep.tell(record_property, seconds_max=5)


def test_a_power_cut_at_any_change_after_a_failed_sync_loses_nothing(
    record_property: Record,
) -> None:
    sweep = Sweep("failed sync, then power cut")
    for at in syncs():
        cut_power_after_a_failed_sync(at, sweep)
    sweep.tell(record_property, seconds_max=10)
