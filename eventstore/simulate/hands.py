"""What hands and accidents do to files, checked against what stands on the host."""

from collections.abc import Mapping

from eventstore.errors import BadInput, Refused
from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskWritten,
    FreeSpaceSeen,
    HandEvent,
)
from eventstore.fleet import Fleet
from eventstore.ids import derive
from eventstore.paths import path_key, suffix_of, volume_of
from eventstore.simulate.grammar import Deed

HAND_VERBS = frozenset({"clone-disk", "merge-vhd", "lose", "write", "move", "copy", "free"})

_FORMATS: Mapping[str, str] = {".vhd": "VHD", ".avhd": "VHD", ".vhdx": "VHDX", ".avhdx": "VHDX"}


def hand_event(deed: Deed, fleet: Fleet, seed: str) -> HandEvent:
    """Give what `deed` does; raise Refused when the files are not there for it."""
    match deed.verb, deed.operands:
        case "clone-disk", (child, parent):
            return _cloned(fleet, child, parent, seed)
        case "merge-vhd", (child, into):
            return _merged(fleet, child, into)
        case "lose", (file,):
            return DiskLost(_standing(fleet, file))
        case "write", (file,):
            return DiskWritten(_standing(fleet, file))
        case "move", (file, to):
            return DiskMoved(_standing(fleet, file), _free(fleet, to, like=file))
        case "copy", (file, to):
            return DiskCopied(_standing(fleet, file), _free(fleet, to, like=file))
        case "free", (volume, size):
            return FreeSpaceSeen(_volume(volume), int(size))
        case _:
            raise BadInput(f"'{deed.verb}' is not done to a file")


def stands(fleet: Fleet, path: str) -> bool:
    """Tell whether a disk is known to stand at `path`, by history or because it was seen."""
    key = path_key(path)
    if (disk := fleet.disk(key)) is not None:
        return not disk.is_lost
    return key in fleet.sightings and fleet.sightings[key].gone is None and key not in fleet.lost


def _cloned(fleet: Fleet, child: str, parent: str, seed: str) -> DiskCloned:
    """A VHD has an id of its own; a VHDX has its parent's VirtualDiskId."""
    parent = _standing(fleet, parent)
    known = fleet.disk(path_key(parent))
    _free(fleet, child, like=parent)
    if _FORMATS[suffix_of(child)] == "VHDX":
        return DiskCloned(child, parent, known.disk_id if known else None)
    return DiskCloned(child, parent, derive(seed, "disk"))


def _merged(fleet: Fleet, child: str, into: str) -> DiskMergedByHand:
    child, into = _standing(fleet, child), _standing(fleet, into)
    above = {path_key(path) for path in fleet.ancestor_paths(child)}
    if path_key(into) not in above:
        raise Refused(f"{into} is no parent of {child}: a disk merges into one it depends on")
    return DiskMergedByHand(child, into)


def _standing(fleet: Fleet, path: str) -> str:
    """Give `path` as it was first spelled."""
    if not stands(fleet, path):
        lost = fleet.lost.get(path_key(path))
        raise Refused(f"{path} is missing since {lost.at}" if lost else f"no disk {path} is known")
    known = fleet.disk(path_key(path))
    return known.path if known else path


def _free(fleet: Fleet, path: str, *, like: str) -> str:
    if stands(fleet, path):
        raise Refused(f"{path} exists already")
    if _FORMATS[suffix_of(path)] != _FORMATS[suffix_of(like)]:
        raise Refused(f"{path} would not be a {_FORMATS[suffix_of(like)]} like {like}")
    return path


def _volume(text: str) -> str:
    volume = volume_of(text) or (text if text.startswith("/") else "")
    if not volume:
        raise BadInput(f"'{text}' is no volume; expected one like C:")
    return volume
