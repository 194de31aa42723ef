"""Reading event logs beside decoding the same records and believing every byte."""

import io
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec

from defusedxml.ElementTree import fromstring

from eventstore.evidence.event_xml import read_event_xml
from eventstore.evidence.evtx_check import check_evtx
from eventstore.evidence.evtx_log import read_evtx
from tests.bench.measure import OURS, Row, Work, race
from tests.eventstore.evidence.evtx_writer import Row as LogRow
from tests.eventstore.evidence.evtx_writer import evtx_file
from tests.eventstore.evidence.test_event_xml import VM, event

_IN_A_CHUNK = 40


def rows(records: int) -> Iterator[Row]:
    """Measure the carriers on logs of about so many `records`, held in memory.

    Where the extra `evidence` is not installed there is no row of EVTX.
    """
    chunks = max(records // _IN_A_CHUNK, 1)
    count = chunks * _IN_A_CHUNK
    if find_spec("evtx"):
        yield _of_evtx(chunks, count)
    events = [event(number=number) for number in range(count)]
    of_xml: dict[str, Work] = {
        OURS: partial(_read_xml, "".join(events).encode()),
        "parse each event": partial(_parse, events),
    }
    yield race("read exported events", of_xml, count=count, unit="record")


def _of_evtx(chunks: int, count: int) -> Row:
    data = evtx_file(*(_chunk(number * _IN_A_CHUNK) for number in range(chunks)))
    of_evtx: dict[str, Work] = {
        OURS: partial(_read, data),
        "the package evtx alone": partial(_decode, data),
        "our check alone": partial(_check, data),
    }
    return race("check and read an EVTX", of_evtx, count=count, unit="record")


def _chunk(after: int) -> list[LogRow]:
    told = (("VmName", "web01"), ("VmId", VM))
    return [LogRow(after + number, 19070, data=told) for number in range(1, _IN_A_CHUNK + 1)]


def _read(data: bytes) -> None:
    read_evtx(io.BytesIO(data))


def _decode(data: bytes) -> None:
    from evtx import PyEvtxParser  # noqa: PLC0415 - an extra

    for _ in PyEvtxParser(io.BytesIO(data), 1).records():
        pass


def _check(data: bytes) -> None:
    check_evtx(io.BytesIO(data))


def _read_xml(data: bytes) -> None:
    read_event_xml(io.BytesIO(data))


def _parse(events: list[str]) -> None:
    for text in events:
        fromstring(text, forbid_dtd=True)
