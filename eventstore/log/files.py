"""Every touch of the disk that the log makes, in one small class that a test can replace.

`RealFiles` speaks to Linux, macOS and Windows. Nothing else in `eventstore/log` opens, lists,
locks, renames or syncs anything, so a forgetful disk in memory can stand in for the real one.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

if sys.platform == "win32":
    import msvcrt
    import winreg
else:
    import fcntl

_BINARY: int = getattr(os, "O_BINARY", 0)
_LOCKED_BYTE = 1 << 30
"""Windows locks are mandatory: this byte is far behind the text that waiting processes read."""

_SHARING_PAUSES_SECONDS = (0.01, 0.05, 0.2, 0.5) if sys.platform == "win32" else ()
"""Windows refuses to rename, remove or cut a file that a scanner or reader holds just now."""


class OpenFile(Protocol):
    """A file open for writing; one owner, one thread."""

    def write(self, data: bytes, offset: int) -> int:
        """Write at `offset`; gives how many bytes were taken, which may be fewer."""
        ...

    def read(self, size: int, offset: int) -> bytes:
        """Give up to `size` bytes from `offset`."""
        ...

    def sync(self) -> None:
        """Return when what was written would survive a loss of power."""
        ...

    def truncate(self, size: int) -> None: ...

    def try_lock(self) -> bool:
        """Take the exclusive lock if it is free; the system frees it when its holder dies."""
        ...

    def unlock(self) -> None: ...

    def close(self) -> None: ...


class Files(Protocol):
    """The disk, as far as the log needs one; failures are OSError."""

    def open(self, path: Path) -> OpenFile:
        """Open for writing; an absent file is created empty."""
        ...

    def read(self, path: Path, offset: int, size: int) -> bytes:
        """Give up to `size` bytes from `offset`, fewer only at the end of the file."""
        ...

    def size(self, path: Path) -> int | None:
        """Give the size in bytes, None when there is no such file."""
        ...

    def names(self, folder: Path) -> tuple[str, ...]:
        """Give the sorted names in `folder`; an absent folder has none."""
        ...

    def make_folder(self, folder: Path) -> None: ...

    def rename(self, old: Path, new: Path) -> None:
        """Put `old` in the place of `new` at once."""
        ...

    def remove(self, path: Path) -> None: ...

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in `folder` would survive a loss of power."""
        ...

    def identity(self, path: Path) -> str:
        """Name the folder or file itself, whatever its path; a copy has another name."""
        ...

    def resolve(self, path: Path) -> Path:
        """Give the absolute path without symbolic links."""
        ...

    def machine(self) -> str:
        """Name this installation of the operating system; empty when it has no lasting name."""
        ...


def write_all(file: OpenFile, data: bytes, offset: int) -> None:
    """Write every byte, however few the system takes at a time."""
    while data:
        taken = file.write(data, offset)
        if taken == len(data):
            return
        if taken <= 0:
            raise OSError(f"the system took none of {len(data)} bytes")
        data = data[taken:]
        offset += taken


def write_synced(files: Files, path: Path, data: bytes, offset: int = 0) -> None:
    """Write `data` at `offset` and return when it would survive a loss of power."""
    file = files.open(path)
    try:
        write_all(file, data, offset)
        file.sync()
    finally:
        file.close()


def replace_whole(files: Files, path: Path, data: bytes) -> None:
    """Let `path` hold `data` from one moment to the next, before and after a loss of power."""
    fresh = path.with_name(path.name + ".new")
    if files.size(fresh) is not None:
        files.remove(fresh)
    write_synced(files, fresh, data)
    files.rename(fresh, path)
    files.sync_folder(path.parent)


class RealFile:
    """A file of the operating system, open for writing."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _BINARY, 0o666)

    def write(self, data: bytes, offset: int) -> int:
        if sys.platform == "win32":
            os.lseek(self._descriptor, offset, os.SEEK_SET)
            taken = os.write(self._descriptor, data)
        else:
            taken = os.pwrite(self._descriptor, data, offset)
        return taken

    def read(self, size: int, offset: int) -> bytes:
        os.lseek(self._descriptor, offset, os.SEEK_SET)
        return os.read(self._descriptor, size)

    def sync(self) -> None:
        if sys.platform == "darwin":
            # fsync stops at the drive's own cache there.
            fcntl.fcntl(self._descriptor, fcntl.F_FULLFSYNC)
        elif sys.platform == "win32":
            os.fsync(self._descriptor)
        else:
            os.fdatasync(self._descriptor)

    def truncate(self, size: int) -> None:
        _patiently(lambda: os.ftruncate(self._descriptor, size))

    def try_lock(self) -> bool:
        try:
            if sys.platform == "win32":
                os.lseek(self._descriptor, _LOCKED_BYTE, os.SEEK_SET)
                msvcrt.locking(self._descriptor, msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def unlock(self) -> None:
        if sys.platform == "win32":
            os.lseek(self._descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(self._descriptor, msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._descriptor)


class RealFiles:
    """The operating system's files."""

    def open(self, path: Path) -> RealFile:
        return RealFile(path)

    def read(self, path: Path, offset: int, size: int) -> bytes:
        # Half the system calls of an open file object, and four reads go with every append.
        descriptor = os.open(path, os.O_RDONLY | _BINARY)
        try:
            if offset:
                os.lseek(descriptor, offset, os.SEEK_SET)
            return _read(descriptor, size)
        except OSError as error:
            error.filename = error.filename or str(path)  # the system names what it opens only
            raise
        finally:
            os.close(descriptor)

    def size(self, path: Path) -> int | None:
        try:
            return os.stat(path).st_size  # noqa: PTH116  (a Path's own takes twice as long)
        except FileNotFoundError:
            return None

    def names(self, folder: Path) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(folder)))  # noqa: PTH208  (makes no Path of each)
        except FileNotFoundError:
            return ()

    def make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def rename(self, old: Path, new: Path) -> None:
        _patiently(lambda: old.replace(new))

    def remove(self, path: Path) -> None:
        _patiently(path.unlink)

    def sync_folder(self, folder: Path) -> None:
        # Windows has no such call; NTFS journals its names.
        if sys.platform != "win32":
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def identity(self, path: Path) -> str:
        return str(path.stat().st_ino)

    def resolve(self, path: Path) -> Path:
        return path.resolve()

    def machine(self) -> str:
        return _machine()


def _read(descriptor: int, size: int) -> bytes:
    data = os.read(descriptor, size)
    if len(data) == size:
        return data
    parts = [data]
    while data:
        size -= len(data)
        data = os.read(descriptor, size)
        parts.append(data)
    return b"".join(parts)


def _machine() -> str:
    try:
        if sys.platform == "win32":
            key = winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography")
            with key:
                return str(winreg.QueryValueEx(key, "MachineGuid")[0])
        else:
            return Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        # Containers and macOS have none; an unknown machine is never taken for another one.
        return ""


def _patiently(action: Callable[[], object]) -> None:
    for pause in _SHARING_PAUSES_SECONDS:
        try:
            action()
        except PermissionError:
            time.sleep(pause)
        else:
            return
    action()
