"""What a growing log costs: `python -m tests.bench.growth 20000 200000 1000000`.

For each size a store is made in which VMs take snapshots and delete them, and one stream has a
thousand entries from beginning to end. A new handle each time is asked what must cost the same
however long the log is, then commands are called as the command line calls them. The table gives
milliseconds of the processor, medians of five: others may be at work on the machine.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from eventstore.codec import encode
from eventstore.entry import NewEntry
from eventstore.events import (
    Event,
    FreeSpaceSeen,
    MergeCompleted,
    MergeStarted,
    NewDisk,
    SlotDisk,
    SnapshotDeleted,
    SnapshotTaken,
    VmRegistered,
)
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.keyframes import fleet_as_of
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import Moment, later
from projections.states import Everything
from tests.story import START
from tui.cli import main as call

VMS = 100
BATCH = 30
SPREAD = "host/spread"
SPREAD_ENTRIES = 1_000
ROUNDS = 5
KEEP_EVERY = 10
"""Keyframes are kept after so many appends, as after a command."""

Question = Callable[[EmbeddedLog], object]


def main(argv: Sequence[str]) -> int:
    """Make the stores in a temporary folder below `--folder`, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[20_000, 200_000])
    parser.add_argument("--folder", type=Path, help="where to write (a folder on the disk meant)")
    options = parser.parse_args(argv)
    columns: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        for size in options.sizes:
            for what, cell in _column(Path(made) / str(size), size):
                columns.setdefault(what, []).append(cell)
    for what, cells in columns.items():
        sys.stdout.write(f"{what:44}" + "".join(f"{cell:>14}" for cell in cells) + "\n")
    return 0


def _column(folder: Path, size: int) -> Iterator[tuple[str, str]]:
    begun = time.perf_counter()
    fill(folder, size)
    yield "entries", f"{size:,}"
    yield "filling the store, s", f"{time.perf_counter() - begun:.1f}"
    for name in ("log", "index", "keyframes"):
        total = sum(path.stat().st_size for path in (folder / name).iterdir())
        yield f"{name}/, MiB", f"{total / 2**20:.1f}"
    for what, question in _questions(size):
        yield f"{what}, ms", f"{_median(folder, question) * 1e3:.2f}"


def _questions(size: int) -> Iterator[tuple[str, Question]]:
    numbers = itertools.count()
    middle = size // 2
    yield "open, head", lambda log: log.head()
    yield "open, revision of a VM's stream", lambda log: log.revision(_stream(7))
    yield (
        "open, first append to a new stream",
        lambda log: log.append(f"vm/new {next(numbers)}", [_seen(size)], expected=0),
    )
    yield (
        "open, first append to a VM's stream",
        lambda log: log.append(
            _stream(7), [_seen(size + next(numbers))], expected=log.revision(_stream(7))
        ),
    )
    yield "open, read the stream of 1,000", lambda log: _drained(log.read_stream(SPREAD))
    yield (
        "open, last 10 of the stream of 1,000",
        lambda log: _drained(log.read_stream(SPREAD, SPREAD_ENTRIES - 10)),
    )
    yield (
        "open, read on from the middle, 10 entries",
        lambda log: _drained(itertools.islice(log.read(middle), 10)),
    )
    yield "open, fleet now", fleet_as_of
    yield "open, fleet as of a position", lambda log: fleet_as_of(log, position=middle)
    yield "open, fleet as of a time", lambda log: fleet_as_of(log, at=_at(middle))
    now, then, once = (), ("--at", str(middle)), ("--at", _at(middle))
    for words in (("tree", "web7"), ("chain", "web7"), ("files", "web7"), ("vms",), ("orphans",)):
        for when, at in (("now", now), ("as of a position", then), ("as of a time", once)):
            yield f"{words[0]}, {when}", _command(*words, *at)


def _command(*words: str) -> Question:
    def run(log: EmbeddedLog) -> None:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            code = call(["--store", str(log.folder), *words, "--json"])
        assert code in {0, 1}, words

    return run


def _median(folder: Path, question: Question) -> float:
    seconds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        question(open_store(folder))
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


def _drained(entries: Iterator[object]) -> int:
    return sum(1 for _ in entries)


def fill(folder: Path, size: int) -> None:
    """Append until the store has `size` entries, in the order in which things happened."""
    log = open_store(folder, create=True)
    deeds = [_deeds(vm) for vm in range(VMS)]
    revisions, numbers, spread = [0] * VMS, itertools.count(), 0
    for turn in itertools.count():
        head = log.head()
        if head >= size:
            break
        vm = turn % VMS
        batch = [_entry(next(deeds[vm]), next(numbers)) for _ in range(BATCH)]
        revisions[vm] = log.append(_stream(vm), batch, expected=revisions[vm]).revision
        due = min(SPREAD_ENTRIES * (head + BATCH) // size + 1, SPREAD_ENTRIES) - spread
        if due:
            some = [_seen(next(numbers)) for _ in range(due)]
            spread = log.append(SPREAD, some, expected=spread).revision
        if turn % KEEP_EVERY == 0:
            keep_keyframes(log, Everything)
    keep_keyframes(log, Everything)


def _deeds(vm: int) -> Iterator[Event]:
    """Register a VM; then take a snapshot and delete it, for ever: what is known stays small."""
    base = f"C:\\VMs\\web{vm}.vhd"
    yield VmRegistered(f"web{vm}", "live", True, "C:\\VMs", (SlotDisk("IDE 0:0", base),))
    for number in itertools.count():
        snapshot, path = SnapshotId(derive("s", vm, number)), f"C:\\VMs\\web{vm}_{number % 8}.avhd"
        disk = NewDisk("IDE 0:0", path, base, derive("disk", vm, number))
        yield SnapshotTaken(snapshot, "before the update", False, (disk,))
        yield SnapshotDeleted(snapshot)
        yield MergeStarted(path, base)
        yield MergeCompleted(path, base)


def _seen(number: int) -> NewEntry:
    return _entry(FreeSpaceSeen("C:\\", number), number)


def _entry(event: Event, number: int) -> NewEntry:
    return encode(event, event_id=derive("entry", number), occurred_at=_at(number))


def _at(number: int) -> Moment:
    return later(START, seconds=number)


def _stream(vm: int) -> str:
    return vm_stream(VmId(derive("vm", vm)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
