r"""Which folders somebody walked, by their Windows paths: only what was looked at can be missing.

A walk of `/case` where `C:\VMs` stands at `/case/C/VMs` covers `C:\`. What a disk is called and
where it was found give the mapping back: the names that both paths end in.
"""

from msgspec import Struct

from eventstore.events import DiskSeen
from eventstore.fleet import Fleet
from eventstore.machine import When
from eventstore.paths import PathKey, folder_of, name_of, path_key


class Walk(Struct, frozen=True):
    """The last walk of one folder: everything below `roots`, without what is `unread`."""

    when: When
    roots: frozenset[PathKey]
    unread: frozenset[PathKey]

    def would_have_found(self, path: str) -> bool:
        """Tell whether a file at `path` would have been seen."""
        return any(lies_below(path, root) for root in self.roots) and not any(
            lies_below(path, place) for place in self.unread
        )


def walks_of(fleet: Fleet) -> tuple[Walk, ...]:
    """Give the walks that the fleet remembers, one a folder."""
    seen: dict[str, list[DiskSeen]] = {stream: [] for stream in fleet.folders}
    for sighting in fleet.sightings.values():
        if sighting.stream in seen:
            seen[sighting.stream].append(sighting.seen)
    walks = []
    for stream, folder in fleet.folders.items():
        read = folder.read
        mappings = {(read.root, read.root_path)}
        mappings.update(_mapping(read.root, disk) for disk in seen[stream])
        unread = {path_key(place) for place, _ in read.unread}
        for place, _ in read.unread:
            unread.update(_translated(place, found, path) for found, path in mappings)
        roots = frozenset(path_key(path) for _, path in mappings)
        walks.append(Walk(folder.when, roots, frozenset(unread)))
    return tuple(walks)


def last_walk(walks: tuple[Walk, ...], path: str) -> When | None:
    """Give when a file at `path` was last looked for, None if it never was."""
    return max((walk.when for walk in walks if walk.would_have_found(path)), default=None)


def lies_below(path: str, folder: str) -> bool:
    """Tell whether `path` is `folder` or lies below it, in any spelling."""
    inner, outer = path_key(path), path_key(folder).rstrip("\\/")
    return inner.startswith(outer) and inner[len(outer) : len(outer) + 1] in {"", "\\", "/"}


def _mapping(root: str, disk: DiskSeen) -> tuple[str, str]:
    """Give the highest folder at or below `root` that has both names, found place first."""
    found, path = disk.found_at, disk.path
    while (
        name_of(found).casefold() == name_of(path).casefold()
        and name_of(found)
        and path_key(found) != path_key(root)
    ):
        found, path = folder_of(found), folder_of(path)
    return found, path


def _translated(place: str, found: str, path: str) -> PathKey:
    """Give a place below `found` by its name below `path`."""
    if not lies_below(place, found):
        return path_key(place)
    rest = place[len(found) :].strip("\\/")
    separator = "/" if path.startswith("/") else "\\"
    return path_key(path.rstrip("\\/") + separator + rest.replace("/", separator))
