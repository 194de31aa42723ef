"""The peer's aggregate: the same events with the same payload, for `eventsourcing`.

Written as its manual writes them: an event class for each type, state changed in place.
"""

from datetime import datetime
from typing import TypedDict

from eventsourcing.domain import Aggregate

Disks = list[dict[str, str]]


class Snapshot(TypedDict):
    name: str
    parent: str | None
    heads: dict[str, str]
    taken: datetime
    has_saved_state: bool


class Vm(Aggregate):
    """One VM: what our fold keeps of it, in plain dicts and lists."""

    class Event(Aggregate.Event):
        pass

    class VmRegistered(Event, Aggregate.Created):
        name: str
        policy: str
        merge_on_save: bool
        root: str
        disks: Disks

    def __init__(
        self, name: str, policy: str, merge_on_save: bool, root: str, disks: Disks
    ) -> None:
        self.name, self.policy, self.merge_on_save, self.root = name, policy, merge_on_save, root
        self.power = "off"
        self.now: str | None = None
        self.heads = {disk["slot"]: disk["path"] for disk in disks}
        self.snapshots: dict[str, Snapshot] = {}
        self.disks: dict[str, str | None] = {disk["path"]: None for disk in disks}
        self.merging: list[list[str]] = []

    def know(self, new_disks: Disks) -> None:
        for disk in new_disks:
            self.disks[disk["path"]] = disk["parent"]
            self.heads[disk["slot"]] = disk["path"]

    class VmStarted(Event):
        def apply(self, aggregate: "Vm") -> None:
            aggregate.power = "running"

    class VmShutDown(Event):
        def apply(self, aggregate: "Vm") -> None:
            aggregate.power = "off"

    class SnapshotTaken(Event):
        snapshot: str
        name: str
        has_saved_state: bool
        new_disks: Disks

        def apply(self, aggregate: "Vm") -> None:
            aggregate.snapshots[self.snapshot] = {
                "name": self.name,
                "parent": aggregate.now,
                "heads": dict(aggregate.heads),
                "taken": self.timestamp,
                "has_saved_state": self.has_saved_state,
            }
            aggregate.know(self.new_disks)
            aggregate.now = self.snapshot

    class SnapshotApplied(Event):
        snapshot: str
        power: str
        new_disks: Disks

        def apply(self, aggregate: "Vm") -> None:
            aggregate.know(self.new_disks)
            aggregate.now, aggregate.power = self.snapshot, self.power

    class SnapshotRenamed(Event):
        snapshot: str
        name: str

        def apply(self, aggregate: "Vm") -> None:
            aggregate.snapshots[self.snapshot]["name"] = self.name

    class SnapshotDeleted(Event):
        snapshot: str

        def apply(self, aggregate: "Vm") -> None:
            heir = aggregate.snapshots.pop(self.snapshot)["parent"]
            for snapshot in aggregate.snapshots.values():
                if snapshot["parent"] == self.snapshot:
                    snapshot["parent"] = heir
            if aggregate.now == self.snapshot:
                aggregate.now = heir

    class DiskDeleted(Event):
        path: str

        def apply(self, aggregate: "Vm") -> None:
            del aggregate.disks[self.path]

    class MergeStarted(Event):
        child: str
        into: str

        def apply(self, aggregate: "Vm") -> None:
            aggregate.merging.append([self.child, self.into])

    class MergeCompleted(Event):
        child: str
        into: str

        def apply(self, aggregate: "Vm") -> None:
            aggregate.merging.remove([self.child, self.into])
            del aggregate.disks[self.child]
            for path, parent in aggregate.disks.items():
                if parent == self.child:
                    aggregate.disks[path] = self.into
