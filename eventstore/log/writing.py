"""The steps of an append that touch the disk: the batch, its sync, the mark - in this order."""

from collections.abc import Sequence
from contextlib import suppress
from hashlib import shake_256
from pathlib import Path

from eventstore.errors import DiskFull, OutcomeUnknown
from eventstore.log.blanks import BLANK, Blanks
from eventstore.log.files import Files, OpenFile, write_all, write_synced
from eventstore.log.mark import Mark, write_mark
from eventstore.log.recovery import NO_SPACE, reserve_path
from eventstore.log.segments import Place, segment_path

RESERVE_BYTES = 2 << 20
"""Enough to copy the longest torn batch to quarantine on a disk that is full."""


def write_batch(
    files: Files,
    folder: Path,
    mark: Mark,
    lines: Sequence[bytes],
    *,
    segment_bytes_max: int,
    blanks: Blanks,
) -> Mark:
    """Store and publish the batch after `mark`, over the `blanks`; gives the mark at its end.

    Raises DiskFull when it cannot have been stored, OutcomeUnknown when nobody can say.
    """
    data, end = b"".join(lines), mark.place
    is_new = end.offset == 0 or end.offset + len(data) > segment_bytes_max
    segment, offset = (end.position + 1, 0) if is_new else (end.segment, end.offset)
    place = Place(end.position + len(lines), segment, offset + len(data))
    wanted = min(blanks.wanted(len(data), is_new=is_new), max(segment_bytes_max - place.offset, 0))
    try:
        if is_new and end.offset:
            # What a full disk made us cut off must not come back below a later segment.
            cut(files, segment_path(folder, end.segment), end.offset)
        added = _write_synced(files, segment_path(folder, segment), data, offset, wanted)
        if is_new:
            files.sync_folder(folder / "log")
        blanks.follow(len(data), added, is_new=is_new)
        return write_mark(files, folder, place, before=mark, sync=is_new)
    except OSError as error:
        raise OutcomeUnknown(
            f"writing {segment_path(folder, segment)} failed ({error}): whether the events are "
            "stored shows when the log is opened anew and the same append is repeated"
        ) from error


def keep_reserve(files: Files, folder: Path, size: int) -> None:
    """Have `size` bytes in reserve for a full disk, if there is room for them now."""
    path = reserve_path(folder)
    if (files.size(path) or 0) >= size:
        return
    try:
        # Bytes that no file system can compress away.
        write_synced(files, path, shake_256(b"reserve").digest(size))
    except OSError:
        # A help for bad days only: the append before it stands, and the next handle tries again.
        with suppress(OSError):
            files.remove(path)


def _write_synced(files: Files, path: Path, data: bytes, offset: int, blanks: int) -> int:
    """Write and sync a batch with `blanks` behind it; gives how many of these there are."""
    file = _open(files, path)
    try:
        try:
            write_all(file, data, offset)
        except OSError as error:
            if error.errno not in NO_SPACE:
                raise
            # Some byte of the batch is missing, so nobody will ever take it for whole.
            file.truncate(offset)
            raise _disk_full(path, error) from error
        written = _write_blanks(file, blanks, offset + len(data))
        file.sync()
    finally:
        file.close()
    return written


def _write_blanks(file: OpenFile, count: int, offset: int) -> int:
    try:
        write_all(file, BLANK * count, offset)
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        # The batch stands without them; what there is of them shows at the next look.
        return 0
    return count


def cut(files: Files, path: Path, size: int) -> None:
    """End a segment at `size`, and sync that."""
    file = _open(files, path)
    try:
        file.truncate(size)
        file.sync()
    finally:
        file.close()


def _open(files: Files, path: Path) -> OpenFile:
    try:
        return files.open(path)
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise _disk_full(path, error) from error


def _disk_full(path: Path, error: OSError) -> DiskFull:
    return DiskFull(f"no room to write {path} ({error}); nothing was stored")
