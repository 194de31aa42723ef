"""The peer's store: SQLite as `eventsourcing` opens it, in WAL mode, synced at each commit."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from eventstore.entry import NewEntry

try:
    from eventsourcing.application import Application

    from tests.bench.peer import Vm
except ImportError:
    MISSING = "eventsourcing is not installed: pip install -e '.[bench]'"
else:
    MISSING = ""

PEER = "eventsourcing"
SNAPSHOT_EVERY = 100
Payloads = Sequence[tuple[str, dict[str, Any]]]


def payloads(entries: Iterable[NewEntry]) -> Payloads:
    """Give the events as the peer takes them; what decoding them costs is not its fault."""
    return [(entry.type, msgspec.json.decode(entry.data)) for entry in entries]


class PeerStore:
    """Aggregates of `eventsourcing` in a database of their own."""

    def __init__(self, folder: Path, *, takes_snapshots: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._app = Application(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": str(folder / "peer.db"),
                "IS_SNAPSHOTTING_ENABLED": "y" if takes_snapshots else "n",
            }
        )
        self._vms: dict[str, Vm] = {}

    def append(self, stream: str, events: Payloads) -> None:
        """Store `events` of a VM in one transaction."""
        vm = self._vms.get(stream)
        for kind, payload in events:
            if vm is None:
                vm = self._vms[stream] = Vm(**payload)
            else:
                vm.trigger_event(getattr(Vm, kind), **payload)
        self._app.save(vm)

    def take_snapshots(self, stream: str) -> None:
        """Take the snapshots that it would have taken every hundred events."""
        vm = self._vms[stream]
        for version in range(SNAPSHOT_EVERY, vm.version + 1, SNAPSHOT_EVERY):
            self._app.take_snapshot(vm.id, version=version)

    def replay(self, stream: str, version: int | None = None) -> None:
        """Bring a VM back from its events, as of `version` if one is given."""
        vm = self._app.repository.get(self._vms[stream].id, version=version)
        assert version is None or vm.version == version

    def replay_all(self) -> None:
        for stream in self._vms:
            self.replay(stream)

    def close(self) -> None:
        self._app.close()
