"""The check tells of an index that is damaged, or says other things than the log."""

from random import Random

import pytest

from eventstore.log.index import INDEX
from eventstore.log.segments import segments
from tests.eventstore.log.damaged import as_stored, changed
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import small_store
from tests.eventstore.log.indexed import PAGES, fill
from tests.eventstore.log.workload import STORE


def told(files: ForgetfulFiles) -> list[str]:
    result = small_store(STORE, files, settings=PAGES).check()
    assert result.is_ok
    return [note.text for note in result.notes if note.kind == "cache_differs"]


@pytest.fixture(scope="module")
def indexed() -> ForgetfulFiles:
    """Give a log of three streams in several segments, most of it in an index of many pages."""
    files = ForgetfulFiles()
    fill(files)
    assert len(segments(files, STORE)) > 3
    return as_stored(files)


def test_an_index_that_agrees_is_not_spoken_of(indexed: ForgetfulFiles) -> None:
    assert told(indexed) == []
    for name in indexed.names(STORE / INDEX):
        indexed = changed(indexed, STORE / INDEX / name, b"")
    assert told(indexed) == ["index/manifest is damaged, of another log or of another version"]


def test_every_bit_of_the_index_is_looked_at(indexed: ForgetfulFiles) -> None:
    chance = Random(1)
    for name in indexed.names(STORE / INDEX):
        path = STORE / INDEX / name
        content = indexed.read(path, 0, 1 << 20)
        for at in chance.sample(range(len(content)), 12):
            bad = content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]

            assert len(told(changed(indexed, path, bad))) == 1, (name, at)
