"""What happens to the files of a host and its history never hears of, done to files and truth."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from eventstore.errors import BadInput
from eventstore.evidence.file_reader import Skipped
from eventstore.evidence.folder import FolderReading
from eventstore.machine import Machine
from eventstore.moments import Moment, datetime_of
from eventstore.paths import PathKey, path_key
from eventstore.simulate.disk_folder import DiskFolder
from eventstore.simulate.virtual_disk import VIRTUAL_SIZE_BYTES
from eventstore.simulate.windows_folder import WindowsFolder
from tests.catalogue.world import Piece, World

DAMAGED_BYTES = 1024


class Accidents:
    """Does to the files below `folder` and to `world` what is told line by line.

    `hidden` are files that stand and are not among the evidence.
    """

    def __init__(self, folder: Path, world: World) -> None:
        self.hidden: set[PathKey] = set()
        self._world = world
        self._places = WindowsFolder(folder)
        self._aside = folder.with_name(folder.name + "-kept")
        self._kept: dict[str, tuple[Piece, Piece] | None] = {}
        self._kept_at: dict[str, Path] = {}
        self._disks = DiskFolder(folder, VIRTUAL_SIZE_BYTES)
        self._locked: set[PathKey] = set()

    def guest_writes(self, vm: Machine, when: Moment) -> None:
        """Let the guest write to all its disks, as far as their files stand."""
        self._world.guest_writes(vm.id)
        for key in vm.now.heads.values():
            self._date(vm.path(key), when)

    def happens(self, verb: str, what: str, others: list[str], when: Moment) -> None:
        """Do one thing to the file `what`; raises BadInput for what cannot be done."""
        if verb not in {"put-back", "other", "empty"}:
            self._must_stand(what)
        if self.hidden & {path_key(path) for path in (what, *others)}:
            raise BadInput(f"{what} is hidden")
        match verb, others:
            case "write", []:
                self._disks.write(what, when)
                self._world.write(what)
            case "remove", []:
                self._place(what).unlink()
                self._world.remove(what)
            case "move", [to]:
                self._place(what).replace(self._places.make_room(to))
                self._world.move(what, to)
            case "copy", [to] if path_key(what) != path_key(to):
                shutil.copy2(self._place(what), self._places.make_room(to))
                self._world.copy(what, to)
            case "keep" | "put-back", []:
                (self._keep if verb == "keep" else self._put_back)(what)
            case "spell", [old, new]:
                self._spell(what, old, new)
            case "empty" | "damage" | "other", []:
                self._overwritten(verb, what)
            case "hide" | "lock", []:
                self._unseen(verb, what)
            case _:
                raise BadInput(f"what is '! {verb} {what} {' '.join(others)}'?")

    def as_read(self, reading: FolderReading) -> FolderReading:
        """Give what a walk reads when some files are locked."""
        locked = [disk for disk in reading.disks if path_key(disk.path) in self._locked]
        unread = tuple(
            Skipped(disk.found_at, disk.path, "cannot be read: Permission denied")
            for disk in locked
        )
        disks = tuple(disk for disk in reading.disks if disk not in locked)
        return replace(reading, disks=disks, unread=(*reading.unread, *unread))

    # --- one by one ---------------------------------------------------------------------------

    def _date(self, path: str, when: Moment) -> None:
        """A guest's write shows in the file's time; what it wrote is nobody's business here."""
        if (place := self._place(path)).is_file():
            seconds = datetime_of(when).timestamp()
            os.utime(place, (seconds, seconds))

    def _keep(self, what: str) -> None:
        self._aside.mkdir(exist_ok=True)
        self._kept_at.setdefault(what, self._aside / str(len(self._kept_at)))
        shutil.copy2(self._place(what), self._kept_at[what])
        piece = self._world.places.get(path_key(what))
        self._kept[what] = (self._world.kept(what), piece) if piece else None

    def _put_back(self, what: str) -> None:
        if what not in self._kept:
            raise BadInput(f"{what} was not kept")
        shutil.copy2(self._kept_at[what], self._places.make_room(what))
        if kept := self._kept.get(what):
            self._world.put_back(what, *kept)

    def _spell(self, what: str, old: str, new: str) -> None:
        """Write other text into a configuration, in the encoding that it has."""
        place = self._place(what)
        text = place.read_bytes().decode("utf-16")
        if old not in text:
            raise BadInput(f"{what} does not name {old}")
        place.write_bytes(text.replace(old, new).encode("utf-16"))

    def _overwritten(self, verb: str, what: str) -> None:
        place = self._places.make_room(what)
        if verb == "damage":
            # Of a VHD the footer at the end is damaged too, or it would repair the beginning.
            with place.open("r+b") as file:
                file.write(bytes(DAMAGED_BYTES))
                file.seek(-DAMAGED_BYTES, os.SEEK_END)
                file.write(bytes(DAMAGED_BYTES))
        else:
            place.write_bytes(b"" if verb == "empty" else b"no disk at all\n")
        if verb == "empty":
            self._world.remove(what)

    def _unseen(self, verb: str, what: str) -> None:
        for path in self._below(what):
            if verb == "hide":
                self.hidden.add(path_key(path))
                self._place(path).unlink()
            else:
                self._locked.add(path_key(path))

    def _below(self, what: str) -> Iterator[str]:
        """Give the file, or every file below the folder."""
        place = self._place(what)
        if place.is_file():
            yield what
        for found in sorted(place.rglob("*")) if place.is_dir() else ():
            if found.is_file():
                yield what.rstrip("\\") + "\\" + str(found.relative_to(place)).replace("/", "\\")

    def _must_stand(self, what: str) -> None:
        if not self._place(what).exists():
            raise BadInput(f"{what} does not stand in the folder")

    def _place(self, path: str) -> Path:
        return self._places.place(path)
