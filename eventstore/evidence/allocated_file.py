"""A recorded disk file, opened again: counted only if it is still as it was recorded."""

import os
from pathlib import Path

from eventstore.errors import DamagedDisk, DiskChanged, NotADisk
from eventstore.events import DiskSeen
from eventstore.evidence.allocated import Allocated
from eventstore.evidence.allocated_blocks import read_allocated
from eventstore.evidence.disk import read_disk_from
from eventstore.evidence.found_disk import moment_of_nanoseconds


def read_recorded(path: Path, seen: DiskSeen) -> Allocated:
    """Count what the file at `path` holds itself; it is opened for reading and never changed.

    Raises `DiskChanged` when size, time or headers are not those of `seen`, or change meanwhile,
    `DamagedDisk` or `NotADisk` when its tables cannot be believed, `OSError` when it cannot be
    read.
    """
    if not path.is_file():
        path.stat()  # an absent file is an OSError; what exists and is no file ends here
        raise NotADisk("not a regular file")
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        _require_same(before, seen)
        reading = read_disk_from(file, before.st_size)
        if reading.header_sha256 != seen.header_sha256:
            raise DiskChanged("its headers are not those that were recorded")
        if reading.facts.has_log_to_replay:
            raise DamagedDisk("it is in use, or was not closed cleanly: its table may be older")
        if failed := reading.facts.failed_checks:
            raise DamagedDisk(f"{failed[0].name}: {failed[0].text}")
        counted = read_allocated(file, before.st_size, reading.facts)
        _require_same(os.fstat(file.fileno()), seen)
    return counted


def _require_same(status: os.stat_result, seen: DiskSeen) -> None:
    if status.st_size != seen.size_bytes:
        raise DiskChanged(f"it had {seen.size_bytes} bytes when recorded and has {status.st_size}")
    modified_at = moment_of_nanoseconds(status.st_mtime_ns)
    if modified_at != seen.modified_at:
        raise DiskChanged(f"it was written at {modified_at}, after it was recorded")
