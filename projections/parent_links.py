"""Which file a differencing disk's header means by its parent.

VHDX names it three times and Windows tries `relative_path`, `volume_path`, `absolute_win32_path`
in this order; VHD has relative (W2ru), absolute (W2ku) and a bare name. Each is meant on the host
of the child, where a volume's GUID is also told by whoever names it beside a drive. A path counts
when a disk was seen there. What the child quotes of its parent is a second witness: evidence is
often copied elsewhere, files are moved, and another disk may stand where the parent stood.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from eventstore.events import DiskSeen
from eventstore.evidence.linkage import compare_parent
from eventstore.evidence.observations import DiskFacts, ParentLink
from eventstore.evidence.volumes import volume_told
from eventstore.hosts import Naming, is_local, is_shared
from eventstore.paths import (
    PathKey,
    beside,
    folder_of,
    is_posix,
    joined,
    name_of,
    path_key,
    rest_below,
    volume_id_of,
    volume_of,
)

Fingerprint = tuple[str, str]
"""What a child quotes of its parent: a VHD's unique id, or a VHDX's VirtualDiskId and
DataWriteGuid."""


class HeaderParent(Struct, frozen=True):
    """The parent that a header names: `path` where it is, or where it should be.

    `places` are all paths that the header can mean, `fits` whether the disk found at `path` is the
    one that the child quotes: then `places` end with it. Where it does not, or none was found,
    `quoted` says what the child was made from, and `bearer` is the file elsewhere that bears it,
    if only one can be meant.
    """

    path: str
    is_found: bool
    places: tuple[str, ...]
    fits: bool = True
    quoted: tuple[Fingerprint, ...] = ()
    bearer: str | None = None


class SeenDisks:
    """Disks that stand at their places, by path and by what a child would quote of them."""

    def __init__(
        self,
        seen: Mapping[PathKey, DiskSeen],
        naming_of: Callable[[PathKey, str], Naming] = lambda _key, _path: Naming(),
    ) -> None:
        self._seen = seen
        self._naming_of = naming_of
        self._volumes: defaultdict[tuple[str, PathKey], dict[str, None]] = defaultdict(dict)
        self._bearers: defaultdict[Fingerprint, list[PathKey]] = defaultdict(list)
        self._near: defaultdict[tuple[Fingerprint, PathKey], list[PathKey]] = defaultdict(list)
        for key, disk in seen.items():
            if disk.facts is not None:
                folder = path_key(folder_of(disk.path))
                for mark in _marks(disk.facts):
                    self._bearers[mark].append(key)
                    self._near[mark, folder].append(key)
                if link := disk.facts.parent:
                    self._learn_volume(key, disk.path, link)

    def bearers(self, mark: Fingerprint) -> list[PathKey]:
        """Give the files that bear what somebody quotes or remembers."""
        return self._bearers.get(mark, [])

    def twins(self) -> Iterator[list[PathKey]]:
        """Give the files that bear the same, those of each likeness together."""
        return (keys for keys in self._bearers.values() if len(keys) > 1)

    def parent_of(self, child: DiskSeen) -> HeaderParent | None:
        """Give the parent of `child`, None when its header names none."""
        if child.facts is None or child.facts.parent is None:
            return None
        link = child.facts.parent
        untried = self._places(child, link, child.facts.format)
        tried: list[str] = []
        found = self._first_seen(untried, tried)
        if found and _fits(child.facts, found.facts):
            return HeaderParent(found.path, is_found=True, places=tuple(tried))
        places = tuple(dict.fromkeys((*tried, *untried)))
        quoted = tuple(_quoted(child.facts, link))
        bearer = self._bearer(child, quoted)
        if not found and not places and not bearer:
            return None
        return HeaderParent(
            path=found.path if found else self._best(child, link, places) or bearer or "",
            is_found=found is not None,
            places=places,
            fits=False,
            quoted=quoted,
            bearer=bearer,
        )

    def _first_seen(self, places: Iterator[str], tried: list[str]) -> DiskSeen | None:
        """Give the first disk that stands at one of `places`, and note which were looked at."""
        for place in places:
            tried.append(place)
            if found := self._seen.get(path_key(place)):
                return found
        return None

    def _bearer(self, child: DiskSeen, quoted: tuple[Fingerprint, ...]) -> str | None:
        """Give the one disk that is what the child was made from, first in the same folder."""
        own, folder = path_key(child.path), path_key(folder_of(child.path))
        for found in (
            [key for mark in quoted for key in self._near.get((mark, folder), ())[:3]],
            [key for mark in quoted for key in self.bearers(mark)[:3]],
        ):
            others = {key for key in found if key != own}
            if len(others) == 1:
                return self._seen[others.pop()].path
        return None

    def _places(self, child: DiskSeen, link: ParentLink, form: str) -> Iterator[str]:
        given = _named_paths(link, form)
        naming = self._naming_of(path_key(child.path), child.path)
        for text in given:
            is_whole = volume_of(text) or is_posix(text)
            whole = text if is_whole else joined(folder_of(child.path), text)
            yield from (naming.path(place) for place in self._places_of(naming, whole))
            if is_shared(child.path) and is_local(whole):
                yield whole
        if is_posix(child.path):
            # Recorded without a mapping: `C:\VMs\base.vhd` may lie beside its child.
            beside_it = [beside(child.path, name) for text in given if (name := name_of(text))]
            yield from (each for each in beside_it if path_key(each) != path_key(child.path))

    def _best(self, child: DiskSeen, link: ParentLink, places: tuple[str, ...]) -> str:
        """Give the place to call an absent parent by: in full, one with a drive if possible."""
        naming = self._naming_of(path_key(child.path), child.path)
        whole = [naming.path(link.absolute_path)] if link.absolute_path else []
        drives = [place for place in (*whole, *places) if volume_of(place)]
        lettered = [place for place in drives if not volume_id_of(place)]
        return next(iter((*lettered, *drives, *places)), "")

    def _places_of(self, naming: Naming, path: str) -> Iterator[str]:
        """Give what `path` can be called on its host: a volume's GUID by its drives, too."""
        yield path
        if volume := volume_id_of(path):
            for root in self._volumes.get((naming.server, path_key(volume)), ()):
                yield joined(root, rest_below(path, volume))

    def _learn_volume(self, key: PathKey, path: str, link: ParentLink) -> None:
        """A header that names its parent by a volume's GUID and by a drive tells the volume."""
        if told := volume_told(link):
            volume, root = told
            server = self._naming_of(key, path).server
            self._volumes[server, path_key(volume)][root] = None


