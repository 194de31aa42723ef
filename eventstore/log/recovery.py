"""What lies above the published mark, and how whoever holds the lock puts it in order.

Intact whole batches are written again and synced before they are published: a sync that failed
may have left them in the cache only. From the first bad or incomplete batch on everything is
copied to `quarantine/` and cut off, file by file, the last one first.
"""

import errno
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from eventstore.errors import LogDamaged
from eventstore.events import TailSetAside
from eventstore.log.blanks import BLANK, blanks_behind
from eventstore.log.files import Files, replace_whole, write_synced
from eventstore.log.line import Line, parse_line
from eventstore.log.mark import Mark, read_mark, write_mark
from eventstore.log.segments import (
    START,
    Place,
    raw_lines,
    segment_name,
    segment_path,
    segments,
)

QUARANTINE = "quarantine"
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})

_SUFFIX = ".tail"


@lru_cache(maxsize=64)
def quarantine_path(folder: Path) -> Path:
    return folder / QUARANTINE


@lru_cache(maxsize=64)
def reserve_path(folder: Path) -> Path:
    return folder / "reserve"


class Tail(NamedTuple):
    """What was found above the mark.

    `published`: the mark, raised to the greatest `synced` on an intact line. `intact`: the end of
    the whole batches. `rest`: the segments that go on after it, each with where its rest begins.
    `damage`: set when bytes are bad that an intact line after them says were synced.
    """

    published: Place
    intact: Place
    rest: tuple[tuple[int, int], ...]
    damage: LogDamaged | None


def is_clean(files: Files, folder: Path, mark: Place) -> bool:
    """Say whether the log ends where the mark says, but for blanks."""
    if blanks_behind(files, folder, mark) is None:
        return False
    following = mark.position + 1
    return following == mark.segment or files.size(segment_path(folder, following)) is None


Follows = Callable[[Sequence[Line]], bool]
"""Says whether a batch goes on from what stands before it."""


def survey(files: Files, folder: Path, mark: Place | None, follows: Follows | None = None) -> Tail:
    """Read what lies above the mark; without one, the whole log.

    Readers know of no streams yet and ask nobody whether a batch `follows`.
    """
    start = mark or START
    names = [first for first in segments(files, folder) if first >= start.segment]
    if mark is None and not names:
        text = "log/ was removed or emptied: even a new store has its mark log/synced"
        return Tail(start, start, (), LogDamaged(1, "segment_missing", text))
    if (files.size(segment_path(folder, start.segment)) or 0) < start.offset:
        text = f"{segment_name(start.segment)} ends before what was published in it"
        return Tail(start, start, (), LogDamaged(start.position, "removed", text))
    published = intact = start
    ends = {start.position: start}
    for batch, end in _batches(files, folder, start, names):
        if follows and not follows(batch):
            break
        ends[end.position] = intact = end
        published = ends.get(batch[-1].synced, published)
    rest = tuple(_rest(files, folder, intact, names))
    synced = max(_synced(files, folder, rest), default=0)
    if synced <= intact.position:
        return Tail(max(published, ends.get(synced, start)), intact, rest, None)
    text = f"it cannot be read, and an intact line after it says {synced} was synced"
    return Tail(intact, intact, rest, LogDamaged(intact.position + 1, "altered", text))


def survey_now(files: Files, folder: Path) -> tuple[Place | None, Tail]:
    """Give the mark and what lies above it, for readers, who look while others write.

    Between two looks at the files somebody may have recovered and appended, which reads like
    damage. Then the mark has moved, and all is looked at again.
    """
    while True:
        mark = read_mark(files, folder)
        tail = survey(files, folder, mark)
        if tail.damage is None or read_mark(files, folder) == mark:
            return mark, tail


def recover(files: Files, folder: Path, mark: Mark | None, follows: Follows) -> Mark:
    """Make the log end in whole, synced, published batches; gives the mark then.

    Raises LogDamaged, and leaves everything as it is, when published bytes are bad.
    """
    tail = survey(files, folder, mark and mark.place, follows)
    if tail.damage:
        raise tail.damage
    if mark and mark.place == tail.intact and not tail.rest:
        return mark
    _write_again(files, folder, tail)
    for segment, offset in reversed(tail.rest):
        _set_aside(files, folder, segment, offset)
    return write_mark(files, folder, tail.intact, before=mark, sync=True)


