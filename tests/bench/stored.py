"""Logs for the benchmark to read, written once, and their bare lines."""

from pathlib import Path

from eventstore.log.embedded import EmbeddedLog, open_store
from tests.bench.history import STREAM, as_new, cut, life, mixed

BATCH = 1_000


def stored_life(folder: Path, length: int) -> EmbeddedLog:
    """Give a log that holds the life of one VM."""
    log = open_store(folder, create=True)
    before = 0
    for batch in cut(life(length), BATCH):
        before = log.append(STREAM, [as_new(each) for each in batch], expected=before).revision
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
    return [line for path in files for line in path.read_bytes().splitlines(keepends=True)]
