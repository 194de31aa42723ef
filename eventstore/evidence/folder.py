"""A walk through a folder: every disk by its magic, configurations and logs by their content."""

from collections.abc import Callable
from os import DirEntry
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from eventstore.errors import BadInput, UnreadableExport, UnreadableLog
from eventstore.evidence.file_tree import (
    entry_of,
    native,
    open_regular,
    reason_of,
    regular_files,
    shown,
)
from eventstore.evidence.found_configuration import (
    ConfigurationFiles,
    FoundConfiguration,
    saved_states,
)
from eventstore.evidence.found_disk import FoundDisk, examine
from eventstore.evidence.found_export import FoundExport, examine_export
from eventstore.evidence.found_log import FoundLog, examine_log
from eventstore.evidence.found_side import FoundSideFile, examine_side
from eventstore.evidence.ground import Ground
from eventstore.evidence.path_map import PathMap
from eventstore.evidence.vmcx_registry import FoundRegistry

PROGRESS_FILES = 1_000
"""Progress is told once for so many files, and at the end."""

UNMET = "stands elsewhere by the map, and the walk did not come there"

VHD_SET_REASON = "is the file of a VHD set; its disks are read, and not which of them belong to it"


class Skipped(Struct, frozen=True):
    """A place that was not read, and why."""

    found_at: str
    path: str
    reason: str


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
    root: Path, mapping: PathMap, progress: Callable[[int], None] | None = None
) -> FolderReading:
    """Read every disk header and VM configuration below `root`; nothing is written or followed.

    `progress` hears the number of files so far. Raises BadInput when `root` is no folder; all
    other trouble is told in the reading.
    """
    if not root.is_dir():
        raise BadInput(f"expected a folder, got {shown(str(root))}")
    seen = _Seen(mapping)
    top = native(str(root))
    for entry in regular_files(
        top, entered=seen.entered, unread=seen.unread_place, passed_over=seen.passed_over_place
    ):
        seen.file(entry)
        if progress and seen.files % PROGRESS_FILES == 0:
            progress(seen.files)
    if progress:
        progress(seen.files)
    return seen.reading(top)


def read_file(place: Path, mapping: PathMap) -> FolderReading:
    """Read one disk, configuration, event log or export.

    Of its neighbours only the saved state of a snapshot counts. Raises BadInput when it is no
    file, or one that is none of these.
    """
    folder = native(str(place.parent))
    seen = _Seen(mapping)
    entry = entry_of(folder, place.name)
    if entry is None or not entry.is_file(follow_symlinks=False):
        raise BadInput(f"expected a file that is no link, got {shown(str(place))}")
    seen.file(entry)
    for neighbour in saved_states(folder, place.stem):
        seen.neighbour(neighbour)
    reading = seen.reading(folder, is_whole=False)
    if not (reading.found or reading.skipped):
        raise BadInput(
            f"{shown(str(place))} is neither a disk, a configuration, an event log, an export nor "
            "a file that Hyper-V keeps beside these"
        )
    return reading


class _Seen:
    """Collects what the walk meets."""

    def __init__(self, mapping: PathMap) -> None:
        self.files = 0
        self._mapping = mapping
        self._ground = Ground(mapping)
        self._disks: list[FoundDisk] = []
        self._logs: list[FoundLog] = []
        self._exports: list[FoundExport] = []
        self._side_files: list[FoundSideFile] = []
        self._unread: list[Skipped] = []
        self._passed_over: list[Skipped] = []
        self._configurations = ConfigurationFiles(
            mapping, unread=self.unread_place, passed_over=self.passed_over_place
        )

    def entered(self, folder: str) -> None:
        self._ground.met(shown(folder))

    def file(self, entry: DirEntry[str]) -> None:
        self.files += 1
        self._ground.met(shown(entry.path))
        try:
            with open_regular(entry.path) as file:
                found_at = shown(entry.path)
                if disk := examine(file, found_at, self._mapping.windows(found_at)):
                    self._disks.append(disk)
                elif not self._log(entry.path, file) and not self._export(entry.path, file):
                    self._other(entry, file)
        except OSError as error:
            self.unread_place(entry.path, reason_of(error))

    def neighbour(self, entry: DirEntry[str]) -> None:
        try:
            with open_regular(entry.path) as file:
                self._configurations.file(entry, file)
        except OSError as error:
            self.unread_place(entry.path, reason_of(error))

    def _other(self, entry: DirEntry[str], file: BinaryIO) -> None:
        """Take in a configuration, or what stands beside disks; it may be both, or neither."""
        self._configurations.file(entry, file)
        found_at = shown(entry.path)
        path = self._mapping.windows(found_at)
        state = self._configurations.holds_state(entry.path)
        if side := examine_side(file, found_at, path, has_saved_state=state):
            self._side_files.append(side)
            if side.kind == "vhd_set":
                self.unread_place(entry.path, VHD_SET_REASON)

    def _log(self, place: str, file: BinaryIO) -> bool:
        """Tell whether the file is an event log. One that cannot be read hides no file."""
        found_at = shown(place)
        try:
            log = examine_log(file, found_at, self._mapping.windows(found_at))
        except UnreadableLog as error:
            self.passed_over_place(place, str(error))
            return True
        if log and log.problem:
            self.passed_over_place(place, log.problem)
        elif log:
            self._logs.append(log)
        return log is not None

    def _export(self, place: str, file: BinaryIO) -> bool:
        """Tell whether the file is of the Hyper-V cmdlets. What it leaves out hides no file."""
        found_at = shown(place)
        try:
            found = examine_export(file, found_at, self._mapping.windows(found_at))
        except UnreadableExport as error:
            self.passed_over_place(place, str(error))
            return True
        if found:
            self._exports.append(found)
            for reason in found.export.untold:
                self.passed_over_place(place, reason)
        return found is not None

    def unread_place(self, place: str, reason: str) -> None:
        self._unread.append(self._skipped(place, reason))

    def passed_over_place(self, place: str, reason: str) -> None:
        self._passed_over.append(self._skipped(place, reason))

    def reading(self, top: str, *, is_whole: bool = True) -> FolderReading:
        root = shown(top)
        missed = self._ground.unmet(root) if is_whole else ()
        unmet = (Skipped(pair.found, pair.windows, UNMET) for pair in missed)
        return FolderReading(
            root=root,
            root_path=self._mapping.windows(root),
            files=self.files,
            disks=tuple(self._disks),
            configurations=self._configurations.found(),
            registries=self._configurations.registries(),
            logs=tuple(self._logs),
            exports=tuple(self._exports),
            side_files=tuple(self._side_files),
            unread=(*self._unread, *unmet),
            passed_over=tuple(self._passed_over),
            folders=self._ground.covered() if is_whole else (),
            is_whole=is_whole,
        )

    def _skipped(self, place: str, reason: str) -> Skipped:
        found_at = shown(place)
        return Skipped(found_at, self._mapping.windows(found_at), reason)
