"""What several hosts showed, by the paths that a store knows their files by, folded."""

from eventstore.events import (
    DiskSeen,
    Event,
    ExportedSnapshot,
    FolderRead,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
    VmExportSeen,
)
from eventstore.evidence.observations import DiskFacts, ParentLink
from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId, VmId, derive, folder_stream, vm_stream
from eventstore.machine import When
from eventstore.moments import later
from eventstore.paths import path_key
from projections.coverage import coverage
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.roles import roles_of
from tests.projections.sightings import LONG_AGO
from tests.story import START


class Evidence:
    """What hosts showed, minute by minute, by the paths that the store knows."""

    def __init__(self) -> None:
        self.fleet = Fleet()
        self._position = 0

    def tell(self, stream: str, *events: Event) -> "Evidence":
        for event in events:
            self._position += 1
            when = When(later(START, minutes=self._position), self._position)
            self.fleet.evolve(stream, event, when)
        return self

    def walk(self, host: str, root: str, *disks: DiskSeen, place: str = "") -> "Evidence":
        place = place or f"/case/{host}"
        walk = FolderRead(host, place, root, 9, len(disks), 0, folders=((place, root),))
        return self.tell(folder_stream(host, place), *disks, walk)

    def vm(
        self, name: str, folder: str, *heads: str, listed: int = 0, place: str = ""
    ) -> "Evidence":
        """Let a configuration be read, at a `place` that another host may have, too."""
        path = rf"{folder}\Virtual Machines\{derive(name)}.vmcx"
        event = VmConfigurationSeen(
            name, path, place or f"/case/{path}", 2304, _in_slots(heads), listed
        )
        return self.tell(vm_stream(VmId(derive(name))), event)

    def snapshot(self, name: str, snapshot: str, folder: str, *heads: str) -> "Evidence":
        path = rf"{folder}\Snapshots\{derive(snapshot)}.vmcx"
        event = SnapshotConfigurationSeen(
            SnapshotId(derive(snapshot)), path, f"/case/{path}", snapshot, disks=_in_slots(heads)
        )
        return self.tell(vm_stream(VmId(derive(name))), event)

    def export(
        self, computer: str, name: str, *heads: str, has_all: bool = True, **snapshots: str
    ) -> "Evidence":
        """Let `computer` tell of a VM, and of each of its snapshots the head."""
        told = tuple(
            ExportedSnapshot(SnapshotId(derive(each)), each, disks=_in_slots((head,)))
            for each, head in snapshots.items()
        )
        event = VmExportSeen(
            name,
            "export.json",
            "/case/export.json",
            computer,
            disks=_in_slots(heads),
            snapshots=told,
            has_all_snapshots=has_all,
        )
        return self.tell(vm_stream(VmId(derive(name))), event)

    @property
    def graph(self) -> DiskGraph:
        return graph_of(self.fleet)

    @property
    def roles(self) -> dict[str, str]:
        graph = self.graph
        return {graph.nodes[key].path: role for key, role in roles_of(graph).items()}

    def parent(self, path: str) -> str | None:
        graph = self.graph
        parent = graph.nodes[path_key(path)].parent
        return graph.nodes[parent].path if parent else None

    @property
    def gaps(self) -> str:
        return "\n".join(coverage(self.fleet).gaps)


def vhdx(path: str, link: ParentLink | None = None, *, chain: str = "chain") -> DiskSeen:
    facts = DiskFacts(
        format="vhdx",
        kind="differencing" if link else "dynamic",
        creator="Microsoft Windows 10.0",
        virtual_size_bytes=1 << 30,
        identity=chain,
        disk_id=chain,
        data_write_id=derive("write", path),
        parent=link,
    )
    return DiskSeen(path, f"/case/{path}", 4096, LONG_AGO, derive(path), facts, "")


def child(
    path: str, absolute: str, parent: str, *, volume: str = "", chain: str = "chain"
) -> DiskSeen:
    """Give a child that calls its parent as its own host does, and quotes `parent` if any."""
    link = ParentLink(
        linkage=derive("write", parent) if parent else None,
        absolute_path=absolute or None,
        volume_path=volume or None,
    )
    return vhdx(path, link, chain=chain)


def _in_slots(heads: tuple[str, ...]) -> tuple[SlotDisk, ...]:
    return tuple(SlotDisk(f"SCSI 0:{slot}", head) for slot, head in enumerate(heads))
