r"""From where a file was found to its Windows path, and back.

A disk image mounted for examination shows `C:\VMs\web01.vhd` as `/mnt/case/C/VMs/web01.vhd`.
Parent locators and configurations hold Windows paths, so everything is compared as those.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

import msgspec
from msgspec import Struct

from eventstore.errors import BadInput
from eventstore.paths import is_posix, joined, path_key, rest_below, volume_of
from eventstore.text import original, storable

MAP_NAME = ".snapledger-map"
r"""A file in a recorded folder: `{"C:\\": "C"}`, Windows folder to folder below this one."""


class Mapped(Struct, frozen=True):
    """Two names of one folder, without separators at their ends: `C:` is the root of a volume."""

    windows: str
    found: str


class PathMap(Struct, frozen=True):
    """Pairs of folders; of several that fit, the longest prefix counts, then the last given."""

    pairs: tuple[Mapped, ...] = ()

    def windows(self, found_at: str) -> str:
        """Give the Windows path of a place, and the place itself where nothing maps it."""
        fits = [pair for pair in self.pairs if is_in(place_key(found_at), place_key(pair.found))]
        if not fits:
            return found_at
        pair = max(reversed(fits), key=lambda fit: len(fit.found))
        rest = found_at[len(pair.found) :]
        if "\\" in rest and is_posix(found_at):
            return found_at  # a name that Windows cannot have: any Windows path for it were a lie
        return rooted(pair.windows + rest.replace("/", "\\"))

    def found(self, path: str) -> str | None:
        """Give the place of a Windows path, None where nothing maps it; it need not exist."""
        whole = joined(path)
        fits = [pair for pair in self.pairs if is_in(path_key(whole), path_key(pair.windows))]
        if not fits:
            return None
        pair = max(reversed(fits), key=lambda fit: len(fit.windows))
        if not (rest := rest_below(whole, pair.windows)):
            return pair.found
        if is_posix(pair.found or "/"):
            return "/".join((pair.found, *rest.split("\\")))
        return f"{pair.found}\\{rest}"


def path_map(root: Path, pairs: Iterable[str] = ()) -> PathMap:
    r"""Give the map of `root`: its `.snapledger-map`, then `D:\VMs=/mnt/case/D/VMs` as typed.

    Raises BadInput for what is no map, with what came and what was expected.
    """
    typed = (_typed(pair) for pair in pairs)
    return PathMap((*_of_file(root), *typed))


def refuse_mistakes(pairs: Iterable[str], roots: Iterable[Path]) -> None:
    """Refuse typed maps from which nothing can come, or two things at once, when `roots` are read.

    Raises BadInput for a place that is not there, or that has to do with none of `roots`, for a
    folder that is said to stand at two places, and for a place with two names.
    """
    read = [_place(str(root)) for root in roots]
    by_name: dict[str, Mapped] = {}
    by_place: dict[str, Mapped] = {}
    for pair in map(_typed, pairs):
        place = place_key(pair.found)
        if not os.path.lexists(original(pair.found or os.sep)):
            raise BadInput(f"there is no {pair.found}, where by --map {pair.windows} stands")
        if not any(is_in(place, place_key(each)) or is_in(place_key(each), place) for each in read):
            raise BadInput(
                f"{pair.found}, where by --map {pair.windows} stands, is in none of the folders "
                f"to be read: {', '.join(read)}"
            )
        same = by_name.setdefault(path_key(pair.windows), pair)
        if place_key(same.found) != place:
            raise BadInput(f"by --map {pair.windows} stands at {same.found} and at {pair.found}")
        same = by_place.setdefault(place, pair)
        if path_key(same.windows) != path_key(pair.windows):
            raise BadInput(f"by --map {pair.found} is {same.windows} and {pair.windows}")


def map_text(folders: Mapping[str, str]) -> bytes:
    """Give the content of a `.snapledger-map`: Windows folder to folder below the map's own."""
    return msgspec.json.format(msgspec.json.encode(folders), indent=2) + b"\n"


def _of_file(root: Path) -> Iterable[Mapped]:
    file = root / MAP_NAME
    if not file.is_file():
        return
    try:
        folders = msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(f'{file}: expected {{"C:\\\\": "C"}}, got: {error}') from None
    for windows, below in folders.items():
        place = PurePath(below)
        if place.is_absolute() or place.drive or ".." in place.parts:
            raise BadInput(f"{file}: expected a folder below {root}, got {below!r}")
        yield _mapped(windows, str(root / place))


def _typed(pair: str) -> Mapped:
    windows, equals, found = pair.partition("=")
    if not (equals and found):
        raise BadInput(rf"expected a map like D:\VMs=/mnt/case/D/VMs, got {pair!r}")
    return _mapped(windows, found)


def _mapped(windows: str, found: str) -> Mapped:
    if is_posix(windows) or not volume_of(windows):
        raise BadInput(rf"expected a Windows folder like D:\VMs, got {windows!r}")
    if windows[1:2] == ":" and windows[2:3] not in {"", "\\", "/"}:
        raise BadInput(
            rf"expected a Windows folder like D:\VMs, got {windows!r}: where a shell took the "
            "backslash away, quotes keep it"
        )
    return Mapped(windows=joined(windows).rstrip("\\"), found=_place(found))


def _place(typed: str) -> str:
    return storable(os.path.abspath(original(typed))).rstrip(os.sep)  # noqa: PTH100 - resolve() follows links


def place_key(place: str) -> str:
    """Give the identity of a place on the machine that reads: Windows alone ignores case."""
    return place if is_posix(place) or not place else path_key(place)


def is_in(place: str, folder: str) -> bool:
    """Tell whether `place` is `folder` or lies below it; both are keys."""
    folder = folder.rstrip("/\\")
    return place.startswith(folder) and place[len(folder) :][:1] in {"", "/", "\\"}


def rooted(path: str) -> str:
    """Give a folder's Windows path as people write it: a volume with its backslash."""
    return path + "\\" if path.endswith(":") else path
