"""What a handle remembers of its own appends, and that nobody else's are taken for them."""

from collections import Counter
from pathlib import Path

import pytest

from eventstore.errors import WrongRevision
from eventstore.log.index import Index, load_index
from eventstore.log.mark import SLOT_BYTES, find_mark, mark_path, read_mark
from eventstore.log.reader import Reader
from eventstore.log.segments import segment_path
from tests.eventstore.log.damaged import as_stored, changed
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import VM, event, events, ids, small_store
from tests.eventstore.log.indexed import PAGES, STREAMS, fill
from tests.eventstore.log.workload import STORE, another_writer


class CountedReads(ForgetfulFiles):
    """A disk that counts how often each kind of file is read, and the most bytes at once."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()
        self.most_bytes: Counter[str] = Counter()

    def read(self, path: Path, offset: int, size: int) -> bytes:
        kind = path.suffix or path.name
        data = super().read(path, offset, size)
        self.reads[kind] += 1
        self.most_bytes[kind] = max(self.most_bytes[kind], len(data))
        return data


def test_a_handle_does_not_read_again_what_it_wrote_and_looks_at_the_mark_once() -> None:
    files = CountedReads()
    log = small_store(STORE, files)
    log.append(VM, events("0"), expected=0)
    files.reads.clear()

    for number in range(1, 9):
        log.append(VM, events(str(number)), expected=number)

    assert files.reads == {"synced": 8}
    assert log.check().violations == ()


def test_a_handle_that_remembers_a_stream_refuses_what_another_made_wrong_in_between() -> None:
    files = ForgetfulFiles()
    one, other = small_store(STORE, files), small_store(STORE, files)
    one.append(VM, events("a"), expected=0)
    other.append(VM, events("b"), expected=1)

    with pytest.raises(WrongRevision):
        one.append(VM, events("c"), expected=1)


def test_an_entry_is_linked_to_what_another_handle_wrote_last() -> None:
    files = ForgetfulFiles()
    handles = [small_store(STORE, files) for _ in range(3)]
    for number in range(12):
        for handle in (handles[number % 3], handles[number % 2]):
            revision = handle.revision(VM)
            handle.append(VM, events(f"{revision}"), expected=revision)

    assert ids(handles[0]) == [str(number) for number in range(24)]
    assert handles[0].check().violations == ()


def test_what_was_written_goes_into_the_index_as_what_was_read_does() -> None:
    files = CountedReads()
    log = small_store(STORE, files, settings=PAGES)
    for number in range(40):
        log.append(VM, [event(f"{number}.{part}") for part in range(3)], expected=3 * number)

    index = load_index(files, STORE)
    assert index
    assert index.place.position > 100
    assert files.most_bytes[".ndjson"] < 1_000, "more than a line was read"
    fresh = small_store(STORE, files, settings=PAGES)
    assert list(fresh.read_stream(VM)) == list(log.read_stream(VM)) == list(log.read())
    assert fresh.append(VM, [event("7.1")], expected=22) == log.append(
        VM, [event("7.1")], expected=22
    )
    assert log.check().violations == ()


def test_an_entry_that_another_thread_has_read_already_is_not_taken_in_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = small_store(STORE, ForgetfulFiles())
    take = Reader.take

    def read_first(self: Reader, *given: object) -> None:
        assert log.revision(VM) > 0
        take(self, *given)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(Reader, "take", read_first)
    for number in range(3):
        assert log.append(VM, events(str(number)), expected=number).revision == number + 1

    assert ids(log) == ["0", "1", "2"]
    assert log.check().violations == ()


def test_whoever_wrote_last_the_mark_before_stays_in_the_other_slot() -> None:
    files = ForgetfulFiles()
    handles = [small_store(STORE, files) for _ in range(2)]
    for number in range(9):
        handles[number // 2 % 2].append(VM, events(str(number)), expected=number)
        mark = find_mark(files, STORE)
        assert mark
        content = files.read(mark_path(STORE), 0, 2 * SLOT_BYTES)
        torn = content[: mark.offset] + bytes(SLOT_BYTES) + content[mark.offset + SLOT_BYTES :]
        left = read_mark(changed(as_stored(files), mark_path(STORE), torn), STORE)

        assert mark.place.position == number + 1
        assert left
        assert left.position == number


def test_the_ids_of_a_stream_that_the_index_does_not_know_are_not_looked_for_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = fill(ForgetfulFiles())

    def refuse(*given: object) -> None:
        raise AssertionError(given)

    monkeypatch.setattr(Index, "known_ids", refuse)
    assert log.append("vm/new", events("0.0", "a", "b"), expected=0).revision == 3
    with pytest.raises(AssertionError, match="fresh"):
        log.append(STREAMS[0], events("fresh"), expected=30)


def test_what_a_writer_left_that_died_is_noticed_by_a_handle_that_wrote_last_but_him() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    with another_writer(files):
        files.open(segment_path(STORE, 2)).write(b'{"position":2', 0)
    log.append(VM, events("b"), expected=1)
    with another_writer(files):
        tail = STORE / "quarantine" / f"{2:020d}-0-0123456789abcdef.tail"
        files.open(tail).write(b"set aside by somebody who died before he told of it", 0)
    log.append(VM, events("c"), expected=2)

    assert [r.entry.type for r in log.read()] == [
        "VmStarted",
        "TailSetAside",
        "VmStarted",
        "TailSetAside",
        "VmStarted",
    ]
