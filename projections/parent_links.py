"""Which file a differencing disk's header means by its parent.

VHDX names it three times and Windows tries `relative_path`, `volume_path`, `absolute_win32_path`
in this order; VHD has relative (W2ru), absolute (W2ku) and a bare name. A path counts when a
disk was seen there. Evidence is often copied elsewhere: then identity finds the parent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from eventstore.events import DiskSeen
from eventstore.evidence.observations import ParentLink
from eventstore.paths import (
    PathKey,
    beside,
    folder_of,
    is_posix,
    joined,
    name_of,
    path_key,
    volume_of,
)


class HeaderParent(Struct, frozen=True):
    """The parent that a header names: `path` where it is, or where it should be.

    `places` are all paths that the header can mean.
    """

    path: str
    is_found: bool
    places: tuple[str, ...] = ()


class SeenDisks:
    """Disks that stand at their places, by path and by what a child would quote of them."""

    def __init__(self, seen: Mapping[PathKey, DiskSeen]) -> None:
        self._seen = seen
        self._by_identity: defaultdict[str, list[DiskSeen]] = defaultdict(list)
        for disk in seen.values():
            if disk.facts is not None:
                self._by_identity[disk.facts.identity].append(disk)

    def parent_of(self, child: DiskSeen) -> HeaderParent | None:
        """Give the parent of `child`, None when its header names none."""
        if child.facts is None or child.facts.parent is None:
            return None
        link = child.facts.parent
        places = tuple(dict.fromkeys(_places(child.path, link, child.facts.format)))
        for place in places:
            if found := self._seen.get(path_key(place)):
                return HeaderParent(found.path, is_found=True, places=places)
        if twin := self._by_content(child, link):
            return HeaderParent(twin.path, is_found=True, places=places)
        if not places:
            return None
        return HeaderParent(_best(places), is_found=False, places=places)

    def _by_content(self, child: DiskSeen, link: ParentLink) -> DiskSeen | None:
        """Give the one disk that is what the child was made from, first in the same folder."""
        key = path_key(child.path)
        fitting = [disk for disk in self._quoted(child, link) if path_key(disk.path) != key]
        folder = path_key(folder_of(child.path))
        near = [disk for disk in fitting if path_key(folder_of(disk.path)) == folder]
        for choice in (near, fitting):
            if len(choice) == 1:
                return choice[0]
        return None

    def _quoted(self, child: DiskSeen, link: ParentLink) -> Iterable[DiskSeen]:
        facts = child.facts
        if facts is None:
            return ()
        if facts.format == "vhd":
            return (
                disk
                for disk in self._by_identity.get(link.identity or "", ())
                if disk.facts is not None and disk.facts.format == "vhd"
            )
        linkages = {each for each in (link.linkage, link.linkage2) if each is not None}
        return (
            disk
            for disk in self._by_identity.get(facts.identity, ())
            if disk.facts is not None and disk.facts.data_write_id in linkages
        )


def _places(child: str, link: ParentLink, form: str) -> Iterator[str]:
    if form == "vhdx":
        named = (link.relative_path, link.volume_path, link.absolute_path)
    else:
        named = (link.relative_path, link.absolute_path, link.name)
    given = [text for text in named if text]
    for text in given:
        if volume_of(text) or is_posix(text):
            yield text
        else:
            yield joined(folder_of(child), text)
    if is_posix(child):
        # Recorded without a mapping: `C:\VMs\base.vhd` may lie beside its child.
        yield from (
            place
            for text in given
            if (name := name_of(text)) and path_key(place := beside(child, name)) != path_key(child)
        )


def _best(places: tuple[str, ...]) -> str:
    """Give the place to call an absent parent by: one with a drive, as people know it."""
    drives = [place for place in places if volume_of(place)]
    lettered = [place for place in drives if not place.startswith("\\\\?\\")]
    return (lettered or drives or list(places))[0]
