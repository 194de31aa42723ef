"""What a script on the host sees: the VMs that are registered, files by name, Get-VHD's one hop."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from eventstore.evidence.file_tree import shown
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.evidence.found_disk import FoundDisk
from eventstore.evidence.path_map import PathMap
from eventstore.paths import PathKey, beside, folder_of, joined, path_key, volume_of

LEVELS_MAX = 256


class SeenVm(Struct, frozen=True):
    """A VM as Get-VM and Get-VMSnapshot show it: paths as its configuration spells them."""

    folder: str
    disks: tuple[str, ...]
    snapshot_disks: tuple[tuple[str, ...], ...]


class HostView(Struct, frozen=True):
    """`parents`: what Get-VHD says of each disk, by its key; where it fails there is no key."""

    vms: tuple[SeenVm, ...]
    files: tuple[str, ...]
    parents: Mapping[PathKey, str | None]

    def chain(self, path: str, levels: int = LEVELS_MAX) -> Iterator[str]:
        """Walk up with Get-VHD as far as it answers, the disk itself first."""
        seen: set[str] = set()
        link: str | None = path
        while link is not None and path_key(link) not in seen and len(seen) < levels:
            seen.add(path_key(link))
            yield link
            link = self.parents.get(path_key(link))

    def is_whole(self, path: str) -> bool:
        """Tell whether Get-VHD answers for every disk of a chain."""
        return all(path_key(link) in self.parents for link in self.chain(path))


def host_view(folder: Path, reading: FolderReading, mapping: PathMap) -> HostView:
    """See the host whose files stand below `folder`, all of them read in `reading`."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = [mapping.windows(shown(str(path))) for path in found]
    standing = {path_key(path) for path in files}
    disks = [disk for disk in reading.disks if disk.facts is not None]
    return HostView(
        vms=tuple(_vms(reading.configurations)),
        files=tuple(path for path in files if volume_of(path)),
        parents={path_key(disk.path): _parent(disk, standing) for disk in disks},
    )


def _vms(found: tuple[FoundConfiguration, ...]) -> Iterator[SeenVm]:
    for each in found:
        if each.snapshot is None:
            below = [other for other in found if other.vm == each.vm and other.snapshot]
            yield SeenVm(
                folder=folder_of(folder_of(each.path)),
                disks=_disks(each),
                snapshot_disks=tuple(_disks(other) for other in below),
            )


def _disks(found: FoundConfiguration) -> tuple[str, ...]:
    return tuple(disk.path for disk in found.configuration.disks)


def _parent(disk: FoundDisk, standing: set[PathKey]) -> str | None:
    """Give ParentPath: the relative path where a file stands there, else the absolute one."""
    link = disk.facts.parent if disk.facts else None
    if link is None:
        return None
    relative = joined(folder_of(disk.path), link.relative_path) if link.relative_path else ""
    if relative and path_key(relative) in standing:
        return relative
    return link.absolute_path or relative or (beside(disk.path, link.name) if link.name else None)
