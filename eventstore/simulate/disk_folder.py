"""Disk files in a folder that stands for a Windows host: made, written, merged, moved.

Every operation names disks by their Windows paths and raises BadInput, with nothing changed, when
a disk it needs is not there or one it would make is. No clock, no random number: the same calls
give the same bytes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from msgspec import Struct

from eventstore.errors import BadInput, EvidenceError
from eventstore.events import SlotDisk
from eventstore.evidence.disk import read_disk
from eventstore.evidence.observations import DiskFacts, DiskFormat
from eventstore.evidence.path_map import path_map
from eventstore.evidence.vhdx_layout import FILE_SIGNATURE
from eventstore.ids import derive
from eventstore.moments import Moment, datetime_of
from eventstore.paths import PathKey, path_key, suffix_of
from eventstore.simulate.vhd_file import VhdFile, create_vhd
from eventstore.simulate.vhdx_file import VhdxFile, create_vhdx
from eventstore.simulate.virtual_disk import (
    BLOCK_SIZE_BYTES,
    NewVirtualDisk,
    VirtualDisk,
    first_stamp,
    next_stamp,
    reference,
)
from eventstore.simulate.windows_folder import WindowsFolder
from eventstore.text import storable

FORMATS: dict[str, DiskFormat] = {".vhd": "vhd", ".avhd": "vhd", ".vhdx": "vhdx", ".avhdx": "vhdx"}

CONTENT_BYTES = 4096
"""How much one simulated write changes: enough to be found again, little on disk."""


class _Link(Struct, frozen=True):
    """A differencing disk and the parent its header names, both as Windows paths.

    `home` is where Hyper-V knows it, or the file that it is a copy of; None if nowhere. What
    stands elsewhere, past Hyper-V, has a link that it does not mend. One that an earlier run made
    by hand cannot be told from the others any more.
    """

    child: str
    parent: str
    home: PathKey | None

    @property
    def is_by_hand(self) -> bool:
        return self.home != path_key(self.child)


class DiskFolder:
    """The disks below one folder, those of an earlier run included."""

    def __init__(self, folder: Path, virtual_size_bytes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._places = WindowsFolder(folder)
        self._virtual_size_bytes = virtual_size_bytes
        self._links: dict[PathKey, _Link] = {}
        self._below: dict[PathKey, dict[PathKey, None]] = {}
        for link in _links_found(folder):
            self._link(link)

    # --- disks come -------------------------------------------------------------------------

    def provide(self, disk: SlotDisk, when: Moment) -> None:
        """Make the disk and its ancestors, base first, as far as they are not there."""
        paths = (disk.path, *disk.ancestors)[::-1]
        for parent, path in zip((None, *paths), paths, strict=False):
            # The chain of a VHDX shares one id, so it is the base that must have it.
            is_its_own = path == disk.path or _format(path) == "vhdx"
            disk_id = disk.disk_id if is_its_own else None
            if self._places.place(path).exists():
                continue
            if parent is None:
                self._make_base(path, disk_id, when)
            else:
                self.make_child(path, parent, disk_id, when)

    def _make_base(self, path: str, disk_id: str | None, when: Moment) -> None:
        disk_id = disk_id or derive("disk", path_key(path))
        disk = NewVirtualDisk(
            kind="dynamic",
            disk_id=disk_id,
            stamp=first_stamp(disk_id, path_key(path), when),
            virtual_size_bytes=self._virtual_size_bytes,
        )
        create = create_vhd if _format(path) == "vhd" else create_vhdx
        create(self._vacant(path), disk)
        self._date(path, when)

    def make_child(self, path: str, parent: str, disk_id: str | None, when: Moment) -> None:
        facts = self._facts(parent)
        if _format(path) != facts.format:
            raise BadInput(f"{path} cannot be a child of {parent}, a {facts.format.upper()}")
        if facts.format == "vhdx":
            disk_id = facts.disk_id
        disk_id = disk_id or derive("disk", path_key(path))
        disk = NewVirtualDisk(
            kind="differencing",
            disk_id=disk_id,
            stamp=first_stamp(disk_id, path_key(path), when),
            virtual_size_bytes=facts.virtual_size_bytes,
        )
        create = create_vhd if facts.format == "vhd" else create_vhdx
        create(self._vacant(path), disk, reference(parent, path, facts))
        self._date(path, when)
        self._link(_Link(path, parent, path_key(path)))

    def clone(self, child: str, parent: str, disk_id: str | None, when: Moment) -> None:
        """Make a differencing disk that Hyper-V does not know of."""
        self.make_child(child, parent, disk_id, when)
        self._link(_Link(child, parent, None))

    # --- content ----------------------------------------------------------------------------

    def write_before_freezing(self, path: str, when: Moment) -> None:
        """Give a disk content while it may still be written: a child would feel it."""
        if not self._children(path):
            self.write(path, when)

    def write(self, path: str, when: Moment) -> None:
        """Write one piece of content that depends on the path and the time, and nothing else."""
        facts = self._facts(path)
        line = f"{path_key(path)} as written at {when}\n".encode()
        block = crc32(line) % max(facts.virtual_size_bytes // BLOCK_SIZE_BYTES, 1)
        content = (line * (CONTENT_BYTES // len(line) + 1))[:CONTENT_BYTES]
        with opened(self._standing(path)) as disk:
            disk.write(block * BLOCK_SIZE_BYTES, content)
            disk.stamp(next_stamp(facts, when))
        self._date(path, when)

    def merge(self, child: str, into: str, when: Moment) -> None:
        """Rule R5: `into` takes the content and the children of `child`, which goes."""
        self._pour(child, into)
        self._stamp(into, when)
        facts = self._facts(into)
        for link in self._children(child):
            if link.is_by_hand:
                continue
            with opened(self._standing(link.child)) as disk:
                stamp = next_stamp(self._facts(link.child), when)
                disk.relink(reference(into, link.child, facts), stamp)
            self._date(link.child, when)
            self._link(_Link(link.child, into, link.home))
        self.remove(child)

    def merge_by_hand(self, child: str, into: str, when: Moment) -> None:
        """Pour every disk from below `into` down to `child` into it; all of them stay."""
        chain = [child]
        while path_key(chain[-1]) != path_key(into):
            link = self._links.get(path_key(chain[-1]))
            if link is None or len(chain) > len(self._links):
                raise BadInput(f"{into} is no ancestor of {child}")
            chain.append(link.parent)
        for source in reversed(chain[:-1]):
            self._pour(source, into)
        self._stamp(into, when)

    def _pour(self, source: str, into: str) -> None:
        if self._facts(source).format != self._facts(into).format:
            raise BadInput(f"{source} and {into} are disks of two formats")
        with opened(self._standing(source)) as giver, opened(self._standing(into)) as taker:
            for offset, data in giver.runs():
                taker.write(offset, data)

    def _stamp(self, path: str, when: Moment) -> None:
        facts = self._facts(path)
        with opened(self._standing(path)) as disk:
            disk.stamp(next_stamp(facts, when))
        self._date(path, when)

    def _date(self, path: str, when: Moment) -> None:
        """Let the file have been changed when the event happened, as evidence would show it."""
        seconds = datetime_of(when).timestamp()
        os.utime(self._standing(path), (seconds, seconds))

    # --- files ------------------------------------------------------------------------------

    def remove(self, path: str) -> None:
        self._places.place(path).unlink(missing_ok=True)
        self._unlink(path)

    def move(self, path: str, to: str) -> None:
        self._standing(path).rename(self._vacant(to))
        link = self._unlink(path)
        if link is not None:
            self._link(_Link(to, link.parent, link.home))

    def copy(self, path: str, to: str) -> None:
        _copy_sparse(self._standing(path), self._vacant(to))
        link = self._links.get(path_key(path))
        if link is not None:
            self._link(_Link(to, link.parent, link.home))

    def _children(self, path: str) -> list[_Link]:
        return [self._links[child] for child in self._below.get(path_key(path), {})]

    def _link(self, link: _Link) -> None:
        self._unlink(link.child)
        key = path_key(link.child)
        self._links[key] = link
        self._below.setdefault(path_key(link.parent), {})[key] = None

    def _unlink(self, child: str) -> _Link | None:
        link = self._links.pop(path_key(child), None)
        if link is not None:
            del self._below[path_key(link.parent)][path_key(child)]
        return link

    def _facts(self, path: str) -> DiskFacts:
        return read_disk(self._standing(path)).facts

    def _standing(self, path: str) -> Path:
        place = self._places.place(path)
        if not place.is_file():
            raise BadInput(f"{path} does not stand in {self._places.folder}")
        return place

    def _vacant(self, path: str) -> Path:
        if self._places.place(path).exists():
            raise BadInput(f"{path} stands in {self._places.folder} already and was left as it is")
        return self._places.make_room(path)


def _format(path: str) -> DiskFormat:
    found = FORMATS.get(suffix_of(path))
    if found is None:
        raise BadInput(f"{path} is no disk by its suffix; expected {', '.join(FORMATS)}")
    return found


def _links_found(folder: Path) -> Iterator[_Link]:
    """Give the links of the disks that stand in `folder` from an earlier run."""
    places = path_map(folder)
    for place in sorted(folder.rglob("*")):
        if place.suffix.lower() not in FORMATS:
            continue
        try:
            parent = read_disk(place).facts.parent
        except EvidenceError:
            continue  # not a disk of ours: nothing can be linked to it
        if parent is not None and parent.absolute_path is not None:
            found_at = storable(str(place.absolute()))
            child = places.windows(found_at)
            yield _Link(child, parent.absolute_path, path_key(child))


@contextmanager
def opened(place: Path) -> Iterator[VirtualDisk]:
    """Open the disk file at `place` for writing, whatever its suffix says."""
    with place.open("r+b") as file:
        is_vhdx = file.read(len(FILE_SIGNATURE)) == FILE_SIGNATURE
        yield VhdxFile(file) if is_vhdx else VhdFile(file)


def _copy_sparse(source: Path, target: Path) -> None:
    """Copy a file and leave its empty stretches empty."""
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(1 << 20):
            if chunk.count(0) == len(chunk):
                writer.seek(len(chunk), os.SEEK_CUR)
            else:
                writer.write(chunk)
        writer.truncate()
