"""The full check of a log beside bare SHA-256 of its lines."""

from collections.abc import Iterator
from hashlib import sha256

from eventstore.log.embedded import EmbeddedLog
from tests.bench.measure import OURS, Row, race
from tests.bench.stored import segments_of

HASHING = "bare SHA-256 of the lines"


def rows(log: EmbeddedLog, entries: int) -> Iterator[Row]:
    """Measure the check."""
    yield race(
        f"check {entries:,} entries",
        {OURS: lambda: _check(log), HASHING: lambda: _hash(log)},
        count=entries,
    )


def _check(log: EmbeddedLog) -> None:
    assert log.check().is_ok


def _hash(log: EmbeddedLog) -> None:
    for path in segments_of(log):
        for line in path.read_bytes().splitlines():
            sha256(line).hexdigest()
