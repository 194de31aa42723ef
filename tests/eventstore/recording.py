"""Readings of one folder made up for tests, and a recorder that keeps what they add to a log."""

from collections.abc import Sequence

from eventstore import codec
from eventstore.entry import Entry, NewEntry, Recorded
from eventstore.events import Event, SlotDisk
from eventstore.evidence.file_reader import Skipped
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.evidence.found_disk import FoundDisk
from eventstore.evidence.vmconfig import Configuration
from eventstore.fleet import Fleet, fold
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.known import known_from
from eventstore.moments import Moment, later
from eventstore.observe import Observer, observe

NOON = Moment("2026-11-22T12:00:00.000000Z")
ROOT = "/case/D"
VM = VmId(derive("web01"))
S1 = SnapshotId(derive("S1"))
BASE = "VMs/base.vhd"
CONFIG = "VMs/Virtual Machines/web01.xml"


class Recorder:
    """Records readings of one folder into a list of entries, as `record` does into a log."""

    def __init__(self, host: str = "HV01", root: str = ROOT) -> None:
        self.host, self.root = host, root
        self.entries: list[Entry] = []

    def record(self, reading: FolderReading, *, confirm: bool = False) -> list[Event]:
        now = later(NOON, minutes=len(self.entries))
        known = known_from(self.entries, host=self.host, root=self.root)
        news = observe(reading, known, Observer(self.host, now, "me"), confirm=confirm)
        for each in news:
            self._append(each.stream, each.entry())
        return [each.event for each in news]

    def tell(self, stream: str, *events: Event, at: Moment | None = None) -> None:
        """Let history say something, in the next minute or at a moment of its own."""
        for event in events:
            number = len(self.entries)
            when = at or later(NOON, minutes=number)
            self._append(stream, codec.encode(event, event_id=derive(number), occurred_at=when))

    @property
    def fleet(self) -> Fleet:
        """The fold of everything, as every answer begins."""
        return fold(
            Recorded(position, entry.occurred_at, (position, position), 0, entry, "")
            for position, entry in enumerate(self.entries, start=1)
        )

    def _append(self, name: str, new: NewEntry) -> None:
        stream = [entry for entry in self.entries if entry.stream == name]
        assert new.id not in {entry.id for entry in stream}, "an id is unique in its stream"
        self.entries.append(
            Entry(
                origin="store",
                stream=name,
                revision=len(stream) + 1,
                id=new.id,
                type=new.type,
                occurred_at=new.occurred_at,
                actor=None,
                source=new.source,
                data=new.data,
                prev="",
            )
        )


def at(place: str) -> str:
    return f"{ROOT}/{place}"


def windows(place: str) -> str:
    return "D:\\" + place.replace("/", "\\")


def disk(place: str, content: str = "first", path: str | None = None) -> FoundDisk:
    return FoundDisk(
        found_at=at(place),
        path=path or windows(place),
        size_bytes=len(content),
        modified_at=NOON,
        header_sha256=content,
    )


def configuration(
    place: str = CONFIG,
    content: str = "first",
    *,
    vm: VmId = VM,
    snapshot: SnapshotId | None = None,
    has_saved_state: bool = False,
) -> FoundConfiguration:
    return FoundConfiguration(
        found_at=at(place),
        path=windows(place),
        sha256=content,
        vm=vm,
        snapshot=snapshot,
        has_saved_state=has_saved_state,
        configuration=Configuration(
            kind="snapshot" if snapshot else "vm",
            vm_id=vm,
            name="web01",
            type_id=None,
            subtype=None,
            version=512,
            creation_time=NOON,
            disks=(SlotDisk("IDE 0:0", windows(BASE)),),
            snapshots_listed=1,
            merge_pending=False,
            parent=None,
            is_parent_known=True,
            taken_at=NOON,
        ),
    )


def reading(
    *found: FoundDisk | FoundConfiguration,
    unread: Sequence[str] = (),
    files: int = 9,
    root: str = ROOT,
) -> FolderReading:
    return FolderReading(
        root=root,
        root_path=windows(root[len(ROOT) + 1 :]),
        files=files,
        disks=tuple(each for each in found if isinstance(each, FoundDisk)),
        configurations=tuple(each for each in found if isinstance(each, FoundConfiguration)),
        unread=tuple(Skipped(at(place), windows(place), "denied") for place in unread),
    )


def kinds(events: Sequence[Event]) -> list[str]:
    return [type(event).__name__ for event in events]
