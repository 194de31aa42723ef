"""A large folder is read by several processes, and nobody can tell from what they found."""

from concurrent.futures import BrokenExecutor, Future
from pathlib import Path

import pytest

from eventstore.evidence import shared_reading
from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.path_map import path_map
from tests.bench.scale_host import make_host


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(shared_reading, "FILES_TOGETHER", 7)
    monkeypatch.setattr(shared_reading, "ALONE", 1)
    make_host(tmp_path / "host", 40, 2)
    (tmp_path / "host" / "D" / "broken.vhd").write_bytes(b"conectix")
    (tmp_path / "host" / "D" / "Hyper-V" / "link").symlink_to(tmp_path)
    return tmp_path / "host"


def read(host: Path, processes: int) -> tuple[FolderReading, list[int]]:
    told: list[int] = []
    return walk(host, path_map(host), told.append, processes=processes), told


def test_what_two_processes_read_is_told_in_the_order_of_the_walk(host: Path) -> None:
    alone, shared = read(host, 1), read(host, 2)

    assert shared == alone
    assert alone[0].disks
    assert alone[0].configurations
    assert [skipped.found_at.rsplit("/", 1)[-1] for skipped in alone[0].unread] == ["link"]


class _Killed:
    """A pool of which every process was killed: some files were handed over before."""

    def __init__(self, *_: object, **__: object) -> None:
        self._handed = 0

    def submit(self, *_: object) -> "Future[object]":
        self._handed += 1
        if self._handed > 3:
            raise BrokenExecutor
        future: Future[object] = Future()
        future.set_exception(BrokenExecutor())
        return future

    def shutdown(self, *, cancel_futures: bool) -> None:
        assert cancel_futures


def test_files_of_a_process_that_was_killed_are_read_all_the_same(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = read(host, 1)
    monkeypatch.setattr(shared_reading, "ProcessPoolExecutor", _Killed)

    assert read(host, 2) == alone
