"""How far the event logs of hosts were read: first to last, what lies between, what was damaged.

A gap here is no gap of the verdicts: no file is ever judged by what a log does not say.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct

from eventstore.fleet import Fleet
from eventstore.host_logs import LogKey, LogRead
from eventstore.moments import Moment
from projections.phrases import counted

GAPS_TOLD_MAX = 5
"""So many gaps are told one by one."""


class LogCoverage(Struct, frozen=True):
    """What was read of one log, of all files together; `unknown` counts records nobody can explain.

    `position` is the last reading's. `gaps` say what was not read of it.
    """

    computer: str
    channel: str
    first_record: int
    last_record: int
    first_at: Moment
    last_at: Moment
    position: int
    unknown: int
    gaps: tuple[str, ...]


def log_coverage(fleet: Fleet) -> tuple[LogCoverage, ...]:
    """Tell of every log that was read, in the order in which they were first heard of."""
    return tuple(_of_log(fleet, key, read) for key, read in fleet.host_logs.read.items())


def _of_log(fleet: Fleet, key: LogKey, read: tuple[LogRead, ...]) -> LogCoverage:
    covered = [each.covered for each in read]
    return LogCoverage(
        computer=covered[0].computer,
        channel=covered[0].channel,
        first_record=min(each.first_record for each in covered),
        last_record=max(each.last_record for each in covered),
        first_at=min(each.first_at for each in covered),
        last_at=max(each.last_at for each in covered),
        position=read[-1].when.position,
        unknown=sum(fleet.host_logs.unknown.get(key, {}).values()),
        gaps=tuple(_gaps(read)),
    )


def _gaps(read: tuple[LogRead, ...]) -> Iterator[str]:
    runs = _joined(run for each in read for run in _runs(each))
    if (first := runs[0][0]) > 1:
        yield f"what is older than record {first}: the log had wrapped, or was saved in part"
    missing = [(end + 1, start - 1) for (_, end), (start, _) in pairwise(runs)]
    for start, end in missing[:GAPS_TOLD_MAX]:
        yield f"record {start}" if start == end else f"records {start} to {end}"
    if (more := len(missing) - GAPS_TOLD_MAX) > 0:
        yield f"and {counted(more, 'more gap')}"
    for each in read:
        for damage in each.covered.damage:
            yield f"{each.covered.path} is damaged: {damage}"


def _runs(read: LogRead) -> Iterator[tuple[int, int]]:
    """Give the runs of numbers that one file held."""
    start = read.covered.first_record
    for gap_start, gap_end in read.covered.gaps:
        yield start, gap_start - 1
        start = gap_end + 1
    yield start, read.covered.last_record


def _joined(runs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give runs that neither overlap nor touch, in order: together what `runs` hold."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
