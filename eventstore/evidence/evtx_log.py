"""Windows event logs as Windows keeps them: EVTX, decoded by the package `evtx`.

Every record is rendered as XML and read as an exported one is, so that both give the same: the
package's JSON leaves out nameless fields, and keeps only the last of several of one name.
"""

import io
import os
from collections.abc import Iterator
from typing import BinaryIO

from msgspec.structs import replace

from eventstore.errors import UnreadableLog
from eventstore.evidence.event_xml import read_event
from eventstore.evidence.evtx_check import (
    CHUNK_BYTES,
    CHUNKS_MAX,
    FILE_HEADER_BYTES,
    NUMBERS_MAX,
    SIGNATURE,
    check_evtx,
)
from eventstore.evidence.log_records import (
    HYPER_V,
    HYPERVIVE,
    RECORDS_MAX,
    VHDMP,
    LogReading,
    LogRecord,
    is_hyper_v,
    runs_of,
    spans_of,
)
from eventstore.text import storable

MISSING = (
    "is a Windows event log (EVTX), and the extra that decodes those is not installed: "
    'pip install "snapledger[evidence]", in a checkout ".[evidence]"; '
    "or save the log as XML in Event Viewer"
)

FAILURES_MAX = 10_000
"""After so many records that cannot be decoded the rest of a file is given up."""

TOLD_MAX = 500
"""So many characters tell which records could not be read."""

_PROVIDERS = tuple(f'Name="{name}' for name in (HYPER_V, VHDMP, HYPERVIVE))


def is_evtx(head: bytes) -> bool:
    """Tell whether a file that begins so is an EVTX."""
    return head.startswith(SIGNATURE)


def read_evtx(file: BinaryIO) -> LogReading:
    """Check an open file and read its records; raises OSError and UnreadableLog.

    UnreadableLog says that the package is missing, or that it cannot open such a file at all.
    """
    check = check_evtx(file)
    records: list[LogRecord] = []
    decoded: set[int] = set()
    passed_over = 0
    for number, text in _rendered(file):
        record = _read(text) if any(each in text for each in _PROVIDERS) else None
        if isinstance(record, UnreadableLog) or (record and record.number != number):
            continue  # counts as not decoded
        if len(records) == RECORDS_MAX or len(decoded) == NUMBERS_MAX:
            break
        decoded.add(number)
        if record is None or not is_hyper_v(record.provider):
            passed_over += 1
        else:
            records.append(replace(record, is_doubtful=number in check.doubtful))
    damage = (*check.damage, *_undecoded(set(check.numbers) - decoded))
    return LogReading(tuple(records), spans_of(records, decoded), passed_over, damage)


def _rendered(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """Give every record that can be decoded: its number and its XML."""
    try:
        from evtx import PyEvtxParser  # noqa: PLC0415 - an extra, needed for these files alone
    except ImportError:
        raise UnreadableLog(MISSING) from None
    size = min(file.seek(0, os.SEEK_END), FILE_HEADER_BYTES + CHUNKS_MAX * CHUNK_BYTES)
    if size < FILE_HEADER_BYTES:
        raise UnreadableLog(f"is an event log cut within its first {FILE_HEADER_BYTES} bytes")
    try:
        records = iter(PyEvtxParser(_Padded(file, size), 1).records())
    except (RuntimeError, OSError) as error:
        raise UnreadableLog(f"is an event log that cannot be opened: {error!s:.200}") from None
    failures = 0
    while failures < FAILURES_MAX:
        try:
            record = next(records)
        except StopIteration:
            return
        except (RuntimeError, OSError):
            failures += 1  # it goes on with the next record; the check knows which is missing
            continue
        if record is not None:
            yield record["event_record_id"], record["data"]


class _Padded(io.RawIOBase):
    """A file made whole with zeros: of a chunk that is cut off the package reads no record."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self._end = size + (FILE_HEADER_BYTES - size) % CHUNK_BYTES
        self._at = 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        starts = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end}
        self._at = max(starts[whence] + offset, 0)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = self._end - self._at if size < 0 else min(size, self._end - self._at)
        self._file.seek(min(self._at, self._size))
        data = self._file.read(max(wanted, 0)).ljust(wanted, b"\0")
        self._at += len(data)
        return data


def _read(text: str) -> LogRecord | UnreadableLog:
    try:
        return read_event(storable(text[text.find("<Event") :].rstrip()))
    except UnreadableLog as error:
        return error


def _undecoded(numbers: set[int]) -> Iterator[str]:
    if numbers:
        runs = runs_of(numbers)
        told = ", ".join(
            f"{first}" if first == last else f"{first} to {last}" for first, last in runs
        )
        records = "record" if len(numbers) == 1 else "records"
        yield f"{len(numbers)} {records} could not be read: {told:.{TOLD_MAX}}"
