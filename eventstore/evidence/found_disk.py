"""A disk file as the walk found it."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from msgspec import Struct

from eventstore.errors import DamagedDisk, NotADisk
from eventstore.events import DiskSeen
from eventstore.evidence.disk import read_disk_from
from eventstore.evidence.observations import DiskFacts
from eventstore.moments import Moment, moment
from eventstore.paths import suffix_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = Moment("0001-01-01T00:00:00.000000Z")
_LAST = Moment("9999-12-31T23:59:59.999999Z")
NAMED_AS_DISKS = frozenset({".vhd", ".avhd", ".vhdx", ".avhdx"})
_DAMAGED_HEAD_BYTES = 4096
_DAMAGED_TAIL_BYTES = 512


class FoundDisk(Struct, frozen=True):
    """What a disk file is; `facts` is None and `problem` says why when too much is damaged."""

    found_at: str
    path: str
    size_bytes: int
    modified_at: Moment
    header_sha256: str
    facts: DiskFacts | None = None
    problem: str = ""

    def event(self) -> DiskSeen:
        return DiskSeen(
            path=self.path,
            found_at=self.found_at,
            size_bytes=self.size_bytes,
            modified_at=self.modified_at,
            header_sha256=self.header_sha256,
            facts=self.facts,
            problem=self.problem,
        )


def examine(file: BinaryIO, found_at: str, path: str) -> FoundDisk | None:
    """Read the headers of an open file, None when it is no disk; raises OSError.

    What is named like a disk is one, with a problem where it carries no signature: emptied or
    overwritten, the file is still there, and somebody may refer to it.
    """
    status = os.fstat(file.fileno())
    facts: DiskFacts | None = None
    problem = ""
    try:
        reading = read_disk_from(file, status.st_size)
        facts, header_sha256 = reading.facts, reading.header_sha256
    except (NotADisk, DamagedDisk) as error:
        suffixes = {suffix_of(found_at), suffix_of(path)}
        if isinstance(error, NotADisk) and suffixes.isdisjoint(NAMED_AS_DISKS):
            return None
        problem, header_sha256 = str(error), _damaged_sha256(file, status.st_size)
    return FoundDisk(
        found_at=found_at,
        path=path,
        size_bytes=status.st_size,
        modified_at=moment_of_nanoseconds(status.st_mtime_ns),
        header_sha256=header_sha256,
        facts=facts,
        problem=problem,
    )


def moment_of_nanoseconds(since_1970: int) -> Moment:
    """Give the moment of a file's time; one beyond the calendar becomes its nearest end."""
    try:
        return moment(_EPOCH + timedelta(microseconds=since_1970 // 1000))
    except OverflowError:
        return _LAST if since_1970 > 0 else _FIRST


def _damaged_sha256(file: BinaryIO, size_bytes: int) -> str:
    """Give a digest of both ends: which structures are headers, the damage does not let us say."""
    digest = hashlib.sha256()
    for start, length in (
        (0, _DAMAGED_HEAD_BYTES),
        (max(0, size_bytes - _DAMAGED_TAIL_BYTES), _DAMAGED_TAIL_BYTES),
    ):
        file.seek(start)
        digest.update(file.read(length))
    return digest.hexdigest()
