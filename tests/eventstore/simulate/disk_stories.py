"""Small histories of disks, made as real files, for tests that read them."""

from collections.abc import Iterable
from pathlib import Path

from eventstore.events import NewDisk, SlotDisk, SnapshotTaken, VmRegistered
from eventstore.evidence.disk import read_disk
from eventstore.evidence.observations import DiskFacts
from eventstore.ids import SnapshotId, derive
from eventstore.moments import Moment
from eventstore.simulate.disk_files import DiskFiles
from eventstore.simulate.disk_folder import opened
from eventstore.simulate.virtual_disk import NewVirtualDisk, Stamp

SLOT = "IDE 0:0"
DISK_ID = "11111111-2222-4333-8444-555555555555"
SIZE_BYTES = 8 << 20


def minute(number: int) -> Moment:
    return Moment(f"2010-09-26T06:{number:02d}:00.000000Z")


def stamp(number: int) -> Stamp:
    return Stamp(written_at=minute(number), write_id=derive("test", number))


def new_disk(kind: str = "dynamic", size_bytes: int = SIZE_BYTES) -> NewVirtualDisk:
    match kind:
        case "fixed":
            return NewVirtualDisk("fixed", DISK_ID, stamp(0), size_bytes)
        case "differencing":
            return NewVirtualDisk("differencing", derive("child"), stamp(0), size_bytes)
        case _:
            return NewVirtualDisk("dynamic", DISK_ID, stamp(0), size_bytes)


class Story:
    """A VM with one disk; every `take` freezes the head and puts another above it."""

    def __init__(self, folder: Path, format_: str) -> None:
        self.folder = folder
        self.files = DiskFiles(folder, virtual_size_bytes=SIZE_BYTES)
        self.x = "x" if format_ == "vhdx" else ""
        self.base = self.path("web01.vhd")
        disks = (SlotDisk(SLOT, self.base, DISK_ID),)
        event = VmRegistered("web01", "offline", merge_on_save=True, root=r"C:\VMs", disks=disks)
        assert self.files.apply(event, minute(0)) == ()

    def path(self, name: str) -> str:
        return rf"C:\VMs\{name}{self.x}"

    def place(self, path: str) -> Path:
        return self.folder / "C" / path.removeprefix("C:\\").replace("\\", "/")

    def take(self, name: str, parent: str, at: int) -> str:
        child = self.path(name)
        new = (NewDisk(SLOT, child, parent, derive("disk", child)),)
        event = SnapshotTaken(SnapshotId(derive(name)), name, has_saved_state=False, new_disks=new)
        assert self.files.apply(event, minute(at)) == ()
        return child

    def facts(self, path: str) -> DiskFacts:
        return read_disk(self.place(path)).facts

    def content(self, *chain: str) -> bytes:
        return content_of([self.place(path) for path in chain])


def content_of(chain: Iterable[Path]) -> bytes:
    """Read a disk through its chain, child first, the way its guest would."""
    disk = bytearray(SIZE_BYTES)
    for place in reversed(list(chain)):
        with opened(place) as file:
            for offset, data in file.runs():
                disk[offset : offset + len(data)] = data
    return bytes(disk)
