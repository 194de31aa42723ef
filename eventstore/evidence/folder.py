"""A walk through a folder: every disk by its magic, configurations and logs by their content."""

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from eventstore.errors import BadInput
from eventstore.evidence.file_reader import FileReader, Gained, Met, Skipped
from eventstore.evidence.file_tree import entry_of, native, regular_files, shown
from eventstore.evidence.found_configuration import FoundConfiguration, saved_states
from eventstore.evidence.found_disk import FoundDisk
from eventstore.evidence.found_export import FoundExport
from eventstore.evidence.found_log import FoundLog
from eventstore.evidence.found_side import FoundSideFile
from eventstore.evidence.ground import Ground
from eventstore.evidence.path_map import PathMap
from eventstore.evidence.shared_reading import FILES_TOGETHER, read_by
from eventstore.evidence.vmcx_registry import FoundRegistry

UNMET = "stands elsewhere by the map, and the walk did not come there"


class FolderReading(Struct, frozen=True):
    """What one walk saw.

    `unread` may hide evidence: nothing at or below these places is known to be gone.
    `passed_over` holds none that we know of. `files` counts every regular file. `folders` pairs
    places that were come through with the Windows folders that the map makes of them. Unless
    `is_whole` some files were read and no others looked for: then nothing is known to be gone.
    """

    root: str
    root_path: str
    files: int
    disks: tuple[FoundDisk, ...] = ()
    configurations: tuple[FoundConfiguration, ...] = ()
    registries: tuple[FoundRegistry, ...] = ()
    logs: tuple[FoundLog, ...] = ()
    exports: tuple[FoundExport, ...] = ()
    side_files: tuple[FoundSideFile, ...] = ()
    unread: tuple[Skipped, ...] = ()
    passed_over: tuple[Skipped, ...] = ()
    folders: tuple[tuple[str, str], ...] = ()
    is_whole: bool = True

    @property
    def found(self) -> int:
        """Count what was recognised."""
        configured = len(self.configurations) + len(self.registries)
        told = len(self.logs) + len(self.exports)
        return len(self.disks) + configured + told + len(self.side_files)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return (*self.unread, *self.passed_over)


def walk(
    root: Path,
    mapping: PathMap,
    progress: Callable[[int], None] | None = None,
    *,
    processes: int = 1,
) -> FolderReading:
    """Read every disk header and VM configuration below `root`; nothing is written or followed.

    `progress` hears the number of files so far. The files of a large folder may be shared by
    `processes`; each begins by importing the caller's main module. Raises BadInput when `root` is
    no folder; all other trouble is told in the reading.
    """
    if not root.is_dir():
        raise BadInput(f"expected a folder, got {shown(str(root))}")
    top, ground, gained, told = native(str(root)), Ground(mapping), Gained(), 0
    for some in read_by(processes, _met_below(top, ground), mapping):
        gained.add(some)
        if progress and gained.files - told >= FILES_TOGETHER:
            progress(told := gained.files)
    if progress:
        progress(gained.files)
    return _reading(gained, top, mapping, ground)


def read_file(place: Path, mapping: PathMap) -> FolderReading:
    """Read one disk, configuration, event log or export.

    Of its neighbours only the saved state of a snapshot counts. Raises BadInput when it is no
    file, or one that is none of these.
    """
    folder = native(str(place.parent))
    entry = entry_of(folder, place.name)
    if entry is None or not entry.is_file(follow_symlinks=False):
        raise BadInput(f"expected a file that is no link, got {shown(str(place))}")
    files = FileReader(mapping)
    files.file(entry.path)
    for neighbour in saved_states(folder, place.stem):
        files.neighbour(neighbour.path)
    reading = _reading(files.gained, folder, mapping)
    if not (reading.found or reading.skipped):
        raise BadInput(
            f"{shown(str(place))} is neither a disk, a configuration, an event log, an export nor "
            "a file that Hyper-V keeps beside these"
        )
    return reading


def _met_below(top: str, ground: Ground) -> Iterator[Met]:
    """Give all files below `top`, and what stood in the way, as they are met."""
    hindered: list[Met] = []
    for entry in regular_files(
        top,
        entered=lambda folder: ground.met(shown(folder)),
        unread=lambda place, reason: hindered.append(Met(place, reason, hides=True)),
        passed_over=lambda place, reason: hindered.append(Met(place, reason)),
    ):
        yield from hindered
        hindered.clear()
        ground.met(shown(entry.path))
        yield Met(entry.path)
    yield from hindered


def _reading(
    gained: Gained, top: str, mapping: PathMap, ground: Ground | None = None
) -> FolderReading:
    """Give what files told; without the ground that a walk covered no others were looked for."""
    root = shown(top)
    unmet = (
        Skipped(pair.found, pair.windows, UNMET) for pair in (ground.unmet(root) if ground else ())
    )
    return FolderReading(
        root=root,
        root_path=mapping.windows(root),
        files=gained.files,
        disks=tuple(gained.disks),
        configurations=gained.configured.all(),
        registries=tuple(gained.configured.registries),
        logs=tuple(gained.logs),
        exports=tuple(gained.exports),
        side_files=tuple(gained.side_files),
        unread=(*gained.unread, *unmet),
        passed_over=tuple(gained.passed_over),
        folders=ground.covered() if ground else (),
        is_whole=ground is not None,
    )
