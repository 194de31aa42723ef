"""Huge and hostile files: every reader answers, soon, and in little memory.

What is read of a sparse file of any length is bounded, so the tests make them longer than any
disk; that a reader would go on for ever shows as a test that does.
"""

import io
import os
import time
import tracemalloc
from pathlib import Path

import pytest

from eventstore.evidence import event_xml, evtx_check
from eventstore.evidence.event_xml import read_event_xml
from eventstore.evidence.evtx_check import CHUNK_BYTES, FILE_HEADER_BYTES, check_evtx
from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.path_map import PathMap
from tests.eventstore.evidence.evtx_writer import Row, evtx_file
from tests.eventstore.evidence.test_event_xml import event

HUGE_BYTES = 1 << 40
SECONDS_MAX = 20
MEMORY_MAX = 256 << 20

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
"""Ten to the ninth letters for whoever believes it."""


def sparse(place: Path, head: bytes) -> None:
    with place.open("wb") as file:
        file.write(head)
        file.truncate(HUGE_BYTES)


def read(root: Path) -> FolderReading:
    """Walk with a limit on memory and on processor time."""
    tracemalloc.start()
    before = time.process_time()
    try:
        found = walk(root, PathMap())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - before < SECONDS_MAX
    assert peak < MEMORY_MAX
    return found


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.vhdx", b"vhdxfile"),
        ("a.vhd", b"conectix"),
        ("a.vhd", b""),
        ("a.xml", b'<configuration><properties type="string">'),
        ("1CE6964B-29B6-4D37-97AA-E847195217F3.xml", b""),
        ("a.vmcx", (0x01282014).to_bytes(4, "little")),
        ("1CE6964B-29B6-4D37-97AA-E847195217F3.vmrs", (0x01282014).to_bytes(4, "little")),
        ("a.json", b'{"VMId":"'),
        ("a.json", b"["),
        ("a.iso", b""),
        ("a.vhds", b""),
    ],
)
def test_a_sparse_file_of_a_tebibyte_costs_little(tmp_path: Path, name: str, head: bytes) -> None:
    sparse(tmp_path / name, head)

    read(tmp_path)


def test_a_log_that_goes_on_for_ever_is_read_as_far_as_a_log_can_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evtx_check, "CHUNKS_MAX", 100)

    checked = check_evtx(
        _Endless(evtx_file([Row(1, 19070)])[:FILE_HEADER_BYTES] + b"\1" * CHUNK_BYTES)
    )

    assert len(checked.damage) == evtx_check.DAMAGE_MAX + 1
    assert checked.damage[-1] == "and 81 more damaged places"


def test_unused_chunks_without_end_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evtx_check, "CHUNKS_MAX", 1000)
    whole = evtx_file([Row(1, 19070)])

    (told,) = check_evtx(_Endless(whole, after=b"\0")).damage

    assert told == "the file goes on after chunk 999: what follows was not looked at"


def test_more_records_than_are_looked_at_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.eventstore.evidence.test_evtx import rows  # noqa: PLC0415 - skips without evtx

    monkeypatch.setattr(evtx_check, "NUMBERS_MAX", 3)

    checked = check_evtx(io.BytesIO(evtx_file(rows(1, 2, 3), rows(4, 5))))

    assert checked.numbers == (1, 2, 3)
    assert "goes on after chunk 0" in checked.damage[-1]


def test_a_header_that_claims_four_gibibytes_claims_nothing() -> None:
    data = bytearray(evtx_file([Row(1, 19070)]))
    data[42:44] = b"\xff\xff"

    assert check_evtx(io.BytesIO(bytes(data))).damage


def test_exported_events_without_end_are_read_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_xml, "SIZE_MAX_BYTES", 4 << 20)

    reading = read_event_xml(_Endless(event().encode(), after=b"<a>"))

    assert len(reading.records) == 1
    assert reading.damage[-1].startswith("the file is longer than 4,194,304 bytes")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.xml", BOMB + "<configuration><name type='string'>&i;</name></configuration>"),
        ("b.xml", BOMB + f"<Events>{event('<a>&i;</a>')}</Events>"),
        ("c.xml", "<configuration>" * 100_000),
        ("d.xml", f"<Events>{event('<a>' * 20_000)}</Events>"),
        ("e.json", '{"VMId":' + "[" * 1_000_000),
        ("f.json", '{"VMId":' * 100_000),
    ],
)
def test_bombs_do_not_go_off(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    read(tmp_path)


class _Endless(io.BytesIO):
    """A file that never ends: behind its content one thing comes again and again."""

    def __init__(self, data: bytes, after: bytes = b"\1") -> None:
        super().__init__(data)
        self._after = after
        self._at = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0, "nobody reads all of it"
        data = super().read(size)
        more = self._after * (size // len(self._after) + 1)
        self._at += size
        return data + more[: size - len(data)]

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        self._at = super().seek(offset, whence)
        return self._at
