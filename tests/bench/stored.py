"""Logs for the benchmark to read, written once, and their bare lines."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from eventstore.log.embedded import EmbeddedLog, open_store
from tests.bench.history import STREAM, as_new, life, mixed

BATCH = 1_000


def stored_life(folder: Path, length: int, ends: Sequence[int] = ()) -> EmbeddedLog:
    """Give a log that holds the life of one VM; at each of `ends` a batch ends."""
    log = open_store(folder, create=True)
    borders = sorted({*range(0, length, BATCH), *ends, length})
    for begin, end in pairwise(borders):
        log.append(STREAM, [as_new(each) for each in life(length)[begin:end]], expected=begin)
    return log


def stored_mix(folder: Path, entries: int, vms: int) -> EmbeddedLog:
    """Give a log that holds the lives of many VMs, told in turn."""
    log = open_store(folder, create=True)
    for stream, before, batch in mixed(entries, vms):
        log.append(stream, batch, expected=before)
    return log


def segments_of(log: EmbeddedLog) -> list[Path]:
    return sorted((log.folder / "log").glob("*.ndjson"))


def lines_of(log: EmbeddedLog) -> list[bytes]:
    """Give every line as it stands in the files."""
    files = segments_of(log)
    lines = (line for path in files for line in path.read_bytes().splitlines(keepends=True))
    return [line for line in lines if not line.isspace()]