def tails_kept(files: Files, folder: Path) -> list[str]:
    """Give what was set aside, by its path in the store, whether an entry tells of it or not."""
    names = files.names(quarantine_path(folder))
    return [f"{QUARANTINE}/{name}" for name in names if name.endswith(_SUFFIX)]


def tail_kept(files: Files, folder: Path, kept_as: str) -> TailSetAside:
    """Give the event that tells of one tail in quarantine."""
    path = folder / kept_as
    segment, offset, _ = path.name.split("-")
    size = files.size(path) or 0
    data = files.read(path, 0, size)
    return TailSetAside(
        segment=segment_name(int(segment)),
        offset=int(offset),
        size_bytes=size,
        sha256=sha256(data).hexdigest(),
        kept_as=kept_as,
    )


def _batches(
    files: Files, folder: Path, start: Place, names: list[int]
) -> Iterator[tuple[list[Line], Place]]:
    """Give each intact whole batch that follows on `start`, until the first that is not."""
    place = start
    for segment in names:
        if segment != place.segment:
            if segment != place.position + 1:
                return
            place = Place(place.position, segment, 0)
        path = segment_path(folder, segment)
        end = files.size(path) or 0
        batch: list[Line] = []
        offset = place.offset
        for raw in raw_lines(files, path, offset, end):
            line = parse_line(raw)
            if line is None or not _continues(line, place.position, batch):
                return
            batch.append(line)
            offset += len(raw)
            if line.position == line.batch[1]:
                place = Place(line.position, segment, offset)
                yield batch, place
                batch = []
        if batch:
            return


def _continues(line: Line, position: int, batch: list[Line]) -> bool:
    first = position + 1
    is_next = line.position == first + len(batch) and line.batch[0] == first
    return is_next and (not batch or line.batch == batch[0].batch)


def _rest(files: Files, folder: Path, intact: Place, names: list[int]) -> Iterator[tuple[int, int]]:
    for segment in names:
        if segment > intact.segment:
            yield segment, 0
        elif segment == intact.segment and blanks_behind(files, folder, intact) is None:
            yield segment, intact.offset


def _synced(files: Files, folder: Path, rest: tuple[tuple[int, int], ...]) -> Iterator[int]:
    for segment, offset in rest:
        path = segment_path(folder, segment)
        for raw in raw_lines(files, path, offset, files.size(path) or 0):
            if line := parse_line(raw):
                yield line.synced


def _write_again(files: Files, folder: Path, tail: Tail) -> None:
    place = tail.published
    for segment in segments(files, folder):
        if not place.segment <= segment <= tail.intact.segment:
            continue
        path = segment_path(folder, segment)
        begin = place.offset if segment == place.segment else 0
        is_last = segment == tail.intact.segment
        end = tail.intact.offset if is_last else files.size(path) or 0
        if begin < end:
            write_synced(files, path, files.read(path, begin, end - begin), begin)
    files.sync_folder(folder / "log")


def _set_aside(files: Files, folder: Path, segment: int, offset: int) -> None:
    path = segment_path(folder, segment)
    data = files.read(path, offset, (files.size(path) or 0) - offset).rstrip(BLANK)
    if data:
        digest = sha256(data).hexdigest()
        _keep(files, folder, f"{segment:020d}-{offset}-{digest[:16]}{_SUFFIX}", data)
    file = files.open(path)
    try:
        file.truncate(offset)
        file.sync()
    finally:
        file.close()
    if offset == 0:
        files.remove(path)
        files.sync_folder(path.parent)


def _keep(files: Files, folder: Path, name: str, data: bytes) -> None:
    """Copy `data` to quarantine; on a full disk the reserve makes room for it."""
    try:
        _copy(files, folder, name, data)
    except OSError as error:
        reserve = reserve_path(folder)
        if error.errno not in NO_SPACE or files.size(reserve) is None:
            raise
        files.remove(reserve)
        _copy(files, folder, name, data)


def _copy(files: Files, folder: Path, name: str, data: bytes) -> None:
    quarantine = quarantine_path(folder)
    files.make_folder(quarantine)
    files.sync_folder(folder)
    replace_whole(files, quarantine / name, data)
