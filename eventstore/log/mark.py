"""The published mark, `log/synced`: through which entry the log is synced and may be shown.

Two lines of fixed length, each in a sector of its own, written in turn: while one is being
overwritten, or was torn by a loss of power, the other still says where the log ended before.
A line is `{"position":7,"segment":"….ndjson","length":4096,"check":"<64 hex>"}` and spaces; the
check is the SHA-256 of its bytes up to `,"check"`. The valid line with the greater position
counts.
"""

import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from eventstore.log.files import Files, write_all, write_synced
from eventstore.log.segments import START, Place, segment_name

SLOT_BYTES = 4096
"""The largest sector in use: a torn write damages one slot only."""


class Mark(NamedTuple):
    """The end of what is published, where the slot that says so begins, and both slots' bytes."""

    place: Place
    offset: int
    slots: bytes


_SLOT = re.compile(
    rb'(\{"position":(\d+),"segment":"(\d{20})\.ndjson","length":(\d+)),'
    rb'"check":"([0-9a-f]{64})"\} *\n'
)


@lru_cache(maxsize=64)
def mark_path(folder: Path) -> Path:
    return folder / "log" / "synced"


def create_mark(files: Files, folder: Path) -> None:
    """Give a new log both its slots, so that a full disk never keeps the mark from moving."""
    blank = b" " * (SLOT_BYTES - 1) + b"\n"
    write_synced(files, mark_path(folder), _format(START) + blank)


def read_mark(files: Files, folder: Path) -> Place | None:
    """Give the end of what is published, None when no slot can be trusted."""
    found = find_mark(files, folder)
    return found and found.place


def find_mark(files: Files, folder: Path, known: Mark | None = None) -> Mark | None:
    """Give the mark with its slot, None when no slot can be trusted.

    Whoever has it as it was last, by reading or writing, spares looking at the same bytes again.
    """
    try:
        data = files.read(mark_path(folder), 0, 2 * SLOT_BYTES)
    except FileNotFoundError:
        return None
    if known and data == known.slots:
        return known
    slots = ((_parse(data[at : at + SLOT_BYTES]), at) for at in (0, SLOT_BYTES))
    return max((Mark(place, at, data) for place, at in slots if place), default=None)


def write_mark(
    files: Files, folder: Path, place: Place, *, before: Mark | None, sync: bool = False
) -> Mark:
    """Publish through `place`, in the other slot than the mark `before`; gives the new one.

    The caller has looked for `before` under the lock that it still holds.
    """
    offset = SLOT_BYTES if before and before.offset == 0 else 0
    slots, slot = before.slots if before else b"", _format(place)
    file = files.open(mark_path(folder))
    try:
        write_all(file, slot, offset)
        if sync:
            file.sync()
    finally:
        file.close()
    return Mark(place, offset, slots[:offset] + slot + slots[offset + SLOT_BYTES :])


def _format(place: Place) -> bytes:
    name = segment_name(place.segment)
    body = f'{{"position":{place.position},"segment":"{name}","length":{place.offset}'.encode()
    line = b"".join((body, b',"check":"', sha256(body).hexdigest().encode(), b'"}'))
    return line.ljust(SLOT_BYTES - 1) + b"\n"


def _parse(slot: bytes) -> Place | None:
    found = _SLOT.fullmatch(slot)
    if found is None or sha256(found[1]).hexdigest().encode() != found[5]:
        return None
    return Place(position=int(found[2]), segment=int(found[3]), offset=int(found[4]))
