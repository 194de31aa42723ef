"""Blanks behind the last entry: room that a busy writer makes for what it will append next.

A file that grows makes a sync wait for the file system's journal, which takes as long again as
the bytes themselves; overwriting what is there needs none. Blanks are no line and mean nothing:
JSON's readers skip them, and whatever else stands behind the mark is still what a crash left.
"""

from pathlib import Path

from eventstore.log.files import Files
from eventstore.log.segments import Place, segment_path

BLANK = b" "
BLANK_BYTES = 1 << 16
"""Room for some sixty entries."""


def blanks_behind(files: Files, folder: Path, end: Place) -> int | None:
    """Give how many blanks follow `end` in its segment; None when it does not end so."""
    path = segment_path(folder, end.segment)
    size = files.size(path) or 0
    if size <= end.offset or end.offset == 0:
        return 0 if size == end.offset else None
    found = files.read(path, end.offset, size - end.offset)
    return None if found.strip(BLANK) else len(found)


class Blanks:
    """What one handle knows of the blanks behind the last entry, and how many it adds.

    Only who has appended as much itself adds `size_bytes`, so that they are never the most of a
    log, and whoever appends a few entries leaves none.
    """

    def __init__(self, size_bytes: int) -> None:
        self.left = 0
        self._size_bytes = size_bytes
        self._written_bytes = 0

    def wanted(self, batch_bytes: int, *, is_new: bool) -> int:
        """Give how many to write behind a batch; a long one gains nothing by them."""
        left = 0 if is_new else self.left
        is_needed = left < batch_bytes <= self._size_bytes
        return self._size_bytes if is_needed and self._written_bytes >= self._size_bytes else 0

    def follow(self, batch_bytes: int, added: int, *, is_new: bool) -> None:
        """Take in that a batch was written, and more of them behind it."""
        left = 0 if is_new else self.left
        self.left = added or max(left - batch_bytes, 0)
        self._written_bytes += batch_bytes
