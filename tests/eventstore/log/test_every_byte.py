"""Every bit, cut, swap, repeat and foreign line of a log of twenty entries.

At or below the mark each is an error with its position; above it, it is set aside and told of.
"""

import itertools
import os
from collections.abc import Iterator

import pytest

from eventstore.errors import LogDamaged
from eventstore.log.embedded import open_store
from eventstore.log.line import Envelope, encode_line, parse_line
from eventstore.log.mark import mark_path
from eventstore.log.segments import segment_path
from tests.eventstore.log.damaged import (
    ENTRIES,
    MARK,
    NAMES,
    Lines,
    as_stored,
    assert_builds_on_nothing_bad,
    assert_found,
    assert_set_aside,
    changed,
    twenty,
)
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import events, ids, small_store
from tests.eventstore.log.sweep import Record, Sweep
from tests.eventstore.log.workload import STORE

STRIDE = int(os.environ.get("SNAPLEDGER_BIT_STRIDE", "97"))
"""1 takes every case; an odd prime takes all eight bits of a byte in turn."""


@pytest.fixture(scope="module")
def lines() -> Lines:
    return Lines(twenty())


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def every(cases: Iterator[tuple[int, int]], stride: int) -> Iterator[tuple[int, int]]:
    return itertools.islice(cases, 0, None, stride)


def test_any_flipped_bit_is_found_where_it_is(lines: Lines, record_property: Record) -> None:
    sweep = Sweep("flipped bits", "bits")
    bits = ((s, bit) for s in lines.segments for bit in range(8 * len(lines.contents[s])))
    for segment, bit in every(bits, STRIDE):
        with sweep.looking_at(f"segment {segment}, bit {bit}"):
            content = flipped(lines.contents[segment], bit)
            files = changed(lines.files, segment_path(STORE, segment), content)
            assert_found(files, lines.position_at(segment, bit // 8))
    sweep.tell(record_property, seconds_max=10)


def test_any_cut_is_found_where_it_is(lines: Lines, record_property: Record) -> None:
    sweep = Sweep("cuts")
    cuts = ((s, size) for s in lines.segments for size in range(len(lines.contents[s])))
    for segment, size in every(cuts, max(1, STRIDE // 4)):
        with sweep.looking_at(f"segment {segment}, byte {size}"):
            content = lines.contents[segment][:size]
            files = changed(lines.files, segment_path(STORE, segment), content)
            position = lines.position_at(segment, size)
            if position <= MARK or lines.above_the_mark(segment, size):
                assert_found(files, position)
    sweep.tell(record_property, seconds_max=10)


def test_any_two_lines_that_change_places_are_found(lines: Lines, record_property: Record) -> None:
    sweep = Sweep("swaps")
    pairs = itertools.combinations(lines.of, 2)
    for one, other in every(pairs, max(1, STRIDE // 32)):
        with sweep.looking_at(f"{one} and {other}"):
            files = lines.written({one: lines.of[other][1], other: lines.of[one][1]})
            assert_found(files, one)
    sweep.tell(record_property, seconds_max=10)


def test_any_line_that_is_there_again_is_found(lines: Lines, record_property: Record) -> None:
    sweep = Sweep("repeats")
    pairs = itertools.product(lines.of, lines.of)
    for one, after in every(pairs, max(1, STRIDE // 16)):
        with sweep.looking_at(f"{one} after {after}"):
            files = lines.written({after: lines.of[after][1] + lines.of[one][1]})
            # The next line twice is right the first time.
            position = after + 1 + (one == after + 1)
            if position > MARK:
                assert_set_aside(files)
                continue
            with pytest.raises(LogDamaged) as caught:
                list(open_store(STORE, files=files).read())
            assert caught.value.position == position
            assert_builds_on_nothing_bad(files, min(one, position))
    sweep.tell(record_property, seconds_max=10)


@pytest.mark.parametrize("position", range(1, ENTRIES + 1))
def test_a_line_of_another_store_is_found(lines: Lines, position: int) -> None:
    foreign = encode_as(lines, position, b"-000000000001", b"-00000000000f")

    assert_foreign_found(lines, position, foreign)


@pytest.mark.parametrize("position", range(1, ENTRIES + 1))
def test_a_line_of_another_stream_is_found(lines: Lines, position: int) -> None:
    stream = lines.of[position][1].split(b'"stream":"')[1][:4]
    foreign = encode_as(lines, position, stream, stream[:3] + b"x")

    assert_foreign_found(lines, position, foreign)


def encode_as(lines: Lines, position: int, old: bytes, new: bytes) -> bytes:
    """Give an intact line for this place whose entry says something else."""
    line = parse_line(lines.of[position][1])
    assert line
    return encode_line(Envelope(*line[:4]), line.entry.replace(old, new))


def assert_foreign_found(lines: Lines, position: int, foreign: bytes) -> None:
    """Such a line is whole in itself: the check names it, and above the mark it is set aside."""
    files = lines.written({position: foreign})
    if position > MARK:
        assert_set_aside(files)
    else:
        places = {found.position for found in open_store(STORE, files=files).check().violations}
        assert position in places


def test_a_batch_of_another_store_above_the_mark_is_set_aside(lines: Lines) -> None:
    batch = {at: encode_as(lines, at, b"-000000000001", b"-00000000000f") for at in (18, 19, 20)}

    assert_set_aside(lines.written(batch))


def test_any_flipped_bit_of_the_mark_hides_at_most_the_last_batch(
    record_property: Record,
) -> None:
    published = published_whole()
    mark = published.read(mark_path(STORE), 0, 1 << 14)
    sweep = Sweep("flipped bits of the mark", "bits")
    for bit in range(0, 8 * len(mark), STRIDE):
        with sweep.looking_at(f"bit {bit}"):
            files = changed(published, mark_path(STORE), flipped(mark, bit))
            assert ids(open_store(STORE, files=files)) in (NAMES[:MARK], NAMES)
            log = small_store(STORE, files)
            log.append("vm/new", events("new"), expected=0)
            assert ids(log) == [*NAMES, "new"]
            assert log.check().violations == ()
    sweep.tell(record_property, seconds_max=10)


def published_whole() -> ForgetfulFiles:
    """Give the twenty entries with their last batch published too."""
    files = as_stored(twenty())
    small_store(STORE, files).append("vm/a", [], expected=7)
    return as_stored(files)


def test_the_limit_a_cut_at_a_batch_together_with_its_mark_is_an_older_log() -> None:
    """Nothing in the folder can tell; a position and digest kept elsewhere can."""
    files = as_stored(twenty())
    log = small_store(STORE, files)
    log.append("vm/a", [], expected=7)
    old = as_stored(files)
    log.append("vm/new", events("new"), expected=0)
    kept_elsewhere = log.head()
    for path in (mark_path(STORE), segment_path(STORE, Lines(old).segments[-1])):
        files = changed(files, path, old.read(path, 0, 1 << 20))

    restored = small_store(STORE, files)
    assert restored.check().violations == ()
    assert ids(restored) == NAMES
    assert restored.head() < kept_elsewhere
