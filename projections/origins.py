"""Where files come from that no user asked for: backups, Replica, VHD sets, unregistered VMs."""

from collections.abc import Iterator, Mapping

from eventstore.ids import VmId
from eventstore.machine import Snapshot
from eventstore.paths import folder_of, path_key
from eventstore.side_files import is_auto_recovery
from projections.case import Case, because
from projections.disk_node import DiskNode
from projections.finding import Reason

_MADE: Mapping[str, str] = {
    "recovery": (
        "was made by a backup, which removes it when it is done; Hyper-V Manager shows no Delete "
        "for it"
    ),
    "automatic": (
        "was taken by Hyper-V when the VM started, and goes by itself when the guest is shut down"
    ),
    "replica": "is a recovery point of Hyper-V Replica, which removes it by itself",
    "appconsistentreplica": "is a recovery point of Hyper-V Replica, which removes it by itself",
    "syncedreplica": "was made by Hyper-V Replica for a copy, and goes when the copy is done",
    "missing": "is one whose configuration its host cannot find",
}
"""What the words of `SnapshotType` and `IsAutomaticCheckpoint` mean for whoever finds one."""


def made_told(snapshot: Snapshot) -> str:
    """Say who made a snapshot that no user took; nothing of others."""
    return _MADE.get(snapshot.kind, "")


def users_origins(case: Case, node: DiskNode) -> Iterator[Reason]:
    """Say of those who refer to a file what is unusual about them."""
    for reference in node.references:
        machine = case.fleet.machines[reference.vm]
        if reference.holder != "now":
            snapshot = machine.snapshots[reference.holder]
            if made := made_told(snapshot):
                yield because(f'Snapshot "{snapshot.name}" {made}.', snapshot.taken)
    for vm in dict.fromkeys(each.vm for each in node.references):
        if is_unlisted(case, vm):
            yield because(
                f"{case.name(vm)} is on none of the lists of VMs that were read: it is not "
                "registered there, and whoever has its configuration still needs its disks."
            )


def is_unlisted(case: Case, vm: VmId) -> bool:
    """Tell whether lists of VMs were read, and this one is on none of them."""
    is_present = case.fleet.machines[vm].is_present
    return is_present and bool(case.fleet.registries) and vm not in case.listed


def name_origins(case: Case, node: DiskNode) -> Iterator[Reason]:
    """Say of a file that nobody is known to need what its name and its neighbours hint at."""
    if is_auto_recovery(node.path):
        yield because(
            "Its name is one that host backups give (AutoRecovery): a backup may be running, or "
            "have been broken off."
        )
    for place in case.vhd_sets.get(path_key(folder_of(node.path)), ()):
        yield because(
            f"{place} stands beside it, the file of a VHD set: it may be one of its disks, and no "
            "file read so far tells."
        )
