r"""Read evidence and check it, as Hyper-V's Inspect Disk does and further; needs no store.

Disks: format, identity, parent, whether the parent is still the one it was made from, every check
of the headers, and what lies beside. Configurations, lists of VMs, event logs, exports and files
beside disks: what each is and says. Of a folder, everything in it.
Exit code 1 when a check failed, 2 for what is no evidence, 3 for what cannot be read.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from eventstore.errors import BadInput, DamagedDisk, NotADisk
from eventstore.evidence.disk import read_disk
from eventstore.evidence.file_tree import shown
from eventstore.evidence.folder import FolderReading, read_file, walk
from eventstore.evidence.found_disk import NAMED_AS_DISKS
from eventstore.evidence.path_map import PathMap
from eventstore.paths import suffix_of
from eventstore.text import original
from projections.phrases import counted
from tui.call import Call, Exit
from tui.inspection import Inspection, inspected
from tui.named_places import named_places
from tui.render.inspection import inspection_lines
from tui.render.witness import witness_lines
from tui.witness import Witness, witnesses

Found = Inspection | Witness


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="evidence of any kind; a folder")


def run(call: Call) -> Exit:
    desk = _Desk(call)
    found = [each for name in named_places(call.words.files) for each in desk.found(name)]
    if call.wants_json:
        call.out.json(found)
    else:
        for index, each in enumerate(found):
            call.out.lines(["", *_lines(each, call)][0 if index else 1 :])
    return max(desk.code, Exit.FINE if all(each.is_sound for each in found) else Exit.FOUND)


def _lines(found: Found, call: Call) -> Iterator[str]:
    if isinstance(found, Inspection):
        return inspection_lines(found, call.out.look)
    return witness_lines(found, call.out.look)


class _Desk:
    """Reads what is named; `code` is the worst of what could not be read."""

    def __init__(self, call: Call) -> None:
        self.code = Exit.FINE
        self._call = call

    def found(self, name: str) -> list[Found]:
        """Give what a file, or all of a folder, says."""
        try:
            place = Path(name)
            if place.is_dir():
                return self._in_folder(place)
            return [inspected(place, shown(name), read_disk(place))]
        except DamagedDisk as error:
            return [Inspection(shown(name), problem=str(error))]
        except NotADisk as error:
            return self._no_disk(name, error)
        except FileNotFoundError:
            self._note(f"there is no file {name}", Exit.USAGE)
        except OSError as error:
            self._note(f"{name} cannot be read: {error.strerror or error}", Exit.UNFINISHED)
        return []

    def _in_folder(self, place: Path) -> list[Found]:
        reading = walk(place, PathMap(), self._progress)
        disks = [self.found(original(disk.found_at)) for disk in reading.disks]
        found = [*(each for of_disk in disks for each in of_disk), *witnesses(reading)]
        self._unread(reading, found)
        if not (found or reading.skipped):
            self._note(
                f"there is no evidence in {place} ({counted(reading.files, 'file')})", Exit.USAGE
            )
        return found

    def _no_disk(self, name: str, error: NotADisk) -> list[Found]:
        """Read another kind of evidence; what is named like a disk and is none, is none."""
        if suffix_of(name) in NAMED_AS_DISKS:
            self._note(f"{name} is no disk: {error}", Exit.USAGE)
            return []
        try:
            reading = read_file(Path(name), PathMap())
        except BadInput as bad:
            self._note(str(bad), Exit.USAGE)
            return []
        found: list[Found] = [*witnesses(reading)]
        self._unread(reading, found)
        return found

    def _unread(self, reading: FolderReading, found: list[Found]) -> None:
        """Tell what could not be read and is not told with what was found."""
        told = {each.path for each in found}
        for place in reading.skipped:
            if place.found_at not in told:
                self._note(f"{place.found_at}: {place.reason}", Exit.FOUND)

    def _progress(self, files: int) -> None:
        self._call.out.progress(f"{files:,} files")

    def _note(self, text: str, code: Exit) -> None:
        self._call.out.note(f"snapledger: {text}")
        self.code = max(self.code, code)
