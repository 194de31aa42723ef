"""Files one by one, each known by what it carries: what the walk reads, in whichever process."""

from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from msgspec import Struct, field

from eventstore.errors import UnreadableExport, UnreadableLog
from eventstore.evidence.file_tree import open_regular, reason_of, shown
from eventstore.evidence.found_configuration import ConfigurationFiles, Configured
from eventstore.evidence.found_disk import FoundDisk, examine
from eventstore.evidence.found_export import FoundExport, examine_export
from eventstore.evidence.found_log import FoundLog, examine_log
from eventstore.evidence.found_side import FoundSideFile, examine_side
from eventstore.evidence.path_map import PathMap

VHD_SET_REASON = "is the file of a VHD set; its disks are read, and not which of them belong to it"


class Skipped(Struct, frozen=True):
    """A place that was not read, and why."""

    found_at: str
    path: str
    reason: str


class Met(NamedTuple):
    """A file that a walk met, by its native place; with a `reason`, what is not to be read."""

    place: str
    reason: str = ""
    hides: bool = False


class Gained(Struct):
    """What files told, in the order in which they were read."""

    files: int = 0
    disks: list[FoundDisk] = field(default_factory=list)
    configured: Configured = field(default_factory=Configured)
    logs: list[FoundLog] = field(default_factory=list)
    exports: list[FoundExport] = field(default_factory=list)
    side_files: list[FoundSideFile] = field(default_factory=list)
    unread: list[Skipped] = field(default_factory=list)
    passed_over: list[Skipped] = field(default_factory=list)

    def add(self, later: "Gained") -> None:
        """Take in what the files after these told."""
        self.files += later.files
        self.disks += later.disks
        self.configured.add(later.configured)
        self.logs += later.logs
        self.exports += later.exports
        self.side_files += later.side_files
        self.unread += later.unread
        self.passed_over += later.passed_over


def read_files(met: Iterable[Met], mapping: PathMap) -> Gained:
    """Read what was met; all trouble with a file is told in what is given."""
    files = FileReader(mapping)
    for each in met:
        if not each.reason:
            files.file(each.place)
        elif each.hides:
            files.unread_place(each.place, each.reason)
        else:
            files.passed_over_place(each.place, each.reason)
    return files.gained


class FileReader:
    """Reads files, and collects what they tell in `gained`."""

    def __init__(self, mapping: PathMap) -> None:
        self.gained = Gained()
        self._mapping = mapping
        self._configurations = ConfigurationFiles(
            mapping,
            self.gained.configured,
            unread=self.unread_place,
            passed_over=self.passed_over_place,
        )

    def file(self, place: str) -> None:
        self.gained.files += 1
        try:
            with open_regular(place) as file:
                found_at = shown(place)
                if disk := examine(file, found_at, self._mapping.windows(found_at)):
                    self.gained.disks.append(disk)
                elif not self._log(place, file) and not self._export(place, file):
                    self._other(place, file)
        except OSError as error:
            self.unread_place(place, reason_of(error))

    def neighbour(self, place: str) -> None:
        """Read a file for what it tells of a configuration, and of nothing else."""
        try:
            with open_regular(place) as file:
                self._configurations.file(place, file)
        except OSError as error:
            self.unread_place(place, reason_of(error))

    def _other(self, place: str, file: BinaryIO) -> None:
        """Take in a configuration, or what stands beside disks; it may be both, or neither."""
        self._configurations.file(place, file)
        found_at = shown(place)
        path = self._mapping.windows(found_at)
        state = self._configurations.holds_state(place)
        if side := examine_side(file, found_at, path, has_saved_state=state):
            self.gained.side_files.append(side)
            if side.kind == "vhd_set":
                self.unread_place(place, VHD_SET_REASON)

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
            self.gained.logs.append(log)
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
            self.gained.exports.append(found)
            for reason in found.export.untold:
                self.passed_over_place(place, reason)
        return found is not None

    def unread_place(self, place: str, reason: str) -> None:
        self.gained.unread.append(self._skipped(place, reason))

    def passed_over_place(self, place: str, reason: str) -> None:
        self.gained.passed_over.append(self._skipped(place, reason))

    def _skipped(self, place: str, reason: str) -> Skipped:
        found_at = shown(place)
        return Skipped(found_at, self._mapping.windows(found_at), reason)
