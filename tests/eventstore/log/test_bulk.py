"""Many lines at once are taken only as each of them would be, and any doubt goes line by line."""

from hashlib import sha256
from pathlib import Path

import pytest

from eventstore.log.bulk import intact_entries
from eventstore.log.embedded import open_store
from eventstore.log.files import RealFiles
from eventstore.log.line import TAIL_BYTES, parse_line, recorded
from eventstore.log.segments import segment_path
from eventstore.log.writer import Settings
from tests.eventstore.log.history import VM, event, small_store
from tests.eventstore.log.test_line import LINES, write_golden_log

CHUNK = b"".join(LINES)


def forged(old: bytes, new: bytes) -> bytes:
    """Change the third line and give it the digest that fits."""
    body = LINES[2][:-TAIL_BYTES].replace(old, new)
    assert body != LINES[2][:-TAIL_BYTES]
    tail = b',"digest":"%b"}\n' % sha256(body).hexdigest().encode()
    return b"".join((*LINES[:2], body, tail, LINES[3]))


def test_intact_lines_are_taken_as_one_by_one() -> None:
    one_by_one = [recorded(line) for raw in LINES if (line := parse_line(raw))]

    assert intact_entries(CHUNK, 1) == one_by_one


def test_each_changed_byte_is_doubted() -> None:
    for at in range(len(CHUNK)):
        changed = bytearray(CHUNK)
        changed[at] ^= 1

        assert intact_entries(bytes(changed), 1) is None, at


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'{"position":3', b'{ "position":3'),
        (b'"batch":[3,3],"synced":2', b'"synced":2,"batch":[3,3]'),
        (b'"batch":[3,3]', b'"batch":[0,3]'),
        (b'"synced":2', b'"synced":-2'),
        (b'"synced":2', b'"synced":2,"more":1'),
        (b'"recorded_at":"2010', b'"recorded_at":"in 2010'),
        (b'"id":"C"', b'"id":"C","id":"C"'),
        (b'"id":"C"', b'"id":"\\u0043"'),
    ],
)
def test_another_form_is_doubted_though_its_digest_fits(old: bytes, new: bytes) -> None:
    assert intact_entries(forged(old, new), 1) is None


def test_lines_in_another_place_are_doubted() -> None:
    assert intact_entries(CHUNK, 2) is None
    assert intact_entries(b"".join((LINES[1], LINES[0])), 1) is None
    assert intact_entries(CHUNK[:-1], 1) is None
    assert intact_entries(CHUNK + b"\n", 1) is None


def test_what_was_written_in_another_manner_is_read_all_the_same(tmp_path: Path) -> None:
    write_golden_log(tmp_path / "store")
    path = segment_path(tmp_path / "store", 1)
    # Of equal length, so that the mark still fits.
    path.write_bytes(forged(b'"id":"C","type":"VmStarted"', b'"id":"\\u0043","type":"Vm.."'))

    assert [each.entry.id for each in open_store(tmp_path / "store").read()] == list("ABCD")


def test_lines_longer_than_a_chunk_are_read_among_short_ones(tmp_path: Path) -> None:
    log = small_store(tmp_path / "store", RealFiles(), settings=Settings(reserve_bytes=0))
    sizes = [10, 100_000, 10, 900_000, 300_000, 10]
    for number, size in enumerate(sizes):
        data = b'{"note":"%b"}' % (b"n" * size)
        log.append(VM, [event(str(number), data)], expected=number)

    assert [len(each.entry.data) for each in log.read()] == [size + 11 for size in sizes]
