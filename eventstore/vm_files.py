r"""The files and folders of a VM that are not disks (rule R0), by the names Hyper-V gives them.

<root>\Virtual Machines\<GUID>.xml                 Now's configuration
<root>\Virtual Machines\<GUID>\<GUID>.bin|.vsv     while it runs, and when it is saved
<root>\Snapshots\<GUID>.xml                        a snapshot's configuration
<root>\Snapshots\<GUID>\<GUID>.bin|.vsv            only with saved state
"""

from collections.abc import Iterator

from eventstore.ids import SnapshotId, VmId
from eventstore.machine import VmFile
from eventstore.moments import Moment
from eventstore.paths import joined


def of_registration(root: str, vm: VmId, since: Moment) -> tuple[VmFile, ...]:
    home = joined(root, "Virtual Machines")
    return (
        VmFile(joined(home, f"{vm}.xml"), "config", "now", since),
        VmFile(joined(home, vm), "folder", "now", since),
    )


def of_memory(root: str, vm: VmId, since: Moment) -> tuple[VmFile, ...]:
    """Give BIN and VSV of a VM that runs or is saved."""
    home = joined(root, "Virtual Machines", vm)
    return (
        VmFile(joined(home, f"{vm}.bin"), "memory", "now", since),
        VmFile(joined(home, f"{vm}.vsv"), "devices", "now", since),
    )


def of_snapshot(
    root: str, snapshot: SnapshotId, since: Moment, *, has_saved_state: bool
) -> Iterator[VmFile]:
    home = joined(root, "Snapshots")
    yield VmFile(joined(home, f"{snapshot}.xml"), "config", snapshot, since)
    if has_saved_state:
        folder = joined(home, snapshot)
        yield VmFile(folder, "folder", snapshot, since)
        yield VmFile(joined(folder, f"{snapshot}.bin"), "memory", snapshot, since)
        yield VmFile(joined(folder, f"{snapshot}.vsv"), "devices", snapshot, since)


def without_memory(files: tuple[VmFile, ...]) -> tuple[VmFile, ...]:
    """Drop Now's BIN and VSV."""
    return tuple(
        file for file in files if file.owner != "now" or file.kind not in {"memory", "devices"}
    )


def without_owner(files: tuple[VmFile, ...], *owners: str) -> tuple[VmFile, ...]:
    return tuple(file for file in files if file.owner not in owners)
