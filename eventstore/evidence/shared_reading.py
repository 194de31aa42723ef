"""Files of a large folder read by several processes, and told in the order of the walk."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_context

from eventstore.evidence.file_reader import Gained, Met, read_files
from eventstore.evidence.path_map import PathMap
from eventstore.evidence.servant import serve

FILES_TOGETHER = 1_000
"""So many are read at a time: some 0.4 s, and 3 MB of what they tell."""

ALONE = 4
"""Times as many are read before another process would have begun."""

AHEAD = 2
"""So many times as many are handed to each process before the first is waited for."""


def read_by(processes: int, met: Iterable[Met], mapping: PathMap) -> Iterator[Gained]:
    """Give what files tell, `FILES_TOGETHER` at a time, in the order in which they were met."""
    rest = iter(met)
    some = iter(lambda: tuple(islice(rest, FILES_TOGETHER)), ())
    if processes > 1:
        yield from (read_files(each, mapping) for each in islice(some, ALONE))
        if first := next(some, None):
            yield from _shared(processes, chain((first,), some), mapping)
    yield from (read_files(each, mapping) for each in some)


def _shared(processes: int, some: Iterator[tuple[Met, ...]], mapping: PathMap) -> Iterator[Gained]:
    waiting: deque[tuple[tuple[Met, ...], Future[Gained]]] = deque()
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=serve)
    try:
        for each in some:
            try:
                waiting.append((each, pool.submit(read_files, each, mapping)))
            except BrokenExecutor:
                yield from (_of(*waiting.popleft(), mapping) for _ in range(len(waiting)))
                yield read_files(each, mapping)
            if len(waiting) > AHEAD * processes:
                yield _of(*waiting.popleft(), mapping)
        while waiting:
            yield _of(*waiting.popleft(), mapping)
    finally:
        pool.shutdown(cancel_futures=True)


def _of(met: tuple[Met, ...], read: "Future[Gained]", mapping: PathMap) -> Gained:
    try:
        return read.result()
    except BrokenExecutor:
        return read_files(met, mapping)  # a process that was killed says nothing about its files
