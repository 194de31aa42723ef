r"""Paths of disks, parsed as Windows parses them on every system.

`C:\VMs\a.vhd`, `c:/vms/A.VHD` and `\\?\C:\VMs\a.vhd` are one file: they have one `PathKey`.
A path that begins with a single `/` was found on a POSIX system and keeps its case.
"""

import posixpath
import re
from functools import lru_cache
from pathlib import PurePosixPath, PureWindowsPath
from typing import NewType

PathKey = NewType("PathKey", str)
"""What two spellings of one file have in common; never shown to anybody."""

_PLAIN_NAME = re.compile(r"[^\\/:.][^\\/:]*")
"""What names one file or folder and surely nothing else; taking paths apart is slow."""


@lru_cache(maxsize=1 << 16)
def path_key(path: str) -> PathKey:
    r"""Give the identity of `path`: separators, `\\?\`, dots and case no longer matter."""
    if is_posix(path):
        return PathKey(str(PurePosixPath(path)))
    return PathKey(_upcased(_without_dots(plain(path))))


def is_posix(path: str) -> bool:
    return path.startswith("/") and not path.startswith("//")


def plain(path: str) -> str:
    r"""Drop the `\\?\` and `\\?\UNC\` prefixes and turn every `/` round."""
    text = path.replace("/", "\\")
    if text[:8].upper() == "\\\\?\\UNC\\":
        return "\\\\" + text[8:]
    if text.startswith("\\\\?\\") and text[5:6] == ":":
        return text[4:]
    return text


def name_of(path: str) -> str:
    return _pure(path).name


def stem_of(path: str) -> str:
    return _pure(path).stem


def suffix_of(path: str) -> str:
    """Give the extension in lower case with its dot, or nothing."""
    return _pure(path).suffix.lower()


def folder_of(path: str) -> str:
    return str(_pure(path).parent)


def volume_of(path: str) -> str:
    r"""Give `C:` or `\\server\share`; a POSIX path and a bare name have none."""
    return "" if is_posix(path) else PureWindowsPath(plain(path)).drive


def beside(path: str, name: str) -> str:
    """Give the path of a file called `name` in the folder of `path`."""
    return str(_pure(path).with_name(name))


@lru_cache(maxsize=1 << 12)
def joined(folder: str, *parts: str) -> str:
    """Give the path below `folder`; an absolute part wins, as on Windows, and dots are resolved."""
    if is_posix(folder):
        below = PurePosixPath(folder, *(part.replace("\\", "/") for part in parts))
        return posixpath.normpath(below)
    if parts and all(map(_PLAIN_NAME.fullmatch, parts)):
        return _before_names(folder) + "\\".join(parts)
    return _without_dots(str(PureWindowsPath(plain(folder), *parts)))


@lru_cache(maxsize=1 << 12)
def _before_names(folder: str) -> str:
    """Give what stands before the name of any file in `folder`."""
    return _without_dots(str(PureWindowsPath(plain(folder), "x")))[:-1]


def _pure(path: str) -> PurePosixPath | PureWindowsPath:
    return PurePosixPath(path) if is_posix(path) else PureWindowsPath(plain(path))


def _without_dots(path: str) -> str:
    pure = PureWindowsPath(path)
    kept: list[str] = []
    for part in pure.parts[1:] if pure.anchor else pure.parts:
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part != ".." or not pure.anchor:
            kept.append(part)
    return pure.anchor + "\\".join(kept)


def _upcased(text: str) -> str:
    """Fold case as NTFS does, one character for one: `ß` and `SS` stay two names."""
    if text.isascii():
        return text.upper()
    return "".join(up if len(up := char.upper()) == 1 else char for char in text)
