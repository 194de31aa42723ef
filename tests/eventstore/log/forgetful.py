"""A disk in memory that forgets what was not synced, and fails where a test says.

Content is lost write by write, names folder by folder in the order they were changed, as on a
journaling file system. `crashed` gives one disk that a loss of power may leave behind, by chance;
`images.py` names the others one by one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random


class PowerLoss(BaseException):
    """The machine stops here; nothing after it reaches the disk."""


Write = tuple[int, bytes | None]
"""An offset and the bytes written there, or None where the file was cut."""

CACHES = frozenset({"index", "keyframes"})
"""Folders in which nothing is ever synced."""

IN_DOUBT = 4
"""So many changes in them a loss of power may take; older ones reached the disk by themselves."""


@dataclass
class MemoryFile:
    """What the disk has for sure, what readers see, and the writes that make the difference."""

    synced: bytes = b""
    now: bytes = b""
    pending: list[Write] = field(default_factory=list)
    holder: object = None

    def settle(self, writes: list[Write]) -> None:
        """Let the first writes that are pending reach the disk."""
        for offset, data in writes:
            self.synced = written(self.synced, offset, data)
        self.pending = self.pending[len(writes) :]


def written(content: bytes, offset: int, data: bytes | None) -> bytes:
    if data is None:
        return content[:offset].ljust(offset, b"\0")
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data) :]


class OpenInMemory:
    def __init__(self, disk: "ForgetfulFiles", path: Path, file: MemoryFile) -> None:
        self._disk, self.path, self._file = disk, path, file

    def write(self, data: bytes, offset: int) -> int:
        self._disk.writing_bytes = len(data)
        self._disk.touch("write", self.path)
        taken = data[: self._disk.taken_at_once]
        room = self._disk.room - max(0, offset + len(taken) - len(self._file.now))
        if room < 0:
            taken = taken[:room]
            if not taken:
                raise OSError(28, "No space left on device")
            room = 0
        self._disk.room = room
        self._file.now = written(self._file.now, offset, taken)
        self._file.pending.append((offset, taken))
        if self.path.parent.name in CACHES:
            self._file.settle(self._file.pending[:-IN_DOUBT])
        return len(taken)

    def read(self, size: int, offset: int) -> bytes:
        self._disk.before_look()
        return self._file.now[offset : offset + size]

    def sync(self) -> None:
        try:
            self._disk.touch("sync", self.path)
        except OSError:
            # As Linux does: the pages count as clean, though the disk never got them.
            self._file.pending = []
            if self._disk.forgets_at_once:
                self._file.now = self._file.synced
            raise
        self._file.settle(self._file.pending)

    def truncate(self, size: int) -> None:
        self._disk.touch("truncate", self.path)
        self._disk.room += max(0, len(self._file.now) - size)
        self._file.now = written(self._file.now, size, None)
        self._file.pending.append((size, None))

    def try_lock(self) -> bool:
        self._file.holder = self._file.holder or self
        return self._file.holder is self

    def unlock(self) -> None:
        self._file.holder = None

    def close(self) -> None:
        pass


def allow(what: str, path: Path) -> None:
    """Let every change happen."""


def nothing() -> None:
    """Let every look be as it is."""


class ForgetfulFiles:
    """`Files` in memory; `before` is asked before each change and may raise.

    `before_look` is called before each reading, so that others can do something in between.
    """

    def __init__(self) -> None:
        self._names: dict[Path, MemoryFile] = {}
        self._synced_names: dict[Path, MemoryFile] = {}
        self._changes: dict[Path, list[tuple[str, Path, Path | MemoryFile]]] = {}
        self.before = allow
        self.before_look = nothing
        self.taken_at_once = 1 << 30
        self.writing_bytes = 0
        self.forgets_at_once = False
        self.name = ""
        self.room = 1 << 40
        self.changes = 0

    def touch(self, what: str, path: Path) -> None:
        self.changes += 1
        self.before(what, path)

    def open(self, path: Path) -> OpenInMemory:
        if path not in self._names:
            self.touch("create", path)
            self._change(path.parent, ("link", path, MemoryFile()))
        return OpenInMemory(self, path, self._names[path])

    def read(self, path: Path, offset: int, size: int) -> bytes:
        self.before_look()
        if path not in self._names:
            raise FileNotFoundError(path)
        return self._names[path].now[offset : offset + size]

    def size(self, path: Path) -> int | None:
        self.before_look()
        return len(self._names[path].now) if path in self._names else None

    def names(self, folder: Path) -> tuple[str, ...]:
        self.before_look()
        inside = f"{folder}/"
        below = (str(path) for path in self._names)
        found = {path[len(inside) :] for path in below if path.startswith(inside)}
        return tuple(sorted({name.partition("/")[0] for name in found}))

    def make_folder(self, folder: Path) -> None:
        pass

    def rename(self, old: Path, new: Path) -> None:
        self.touch("rename", new)
        self._change(old.parent, ("rename", old, new))

    def remove(self, path: Path) -> None:
        self.touch("remove", path)
        self.room += len(self._names[path].now)
        self._change(path.parent, ("unlink", path, path))

    def sync_folder(self, folder: Path) -> None:
        self.touch("sync_folder", folder)
        for change in self._changes.pop(folder, []):
            _apply(self._synced_names, change)

    def identity(self, path: Path) -> str:
        return f"{self.name}{path}"

    def resolve(self, path: Path) -> Path:
        return path

    def machine(self) -> str:
        return self.name

    def crashed(self, chance: Random, *, keep: float, torn: float) -> "ForgetfulFiles":
        """Give a disk after a loss of power: each unsynced write survives with chance `keep`."""
        return self.left(
            lambda _, file: _survived(file, chance, keep=keep, torn=torn),
            lambda changes: sum(1 for _ in range(changes) if chance.random() < keep),
        )

    def left(
        self, content_of: Callable[[Path, MemoryFile], bytes], names_kept: Callable[[int], int]
    ) -> "ForgetfulFiles":
        """Give the disk with these contents, and of each folder's changes so many first ones."""
        disk = ForgetfulFiles()
        disk.name = self.name
        names = dict(self._synced_names)
        for changes in self._changes.values():
            for change in changes[: names_kept(len(changes))]:
                _apply(names, change)
        for path, file in names.items():
            content = content_of(path, file)
            disk._names[path] = disk._synced_names[path] = MemoryFile(content, content)
        return disk

    def unsynced(self) -> Iterator[tuple[Path, MemoryFile]]:
        """Give each file with content that a loss of power may take."""
        return ((path, file) for path, file in self._names.items() if file.pending)

    def names_unsynced(self) -> int:
        """Give the greatest number of changes that one folder may lose."""
        return max(map(len, self._changes.values()), default=0)

    def _change(self, folder: Path, change: tuple[str, Path, Path | MemoryFile]) -> None:
        _apply(self._names, change)
        changes = self._changes.setdefault(folder, [])
        changes.append(change)
        while folder.name in CACHES and len(changes) > IN_DOUBT:
            what, _, other = old = changes.pop(0)
            _apply(self._synced_names, old)
            if what == "rename" and isinstance(other, Path):
                renamed = self._synced_names[other]
                renamed.settle(renamed.pending)


def lose_power_at(files: ForgetfulFiles, change: int) -> None:
    """Let the machine stop just before the change of this number, counted from the beginning."""

    def before(what: str, path: Path) -> None:
        if files.changes >= change:
            raise PowerLoss

    files.before = before


def _apply(names: dict[Path, MemoryFile], change: tuple[str, Path, Path | MemoryFile]) -> None:
    what, path, other = change
    if what == "link" and isinstance(other, MemoryFile):
        names[path] = other
    elif what == "rename" and isinstance(other, Path):
        names[other] = names.pop(path)
    else:
        names.pop(path, None)


def _survived(file: MemoryFile, chance: Random, *, keep: float, torn: float) -> bytes:
    content = file.synced
    for offset, data in file.pending:
        if data is None:
            content = written(content, offset, None) if chance.random() < keep else content
        elif chance.random() < torn:
            half = data[: chance.randrange(len(data) + 1)]
            content = written(content, offset, half)
            if chance.random() < 0.5:
                # The size was stored before the bytes; what was overwritten stays as it was.
                content = content.ljust(offset + len(data), b"\0")
        elif chance.random() < keep:
            content = written(content, offset, data)
    return content
