"""The event log beside bare files, bare decoding and bare SHA-256."""

import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import msgspec

from eventstore.codec import encode
from eventstore.entry import NewEntry, Recorded
from eventstore.events import NewDisk, SnapshotTaken, VmStarted
from eventstore.fleet import fold
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from eventstore.log.embedded import EmbeddedLog, open_store
from tests.bench.measure import Row, compare
from tests.story import START

MIXED = 20_000
STREAMS = 200


def rows(folder: Path, appends: int) -> Iterator[Row]:
    """Measure appends one by one and by 100, a full read, a full check and a full fold."""
    yield _appends(folder / "single", 1, appends)
    yield _appends(folder / "hundred", 100, appends)
    log = _filled(folder / "mixed")
    lines = _lines(folder / "mixed")
    yield compare(
        f"read {MIXED} entries, digests checked",
        lambda: _drain(log.read()),
        "bare decoding of the same lines",
        lambda: _decode(lines),
        count=MIXED,
    )
    yield compare(
        f"check {MIXED} entries",
        lambda: _checked(log),
        "bare SHA-256 of the same lines",
        lambda: _digest(lines),
        count=MIXED,
    )
    entries = list(log.read())
    yield compare(
        f"fold {MIXED} entries of {STREAMS} VMs",
        lambda: _fold(entries),
        "bare decoding of the same lines",
        lambda: _decode(lines),
        count=MIXED,
    )


def _appends(folder: Path, size: int, total: int) -> Row:
    log, numbers, bare = open_store(folder, create=True), count(), folder / "bare"
    batches = max(total // size, 5)
    stream = vm_stream(VmId(derive("bench")))

    def ours() -> None:
        for _ in range(batches):
            batch = [_entry(next(numbers)) for _ in range(size)]
            log.append(stream, batch, expected=log.revision(stream))

    def theirs() -> None:
        line = _lines(folder)[-1]
        with bare.open("ab", buffering=0) as file:
            for _ in range(batches):
                file.write(line * size)
                _sync(file.fileno())

    return compare(
        f"append {size} and sync", ours, "bare write + fdatasync", theirs, count=batches * size
    )


def _sync(file: int) -> None:
    if sys.platform == "win32":
        os.fsync(file)
    else:
        os.fdatasync(file)


def _entry(number: int) -> NewEntry:
    disk = NewDisk("IDE 0:0", f"C:\\VMs\\web_{number}.avhd", "C:\\VMs\\web.vhd", derive(number))
    event = SnapshotTaken(SnapshotId(derive("s", number)), "before the update", True, (disk,))
    return encode(event, event_id=derive("bench", number), occurred_at=START)


def _filled(folder: Path) -> EmbeddedLog:
    log = open_store(folder, create=True)
    for number in range(STREAMS):
        stream = vm_stream(VmId(derive("vm", number)))
        started = encode(VmStarted(), event_id=derive("start"), occurred_at=START)
        batch = [started, *(_entry(each) for each in range(MIXED // STREAMS - 1))]
        log.append(stream, batch, expected=0)
    return log


def _lines(folder: Path) -> list[bytes]:
    segments = sorted((folder / "log").glob("*.ndjson"))
    return [line for path in segments for line in path.read_bytes().splitlines(keepends=True)]


def _drain(entries: Iterator[Recorded]) -> None:
    for _ in entries:
        pass


def _decode(lines: list[bytes]) -> None:
    decoder = msgspec.json.Decoder(Recorded)
    for line in lines:
        decoder.decode(line)


def _digest(lines: list[bytes]) -> None:
    for line in lines:
        sha256(line).hexdigest()


def _checked(log: EmbeddedLog) -> None:
    assert log.check().is_ok


def _fold(entries: list[Recorded]) -> None:
    assert len(fold(entries).machines) == STREAMS
