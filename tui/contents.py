"""Disk files read where they were recorded, for what a merge of them would write."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from eventstore.errors import DiskChanged, EvidenceError, NotADisk
from eventstore.evidence.allocated_file import read_recorded
from eventstore.fleet import Fleet
from eventstore.paths import PathKey, path_key
from eventstore.text import original
from projections.merge_space import Contents
from projections.merges import FutureMerge

if TYPE_CHECKING:
    from eventstore.evidence.allocated import Allocated


def read_contents(
    fleet: Fleet, merges: Iterable[FutureMerge], progress: Callable[[str], None]
) -> Contents:
    """Count the files of `merges` that are still as they were recorded; never raises OSError.

    One that went, or is no disk any more, has changed too.
    """
    running = [merge for merge in merges if merge.starts != "never"]
    paths = dict.fromkeys(path_key(path) for each in running for path in (each.child, each.into))
    counted: dict[PathKey, Allocated] = {}
    uncounted: dict[PathKey, str] = {}
    changed: set[PathKey] = set()
    for number, key in enumerate(paths, start=1):
        sighting = fleet.sightings.get(key)
        if sighting is None or sighting.gone is not None:
            uncounted[key] = "nobody has read it"
            continue
        progress(f"counting the blocks of disk {number} of {len(paths)}")
        try:
            counted[key] = read_recorded(Path(original(sighting.seen.found_at)), sighting.seen)
        except DiskChanged as error:
            uncounted[key] = str(error)
            changed.add(key)
        except EvidenceError as error:
            uncounted[key] = str(error)
            if isinstance(error, NotADisk):
                changed.add(key)
        except (OSError, ValueError) as error:  # ValueError: a NUL in a path
            uncounted[key] = f"it cannot be read at {sighting.seen.found_at}: {_why(error)}"
            if isinstance(error, FileNotFoundError) and _is_folder_there(sighting.seen.found_at):
                changed.add(key)
    return Contents(counted, uncounted, frozenset(changed))


def _is_folder_there(found_at: str) -> bool:
    """Tell a file that went from evidence that is on this machine no more."""
    return Path(original(found_at)).parent.is_dir()


def _why(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
