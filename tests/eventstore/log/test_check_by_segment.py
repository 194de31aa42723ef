"""The check joins intact segments at once, in several processes if need be, and misses nothing."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from eventstore.log import summary
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.files import RealFiles
from eventstore.log.line import closed_line, digest_of
from eventstore.log.segments import segment_path, segments
from eventstore.log.summary import Part, summarize
from eventstore.moments import later
from tests.eventstore.log.history import NOON, SMALL, VM, event, events, small_store

FILES = RealFiles()
WIDE = replace(SMALL, segment_bytes_max=1 << 20)


@pytest.fixture
def log(tmp_path: Path) -> EmbeddedLog:
    """Give a log of 40 entries of two streams in more than eight segments."""
    log = small_store(tmp_path / "store", FILES)
    for number in range(20):
        for stream in (VM, "vm/other"):
            log.append(
                stream, [event(f"{number}", b'{"note":"%b"}' % (b"n" * 500))], expected=number
            )
    assert len(segments(FILES, log.folder)) > 8
    return log


def parts(log: EmbeddedLog) -> list[Part]:
    names = segments(FILES, log.folder)
    return [Part(name, segment_path(log.folder, name).stat().st_size) for name in names]


def test_intact_segments_are_summed_up(log: EmbeddedLog) -> None:
    found = [summarize(FILES, log.folder, part) for part in parts(log)]

    assert all(found)
    assert sum(len(s.ids) for each in found if each for s in each.stretches.values()) == 40


def test_a_segment_with_a_changed_byte_is_asked_line_by_line(log: EmbeddedLog) -> None:
    second = parts(log)[1]
    path = segment_path(log.folder, second.first)
    intact = path.read_bytes()
    for at in range(0, len(intact), 61):
        path.write_bytes(intact[:at] + bytes([intact[at] ^ 1]) + intact[at + 1 :])

        assert summarize(FILES, log.folder, second) is None


def test_a_clock_that_went_back_is_asked_line_by_line(tmp_path: Path) -> None:
    log = small_store(tmp_path / "store", FILES)
    log.append(VM, events("a"), expected=0)
    open_store(log.folder, clock=lambda: later(NOON, hours=-1)).append(VM, events("b"), expected=1)

    assert [summarize(FILES, log.folder, part) for part in parts(log)] == [None]


def test_several_processes_find_what_one_finds(log: EmbeddedLog) -> None:
    alone = log.check()

    assert alone.is_ok
    assert log.check(processes=2) == alone
    path = segment_path(log.folder, parts(log)[6].first)
    path.write_bytes(path.read_bytes().replace(b"nnn", b"nxn", 1))
    damaged = log.check()
    assert not damaged.is_ok
    assert log.check(processes=2) == damaged


def test_a_short_log_starts_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(summary, "ProcessPoolExecutor")
    log = small_store(tmp_path / "store", FILES)
    log.append(VM, events("a"), expected=0)

    assert log.check(processes=8).is_ok


CHANGES = {
    "another time": (b'"recorded_at":"2010-09-26T12', b'"recorded_at":"2010-09-26T13'),
    "another batch": (b'"batch":[8,', b'"batch":[7,'),
    "another end of the batch": (b',27],"synced"', b',28],"synced"'),
    "synced further": (b'"synced":7', b'"synced":6'),
    "another stream": (b'"stream":"%s' % VM.encode(), b'"stream":"vm/other'),
    "another origin": (b'"origin":"0', b'"origin":"1'),
    "a revision left out": (b'"revision":', b'"revision":1'),
    "another predecessor": (b'"prev":"', b'"prev":"0'),
    "another content": (b'"data":{}', b'"data":{"n":1}'),
}
"""What somebody who closes the lines anew may change in one line of a batch."""


@pytest.mark.parametrize("place", [8, 9, 10, 17, 26])
@pytest.mark.parametrize("change", CHANGES)
def test_a_line_that_does_not_go_on_from_the_one_before_is_seen(
    change: str, place: int, tmp_path: Path
) -> None:
    log = small_store(tmp_path / "store", FILES, settings=WIDE)
    log.append(VM, events(*"abcdefg"), expected=0)
    log.append(VM, events(*map(str, range(20))), expected=7)
    (part,) = parts(log)
    assert summarize(FILES, log.folder, part)
    path = segment_path(log.folder, part.first)
    lines = path.read_bytes().splitlines()
    old, new = CHANGES[change]
    body = lines[place - 1][: -len(b',"digest":""}') - 64]
    assert old in body
    lines[place - 1] = closed_line(altered := body.replace(old, new, 1), digest_of(altered))[:-1]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    longer = Part(part.first, path.stat().st_size)

    assert summarize(FILES, log.folder, longer) is None


def test_a_batch_ends_where_it_says(tmp_path: Path) -> None:
    log = small_store(tmp_path / "store", FILES, settings=WIDE)
    log.append(VM, events("a", "b"), expected=0)
    log.append(VM, events("c", "d"), expected=2)
    (part,) = parts(log)
    path = segment_path(log.folder, part.first)
    lines = path.read_bytes().splitlines(keepends=True)
    head, _, _ = lines[0].partition(b'"entry"')
    for at in (2, 3):
        entry = lines[at][lines[at].index(b'"entry"') : -len(b',"digest":""}\n') - 64]
        body = head.replace(b'"position":1', b'"position":%d' % (at + 1)) + entry
        lines[at] = closed_line(body, digest_of(body))
    path.write_bytes(b"".join(lines))

    assert summarize(FILES, log.folder, Part(part.first, path.stat().st_size)) is None
    assert "batch_torn" in {found.kind for found in log.check().violations}


def test_events_of_several_streams_and_numbers_of_more_digits_are_summed_up(
    tmp_path: Path,
) -> None:
    log = small_store(tmp_path / "store", FILES, settings=WIDE)
    for number in range(12):
        for stream in (VM, 'vm/a "quoted" ,\\"revision\\": one'):
            names = (f"{number}.{part}" for part in range(1 + number % 4))
            log.append(stream, events(*names), expected=log.revision(stream))
    (part,) = parts(log)
    found = summarize(FILES, log.folder, part)

    assert found
    assert found.last.position == log.head() == 60
    assert {len(each.ids) for each in found.stretches.values()} == {30}
    assert log.check().is_ok
