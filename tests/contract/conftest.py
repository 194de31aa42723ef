"""The engines that are held to the contract; a new one is put under it by adding its factory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eventstore.log.files import RealFiles
from eventstore.log.protocol import EventLog
from tests.contract.in_memory import InMemoryLog
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import small_store

Opener = Callable[[], EventLog]
"""Opens one more handle on the same log."""


def embedded(folder: Path) -> Opener:
    return lambda: small_store(folder / "store", RealFiles())


def embedded_in_memory(folder: Path) -> Opener:
    files = ForgetfulFiles()
    return lambda: small_store(folder / "store", files)


def in_memory(folder: Path) -> Opener:
    entries = InMemoryLog([]).entries
    return lambda: InMemoryLog(entries)


FACTORIES = (embedded, embedded_in_memory, in_memory)


@pytest.fixture(params=FACTORIES, ids=lambda factory: factory.__name__)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    factory: Callable[[Path], Opener] = request.param
    return factory(tmp_path)


@pytest.fixture
def log(opener: Opener) -> Iterator[EventLog]:
    """Give a log; after each test a new handle must find the same and no violation."""
    log = opener()
    yield log
    assert_the_same(opener(), log)


def assert_the_same(reopened: EventLog, log: EventLog) -> None:
    assert list(reopened.read()) == list(log.read())
    assert reopened.head() == log.head()
    assert reopened.check().violations == ()
    assert reopened.check().entries == log.head()
