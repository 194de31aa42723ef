"""Pieces of sentences: lists, counts, and file names as short as they can be without doubt."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from eventstore.events import NewDisk, SlotDisk
from eventstore.paths import name_of, path_key


def listed(items: Sequence[str], *, nothing: str = "nothing") -> str:
    """Join as one says it: `a`, `a and b`, `a, b and c`."""
    if len(items) <= 1:
        return items[0] if items else nothing
    return f"{', '.join(items[:-1])} and {items[-1]}"


def counted(number: int, one: str, many: str = "") -> str:
    """Give `1 disk`, `3 disks`, `1,200 bytes`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def shown(*paths: str) -> Callable[[str], str]:
    """Give a way to write the files of one sentence: by name, or in full where names collide."""
    files = {path_key(path): path for path in paths}
    names = Counter(name_of(path).casefold() for path in files.values())

    def written(path: str) -> str:
        name = name_of(path)
        return name if name and names[name.casefold()] == 1 else path

    return written


def in_slots(disks: Iterable[SlotDisk]) -> str:
    """Give `web01.vhd in IDE 0:0 and data.vhd in IDE 0:1`."""
    disks = tuple(disks)
    file = shown(*(disk.path for disk in disks))
    return listed([f"{file(disk.path)} in {disk.slot}" for disk in disks], nothing="no disk")


def on_top(disks: Iterable[NewDisk]) -> str:
    """Give `after-S1.avhd on top of web01.vhd (IDE 0:0)`."""
    disks = tuple(disks)
    file = shown(*(path for disk in disks for path in (disk.path, disk.parent)))
    said = [f"{file(disk.path)} on top of {file(disk.parent)} ({disk.slot})" for disk in disks]
    return listed(said, nothing="no disk")
