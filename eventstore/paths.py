r"""Paths of disks, parsed as Windows parses them on every system.

`C:\VMs\a.vhd`, `c:/vms/A.VHD` and `\\?\C:\VMs\a.vhd` are one file: they have one `PathKey`. So are
`\\fs01\vms\a.vhd` and `\\FS01.corp.local\vms\a.vhd`: servers compare by their first label.
A path that begins with a single `/` was found on a POSIX system and keeps its case.
"""

import posixpath
import re
from functools import lru_cache
from pathlib import PurePosixPath, PureWindowsPath
from string import ascii_letters
from typing import NewType

PathKey = NewType("PathKey", str)
"""What two spellings of one file have in common; never shown to anybody."""

_DEVICES = ("\\\\?\\", "\\\\.\\", "\\??\\")
"""How Windows and its kernel begin a path that is to be taken literally."""

_VOLUME_ID = re.compile(r"\\\\\?\\Volume\{[0-9a-f-]{36}\}(?=\\|$)", re.IGNORECASE)

_PLAIN_NAME = re.compile(r"[^\\/:.][^\\/:]*")
"""What names one file or folder and surely nothing else; taking paths apart is slow."""


@lru_cache(maxsize=1 << 18)
def path_key(path: str) -> PathKey:
    r"""Give the identity of `path`: separators, `\\?\`, dots and case no longer matter."""
    if separator := _separator(path):
        return PathKey(path if separator == "/" else _upcased(path))
    if is_posix(path):
        return PathKey(str(PurePosixPath(path)))
    key = _upcased(_without_dots(plain(path)))
    if key.startswith("\\\\") and key[2:3] != "?":
        server, separator, rest = key[2:].partition("\\")
        key = "\\\\" + _upcased(server_label(server)) + separator + rest
    return PathKey(key)


def is_posix(path: str) -> bool:
    return path.startswith("/") and not path.startswith("//")


def plain(path: str) -> str:
    r"""Drop `\\?\`, `\\.\` and `\??\` before drives and `UNC\`, and turn every `/` round.

    Where nothing but such a prefix can stand, as before a volume's GUID, it is `\\?\`.
    """
    text = path.replace("/", "\\")
    if not text.startswith(_DEVICES):
        return text
    rest = text[4:]
    if rest[:4].upper() == "UNC\\":
        return "\\\\" + rest[4:]
    return rest if rest[1:2] == ":" else _DEVICES[0] + rest


def server_label(name: str) -> str:
    """Give what the names of one computer have in common: the first label, without its case.

    `HV02` and `hv02.corp.local` are one; an IP address is whole.
    """
    folded = name.strip().casefold()
    is_address = ":" in folded or folded.replace(".", "").isdigit()
    return folded if is_address else folded.partition(".")[0] or folded


def name_of(path: str) -> str:
    if separator := _separator(path):
        return path.rpartition(separator)[2]
    return _pure(path).name


def stem_of(path: str) -> str:
    return _pure(path).stem


def suffix_of(path: str) -> str:
    """Give the extension in lower case with its dot, or nothing."""
    if (separator := _separator(path)) and not path.endswith("."):
        _, dot, suffix = path.rpartition(separator)[2].rpartition(".")
        return dot + suffix.lower() if dot else ""
    return _pure(path).suffix.lower()


def folder_of(path: str) -> str:
    if separator := _separator(path):
        folder = path.rpartition(separator)[0]
        if separator in folder and folder[-1] != "}":
            return folder
    return str(_pure(path).parent)


def volume_of(path: str) -> str:
    r"""Give `C:`, `\\server\share` or `\\?\Volume{GUID}`; POSIX paths and bare names have none."""
    if path[1:2] == ":":
        if _separator(path) == "\\":
            return path[:2]
    elif path[:1] not in {"\\", "/"}:
        return ""
    return "" if is_posix(path) else volume_id_of(path) or PureWindowsPath(plain(path)).drive


def volume_id_of(path: str) -> str:
    r"""Give the `\\?\Volume{GUID}` that `path` begins with, else nothing."""
    if path[1:2] == ":":
        return ""
    found = _VOLUME_ID.match(plain(path))
    return found[0] if found else ""


def beside(path: str, name: str) -> str:
    """Give the path of a file called `name` in the folder of `path`."""
    return str(_pure(path).with_name(name))


@lru_cache(maxsize=1 << 12)
def joined(folder: str, *parts: str) -> str:
    """Give the path below `folder`; an absolute part wins, as on Windows, and dots are resolved."""
    if is_posix(folder):
        below = PurePosixPath(folder, *(part.replace("\\", "/") for part in parts))
        return posixpath.normpath(below)
    if not parts and _separator(folder):
        return folder
    names = tuple(part.removeprefix(".\\") for part in parts)
    if names and all(map(_PLAIN_NAME.fullmatch, names)):
        return _before_names(folder) + "\\".join(names)
    return _without_dots(str(PureWindowsPath(plain(folder), *parts)))


@lru_cache(maxsize=1 << 12)
def _before_names(folder: str) -> str:
    """Give what stands before the name of any file in `folder`."""
    return _without_dots(str(PureWindowsPath(plain(folder), "x")))[:-1]


def rest_below(path: str, folder: str) -> str:
    """Give what of `path` comes after `folder`, which it lies in by any spelling."""
    room = len(path_key(path)) - len(path_key(folder).rstrip("\\/"))
    return path[len(path) - room :].strip("\\/") if room > 0 else ""


def _separator(path: str) -> str:
    r"""Give what separates the names of a path that is as short as it can be, else nothing.

    In `C:\VMs\a.vhd` and `/case/a.vhd` nothing means anything but itself: nearly all paths are
    like these, and what pathlib does with them takes ten times as long.
    """
    rest = ""
    if path[1:3] == ":\\" and path[0] in ascii_letters:
        rest = path[2:]
    elif path[:4] == "\\\\?\\" and (volume := _VOLUME_ID.match(path)):
        rest = path[volume.end() :]
    if len(rest) > 1:
        is_whole = not (":" in rest or "/" in rest or "\\\\" in rest or "\\." in rest)
        return "\\" if is_whole and rest[-1] != "\\" else ""
    if path[:1] == "/":
        return "/" if not ("//" in path or "/." in path) and path[-1] != "/" else ""
    return ""


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
    if len(folded := text.upper()) == len(text):  # no character became several
        return folded
    return "".join(up if len(up := char.upper()) == 1 else char for char in text)
