"""How much a sweep does: its seed, its size, its count, and the line that the test run ends with.

`SNAPLEDGER_SEED` replays a failure, which names the seed; `SNAPLEDGER_CRASH_IMAGES` is the number
of disk images that the crash sweep looks at, at least.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SEED = int(os.environ.get("SNAPLEDGER_SEED", "1"))
IMAGES = int(os.environ.get("SNAPLEDGER_CRASH_IMAGES", "1000"))
IS_FULL = IMAGES >= 10_000
"""Every image of every change is looked at, not a choice of them."""

Record = Callable[[str, object], None]
"""pytest's `record_property`; `tests/conftest.py` tells of it at the end of the run."""


class Sweep:
    """Counts what was looked at, and says where it failed."""

    def __init__(self, name: str, unit: str = "images") -> None:
        self.count = 0
        self._name, self._unit = name, unit
        self._begun = _seconds()

    @contextmanager
    def looking_at(self, place: str, *, seed: int = SEED) -> Iterator[None]:
        """Count one case; a failure in it names the seed that replays it."""
        self.count += 1
        try:
            yield
        except Exception as error:
            raise AssertionError(
                f"{self._name} at {place}; again with SNAPLEDGER_SEED={seed} "
                f"SNAPLEDGER_CRASH_IMAGES={IMAGES}: {error}"
            ) from error

    def tell(self, record: Record, *, seconds_max: float) -> None:
        """Add the sweep's line to the report; too slow a sweep of the usual size fails."""
        seconds = _seconds() - self._begun
        record("sweep", f"{self._name}: {self.count:,} {self._unit}, {seconds:.1f} s, seed {SEED}")
        assert IS_FULL or seconds <= seconds_max


def _seconds() -> float:
    """Give the processor's time that this process and its children took so far."""
    return sum(os.times()[:4])
