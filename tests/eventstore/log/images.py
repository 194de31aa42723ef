"""Every disk that a loss of power may leave behind, each under a name that finds it again.

Writes that were not synced are lost, kept, torn, put in another order, or have their length and
not their bytes; changes of names are lost from the last one on. Sectors are of 512 bytes.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.eventstore.log.forgetful import CACHES, ForgetfulFiles, MemoryFile, Write, written

SECTOR_BYTES = 512
Image = tuple[str, Callable[[], ForgetfulFiles]]
_Variant = tuple[str, bytes]


def images(disk: ForgetfulFiles) -> Iterator[Image]:
    """Give the images of the disk as it is now; each is built when it is called for."""
    for kept in range(disk.names_unsynced() + 1):
        names = f"{kept} changes of names kept, "
        yield names + "writes lost", _built(disk, _synced, kept)
        yield names + "writes kept", _built(disk, _now, kept)
    for path, file in disk.unsynced():
        if path.name == "writer.lock":
            continue  # Its text says nothing that anybody relies on.
        for others, content_of in (("lost", _synced), ("kept", _now)):
            yield f"only {path.name} kept or lost", _built(disk, _but(path, file, content_of))
            for name, content in _variants(file, few=path.parent.name in CACHES):
                label = f"{path.name}: {name}, others {others}"
                yield label, _built(disk, _instead(path, content, content_of))


def _variants(file: MemoryFile, *, few: bool) -> Iterator[_Variant]:
    for number, (offset, data) in enumerate(file.pending):
        before = _after(file.synced, file.pending[:number])
        later = file.pending[number + 1 :]
        if later:
            yield f"write {number} lost, later ones kept", _after(before, later)
        if data is None:
            continue
        end = offset + len(data)
        if few:
            yield f"write {number} torn in half", written(before, offset, data[: len(data) // 2])
            yield f"write {number} is a length without bytes", before.ljust(end, b"\0")
            continue
        for cut in _cuts(offset, len(data)):
            yield f"write {number} torn after {cut} bytes", written(before, offset, data[:cut])
        # Where the file grew; bytes that are overwritten are the old or the new ones.
        zeros = before.ljust(end, b"\0")
        yield f"write {number} is a length without bytes", zeros
        if later:
            yield f"write {number} is zeros, later ones kept", _after(zeros, later)
        for begin in range(0, len(data), SECTOR_BYTES):
            hole = bytearray(written(before, offset, data))
            stop = min(begin + SECTOR_BYTES, len(data))
            hole[offset + begin : offset + stop] = zeros[offset + begin : offset + stop]
            yield f"write {number} without its bytes {begin} to {stop}", bytes(hole)


def _cuts(offset: int, size: int) -> list[int]:
    border = -offset % SECTOR_BYTES
    cuts = {1, size // 2, size - 1, *range(border, size, SECTOR_BYTES)}
    return sorted(cut for cut in cuts if 0 < cut < size)


def _after(content: bytes, writes: list[Write]) -> bytes:
    for offset, data in writes:
        content = written(content, offset, data)
    return content


def _built(
    disk: ForgetfulFiles, content_of: Callable[[Path, MemoryFile], bytes], kept: int = 1 << 30
) -> Callable[[], ForgetfulFiles]:
    return lambda: disk.left(content_of, lambda changes: min(kept, changes))


def _synced(path: Path, file: MemoryFile) -> bytes:
    return file.synced


def _now(path: Path, file: MemoryFile) -> bytes:
    return _after(file.synced, file.pending)


def _but(
    path: Path, file: MemoryFile, content_of: Callable[[Path, MemoryFile], bytes]
) -> Callable[[Path, MemoryFile], bytes]:
    content = _now(path, file) if content_of is _synced else file.synced
    return _instead(path, content, content_of)


def _instead(
    path: Path, content: bytes, content_of: Callable[[Path, MemoryFile], bytes]
) -> Callable[[Path, MemoryFile], bytes]:
    return lambda other, file: content if other == path else content_of(other, file)
