"""Published bytes that are not as they were written: found by reading, and named by the check."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from eventstore.errors import LogDamaged
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.log.files import RealFiles
from eventstore.log.line import Envelope, encode_line, parse_line
from eventstore.log.mark import create_mark, find_mark, mark_path, read_mark, write_mark
from eventstore.log.segments import Place, segment_path, segments
from eventstore.log.writer import Settings
from eventstore.moments import later
from tests.eventstore.log.history import NOON, VM, event, events, small_store

FILES = RealFiles()
Lines = list[bytes]
ONE_SEGMENT = Settings(reserve_bytes=0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Give a store of 12 entries: batches of two, one stream of six and one of six."""
    log = small_store(tmp_path / "store", FILES, settings=ONE_SEGMENT)
    for number in range(6):
        batch = events(f"{number}a", f"{number}b")
        log.append(f"vm/{number % 2}", batch, expected=number // 2 * 2)
    return tmp_path / "store"


def first_violation(folder: Path) -> tuple[str, int]:
    found = open_store(folder).check().violations[0]
    return found.kind, found.position


def read_until_damage(folder: Path) -> tuple[int, int]:
    """Give how many entries were read, and the position that the damage names."""
    count = 0
    try:
        for _ in open_store(folder).read():
            count += 1
    except LogDamaged as error:
        return count, error.position
    return count, 0


def rewrite(folder: Path, change: Callable[[Lines], Lines], segment: int = 1) -> None:
    """Change the lines of a segment, and let the mark agree with the new length."""
    path = segment_path(folder, segment)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(lines)))
    mark = read_mark(FILES, folder)
    assert mark
    if mark.segment == segment:
        write_whole_mark(folder, mark._replace(offset=path.stat().st_size))


def write_whole_mark(folder: Path, mark: Place) -> None:
    """Let both slots of the mark say `mark`."""
    create_mark(FILES, folder)
    for _ in range(2):
        write_mark(FILES, folder, mark, before=find_mark(FILES, folder))


def digested_anew(line: bytes, old: bytes, new: bytes) -> bytes:
    """Change an entry as a careful forger would, digest included."""
    parsed = parse_line(line)
    assert parsed
    envelope = Envelope(*parsed[:4])
    return encode_line(envelope, parsed.entry.replace(old, new))


def test_an_undamaged_log_has_no_violation(store: Path) -> None:
    result = open_store(store).check()

    assert (result.entries, result.violations, result.notes) == (12, (), ())
    assert result.is_ok


def test_every_cut_below_the_mark_is_found_where_it_is(store: Path) -> None:
    path = segment_path(store, 1)
    intact = path.read_bytes()
    ends = [index + 1 for index, byte in enumerate(intact) if byte == ord("\n")]
    for size in [*ends[:-1], *range(0, len(intact), 37)]:
        path.write_bytes(intact[:size])
        whole = sum(end <= size for end in ends)

        assert read_until_damage(store) == (whole, whole + 1)
        assert open_store(store).check().violations[0].position == whole + 1


def test_a_changed_line_is_altered(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:4], lines[4].replace(b"2a", b"2x"), *lines[5:]])

    assert first_violation(store) == ("altered", 5)
    assert read_until_damage(store) == (4, 5)
    assert len(open_store(store).check().violations) == 1


def test_an_entry_changed_with_its_digest_is_altered(store: Path) -> None:
    rewrite(store, lambda ls: [*ls[:4], digested_anew(ls[4], b'"id":"2a"', b'"id":"2x"'), *ls[5:]])

    assert first_violation(store) == ("altered", 5)


def test_a_removed_line_is_removed(store: Path) -> None:
    rewrite(store, lambda lines: lines[:4] + lines[5:])

    assert first_violation(store) == ("removed", 5)
    assert read_until_damage(store) == (4, 5)


def test_lines_cut_off_the_end_are_removed(store: Path) -> None:
    rewrite(store, lambda lines: lines[:10])

    assert first_violation(store) == ("removed", 11)
    assert read_until_damage(store) == (10, 11)


def test_a_line_repeated_is_inserted(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:5], lines[2], *lines[5:]])

    assert first_violation(store) == ("inserted", 3)
    assert read_until_damage(store) == (5, 6)


def test_garbage_between_two_lines_is_inserted(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:4], b"garbage\n", *lines[4:]])

    assert first_violation(store) == ("inserted", 5)
    assert read_until_damage(store) == (4, 5)


def test_swapped_lines_are_reordered(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]])

    assert first_violation(store) == ("reordered", 5)
    assert read_until_damage(store) == (4, 5)


def test_a_batch_of_the_middle_taken_out_and_closed_up_leaves_a_revision_gap(store: Path) -> None:
    def close_up(lines: Lines) -> Lines:
        moved = [
            encode_line(
                Envelope(p.position - 2, p[1], (p.batch[0] - 2, p.batch[1] - 2), 0), p.entry
            )
            for line in lines[6:]
            if (p := parse_line(line))
        ]
        return lines[:4] + moved

    rewrite(store, close_up)
    mark = read_mark(FILES, store)
    assert mark
    write_whole_mark(store, mark._replace(position=10))

    assert first_violation(store) == ("revision_gap", 7)


