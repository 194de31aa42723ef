"""A disk that does not give its bytes: each question says which file it could not read."""

import errno
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest

from eventstore.errors import LogUnreadable
from eventstore.log import files
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.segments import START
from tests.eventstore.log.history import VM, events, small_store

QUESTIONS: dict[str, Callable[[EmbeddedLog], object]] = {
    "read": lambda log: deque(log.read()),
    "read from": lambda log: deque(log.read_from(START, 0, "") or ()),
    "read a stream": lambda log: deque(log.read_stream(VM)),
    "follow": lambda log: deque(log.follow(0, lambda: False)),
    "as happened": lambda log: deque(log.as_happened()),
    "revision": lambda log: log.revision(VM),
    "check": lambda log: log.check(),
}


@pytest.fixture
def _broken_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail wherever a segment is read; marks, of another size, can be."""

    def fail(descriptor: int, size: int) -> bytes:
        data = os.read(descriptor, size)
        if data.startswith(b'{"position":1,"recorded_at"'):
            raise OSError(errno.EIO, "Input/output error")
        return data

    monkeypatch.setattr(files, "_read", fail)


@pytest.mark.usefixtures("_broken_disk")
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_file_that_cannot_be_read_is_named(question: str, tmp_path: Path) -> None:
    log = small_store(tmp_path / "store", files.RealFiles())
    log.append(VM, events("a"), expected=0)
    segment = "00000000000000000001.ndjson cannot be read: Input/output error"

    with pytest.raises(LogUnreadable, match=segment) as error:
        QUESTIONS[question](open_store(log.folder))
    assert Path(error.value.path).parent == log.folder / "log"
