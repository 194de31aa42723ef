r"""What a volume's GUID stands for: `\\?\Volume{…}` is the drive that a header names beside it.

A VHDX names its parent by the volume's GUID and by a drive, or by the folder that the volume is
mounted in. Which drive a volume has may change, so it counts only where it leads to a disk.
"""

from collections import defaultdict
from collections.abc import Iterable

from eventstore.evidence.found_disk import FoundDisk
from eventstore.evidence.observations import ParentLink
from eventstore.evidence.path_map import rooted
from eventstore.paths import PathKey, joined, path_key, rest_below, volume_id_of


def volume_told(link: ParentLink) -> tuple[str, str] | None:
    """Give a volume, and the drive or folder that the header tells it stands for; None for none."""
    volume = volume_id_of(link.volume_path or "")
    if not (volume and link.volume_path and link.absolute_path):
        return None
    rest = "\\" + rest_below(link.volume_path, volume)
    absolute = joined(link.absolute_path)
    if not path_key(absolute).endswith(path_key("x:" + rest)[2:]):
        return None
    return volume, rooted(absolute[: len(absolute) - len(rest)])


class Volumes:
    """The volumes of one host, as the headers of its disks tell."""

    def __init__(self, disks: Iterable[FoundDisk]) -> None:
        self._roots: defaultdict[PathKey, dict[str, None]] = defaultdict(dict)
        self._stand: set[PathKey] = set()
        for disk in disks:
            self._stand.add(path_key(disk.path))
            if disk.facts and disk.facts.parent and (told := volume_told(disk.facts.parent)):
                volume, root = told
                self._roots[path_key(volume)][root] = None

    def path(self, told: str) -> str:
        """Give the path of a disk that was read, by its drive; anything else as it was told."""
        if not (volume := volume_id_of(told)):
            return told
        roots = self._roots.get(path_key(volume), ())
        found = [joined(root, rest_below(told, volume)) for root in roots]
        return next((path for path in found if path_key(path) in self._stand), told)
