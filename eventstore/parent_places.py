"""Where a differencing disk's own header says that its parent stands."""

from collections.abc import Iterator

from eventstore.events import DiskSeen
from eventstore.paths import PathKey, folder_of, joined, path_key


def parent_places(seen: DiskSeen) -> tuple[PathKey, ...]:
    """Give the places that the header names, in the order in which Windows tries them."""
    return tuple(dict.fromkeys(map(path_key, _places(seen))))


def _places(seen: DiskSeen) -> Iterator[str]:
    link = seen.facts.parent if seen.facts else None
    if link is None:
        return
    if link.relative_path:
        yield joined(folder_of(seen.path), link.relative_path)
    for place in (link.volume_path, link.absolute_path):
        if place:
            yield place
