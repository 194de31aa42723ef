"""What a crash leaves above the mark, by name; whoever writes next puts it in order."""

from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import pytest

from eventstore.errors import LogDamaged
from eventstore.events import TailSetAside
from eventstore.log.files import RealFiles
from eventstore.log.mark import SLOT_BYTES, mark_path, read_mark
from eventstore.log.segments import segment_path, segments
from eventstore.log.writer import Settings
from tests.eventstore.log.forgetful import ForgetfulFiles, PowerLoss, lose_power_at
from tests.eventstore.log.history import SMALL, VM, event, events, ids, small_store

FILES = RealFiles()
STORE = Path("/disk/store")
SEGMENT = segment_path(STORE, 1)


def overwrite(files: ForgetfulFiles, path: Path, data: bytes) -> None:
    file = files.open(path)
    file.truncate(0)
    file.write(data, 0)


def content(files: ForgetfulFiles, path: Path) -> bytes:
    return files.read(path, 0, 1 << 30)


def mark_before_the_last_batch(files: ForgetfulFiles) -> None:
    """Take back the newer slot, as a loss of power may."""
    mark = content(files, mark_path(STORE))
    slots = [mark[:SLOT_BYTES], mark[SLOT_BYTES:]]
    newest = max(slots, key=lambda slot: int(slot[12 : slot.index(b",")]) if slot.strip() else -1)
    overwrite(files, mark_path(STORE), mark.replace(newest, b"\0" * SLOT_BYTES))


def tails(files: ForgetfulFiles) -> list[TailSetAside]:
    entries = [record.entry for record in small_store(STORE, files).read()]
    return [
        msgspec.json.decode(entry.data, type=TailSetAside)
        for entry in entries
        if entry.type == "TailSetAside"
    ]


def test_a_batch_cut_at_any_byte_is_set_aside_or_whole(tmp_path: Path) -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    published = len(content(files, SEGMENT))
    log.append(VM, events("b", "c"), expected=1)
    mark_before_the_last_batch(files)
    whole, mark = content(files, SEGMENT), content(files, mark_path(STORE))

    for size in range(published, len(whole) + 1):
        image = ForgetfulFiles()
        small_store(STORE, image)
        overwrite(image, SEGMENT, whole[:size])
        overwrite(image, mark_path(STORE), mark)
        assert ids(small_store(STORE, image)) == ["a"]
        reopened = small_store(STORE, image)
        reopened.append("host/h", events("next"), expected=0)
        set_aside = [tail.size_bytes for tail in tails(image)]
        if size == len(whole):
            assert (ids(reopened), set_aside) == (["a", "b", "c", "next"], [])
        elif size == published:
            assert (ids(reopened), set_aside) == (["a", "next"], [])
        else:
            assert ([ids(reopened)[0], ids(reopened)[-1]], set_aside) == (
                ["a", "next"],
                [size - published],
            )
        assert reopened.check().violations == ()
        assert reopened.check().tails_set_aside == len(set_aside)


def test_a_torn_tail_is_kept_and_told_of_once() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    size = len(content(files, SEGMENT))
    overwrite(files, SEGMENT, content(files, SEGMENT) + b"half a line")
    appended = small_store(STORE, files).append(VM, events("b"), expected=1)
    small_store(STORE, files).append(VM, events("c"), expected=2)

    (tail,) = tails(files)
    assert (tail.segment, tail.offset, tail.size_bytes) == (SEGMENT.name, size, 11)
    assert content(files, STORE / tail.kept_as) == b"half a line"
    assert (appended.first, appended.last, appended.revision) == (3, 3, 2)
    assert [r.entry.stream for r in log.read(1)] == [f"log/{log.origin}", VM, VM]
    assert [r.batch for r in log.read(1)] == [(2, 3), (2, 3), (4, 4)]


def test_a_tail_of_zeros_is_a_torn_tail() -> None:
    files = ForgetfulFiles()
    small_store(STORE, files).append(VM, events("a"), expected=0)
    overwrite(files, SEGMENT, content(files, SEGMENT) + bytes(700))
    small_store(STORE, files).append(VM, events("b"), expected=1)

    assert [tail.size_bytes for tail in tails(files)] == [700]


def test_a_new_segment_that_was_torn_is_set_aside_and_its_file_removed() -> None:
    files = ForgetfulFiles()
    small_store(STORE, files).append(VM, events("a"), expected=0)
    overwrite(files, segment_path(STORE, 2), b'{"position":2,')
    overwrite(files, segment_path(STORE, 7), b"and a stranger")
    small_store(STORE, files).append(VM, events("b"), expected=1)

    assert segments(files, STORE) == [1]
    assert sorted(tail.segment for tail in tails(files)) == [
        segment_path(STORE, 2).name,
        segment_path(STORE, 7).name,
    ]


@pytest.mark.parametrize("left_of_the_mark", [b"", b"torn", bytes(2 * SLOT_BYTES)])
def test_a_lost_mark_hides_at_most_the_last_batch_and_comes_back(left_of_the_mark: bytes) -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    for number in range(20):
        log.append(VM, events(str(number)), expected=number)
    overwrite(files, mark_path(STORE), left_of_the_mark)

    assert ids(small_store(STORE, files)) == [str(number) for number in range(19)]
    assert small_store(STORE, files).check().violations[0].kind == "mark_wrong"
    reopened = small_store(STORE, files)
    reopened.append(VM, events("20"), expected=20)
    assert ids(reopened) == [str(number) for number in range(21)]
    assert reopened.check().violations == ()


