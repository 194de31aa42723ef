"""Evidence made up for tests: disks, configurations and walks as a recorder would tell them."""

from msgspec.structs import replace

from eventstore.events import (
    DiskSeen,
    Event,
    FolderRead,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.evidence.observations import Check, DiskFacts, ParentLink
from eventstore.ids import SnapshotId, VmId, derive, folder_stream, vm_stream
from eventstore.moments import Moment
from eventstore.paths import path_key
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.finding import Finding
from projections.findings import find, finding_of
from projections.ownership import ownership_of
from projections.roles import Role, roles_of
from tests.story import FOLDER, Story, disk, short

HOST = "HV1"
UNSAID_VHDX = "VD"
LONG_AGO = Moment("2009-01-01T00:00:00.000000Z")
"""A time of last writing before every story begins."""


def vhd(
    name: str,
    parent: str | None = None,
    *,
    identity: str | None = None,
    disk_id: str | None = None,
    quotes: str | None = None,
    modified: Moment = LONG_AGO,
    checks: tuple[Check, ...] = (),
) -> DiskSeen:
    """Give a VHD as read; a child quotes the `identity` that its parent has by default."""
    link = parent and ParentLink(
        identity=quotes or _identity(parent), absolute_path=disk(parent), name=parent
    )
    facts = DiskFacts(
        format="vhd",
        kind="differencing" if parent else "dynamic",
        creator="win  6.1",
        virtual_size_bytes=1 << 30,
        identity=identity or _identity(name),
        disk_id=disk_id or derive("id", name),
        written_at=LONG_AGO,
        parent=link or None,
        checks=checks,
    )
    return seen(name, facts, modified=modified)


def vhdx(
    name: str,
    parent: str | None = None,
    *,
    identity: str = UNSAID_VHDX,
    written: str = "W1",
    linkage: str = "W1",
    relative: str | None = None,
    volume: str | None = None,
) -> DiskSeen:
    """Give a VHDX as read: `written` is its DataWriteGuid, `linkage` the one it quotes."""
    link = parent and ParentLink(
        linkage=linkage,
        relative_path=relative or f".\\{parent}",
        volume_path=volume,
        absolute_path=disk(parent),
    )
    facts = DiskFacts(
        format="vhdx",
        kind="differencing" if parent else "dynamic",
        creator="Microsoft Windows 6.3",
        virtual_size_bytes=1 << 30,
        identity=identity,
        disk_id=identity,
        data_write_id=written,
        parent=link or None,
    )
    return seen(name, facts)


def seen(
    name: str, facts: DiskFacts | None, *, modified: Moment = LONG_AGO, problem: str = ""
) -> DiskSeen:
    path = name if name.startswith("/") else disk(name)
    found_at = path if path.startswith("/") else f"/case/{path[0]}/{path[3:]}".replace("\\", "/")
    return DiskSeen(path, found_at, 4096, modified, derive(path), facts, problem)


def walked(root: str = "/case", *, unread: tuple[tuple[str, str], ...] = ()) -> FolderRead:
    r"""Give a walk of `/case`, where `C:\VMs` stands at `/case/C/VMs`."""
    return FolderRead(HOST, root, root, files=9, disks=9, configurations=9, unread=unread)


def configuration(name: str, *heads: str, listed: int | None = 0) -> VmConfigurationSeen:
    path = f"C:\\VMs\\Virtual Machines\\{derive(name)}.xml"
    return VmConfigurationSeen(name, path, path, 512, _in_slots(heads), listed)


def snapshot_configuration(name: str, *heads: str) -> SnapshotConfigurationSeen:
    path = f"C:\\VMs\\Snapshots\\{name}.xml"
    return SnapshotConfigurationSeen(SnapshotId(name), path, path, name, disks=_in_slots(heads))


def record(story: Story, *events: Event, vm: str = "web01") -> Story:
    """Let a recorder tell `events`, each in the stream it belongs to.

    A disk of which the test does not say that it is another one is the one that history knows.
    """
    for each in events:
        event = _as_known(story, each)
        is_of_vm = isinstance(event, VmConfigurationSeen | SnapshotConfigurationSeen)
        name = event.name if isinstance(event, VmConfigurationSeen) else vm
        stream = vm_stream(VmId(derive(name))) if is_of_vm else folder_stream(HOST, "/case")
        story.happened(event, stream=stream)
    return story


def graph(story: Story) -> DiskGraph:
    return graph_of(story.fleet)


def roles(story: Story) -> dict[str, Role]:
    """Give every file's role by its short name."""
    return {short(each): role for each, role in roles_of(graph(story)).items()}


def findings(story: Story) -> tuple[Finding, ...]:
    ownership = ownership_of(story.recorded)
    return find(ownership.fleet, graph_of(ownership.fleet), ownership)


def verdicts(story: Story) -> set[tuple[str | None, str]]:
    """Give the verdicts that were found, each with the short name of its file."""
    return {(short(each.path) if each.path else None, each.verdict) for each in findings(story)}


def the(story: Story, verdict: str, name: str | None = None) -> Finding:
    """Give the one finding with `verdict`, on the file `name` where several have it."""
    found = [
        each
        for each in findings(story)
        if each.verdict == verdict and (name is None or each.path == disk(name))
    ]
    assert len(found) == 1, f"{len(found)} findings say {verdict}: {found}"
    return found[0]


def one(story: Story, name: str) -> Finding:
    """Give the one answer on the file `name`."""
    ownership = ownership_of(story.recorded)
    fleet = ownership.fleet
    finding = finding_of(fleet, graph_of(fleet), ownership, disk(name))
    assert finding is not None
    return finding


def said(finding: Finding) -> str:
    return " ".join(reason.text for reason in finding.reasons)


def positions(finding: Finding) -> set[int]:
    return {position for reason in finding.reasons for position in reason.positions}


def _as_known(story: Story, event: Event) -> Event:
    if not isinstance(event, DiskSeen) or event.facts is None:
        return event
    known, facts = story.fleet.disk(path_key(event.path)), event.facts
    is_left_open = facts.disk_id in {UNSAID_VHDX, derive("id", event.path.removeprefix(FOLDER))}
    if known is None or known.disk_id is None or not is_left_open:
        return event
    return replace(event, facts=replace(facts, disk_id=known.disk_id))


def _identity(name: str) -> str:
    return derive("identity", short(disk(name)))


def _in_slots(heads: tuple[str, ...]) -> tuple[SlotDisk, ...]:
    return tuple(SlotDisk(f"IDE 0:{slot}", disk(head)) for slot, head in enumerate(heads))
