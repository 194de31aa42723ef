"""A loss of power at each change of a workload, and again at each change of a recovery."""

from functools import partial
from random import Random

from tests.eventstore.log.forgetful import ForgetfulFiles, PowerLoss, lose_power_at
from tests.eventstore.log.images import Image, images
from tests.eventstore.log.sweep import IS_FULL, Sweep
from tests.eventstore.log.workload import (
    BATCHES,
    Workload,
    assert_keeps_its_word,
    at_every_change,
    seen_by_a_reader,
)

RECOVERIES = 12 if IS_FULL else 40
"""Recovery itself is crashed, at every change of it, for one image in so many."""

RECOVERY = 10
"""So many changes of it one after the other, then some of the others."""


class Crash:
    """A loss of power at each change of one workload."""

    def __init__(self, seed: int, sweep: Sweep, *, batches: int = BATCHES) -> None:
        self.files = ForgetfulFiles()
        self.workload = Workload(self.files, seed, batches=batches)
        self._seed, self._sweep = seed, sweep
        at_every_change(self.files, self._look)

    def _look(self, change: int) -> None:
        shown = seen_by_a_reader(self.files)
        chance = Random(f"{self._seed}/{change}")
        for name, image in chosen(self.files, chance):
            with self._sweep.looking_at(f"change {change}, {name}", seed=self._seed):
                self._assert_word_kept(image(), shown)
            if self._sweep.count % RECOVERIES == 0:
                self._crash_recovery(f"change {change}, {name}", image(), chance)

    def _crash_recovery(self, name: str, image: ForgetfulFiles, chance: Random) -> None:
        call = 0
        while True:
            # The first changes mend the log; the many that may follow build its index anew.
            call += 1 if IS_FULL or call < RECOVERY else chance.randint(1, 3 * RECOVERY)
            half_recovered = image.crashed(chance, keep=1, torn=0)
            lose_power_at(half_recovered, call)
            try:
                self._assert_word_kept(half_recovered, [])
            except PowerLoss:
                shown = seen_by_a_reader(half_recovered)
                again, left = chance.choice(list(images(half_recovered)))
                place = f"{name}, then change {call} of the recovery, {again}"
                with self._sweep.looking_at(place, seed=self._seed):
                    self._assert_word_kept(left(), shown)
            else:
                return

    def _assert_word_kept(self, files: ForgetfulFiles, shown: list[str]) -> None:
        assert_keeps_its_word(files, self.workload.acknowledged, self.workload.in_flight, shown)


def chosen(disk: ForgetfulFiles, chance: Random) -> list[Image]:
    """Give every image in a full sweep, else one; and one by chance that mixes all losses."""
    named = list(images(disk))
    mixed = partial(disk.crashed, chance, keep=0.6, torn=0.4)
    return [*(named if IS_FULL else [chance.choice(named)]), ("a mixture", mixed)]
