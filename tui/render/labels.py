"""Who refers to a disk, by name: ids are for scripts."""

from collections.abc import Iterable

from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId
from projections.changes import SnapshotNamed
from tui.render.look import Look


class Labels:
    """The names of VMs and snapshots as of a moment, safe to show.

    `coming` are snapshots that a forecast would make: no fleet knows them yet.
    """

    def __init__(self, fleet: Fleet, look: Look, coming: Iterable[SnapshotNamed] = ()) -> None:
        self._coming = {each.id: each.name for each in coming}
        self._fleet = fleet
        self._look = look

    def vm(self, vm: VmId) -> str:
        machine = self._fleet.machines.get(vm)
        return self._look.text(machine.name if machine and machine.name else vm)

    def holder(self, reference: str, vm: VmId | None) -> str:
        """Name a reference: `now`, a snapshot's id, or either after another VM's id and `/`."""
        other, slash, holder = reference.rpartition("/")
        owner = VmId(other) if slash else vm
        name = "Now" if holder == "now" else self._snapshot(owner, SnapshotId(holder))
        return f"{self.vm(VmId(other))}: {name}" if slash else name

    def _snapshot(self, vm: VmId | None, snapshot: SnapshotId) -> str:
        for machine in self._fleet.machines.values():
            if vm in {None, machine.id} and snapshot in machine.snapshots:
                return self._look.text(machine.snapshots[snapshot].name)
        return self._look.text(self._coming.get(snapshot, snapshot))
