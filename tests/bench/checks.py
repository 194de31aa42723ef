"""The full check of a log beside bare SHA-256 of its lines."""

from collections.abc import Iterator
from hashlib import sha256

from eventstore.log.embedded import EmbeddedLog
from tests.bench.measure import OURS, Row, race, within
from tests.bench.stored import segments_of

HASHING = "bare SHA-256 of the lines"
ENTRIES_A_SECOND = 500_000


def rows(log: EmbeddedLog, entries: int) -> Iterator[Row]:
    """Measure the check in one process and in two."""
    yield race(
        f"check {entries:,} entries",
        {OURS: lambda: _check(log, 1), HASHING: lambda: _hash(log)},
        count=entries,
    )
    yield race(
        "check them with two processes",
        {OURS: lambda: _check(log, 2), HASHING: lambda: _hash(log)},
        count=entries,
        aim=within(1 / ENTRIES_A_SECOND, f">= {ENTRIES_A_SECOND:,} entries/s"),
    )


def _check(log: EmbeddedLog, processes: int) -> None:
    assert log.check(processes=processes).is_ok


def _hash(log: EmbeddedLog) -> None:
    for path in segments_of(log):
        for line in path.read_bytes().rstrip().splitlines():
            sha256(line).hexdigest()
