r"""A folder that stands for the volumes of a Windows host: `C:\VMs\a.vhd` is `C/VMs/a.vhd` in it.

A share `\\server\share` is `UNC/server/share`. Names are found in any case, as on Windows. A name
that cannot stand here (too long, reserved, a stream's colon) gets another with a digest in it;
`.snapledger-map` in the folder says which Windows folder or file is where.
"""

import os
import re
from pathlib import Path

import msgspec

from eventstore.errors import BadInput
from eventstore.evidence.path_map import MAP_NAME, map_text
from eventstore.ids import derive
from eventstore.paths import PathKey, is_posix, joined, path_key, volume_of
from eventstore.text import original

NAME_BYTES_MAX = 255
"""What the common POSIX file systems allow; Windows allows 255 UTF-16 units, up to 765 bytes."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


class WindowsFolder:
    """The places of Windows paths below one folder, and the map that tells them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._map: dict[str, str] = {}
        self._known: dict[PathKey, str] = {}
        self._learn({})

    def place(self, path: str) -> Path:
        """Give the place of a Windows path; BadInput when it is none or would lead out."""
        place, _ = self._walk(path)
        return place

    def make_room(self, path: str) -> Path:
        """Give the place of a new file, with its folders made and the map written."""
        place, found = self._walk(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        if not found.items() <= self._map.items():
            self._learn(found)
            (self.folder / MAP_NAME).write_bytes(map_text(self._map))
        return place

    def _learn(self, found: dict[str, str]) -> None:
        """Add `found` to what stands in the map now; several writers may share a folder."""
        stored: dict[str, str] = {}
        if (self.folder / MAP_NAME).is_file():
            text = (self.folder / MAP_NAME).read_bytes()
            stored = msgspec.json.decode(text, type=dict[str, str])
        self._map = stored | found
        self._known = {path_key(windows): below for windows, below in self._map.items()}

    def _walk(self, path: str) -> tuple[Path, dict[str, str]]:
        """Give the place, and what the map must say for it to be found again."""
        whole = joined(path)
        volume = "" if is_posix(path) else volume_of(whole)
        names = whole[len(volume) :].split("\\")[1:]
        if not (volume and names and all(names)):
            raise BadInput(rf"expected a full Windows path like C:\VMs\web01.vhd, got {path!r}")
        place = self.folder.joinpath(*_volume_folders(volume))
        found = {f"{volume}\\": self._below(place)}
        prefix = volume
        for name in names:
            prefix = f"{prefix}\\{name}"
            known = self._known.get(path_key(prefix))
            here = Path(known).name if known else _existing(place, _file_name(name))
            place /= here
            if here != original(name):
                found[prefix] = self._below(place)
        return self._inside(place, path), found

    def _below(self, place: Path) -> str:
        return place.relative_to(self.folder).as_posix()

    def _inside(self, place: Path, path: str) -> Path:
        """Refuse a place that a symbolic link takes out of the folder."""
        if not place.resolve().is_relative_to(self.folder.resolve()):
            raise BadInput(f"{path} would lead out of {self.folder}")
        return place


def _volume_folders(volume: str) -> list[str]:
    if re.fullmatch("[A-Za-z]:", volume):
        return [volume[0].upper()]
    return ["UNC", *(_file_name(part) for part in volume.split("\\") if part)]


def _existing(folder: Path, name: str) -> str:
    """Give the spelling in which `name` stands in `folder`, itself when it does not."""
    if (folder / name).exists() or not folder.is_dir():
        return name
    key = path_key(name)
    return next((other.name for other in folder.iterdir() if path_key(other.name) == key), name)


def _file_name(name: str) -> str:
    """Give `name` as a file's name on every system: itself, or a cleaned one with a digest."""
    exact = original(name)
    clean = _FORBIDDEN.sub("_", name.rstrip(". "))
    is_encodable = _is_encodable(exact)
    if clean == exact and is_encodable and not _RESERVED.match(name) and _fits(exact):
        return exact
    stem, dot, suffix = clean.rpartition(".")
    head, tail = (stem, dot + suffix) if stem and len(suffix) <= len("avhdx") else (clean, "")
    short = head.encode()[:150].decode(errors="ignore")
    return f"{short}~{derive('name', path_key(name))[:8]}{tail}"


def _is_encodable(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def _fits(name: str) -> bool:
    return len(os.fsencode(name)) <= NAME_BYTES_MAX
