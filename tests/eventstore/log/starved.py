"""A process under `strace`: it forks a child for each case, and the system fails the child.

The tracer counts the system calls of each child for itself and fails the one numbered `FAILING`.
So a child first makes as many idle calls of that kind as are wanted less one, and then appends:
its n-th real call is the one that fails. `python -m tests.eventstore.log.starved CALL FOLDER...`
"""

import os
import sys
from pathlib import Path

from eventstore.errors import LogError
from eventstore.log.embedded import open_store
from eventstore.log.writer import Settings
from tests.eventstore.log.history import VM, events

FAILING = 60
BATCHES = 9
SETTINGS = Settings(segment_bytes_max=2_000, reserve_bytes=0)


def be_idle(call: str, times: int) -> None:
    """Make calls of the kind that is counted, on a file that is no store's."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    for _ in range(times):
        if call == "pwrite64":
            os.pwrite(descriptor, b"x", 0)
        else:
            try:
                os.fdatasync(descriptor)
            except OSError:
                # A device has nothing to sync; the call was counted all the same.
                continue
    os.close(descriptor)


def append(folder: Path, answers: int) -> None:
    """Append batch after batch, opening anew and repeating after a failure."""
    for number in range(BATCHES):
        batch = events(f"{number}a", f"{number}b")
        for _ in range(2):
            try:
                open_store(folder, settings=SETTINGS).append(VM, batch, expected=2 * number)
            except LogError:
                continue
            # Not a `pwrite`, so that the tracer does not count it.
            os.writev(answers, [f"{number}\n".encode()])
            break


def main(call: str, folders: list[str]) -> None:
    for number, folder in enumerate(folders, 1):
        child = os.fork()
        if child == 0:
            answers = os.open(f"{folder}.answers", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            be_idle(call, FAILING - number)
            append(Path(folder), answers)
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
