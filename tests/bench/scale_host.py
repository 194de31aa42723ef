"""A large Hyper-V host as a folder: real disk headers and configurations, made straight away.

What `play --write-disks` would leave after years, without playing them: chains with branches on
two snapshot policies, linked clones, orphans, disks of nobody, VMs whose base is gone, and some
that were removed and left their files.
"""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from eventstore.evidence.observations import DiskFacts
from eventstore.evidence.path_map import MAP_NAME, map_text
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment, later
from eventstore.paths import suffix_of
from eventstore.simulate.config_files import (
    BIN_PLACEHOLDER,
    ConfiguredVm,
    snapshot_configuration,
    vm_configuration,
)
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import NewVirtualDisk, first_stamp, reference
from tests.story import START

ROOT = r"D:\Hyper-V"
ARCHIVE = r"D:\Archive"
NAMES = ("web", "mail", "営業部サーバー", "sql", "開発_検証")
NOTES = ("before the update", "月例更新の前", "配布前の確認", "v2")
DISKS = (2, 4, 4, 8)
"""How many disks VMs have, in turn."""

_BRANCH_EVERY, _BACK = 5, 4
_REMOVED_EVERY, _BASELESS_EVERY, _CLONED_EVERY = 50, 97, 5
_ORPHANS = 3
_IN_A_FOLDER = 100


class _Disk(Struct, frozen=True):
    """A disk that was made, and what a child records of it."""

    path: str
    facts: DiskFacts


class _Snapshot(Struct, frozen=True):
    id: SnapshotId
    name: str
    parent: SnapshotId | None
    taken_at: Moment
    disks: Sequence[_Disk]


class Made(Struct, frozen=True):
    """What stands in the folder; `vm` and `file` are a VM's name and its base, to ask about."""

    disks: int
    vms: int
    snapshots: int
    vm: str
    file: str


