"""The check joins intact segments at once, in several processes if need be, and misses nothing."""

from pathlib import Path

import pytest

from eventstore.log import summary
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.files import RealFiles
from eventstore.log.segments import segment_path, segments
from eventstore.log.summary import Part, summarize
from eventstore.moments import later
from tests.eventstore.log.history import NOON, VM, event, events, small_store

FILES = RealFiles()


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
