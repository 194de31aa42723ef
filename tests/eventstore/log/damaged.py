"""A log of twenty entries, and the ways in which somebody may change its bytes."""

from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from eventstore.errors import LogDamaged
from eventstore.log.embedded import open_store
from eventstore.log.index import load_index
from eventstore.log.mark import mark_path, read_mark
from eventstore.log.recovery import tails_kept
from eventstore.log.segments import segment_path, segments
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import SMALL, events, ids, small_store
from tests.eventstore.log.workload import STORE

ENTRIES = 20
MARK = 17
"""The mark stands here: the last batch, 18 to 20, is not published."""

NAMES = [str(number) for number in range(1, ENTRIES + 1)]


def twenty(*, prefix: str = "") -> ForgetfulFiles:
    """Give a log of twenty entries in three streams, with its last batch above the mark."""
    files = ForgetfulFiles()
    # Without an index, which would spare an append reading what is damaged.
    log = small_store(STORE, files, settings=replace(SMALL, page_bytes=1 << 20))
    revisions = dict.fromkeys("abc", 0)
    mark = b""
    batches = [(1, 2), (3, 3), (4, 6), (7, 8), (9, 9), (10, 12), (13, 15), (16, 17), (18, 20)]
    for number, (first, last) in enumerate(batches):
        if first == MARK + 1:
            mark = files.read(mark_path(STORE), 0, 1 << 14)
        stream = "abc"[number % 3]
        batch = events(*NAMES[first - 1 : last])
        revisions[stream] = log.append(
            f"vm/{prefix}{stream}", batch, expected=revisions[stream]
        ).revision
    files.open(mark_path(STORE)).write(mark, 0)
    return as_stored(files)


def as_stored(files: ForgetfulFiles) -> ForgetfulFiles:
    return files.crashed(Random(1), keep=1, torn=0)


def changed(files: ForgetfulFiles, path: Path, content: bytes) -> ForgetfulFiles:
    """Give another disk on which one file has another content."""
    return files.left(
        lambda other, file: content if other == path else file.now, lambda changes: changes
    )


class Lines:
    """Which bytes belong to which entry."""

    def __init__(self, files: ForgetfulFiles) -> None:
        self.files = files
        self.segments = segments(files, STORE)
        self.contents = {s: files.read(segment_path(STORE, s), 0, 1 << 20) for s in self.segments}
        self.of = {
            first + n: (first, line)
            for first, content in self.contents.items()
            for n, line in enumerate(content.splitlines(keepends=True))
        }

    def position_at(self, segment: int, offset: int) -> int:
        """Give the entry that the byte belongs to."""
        return segment + self.contents[segment][:offset].count(b"\n")

    def above_the_mark(self, segment: int, size: int) -> bytes:
        """Give what is left above the mark when its last segment is cut to this size."""
        last, _ = self.of[MARK + 1]
        below = b"".join(self.of[at][1] for at in range(last, MARK + 1))
        return self.contents[segment][len(below) : size] if segment == last else b""

    def written(self, lines: dict[int, bytes]) -> ForgetfulFiles:
        """Give a disk with these bytes in the places of these entries."""
        files = self.files
        for segment in self.segments:
            whole = b"".join(
                lines.get(position, line)
                for position, (first, line) in self.of.items()
                if first == segment
            )
            if whole != self.contents[segment]:
                files = changed(files, segment_path(STORE, segment), whole)
        return files


def assert_found(files: ForgetfulFiles, position: int) -> None:
    """Hold damage that begins at `position` to: an error at or below the mark, set aside above."""
    if position <= MARK:
        assert_named(files, position)
    else:
        assert_set_aside(files)


def assert_named(files: ForgetfulFiles, position: int) -> None:
    """All before it can be read, the position is named, and nothing is written any more."""
    log = open_store(STORE, files=files)
    reading = log.read()
    assert [next(reading).entry.id for _ in range(position - 1)] == NAMES[: position - 1]
    with pytest.raises(LogDamaged) as caught:
        next(reading)
    assert caught.value.position == position
    assert_builds_on_nothing_bad(files, position)


def assert_builds_on_nothing_bad(files: ForgetfulFiles, position: int) -> None:
    """Hold an append to: refused where the damage lies behind the index, which spares reading.

    Before that reading and the check find it; and no append ever changes what is there.
    """
    before, index = as_stored(files), load_index(files, STORE)
    is_spared = index is not None and position <= index.place.position
    with suppress(LogDamaged) if is_spared else pytest.raises(LogDamaged):
        small_store(STORE, files).append("vm/new", events("new"), expected=0)
    mark = read_mark(before, STORE)
    assert mark
    for segment in segments(before, STORE):
        size = mark.offset if segment == mark.segment else 1 << 20
        path = segment_path(STORE, segment)
        assert files.read(path, 0, size)[: before.size(path)] == before.read(path, 0, size)
    found = open_store(STORE, files=files).check().violations
    assert position in [violation.position for violation in found]


def assert_set_aside(files: ForgetfulFiles, *, published: int = MARK) -> None:
    """What was published reads on; the rest is kept, told of, and not in the log."""
    log = small_store(STORE, files)
    assert ids(log) == NAMES[:published]
    log.append("vm/new", events("new"), expected=0)
    found = [record.entry for record in log.read() if record.entry.type != "TailSetAside"]
    assert [entry.id for entry in found] in ([*NAMES[:MARK], "new"], [*NAMES, "new"])
    result = log.check()
    assert result.violations == ()
    assert result.tails_set_aside == len(tails_kept(files, STORE)) >= 1
