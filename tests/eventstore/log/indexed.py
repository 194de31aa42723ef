"""A log with a many-paged index, what may be put in the index's place, and what must still hold."""

from functools import partial
from pathlib import Path

import pytest

from eventstore.errors import DuplicateId, WrongRevision
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.index import INDEX, load_index
from eventstore.log.index_table import Table, write_table
from eventstore.log.writer import Settings
from tests.eventstore.log.damaged import as_stored
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import event, events, small_store
from tests.eventstore.log.workload import STORE

PAGES = Settings(segment_bytes_max=9_000, reserve_bytes=0, page_bytes=1_500)
STREAMS = ("vm/a", "vm/b", "host/ü")
BATCHES = 60


def fill(files: ForgetfulFiles, *, batches: int = BATCHES, salt: str = "") -> EmbeddedLog:
    """Append batches of one and two entries to three streams in turn, then to one not indexed."""
    log = small_store(STORE, files, settings=PAGES)
    for number in range(batches):
        stream = STREAMS[number % 3]
        batch = [event(f"{salt}{number}.{part}") for part in range(1 + number % 2)]
        log.append(stream, batch, expected=log.revision(stream))
    for number in range(4):
        log.append("vm/late", [event(f"{salt}late {number}")], expected=number)
    return log


def index_paths(files: ForgetfulFiles) -> list[Path]:
    return [STORE / INDEX / name for name in files.names(STORE / INDEX)]


def without_index(files: ForgetfulFiles) -> ForgetfulFiles:
    other = as_stored(files)
    for path in index_paths(other):
        other.remove(path)
    return other


def with_index_of(files: ForgetfulFiles, others: ForgetfulFiles) -> ForgetfulFiles:
    """Give the log of the one with the index of the other."""
    mixed = without_index(files)
    for path in index_paths(others):
        mixed.open(path).write(others.read(path, 0, 1 << 20), 0)
    return as_stored(mixed)


def with_other_positions(files: ForgetfulFiles) -> ForgetfulFiles:
    """Give an index that is whole, and whose every position is that of two entries before."""
    other = as_stored(files)
    index = load_index(other, STORE)
    assert index
    for row in index.manifest.tables:
        records = list(Table(other, STORE / INDEX, row).part(0, 0))
        moved = [each[:16] + max(int.from_bytes(each[16:]) - 2, 1).to_bytes(8) for each in records]
        path = STORE / INDEX / row.name
        whole = partial(iter, [moved])
        bits = write_table(other, path, whole, count=row.count, part_bits=0, digest=row.digest)
        assert bits == row.bits
    return other


def answers(files: ForgetfulFiles) -> list[object]:
    """Ask everything that an index could help with, each of a handle of its own."""
    log = partial(open_store, STORE, files=files, settings=PAGES)
    asked: list[object] = [log().head()]
    for stream in (*STREAMS, "vm/none"):
        asked += [log().revision(stream), list(log().read_stream(stream))]
        asked += [list(log().read_stream(stream, after)) for after in (1, 7, 99)]
    asked += [list(log().read(after)) for after in range(0, log().head() + 2, 7)]
    return asked


def assert_same_log(files: ForgetfulFiles, truth: list[object]) -> None:
    """The answers are those without an index, appends meet the same rules, and all is mended."""
    assert answers(files) == truth
    log = small_store(STORE, files, settings=PAGES)
    revision = log.revision("vm/a")
    with pytest.raises(WrongRevision):
        log.append("vm/a", events("new"), expected=revision - 1)
    first = next(iter(log.read_stream("vm/a"))).entry.id
    with pytest.raises(DuplicateId):
        log.append("vm/a", events("fresh", first), expected=revision)
    assert log.append("vm/a", events("new"), expected=revision).revision == revision + 1
    assert log.append("vm/z", events("new"), expected=0).revision == 1
    assert log.check().violations == ()


def assert_streams_known(files: ForgetfulFiles, first: str) -> None:
    """Ask what only the tables tell, quickly."""
    log = small_store(STORE, files, settings=PAGES)
    assert [log.revision(stream) for stream in (*STREAMS, "vm/none")] == [30, 30, 30, 0]
    for name in (first, f"{first}0"):
        with pytest.raises(DuplicateId if name == first else WrongRevision):
            log.append("vm/a", events(name), expected=30 if name == first else 29)
