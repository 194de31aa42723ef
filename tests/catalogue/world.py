"""The truth about disk files, computed from what happened and from nothing that judges it.

A file holds a *piece*: blocks, each stamped with when it was written, on top of another piece.
Snapshots and running states read pieces, wherever these stand: whoever moves a file moves what
somebody reads. Neither the product's model of a VM nor its graph of files is asked.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from eventstore.events import (
    DiskAttached,
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskDetached,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskWritten,
    Event,
    MergeCompleted,
    NewDisk,
    SlotDisk,
    SnapshotApplied,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmRegistered,
    VmRemoved,
)
from eventstore.paths import PathKey, path_key

Truth = Literal["needed", "newest", "orphan", "own"]
"""*needed*: somebody reads it. *newest*: nobody does, and it holds later data than what is read
instead. *orphan*: left by Hyper-V, and nothing is lost with it. *own*: a user's disk or copy, what
a removed VM left, or a wrong disk where a VM looks for its own; files do not tell who wants it."""

Reader = tuple[str, str]
"""A VM and one of its snapshots, or `now`."""


@dataclass(eq=False)
class Piece:
    """What stands in a file. `origin` is shared by copies; `home` is where its readers look.

    `made_by` is "hyper-v" for an AVHD(X); `put_down` is when a rule of Hyper-V discarded it.
    """

    parent: "Piece | None"
    made_by: Literal["user", "hyper-v"]
    origin: int
    home: PathKey
    blocks: dict[int, int] = field(default_factory=dict)
    put_down: int = 0

    @property
    def written(self) -> int:
        return max(self.blocks.values(), default=0)

    def chain(self) -> Iterator["Piece"]:
        piece: Piece | None = self
        while piece is not None:
            yield piece
            piece = piece.parent

    def is_twin_of(self, other: "Piece") -> bool:
        """Tell whether it reads as the other does: itself, or a copy that nobody wrote to."""
        mine, theirs = (self.origin, self.parent, self.blocks), other
        return mine == (theirs.origin, theirs.parent, theirs.blocks)


class World:
    """All pieces at their places, and who reads them."""

    def __init__(self) -> None:
        self.places: dict[PathKey, Piece] = {}
        self.readers: dict[Reader, dict[str, Piece]] = {}
        self._stamps = count(1)
        self._once_read: list[Piece] = []

    def happens(self, vm: str, event: Event) -> None:
        """Take in an event of the VM `vm`, or one of hands."""
        match event:
            case VmRegistered(disks=disks):
                self.readers[vm, "now"] = {}
                for disk in disks:
                    self._plugged(vm, disk)
            case VmRemoved():
                self._removed(vm)
            case DiskAttached(disk):
                self._plugged(vm, disk)
            case DiskDetached(slot):
                self.readers[vm, "now"].pop(slot, None)
            case SnapshotTaken(snapshot, new_disks=new):
                self.readers[vm, snapshot] = dict(self.readers[vm, "now"])
                self._guest_filled(vm)
                self._made(vm, snapshot, new)
            case SnapshotApplied(snapshot, new_disks=new):
                self._put_down([(vm, "now")])
                self.readers[vm, "now"] = {}
                self._made(vm, snapshot, new)
            case SnapshotDeleted(snapshot):
                self._put_down([(vm, snapshot)])
            case SubtreeDeleted(_, snapshots):
                self._put_down([(vm, snapshot) for snapshot in snapshots])
            case MergeCompleted(child, into):
                self._merged(child, into)
            case DiskCloned(child, parent):
                self._new(child, self.places[path_key(parent)], "user")
            case DiskMergedByHand(child, into):
                self._merged_by_hand(child, into)
            case DiskDeleted(path) | DiskLost(path):
                self.places.pop(path_key(path), None)
            case DiskWritten(path):
                self.write(path)
            case DiskMoved(path, to):
                self.move(path, to)
            case DiskCopied(path, to):
                self.copy(path, to)
            case _:
                pass  # changes no file and no reader

    # --- what hands and accidents do, told or not ---------------------------------------------

    def guest_writes(self, vm: str) -> None:
        """Write to what stands where the VM looks; from then on that is its disk."""
        for head in tuple(self.readers[vm, "now"].values()):
            if (piece := self.places.get(head.home)) and piece.is_twin_of(head):
                self.write(head.home)

    def write(self, path: str) -> None:
        """Write to what stands there: where somebody looks for a disk, that is the disk then."""
        key = path_key(path)
        if piece := self.places.get(key):
            for read in self._read():
                if read.home == key and piece.is_twin_of(read):
                    self._replace(read, piece)
            self._write(piece)

    def remove(self, path: str) -> Piece | None:
        return self.places.pop(path_key(path), None)

    def move(self, path: str, to: str) -> None:
        if piece := self.remove(path):
            self.places[path_key(to)] = piece

    def copy(self, path: str, to: str) -> None:
        """Let a copy stand at `to`, over whatever stood there."""
        if piece := self.places.get(path_key(path)):
            copied = self._copied(piece)
            copied.home = path_key(to)
            copied.made_by = "user"
            self.places[path_key(to)] = copied

    def kept(self, path: str) -> Piece:
        """Give what stands at `path` as it is now, to be put back later."""
        return self._copied(self.places[path_key(path)])

    def put_back(self, path: str, piece: Piece, discarded: Piece | None) -> None:
        """Let what was kept stand again; a rule that let go of it since let go of this, too."""
        piece.put_down = discarded.put_down if discarded else 0
        self.places[path_key(path)] = piece

    # --- the truth ----------------------------------------------------------------------------

    def truths(self) -> dict[PathKey, Truth]:
        """Say of every file that stands what would be lost with it."""
        needed = {key for piece in self._read() for key in self._read_at(piece)}
        once = {part for head in self._once_read for part in head.chain()}
        looked_at = {piece.home for piece in self._read()}
        return {
            key: "needed"
            if key in needed
            else "own"
            if piece in once or key in looked_at
            else self._idle(piece)
            for key, piece in self.places.items()
        }

    def _read_at(self, piece: Piece) -> list[PathKey]:
        """Give where `piece` is read: where it stands, or what a copy may stand in for it."""
        at_home = self.places.get(piece.home)
        if at_home and at_home.is_twin_of(piece):
            return [piece.home]
        itself = [key for key, other in self.places.items() if other is piece]
        return itself or [key for key, other in self.places.items() if other.is_twin_of(piece)]

    def _idle(self, piece: Piece) -> Truth:
        if piece.made_by == "user" or piece in self._read():
            return "own"
        root = list(piece.chain())[-1]
        rivals = [
            head for (_, owner), heads in self.readers.items() if owner == "now"
            for head in heads.values() if root in head.chain()
        ]  # fmt: skip
        last_read = max((part.written for head in rivals for part in head.chain()), default=0)
        return "newest" if piece.written > max(last_read, piece.put_down) else "orphan"

    # --- how it is done -----------------------------------------------------------------------

    def _removed(self, vm: str) -> None:
        """Nobody reads the disks of a removed VM, and somebody may want them back."""
        for reader in [each for each in self.readers if each[0] == vm]:
            self._once_read.extend(self.readers.pop(reader).values())

    def _guest_filled(self, vm: str) -> None:
        """Let every disk that is frozen hold something, as the files that are written do."""
        below = {piece.parent for piece in self._all()}
        for piece in self.readers[vm, "now"].values():
            if piece not in below:
                self._write(piece)

    def _plugged(self, vm: str, disk: SlotDisk) -> None:
        parent: Piece | None = None
        for path in (*reversed(disk.ancestors), disk.path):
            parent = self.places.get(path_key(path)) or self._new(path, parent, "user")
        if parent:
            parent.home = path_key(disk.path)
            self.readers[vm, "now"][disk.slot] = parent

    def _new(self, path: str, parent: Piece | None, by: Literal["user", "hyper-v"]) -> Piece:
        piece = Piece(parent, by, next(self._stamps), path_key(path))
        self.places[path_key(path)] = piece
        return piece

    def _made(self, vm: str, snapshot: str, new: Iterable[NewDisk]) -> None:
        frozen = self.readers[vm, snapshot]
        for disk in new:
            made = self._new(disk.path, frozen[disk.slot], "hyper-v")
            self.readers[vm, "now"][disk.slot] = made

    def _put_down(self, readers: Iterable[Reader]) -> None:
        stamp = next(self._stamps)
        heads = [head for reader in readers for head in self.readers.pop(reader).values()]
        read = self._read()
        for piece in (piece for head in heads for piece in head.chain()):
            if piece not in read:
                piece.put_down = stamp

    def _merged(self, child: str, into: str) -> None:
        gone = self.places.pop(path_key(child))
        target = gone.parent or self.places[path_key(into)]
        target.blocks |= gone.blocks
        # Whoever looks there has the target from now on, be it the right file or another.
        for piece in [gone, *(each for each in self._read() if each.home == gone.home)]:
            self._replace(piece, target)

    def _replace(self, gone: Piece, by: Piece) -> None:
        """Let whoever reads one piece, or stands on it, have the other instead."""
        for piece in self._all():
            if piece.parent is gone:
                piece.parent = by
        for heads in self.readers.values():
            for slot, head in heads.items():
                if head is gone:
                    heads[slot] = by

    def _merged_by_hand(self, child: str, into: str) -> None:
        target = self.places[path_key(into)]
        poured: dict[int, int] = {}
        for piece in self.places[path_key(child)].chain():
            if piece is target:
                break
            poured = piece.blocks | poured
        target.blocks |= poured

    def _read(self) -> set[Piece]:
        heads = [head for heads in self.readers.values() for head in heads.values()]
        return {piece for head in heads for piece in head.chain()}

    def _all(self) -> set[Piece]:
        return self._read() | {part for top in self.places.values() for part in top.chain()}

    def _write(self, piece: Piece) -> None:
        stamp = next(self._stamps)
        piece.blocks[stamp % 7] = stamp

    def _copied(self, piece: Piece) -> Piece:
        return Piece(
            piece.parent, piece.made_by, piece.origin, piece.home, dict(piece.blocks),
            piece.put_down,
        )  # fmt: skip
