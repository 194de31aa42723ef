"""All regular files below a folder, and what stood in the way of seeing more.

Only regular files are given: a link may lead into a loop or out of the evidence, and opening a
FIFO or a device may wait for ever or do harm.
"""

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from eventstore.paths import plain
from eventstore.text import storable

_CAREFULLY = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)

Hindrance = Callable[[str, str], None]
"""Is told a place as `os` names it, and why it was not seen."""


def regular_files(
    root: str, *, entered: Callable[[str], None], unread: Hindrance, passed_over: Hindrance
) -> Iterator["os.DirEntry[str]"]:
    """Give every regular file below `root`, folder by folder, in the order of their names.

    `entered` hears of every folder before its files come, `unread` of what may hide files: links,
    and folders that cannot be listed; `passed_over` of what cannot be a file's content: FIFOs,
    sockets, devices.
    """
    folders = [root]
    while folders:
        below: list[str] = []
        folder = folders.pop()
        entered(folder)
        for entry in _listed(folder, unread):
            try:
                if _is_link(entry):
                    unread(entry.path, f"is a link{_target(entry.path)}, and is not followed")
                elif entry.is_dir(follow_symlinks=False):
                    below.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield entry
                else:
                    passed_over(entry.path, "is a FIFO, socket or device")
            except OSError as error:
                unread(entry.path, reason_of(error))
        folders.extend(reversed(below))


def entry_of(folder: str, name: str) -> "os.DirEntry[str] | None":
    """Give what is called `name` in `folder`, None when there is no such thing; raises OSError."""
    with os.scandir(folder) as found:
        key = os.path.normcase(name)
        return next((entry for entry in found if os.path.normcase(entry.name) == key), None)


def open_regular(place: str) -> BinaryIO:
    """Open a file that was regular when it was listed; raises OSError when it is none now."""
    # Without O_NONBLOCK a FIFO put in its place since would make us wait for a writer.
    file = open(place, "rb", opener=lambda path, flags: os.open(path, flags | _CAREFULLY))  # noqa: SIM115 - the caller closes it
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "is no regular file any more")
    return file


def native(folder: str) -> str:
    r"""Give the absolute path that `os` opens; on Windows with `\\?\`, so that it may be long."""
    path = os.path.abspath(folder)  # noqa: PTH100 - resolve() would follow links
    if sys.platform == "win32" and not path.startswith("\\\\?\\"):
        return "\\\\?\\UNC" + path[1:] if path.startswith("\\\\") else "\\\\?\\" + path
    return path


def shown(place: str) -> str:
    """Give a native path as it is stored and told."""
    return storable(plain(place) if sys.platform == "win32" else place)


def reason_of(error: OSError) -> str:
    """Say why a place was not read."""
    if isinstance(error, FileNotFoundError):
        return "vanished while the folder was being read"
    return f"cannot be read: {storable(error.strerror or str(error))}"


def _listed(folder: str, unread: Hindrance) -> list["os.DirEntry[str]"]:
    entries: list[os.DirEntry[str]] = []
    try:
        with os.scandir(folder) as found:
            # What was listed before an error is evidence, too.
            entries.extend(found)
    except OSError as error:
        unread(folder, reason_of(error))
    return sorted(entries, key=lambda entry: entry.name)


def _is_link(entry: "os.DirEntry[str]") -> bool:
    if entry.is_symlink():
        return True
    if sys.platform == "win32":
        tag = entry.stat(follow_symlinks=False).st_reparse_tag
        return tag == stat.IO_REPARSE_TAG_MOUNT_POINT
    else:  # noqa: RET505 - a type checker for Windows must not see what is not for it
        return False


def _target(link: str) -> str:
    try:
        return f" to {shown(str(Path(link).readlink()))}"
    except OSError:
        return ""
