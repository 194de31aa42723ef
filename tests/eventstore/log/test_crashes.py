"""Power fails at every change of a workload; whatever is left must open and keep its word."""

import itertools
from collections.abc import Iterator

from eventstore.log.recovery import tails_kept
from eventstore.log.segments import segments
from tests.eventstore.log.crash import Crash
from tests.eventstore.log.sweep import IMAGES, SEED, Record, Sweep
from tests.eventstore.log.workload import STORE


def seeds(sweep: Sweep) -> Iterator[int]:
    """Give one seed after the other until enough was looked at."""
    return itertools.takewhile(lambda _: sweep.count < IMAGES, itertools.count(SEED))


def test_no_loss_of_power_loses_an_acknowledged_event(record_property: Record) -> None:
    sweep = Sweep("crashes")
    for seed in seeds(sweep):
        crash = Crash(seed, sweep)
        crash.workload.run()
        assert len(crash.workload.acknowledged) >= 52
        assert len(segments(crash.files, STORE)) > 10
        assert len(tails_kept(crash.files, STORE)) > 2

    sweep.tell(record_property, seconds_max=30)
    assert sweep.count >= IMAGES
