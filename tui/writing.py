"""`--write-disks`: the files of a simulated host, kept in step with what it does."""

from pathlib import Path

from eventstore.errors import BadInput
from eventstore.evidence.path_map import MAP_NAME
from eventstore.fleet import Fleet
from eventstore.simulate.disk_files import DiskFiles
from eventstore.simulate.player import Played
from eventstore.simulate.vm_files_on_disk import VmFilesOnDisk


class WrittenHost:
    """A folder that holds what a simulated host would hold."""

    def __init__(self, folder: Path, fleet: Fleet) -> None:
        """Take `folder`, new, empty or written by an earlier run; BadInput for any other."""
        if folder.exists() and not folder.is_dir():
            raise BadInput(f"--write-disks {folder}: expected a folder")
        if folder.is_dir() and any(folder.iterdir()) and not (folder / MAP_NAME).exists():
            raise BadInput(
                f"--write-disks {folder}: the folder is not empty and not of an earlier run; "
                "expected a new or empty one, so that nobody's files are touched"
            )
        self._disks = DiskFiles(folder)
        self._vm_files = VmFilesOnDisk(folder, fleet.machines.values())

    def follow(self, played: Played, fleet: Fleet) -> tuple[str, ...]:
        """Do to the files what happened; give a sentence for everything that was impossible."""
        problems = [
            problem for event in played.events for problem in self._disks.apply(event, played.when)
        ]
        self._vm_files.update(fleet.machines.values())
        return tuple(problems)