def fingerprint(facts: DiskFacts) -> Fingerprint:
    """Give what a child of this disk would quote of it."""
    return facts.identity, "vhd" if facts.format == "vhd" else facts.data_write_id or "vhdx"


def _marks(facts: DiskFacts) -> Iterable[Fingerprint]:
    """Give what tells this disk: of a VHD also its id as history and people write it."""
    marks = [fingerprint(facts)]
    if facts.format == "vhd":
        marks.append((facts.disk_id, "vhd"))
    return dict.fromkeys(marks)


def _quoted(child: DiskFacts, link: ParentLink) -> Iterator[Fingerprint]:
    if child.format == "vhd":
        if link.identity:
            yield link.identity, "vhd"
        return
    for linkage in dict.fromkeys((link.linkage, link.linkage2)):
        if linkage is not None:
            yield child.identity, linkage


def _fits(child: DiskFacts, parent: DiskFacts | None) -> bool:
    """Tell whether nothing in the headers speaks against `parent`."""
    return parent is not None and compare_parent(child, parent).verdict in _HARMLESS


_HARMLESS = frozenset({"matches", "not_comparable"})


def _named_paths(link: ParentLink, form: str) -> list[str]:
    if form == "vhdx":
        named = (link.relative_path, link.volume_path, link.absolute_path)
    else:
        named = (link.relative_path, link.absolute_path, link.name)
    return [text for text in named if text]
