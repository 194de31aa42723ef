r"""Which folders somebody walked, by their Windows paths: only what was looked at can be missing.

A walk of `/case` where `C:\VMs` stands at `/case/C/VMs` covers `C:\`. The walk tells so itself. Of
one stored before it did, what a disk is called and where it was found give the mapping back: the
names that both paths end in.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from eventstore.events import DiskSeen, FolderRead
from eventstore.fleet import Fleet
from eventstore.machine import When
from eventstore.paths import PathKey, folder_of, joined, name_of, path_key, rest_below

Mapping = tuple[str, str]
"""A place and the Windows path of what stands there."""


class Walk(Struct, frozen=True):
    """The last walk of one folder: everything below `roots`, without what is `unread`."""

    when: When
    roots: tuple[Mapping, ...]
    unread: frozenset[PathKey]

    def would_have_found(self, path: str) -> bool:
        """Tell whether a file at `path` would have been seen."""
        return any(lies_below(path, root) for _, root in self.roots) and not any(
            lies_below(path, place) for place in self.unread
        )

    def places(self, path: str) -> Iterator[str]:
        """Give where a file at `path` would have been seen."""
        if self.would_have_found(path):
            for found, root in self.roots:
                if lies_below(path, root):
                    yield _moved(joined(path), root, found)


def walks_of(fleet: Fleet) -> tuple[Walk, ...]:
    """Give the walks that the fleet remembers, one a folder."""
    seen: dict[str, list[DiskSeen]] = {stream: [] for stream in fleet.folders}
    for sighting in fleet.sightings.values():
        if sighting.stream in seen:
            seen[sighting.stream].append(sighting.seen)
    return tuple(
        _walk(folder.when, folder.read, seen[stream]) for stream, folder in fleet.folders.items()
    )


def _walk(when: When, read: FolderRead, seen: list[DiskSeen]) -> Walk:
    told = read.folders
    if told is None:
        told = tuple(_mapping(read.root, disk) for disk in seen)
    roots = tuple(dict.fromkeys(((read.root, read.root_path), *told)))
    unread = {path_key(place) for place, _ in read.unread}
    for found, path in roots:
        unread.update(_hidden(place, found, path) for place, _ in read.unread)
        # What has a name of its own is not found by the one that its folder would give it.
        others = {_hidden(other, found, path) for other, _ in roots if _is_inside(other, found)}
        unread.update(others - {path_key(name) for _, name in roots})
    return Walk(when, roots, frozenset(unread))


def last_walk(walks: tuple[Walk, ...], path: str) -> When | None:
    """Give when a file at `path` was last looked for, None if it never was."""
    return max((walk.when for walk in walks if walk.would_have_found(path)), default=None)


def was_looked_for_in(path: str, folder: str, walks: Iterable[Walk]) -> bool:
    """Tell whether a walk would have found a file at `path` in `folder`, a place."""
    return any(lies_below(place, folder) for walk in walks for place in walk.places(path))


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


def _hidden(place: str, found: str, path: str) -> PathKey:
    """Give what an unread place hides of `path`, which stands at `found`: by its Windows name."""
    if lies_below(found, place):
        return path_key(path)
    return path_key(_moved(place, found, path) if lies_below(place, found) else place)


def _is_inside(place: str, folder: str) -> bool:
    return lies_below(place, folder) and not lies_below(folder, place)


def _moved(path: str, folder: str, to: str) -> str:
    """Give the path below `to` of what lies at `path` below `folder`."""
    rest = rest_below(path, folder)
    separator = "/" if to.startswith("/") else "\\"
    inside = rest.replace("\\", "/").replace("/", separator)
    return to.rstrip("\\/") + separator + inside if inside else to
