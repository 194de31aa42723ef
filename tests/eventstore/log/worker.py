"""What the processes of `test_processes.py` do: append, read over and over, or follow.

`python -m tests.eventstore.log.worker ROLE FOLDER NAME COUNT`; each answer is printed as a line.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from msgspec import Raw

from eventstore.entry import NewEntry
from eventstore.errors import WrongRevision
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.protocol import Appended
from eventstore.log.writer import Settings
from eventstore.moments import now

SHARED = "vm/contested"
HURRIED = Settings(segment_bytes_max=50_000, reserve_bytes=0, poll_seconds=0.01)
LAST = "the last one"


def opened(folder: Path) -> EmbeddedLog:
    return open_store(folder, create=True, wait_seconds=60, settings=HURRIED)


def event(name: str) -> NewEntry:
    return NewEntry(name, "VmStarted", now(), Raw(b'{"name":"%s"}' % name.encode()))


def appends(log: EmbeddedLog, name: str, count: int) -> Iterator[tuple[str, str, Appended]]:
    """Append to a stream of its own and to the contested one; give each answer."""
    chance = Random(name)
    own = 0
    for number in range(count):
        given = event(f"{name}.{number}")
        if chance.random() < 0.5:
            yield f"vm/{name}", given.id, log.append(f"vm/{name}", [given], expected=own)
            own += 1
            continue
        while True:
            try:
                appended = log.append(SHARED, [given], expected=log.revision(SHARED))
            except WrongRevision:
                continue
            yield SHARED, given.id, appended
            break


def tell(stream: str, event_id: str, position: int, revision: int) -> None:
    sys.stdout.write(f"{stream} {event_id} {position} {revision}\n")
    sys.stdout.flush()


def append(folder: Path, name: str, count: int) -> None:
    for stream, event_id, appended in appends(opened(folder), name, count):
        tell(stream, event_id, appended.first, appended.revision)


def read(folder: Path, name: str, count: int) -> None:
    """Open and read until the last entry is there; what was there must stay there."""
    before: list[str] = []
    while LAST not in before:
        log = opened(folder)
        found = [record.entry.id for record in log.read()]
        assert found[: len(before)] == before
        assert len(list(log.read_stream(SHARED))) <= log.revision(SHARED)
        before = found
        time.sleep(0.02)
    tell(str(len(before)), "read", 0, 0)


def follow(folder: Path, name: str, count: int) -> None:
    for record in opened(folder).follow(0, lambda: False):
        tell(record.entry.stream, record.entry.id, record.position, record.entry.revision)
        if record.entry.id == LAST:
            return


ROLES: dict[str, Callable[[Path, str, int], None]] = {
    "append": append,
    "read": read,
    "follow": follow,
}

if __name__ == "__main__":
    role, folder, name, count = sys.argv[1:]
    ROLES[role](Path(folder), name, int(count))
