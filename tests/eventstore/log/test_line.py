"""The bytes of a line, pinned; and what is not a line."""

from pathlib import Path

import pytest

from eventstore import codec
from eventstore.entry import Source
from eventstore.events import SnapshotRenamed, VmStarted
from eventstore.ids import SnapshotId
from eventstore.log.files import RealFiles
from eventstore.log.line import is_entry_canonical, parse_line, recorded
from eventstore.log.segments import segment_path
from tests.eventstore.log.history import NOON, VM, event, small_store

GOLDEN = Path(__file__).parents[2] / "golden" / "log-line.ndjson"
LINES = GOLDEN.read_bytes().splitlines(keepends=True)


def write_golden_log(folder: Path) -> bytes:
    log = small_store(folder, RealFiles())
    renamed = SnapshotRenamed(SnapshotId("S1"), name='スナップショット "1"\n\t\\ \N{OLD KEY}')
    source = Source(kind="scenario", name="demo.txt", place="line 3", recorder="me@host 0.1.0")
    typed = codec.encode(
        renamed, event_id="B", occurred_at=NOON, actor="CONTOSO\\zoë", source=source
    )
    log.append(VM, [codec.encode(VmStarted(), event_id="A", occurred_at=NOON), typed], expected=0)
    log.append("host/hv01", [event("C", b'{"n":[1.50,null]}')], expected=0)
    log.append(VM, [event("D")], expected=2)
    return segment_path(folder, 1).read_bytes()


def test_a_line_is_written_as_it_was_from_the_beginning(tmp_path: Path) -> None:
    assert write_golden_log(tmp_path / "store") == GOLDEN.read_bytes()


def test_a_line_is_read_as_it_was_written() -> None:
    lines = [parse_line(raw) for raw in LINES]

    assert [line.position for line in lines if line] == [1, 2, 3, 4]
    assert [line.batch for line in lines if line] == [(1, 2), (1, 2), (3, 3), (4, 4)]
    assert [line.synced for line in lines if line] == [0, 0, 2, 3]
    found = recorded(lines[1]) if lines[1] else None
    assert found
    assert found.entry.actor == "CONTOSO\\zoë"
    assert found.entry.revision == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"position":3', b'{"position":03'),
        (b'{"position":3', b'{ "position":3'),
        (b'"synced":2,', b'"synced":2,"synced":2,'),
        (b'"synced":2,', b'"synced":2,"more":1,'),
        (b'"synced":2,', b""),
        (b'"}\n', b'"}\r\n'),
        (b'"}\n', b'"} \n'),
        (b'"}\n', b'"}'),
        (b'"digest":"', b'"digest": "'),
    ],
)
def test_a_line_of_another_form_is_none(old: bytes, new: bytes) -> None:
    assert parse_line(LINES[2].replace(old, new)) is None


def test_digits_of_a_digest_are_lower_case() -> None:
    assert parse_line(LINES[2][:-67] + LINES[2][-67:].upper()) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"id":"C","type":"VmStarted"', b'"type":"VmStarted","id":"C"'),
        (b'"id":"C"', b'"id":"C","id":"C"'),
        (b'"id":"C"', b'"id":"C","more":1'),
        (b'"id":"C"', b'"id": "C"'),
    ],
)
def test_an_entry_has_each_key_once_in_order(old: bytes, new: bytes) -> None:
    line = parse_line(LINES[2])
    assert line
    assert is_entry_canonical(line.entry)
    assert not is_entry_canonical(line.entry.replace(old, new))
