"""An independent model of what is *in* the files: blocks, and what each moment must read.

It knows nothing of the machine's rules. It believes only events, keeps its own parent links, and
remembers for every snapshot and for Now what they read when they were made.
"""

import random

from eventstore.events import (
    DiskAttached,
    DiskDeleted,
    DiskDetached,
    MergeCompleted,
    NewDisk,
    SnapshotApplied,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmEvent,
    VmRegistered,
)
from eventstore.machine import Heads, Machine

BLOCKS = 6
Content = dict[int, int]
Reading = dict[str, Content]


class BlockWorld:
    """Files with blocks in them, and what every owner must be able to read."""

    def __init__(self) -> None:
        self.blocks: dict[str, Content] = {}
        self.parent: dict[str, str | None] = {}
        self.heads: dict[str, str] = {}
        self.must_read: dict[str, Reading] = {"now": {}}
        self._written = 0

    def happens(self, event: VmEvent) -> None:
        match event:
            case VmRegistered(disks=disks):
                for disk in disks:
                    self._plugged(disk.slot, disk.path)
            case DiskAttached(disk):
                self._plugged(disk.slot, disk.path)
            case DiskDetached(slot):
                del self.heads[slot], self.must_read["now"][slot]
            case SnapshotTaken(snapshot, new_disks=new):
                self.must_read[snapshot] = _copy(self.must_read["now"])
                self._made(new)
            case SnapshotApplied(snapshot, new_disks=new):
                self.must_read["now"] = _copy(self.must_read[snapshot])
                self.heads = {}
                self._made(new)
            case SnapshotDeleted(snapshot):
                del self.must_read[snapshot]
            case SubtreeDeleted(_, snapshots):
                for snapshot in snapshots:
                    del self.must_read[snapshot]
            case DiskDeleted(path):
                del self.blocks[path], self.parent[path]
            case MergeCompleted(child, into):
                self._merged(child, into)
            case _:
                pass

    def guest_writes(self, chance: random.Random) -> None:
        """Let the guest write one block on each of its disks."""
        for slot, path in self.heads.items():
            self._written += 1
            block = chance.randrange(BLOCKS)
            self.blocks[path][block] = self._written
            self.must_read["now"][slot][block] = self._written

    def read(self, path: str) -> Content:
        """Read the whole disk whose head is `path`; a missing file is a KeyError."""
        chain = [path]
        while (parent := self.parent[chain[-1]]) is not None:
            chain.append(parent)
        content: Content = {}
        for file in reversed(chain):
            content |= self.blocks[file]
        return content

    def readings_of(self, machine: Machine) -> dict[str, Reading]:
        """Read what every snapshot and Now of `machine` refer to."""
        owners: dict[str, Heads] = {each.id: each.heads for each in machine.snapshots.values()}
        owners["now"] = machine.now.heads
        return {
            owner: {slot: self.read(machine.path(key)) for slot, key in heads.items()}
            for owner, heads in owners.items()
        }

    def _plugged(self, slot: str, path: str) -> None:
        self.blocks.setdefault(path, {})
        self.parent.setdefault(path, None)
        self.heads[slot] = path
        self.must_read["now"][slot] = self.read(path)

    def _made(self, new: tuple[NewDisk, ...]) -> None:
        for disk in new:
            assert disk.path not in self.blocks, f"{disk.path} stands already"
            self.blocks[disk.path] = {}
            self.parent[disk.path] = disk.parent
            self.heads[disk.slot] = disk.path

    def _merged(self, child: str, into: str) -> None:
        assert self.parent[child] == into, "a merge goes into the parent"
        self.blocks[into] |= self.blocks.pop(child)
        del self.parent[child]
        self.parent = {
            path: into if parent == child else parent for path, parent in self.parent.items()
        }
        self.heads = {slot: into if path == child else path for slot, path in self.heads.items()}


def _copy(reading: Reading) -> Reading:
    return {slot: dict(content) for slot, content in reading.items()}
