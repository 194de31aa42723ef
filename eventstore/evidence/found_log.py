"""Event logs as the walk found them, known by what they carry and never by their names."""

from hashlib import sha256
from typing import BinaryIO

from msgspec import Struct

from eventstore.evidence.event_xml import is_event_xml, read_event_xml
from eventstore.evidence.evtx_check import CHUNK_BYTES, CHUNKS_MAX, FILE_HEADER_BYTES
from eventstore.evidence.evtx_log import is_evtx, read_evtx
from eventstore.evidence.keytree import HEAD_BYTES
from eventstore.evidence.log_records import LogReading

_PIECE_BYTES = 1 << 20

SIZE_MAX_BYTES = FILE_HEADER_BYTES + CHUNKS_MAX * CHUNK_BYTES
"""No reader looks further."""


class FoundLog(Struct, frozen=True):
    """A file with records of event logs, and what they say.

    `sha256` is that of the file, as far as any log is read.
    """

    found_at: str
    path: str
    sha256: str
    reading: LogReading

    @property
    def problem(self) -> str:
        """Say why nothing of it is kept, nothing where something is."""
        reading = self.reading
        if reading.records:
            return ""
        what = "is an event log without a record that can be read"
        if others := reading.passed_over:
            what = f"is an event log without a record of Hyper-V, {others:,} of others"
        return "; ".join((what, *reading.damage))


def examine_log(file: BinaryIO, found_at: str, path: str) -> FoundLog | None:
    """Read an open file, None when it is no event log; raises OSError and UnreadableLog."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if is_evtx(head):
        reading = read_evtx(file)
    elif is_event_xml(head):
        file.seek(0)
        reading = read_event_xml(file)
    else:
        return None
    return FoundLog(found_at, path, _digest(file), reading)


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = sha256()
    while file.tell() < SIZE_MAX_BYTES and (piece := file.read(_PIECE_BYTES)):
        digest.update(piece)
    return digest.hexdigest()
