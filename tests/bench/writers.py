"""Several processes that append to one store, beside one that has it for itself."""

import time
from collections.abc import Iterator
from itertools import count
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from eventstore.log.embedded import open_store
from tests.bench.history import as_new, life
from tests.bench.measure import OURS, Row, Work, race

PROCESSES = 4
Times = tuple[float, float]


def rows(folder: Path, appends: int) -> Iterator[Row]:
    """Measure `appends` appends a round, all in all, by four processes and by one."""
    open_store(folder, create=True)
    share = max(appends // PROCESSES, 1)
    contestants: dict[str, Work] = {
        OURS: _writers(folder, PROCESSES, share),
        "one process alone": _writers(folder, 1, share * PROCESSES),
    }
    yield race(f"append from {PROCESSES} processes", contestants, count=share * PROCESSES)


def _writers(folder: Path, processes: int, appends: int) -> Work:
    names = count()
    context = get_context("spawn")

    def work() -> float:
        barrier, times = context.Barrier(processes), context.SimpleQueue()
        workers = [
            context.Process(
                target=_write,
                args=(folder, f"vm/{processes}-{next(names)}", appends, barrier, times),
            )
            for _ in range(processes)
        ]
        for worker in workers:
            worker.start()
        found: list[Times] = [times.get() for _ in workers]
        for worker in workers:
            worker.join()
        return max(end for _, end in found) - min(start for start, _ in found)

    return work


def _write(
    folder: Path, stream: str, appends: int, barrier: Barrier, times: SimpleQueue[Times]
) -> None:
    """Append one entry at a time, from when everybody is ready."""
    log = open_store(folder, wait_seconds=60)
    entries = [as_new(each) for each in life(appends + 1)]
    log.append(stream, entries[:1], expected=0)
    barrier.wait()
    start = time.time()
    for before, entry in enumerate(entries[1:], start=1):
        log.append(stream, [entry], expected=before)
    times.put((start, time.time()))