def test_a_mark_that_lost_a_slot_is_no_violation() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    for number in range(3):
        log.append(VM, events(str(number)), expected=number)
    mark_before_the_last_batch(files)

    assert small_store(STORE, files).check().violations == ()
    assert [note.kind for note in small_store(STORE, files).check().notes] == ["tail"]


def test_a_reader_never_takes_back_what_it_showed() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    log.append(VM, events("b"), expected=1)
    assert log.head() == 2
    mark_before_the_last_batch(files)

    assert log.head() == 2


def test_lines_say_how_far_the_log_was_synced_when_the_mark_is_old() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    old = content(files, mark_path(STORE))
    for number, name in enumerate("bcd", 1):
        log.append(VM, events(name), expected=number)
    overwrite(files, mark_path(STORE), old)

    assert ids(small_store(STORE, files)) == ["a", "b", "c"]


def test_a_cut_tail_does_not_come_back_below_a_later_segment() -> None:
    files = ForgetfulFiles()
    small_store(STORE, files).append(VM, events("a"), expected=0)
    overwrite(files, SEGMENT, content(files, SEGMENT) + b"half a line")
    files.open(SEGMENT).sync()
    note = b'{"note":"%s"}' % (b"n" * SMALL.segment_bytes_max)
    small_store(STORE, files).append(VM, [event("b", note)], expected=1)
    after = files.crashed(Random(1), keep=0, torn=0)

    assert segments(after, STORE) == [1, 2]
    small_store(STORE, after).append(VM, events("c"), expected=2)
    assert [r.entry.id for r in small_store(STORE, after).read_stream(VM)] == ["a", "b", "c"]


def test_a_torn_tail_survives_a_loss_of_power_while_it_is_set_aside() -> None:
    files = ForgetfulFiles()
    small_store(STORE, files).append(VM, events("a"), expected=0)
    overwrite(files, SEGMENT, content(files, SEGMENT) + b"half a line")

    for change in range(1, 30):
        image = files.crashed(Random(1), keep=1, torn=0)
        lose_power_at(image, change)
        with suppress(PowerLoss):
            small_store(STORE, image).append(VM, events("b"), expected=1)
        after = image.crashed(Random(1), keep=0, torn=0)
        small_store(STORE, after).append(VM, events("b"), expected=1)
        assert [content(after, STORE / tail.kept_as) for tail in tails(after)] == [b"half a line"]


def test_nothing_that_stood_behind_a_torn_tail_is_published() -> None:
    files = ForgetfulFiles()
    each_its_own = Settings(segment_bytes_max=10, reserve_bytes=0)
    log = small_store(STORE, files, settings=each_its_own)
    log.append(VM, events("a"), expected=0)
    log.append(VM, events("b"), expected=1)
    mark_before_the_last_batch(files)
    overwrite(files, SEGMENT, content(files, SEGMENT) + b"half a line")

    for change in range(1, 40):
        image = files.crashed(Random(1), keep=1, torn=0)
        lose_power_at(image, change)
        with suppress(PowerLoss):
            small_store(STORE, image).append(VM, events("c"), expected=1)
        after = image.crashed(Random(1), keep=1, torn=0)
        small_store(STORE, after).append(VM, events("c"), expected=1)
        assert [r.entry.id for r in small_store(STORE, after).read_stream(VM)] == ["a", "c"]


def test_a_full_disk_recovers_by_the_reserve() -> None:
    files = ForgetfulFiles()
    keeping = Settings(reserve_bytes=2_000)
    small_store(STORE, files, settings=keeping).append(VM, events("a"), expected=0)
    overwrite(files, SEGMENT, content(files, SEGMENT) + b"x" * 1_000)
    files.room = 0
    small_store(STORE, files, settings=keeping).append(VM, events("b"), expected=1)

    assert [tail.size_bytes for tail in tails(files)] == [1_000]
    assert files.size(STORE / "reserve") is None
    files.room = 1 << 20
    small_store(STORE, files, settings=keeping).append(VM, events("c"), expected=2)
    assert files.size(STORE / "reserve") == 2_000


def test_a_published_batch_that_is_gone_is_damage_and_not_a_tail() -> None:
    files = ForgetfulFiles()
    log = small_store(STORE, files)
    log.append(VM, events("a"), expected=0)
    size = len(content(files, SEGMENT))
    log.append(VM, events("b"), expected=1)
    overwrite(files, SEGMENT, content(files, SEGMENT)[:size])

    for handle in (log, small_store(STORE, files)):
        with pytest.raises(LogDamaged) as caught:
            handle.append(VM, [event("c")], expected=2)
        assert caught.value.position == 2
    assert len(content(files, SEGMENT)) == size


def test_recovery_on_real_files(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    log = small_store(folder, FILES)
    log.append(VM, events("a"), expected=0)
    with segment_path(folder, 1).open("ab") as file:
        file.write(b"half a line")
    segment_path(folder, 2).write_bytes(b"")
    log.append(VM, events("b"), expected=1)

    assert [path.read_bytes() for path in (folder / "quarantine").iterdir()] == [b"half a line"]
    assert log.check().violations == ()
    assert log.check().tails_set_aside == 1
    mark = read_mark(FILES, folder)
    assert mark == (3, 1, segment_path(folder, 1).stat().st_size)
