"""What a VHD and a VHDX have in common for somebody who makes and writes them."""

import ntpath
import re
from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from eventstore.evidence.observations import DiskFacts, DiskKind
from eventstore.ids import derive
from eventstore.moments import Moment
from eventstore.paths import folder_of, joined

SECTOR_BYTES = 512
BLOCK_SIZE_BYTES = 2 << 20
VIRTUAL_SIZE_BYTES = 64 << 20
"""Large enough for a few dozen blocks, small enough for a demo of hundreds of disks."""

Run = tuple[int, bytes]
"""Sectors that a file holds itself: their offset on the virtual disk, and their content."""


class Stamp(Struct, frozen=True):
    """What a write leaves behind: a VHD keeps the time, a VHDX the new DataWriteGuid."""

    written_at: Moment
    write_id: str


class NewVirtualDisk(Struct, frozen=True):
    """What a disk is to be; the stamp is that of its making."""

    kind: DiskKind
    disk_id: str
    stamp: Stamp
    virtual_size_bytes: int = VIRTUAL_SIZE_BYTES
    block_size_bytes: int = BLOCK_SIZE_BYTES


class ParentReference(Struct, frozen=True):
    """What a child records of its parent: where it stands on Windows, and what it is now."""

    path: str
    relative_path: str | None
    facts: DiskFacts


class VirtualDisk(Protocol):
    """A disk file open for writing; offsets and lengths are whole sectors of 512 bytes."""

    def runs(self) -> Iterator[Run]:
        """Give what the file holds itself, not what shows through from its parent."""

    def write(self, offset: int, data: bytes) -> None:
        """Write `data` at `offset` of the virtual disk; the caller stamps afterwards."""

    def stamp(self, stamp: Stamp) -> None:
        """Record that the content was written."""

    def relink(self, parent: ParentReference, stamp: Stamp) -> None:
        """Make the disk a child of `parent` as that is now; its content stays."""


def first_stamp(disk_id: str, path: str, when: Moment) -> Stamp:
    """Give the stamp of a disk made at `when`, the same in every run."""
    return Stamp(written_at=when, write_id=derive("made", disk_id, path, when))


def next_stamp(facts: DiskFacts, when: Moment) -> Stamp:
    """Give the stamp of a write at `when`; following the one before, it is always a new one."""
    return Stamp(
        written_at=when,
        write_id=derive("written", facts.data_write_id or facts.identity, when),
    )


def reference(parent: str, child: str, facts: DiskFacts) -> ParentReference:
    """Give what the disk at `child` records of the disk at `parent`; both are Windows paths."""
    whole = joined(parent)
    try:
        relative = ntpath.relpath(whole, folder_of(joined(child)))
    except ValueError:  # another volume: no way leads there
        return ParentReference(whole, None, facts)
    prefix = "" if relative.startswith("..") else ".\\"
    return ParentReference(whole, prefix + relative, facts)


def pieces(offset: int, data: bytes, block_size_bytes: int) -> Iterator[tuple[int, int, bytes]]:
    """Cut a write at block borders: block, offset inside it, content."""
    while data:
        block, within = divmod(offset, block_size_bytes)
        piece = data[: block_size_bytes - within]
        yield block, within, piece
        offset += len(piece)
        data = data[len(piece) :]


def runs_of(bits: str) -> Iterator[tuple[int, int]]:
    """Give each run of `1` in `bits`, one character a sector, as first and past-the-last."""
    return (run.span() for run in re.finditer("1+", bits))