def test_half_a_batch_is_torn(store: Path) -> None:
    rewrite(store, lambda lines: lines[:11])
    mark = read_mark(FILES, store)
    assert mark
    write_whole_mark(store, mark._replace(position=11))

    assert first_violation(store) == ("batch_torn", 11)


def test_a_mark_at_another_place_is_wrong(store: Path) -> None:
    mark = read_mark(FILES, store)
    assert mark
    write_whole_mark(store, mark._replace(position=11))

    assert "mark_wrong" in [found.kind for found in open_store(store).check().violations]


def test_a_log_that_was_removed_is_damage_and_no_new_log(store: Path) -> None:
    shutil.rmtree(store / "log")

    assert read_until_damage(store) == (0, 1)
    assert [found.kind for found in open_store(store).check().violations] == [
        "mark_wrong",
        "segment_missing",
    ]
    with pytest.raises(LogDamaged):
        open_store(store).append("vm/0", events("a"), expected=0)


def test_a_new_store_has_a_mark_and_is_no_damage(tmp_path: Path) -> None:
    log = open_store(tmp_path / "new", create=True)

    assert not log.is_mark_lost()
    assert list(log.read()) == []
    assert log.check().is_ok


def test_a_lost_mark_hides_the_last_batch_until_the_next_append(store: Path) -> None:
    mark_path(store).write_bytes(bytes(8192))
    assert open_store(store).is_mark_lost()
    assert read_until_damage(store) == (10, 0)

    log = open_store(store)
    log.append("vm/0", events("next"), expected=6)
    assert not log.is_mark_lost()
    assert read_until_damage(store) == (13, 0)


def test_a_line_of_another_log_is_foreign(store: Path, tmp_path: Path) -> None:
    other = open_store(tmp_path / "other", create=True)
    other.append("vm/strange", events("x"), expected=0)
    stranger = segment_path(tmp_path / "other", 1).read_bytes()
    parsed = parse_line(stranger)
    assert parsed
    line = encode_line(Envelope(5, parsed.recorded_at, (5, 6), 4), parsed.entry)
    rewrite(store, lambda lines: [*lines[:4], line, *lines[5:]])

    assert first_violation(store) == ("foreign", 5)


def of_many_segments(folder: Path) -> EmbeddedLog:
    log = small_store(folder, FILES)
    for number in range(30):
        log.append(VM, [event(str(number), b'{"note":"%s"}' % (b"n" * 500))], expected=number)
    assert len(segments(FILES, folder)) > 5
    return log


def test_a_missing_segment_is_named(tmp_path: Path) -> None:
    of_many_segments(tmp_path / "store")
    second, third = segments(FILES, tmp_path / "store")[1:3]
    segment_path(tmp_path / "store", second).unlink()

    assert first_violation(tmp_path / "store") == ("segment_missing", second)
    assert read_until_damage(tmp_path / "store") == (second - 1, second)
    assert len(list(open_store(tmp_path / "store").read(third - 1))) == 31 - third


def test_swapped_segments_are_found(tmp_path: Path) -> None:
    of_many_segments(tmp_path / "store")
    second, third = (
        segment_path(tmp_path / "store", s) for s in segments(FILES, tmp_path / "store")[1:3]
    )
    one, other = second.read_bytes(), third.read_bytes()
    second.write_bytes(other)
    third.write_bytes(one)

    assert read_until_damage(tmp_path / "store")[1] == int(second.stem)
    assert open_store(tmp_path / "store").check().violations[0].position == int(second.stem)


def test_a_stray_segment_is_foreign_and_other_files_are_noted(store: Path) -> None:
    segment_path(store, 999).write_bytes(b"")
    (store / "log" / "Thumbs.db").write_bytes(b"")
    result = open_store(store).check()

    assert [(found.kind, found.position) for found in result.violations] == [("foreign", 999)]
    assert "foreign" in [note.kind for note in result.notes]


def test_a_clock_that_was_set_back_is_a_note(tmp_path: Path) -> None:
    small_store(tmp_path / "store", FILES).append(VM, events("a"), expected=0)
    set_back = open_store(tmp_path / "store", clock=lambda: later(NOON, hours=-1))
    set_back.append(VM, events("b"), expected=1)
    result = set_back.check()

    assert result.is_ok
    assert [(note.kind, note.position) for note in result.notes] == [("clock_back", 2)]


def test_nothing_is_appended_to_a_damaged_log(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:4], b"x" + lines[4][1:], *lines[5:]])
    before = segment_path(store, 1).read_bytes()

    with pytest.raises(LogDamaged):
        open_store(store).append(VM, events("new"), expected=0)
    assert segment_path(store, 1).read_bytes() == before


def test_damage_below_a_lost_mark_is_not_taken_for_a_torn_tail(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:4], b"x" + lines[4][1:], *lines[5:]])
    mark_path(store).unlink()

    assert read_until_damage(store) == (4, 5)
    with pytest.raises(LogDamaged):
        open_store(store).append(VM, events("new"), expected=0)
    assert not (store / "quarantine").exists()


def test_what_stands_before_the_damage_can_still_be_read(store: Path) -> None:
    rewrite(store, lambda lines: [*lines[:8], b"\0" * len(lines[8]), *lines[9:]])
    reading = open_store(store).read()

    assert [next(reading).position for _ in range(8)] == list(range(1, 9))
    assert read_until_damage(store) == (8, 9)