def make_host(folder: Path, disks: int, vms: int) -> Made:
    """Write a host with so many disk files and VMs into `folder`, which must not exist.

    The files beyond whole VMs are disks of nobody, in an archive.
    """
    host = _Host(folder)
    snapshots = sum(host.vm(number, disks // vms) for number in range(vms))
    for number in range(disks - host.disks):
        host.disk(rf"{ARCHIVE}\{number // _IN_A_FOLDER:04}\old {number:06}.vhd")
    (folder / MAP_NAME).write_bytes(map_text({"D:\\": "D"}))
    name = _name(0)
    return Made(host.disks, vms, snapshots, name, rf"{ROOT}\{name}\disk 0.vhd")


def _name(number: int) -> str:
    return f"{NAMES[number % len(NAMES)]}{number:05}"


class _Host:
    """The folder in the making; `disks` counts the files that stand there."""

    def __init__(self, folder: Path) -> None:
        self.disks = 0
        self._folder = folder
        self._rooms: set[Path] = set()
        self._minutes = count()

    def vm(self, number: int, files: int) -> int:
        """Make a VM of at most so many disk files; gives how many snapshots it has."""
        name, is_live = _name(number), number // len(DISKS) % 2
        vm = ConfiguredVm(
            VmId(derive("vm", number)), "live" if is_live else "offline", rf"{ROOT}\{name}"
        )
        suffix = "vhdx" if is_live else "vhd"
        slots = DISKS[number % len(DISKS)]
        bases = [self.disk(rf"{vm.root}\disk {slot}.{suffix}") for slot in range(slots)]
        snapshots = self._snapshots(vm, bases, max((files - _ORPHANS - 1) // slots - 1, 0))
        for index in range(_ORPHANS if snapshots else 0):
            self._children(vm, snapshots[index % len(snapshots)].disks[:1], f"left {index}")
        now = self._children(vm, snapshots[-1].disks, "now") if snapshots else bases
        if number % _CLONED_EVERY == 0:
            self.disk(rf"{vm.root}\clone.{suffix}", bases[0])
        if number % _BASELESS_EVERY == _BASELESS_EVERY - 1:
            self._place(bases[0].path).unlink()
            self.disks -= 1
        if number % _REMOVED_EVERY != _REMOVED_EVERY - 1:
            self._configurations(vm, name, snapshots, now)
        return len(snapshots)

    def disk(self, path: str, parent: _Disk | None = None) -> _Disk:
        """Make a disk file, a child of `parent` if there is one."""
        self.disks += 1
        is_vhdx = suffix_of(path).endswith("x")
        # The disks of one VHDX chain share an id, those of a VHD chain do not.
        disk_id = parent.facts.disk_id if parent and is_vhdx else derive("disk", path)
        stamp = first_stamp(disk_id, path, self._moment())
        new = NewVirtualDisk("differencing" if parent else "dynamic", disk_id, stamp)
        create = create_vhdx if is_vhdx else create_vhd
        above = reference(parent.path, path, parent.facts) if parent else None
        create(self._place(path), new, above)
        return _Disk(path, _facts(new, is_vhdx=is_vhdx))

    def _snapshots(self, vm: ConfiguredVm, bases: Sequence[_Disk], many: int) -> list[_Snapshot]:
        """Take so many snapshots; now and then an older one is applied before."""
        taken: list[_Snapshot] = []
        for index in range(many):
            back = _BACK if index % _BRANCH_EVERY == _BRANCH_EVERY - 1 else 1
            above = taken[index - back] if index >= back else None
            taken.append(
                _Snapshot(
                    SnapshotId(derive(vm.vm_id, "snapshot", index)),
                    NOTES[index % len(NOTES)],
                    above.id if above else None,
                    self._moment(),
                    self._children(vm, above.disks, f"{index}") if above else bases,
                )
            )
        return taken

    def _children(self, vm: ConfiguredVm, parents: Sequence[_Disk], why: str) -> list[_Disk]:
        suffix = "avhdx" if vm.policy == "live" else "avhd"
        return [
            self.disk(rf"{vm.root}\disk {slot}_{why}.{suffix}", parent)
            for slot, parent in enumerate(parents)
        ]

    def _configurations(
        self, vm: ConfiguredVm, name: str, snapshots: Sequence[_Snapshot], now: Sequence[_Disk]
    ) -> None:
        listed = [each.id for each in snapshots]
        content = vm_configuration(vm, name=name, disks=_slots(now), snapshots=listed)
        self._place(rf"{vm.root}\Virtual Machines\{vm.vm_id}.xml").write_bytes(content)
        for each in snapshots:
            content = snapshot_configuration(
                vm,
                snapshot=each.id,
                name=each.name,
                disks=_slots(each.disks),
                parent=each.parent,
                taken_at=each.taken_at,
            )
            self._place(rf"{vm.root}\Snapshots\{each.id}.xml").write_bytes(content)
        for each in snapshots[:1]:
            memory = self._place(rf"{vm.root}\Snapshots\{each.id}\{each.id}.bin")
            memory.write_bytes(BIN_PLACEHOLDER)

    def _place(self, path: str) -> Path:
        place = self._folder.joinpath("D", *path.split("\\")[1:])
        if place.parent not in self._rooms:
            place.parent.mkdir(parents=True)
            self._rooms.add(place.parent)
        return place

    def _moment(self) -> Moment:
        return later(START, seconds=next(self._minutes))


def _slots(disks: Sequence[_Disk]) -> dict[str, str]:
    return {f"SCSI 0:{number}": each.path for number, each in enumerate(disks)}


def _facts(disk: NewVirtualDisk, *, is_vhdx: bool) -> DiskFacts:
    """Give what a child quotes of a disk, as reading its headers would."""
    return DiskFacts(
        format="vhdx" if is_vhdx else "vhd",
        kind=disk.kind,
        creator="",
        virtual_size_bytes=disk.virtual_size_bytes,
        identity=disk.disk_id if is_vhdx else UUID(disk.disk_id).bytes_le.hex(),
        disk_id=disk.disk_id,
        data_write_id=disk.stamp.write_id if is_vhdx else None,
        written_at=None if is_vhdx else disk.stamp.written_at,
    )
