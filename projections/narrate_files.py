"""Sentences about files, whoever uses them, and about the log itself."""

from typing import assert_never

from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskGone,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskSeen,
    DiskWritten,
    FolderEvent,
    FolderRead,
    ForkedFrom,
    FreeSpaceSeen,
    HandEvent,
    HostExportSeen,
    HostRegistryGone,
    HostRegistrySeen,
    LogEvent,
    SideFileGone,
    SideFileSeen,
    TailSetAside,
)
from eventstore.evidence.observations import ParentLink
from eventstore.ids import guid
from eventstore.paths import name_of
from eventstore.side_files import is_auto_recovery
from projections.phrases import counted, listed, shown
from projections.side_files import WORDS


def by_hand(event: HandEvent) -> str:
    match event:
        case DiskCloned(child, parent):
            file = shown(child, parent)
            return f"{file(child)} was made by hand as a differencing disk of {file(parent)}."
        case DiskMergedByHand(child, into):
            file = shown(child, into)
            return (
                f"{file(child)} was merged into {file(into)} by hand; what was merged stayed as "
                "a file and is no longer valid."
            )
        case DiskLost(path):
            return f"{shown(path)(path)} vanished, and Hyper-V did not do it."
        case DiskWritten(path):
            return f"{shown(path)(path)} was written to past Hyper-V."
        case DiskMoved(path, to):
            file = shown(path, to)
            return f"{file(path)} was moved to {file(to)}; who refers to it names the old place."
        case DiskCopied(path, to):
            file = shown(path, to)
            return f"{file(path)} was copied to {file(to)}; the copy has the same identity."
        case FreeSpaceSeen(volume, free_bytes):
            return f"{volume} had {counted(free_bytes, 'byte')} free."
        case _:
            assert_never(event)


def seen(event: FolderEvent) -> str:
    match event:
        case DiskSeen():
            return _disk_seen(event)
        case DiskGone(path):
            return f"{shown(path)(path)} was no longer in its folder."
        case SideFileSeen() | SideFileGone():
            return _side_file(event)
        case HostRegistrySeen(host, path):
            vms = counted(len(event.vms), "VM")
            return f"{path}, the list of the VMs{_of(host)}, was read: {vms}."
        case HostRegistryGone(host, path):
            return f"{path}, a list of the VMs{_of(host)}, is gone."
        case HostExportSeen():
            who = event.computer or "A host"
            used = listed([name_of(path) for path in event.attached], nothing="")
            beside = f"; in use beside them: {used}" if used else ""
            lacks = f"; {counted(len(event.untold), 'thing')} not told" if event.untold else ""
            return f"{who} was asked about {counted(event.vms, 'VM')}{beside}{lacks}."
        case FolderRead():
            unread = f"; {counted(len(event.unread), 'place')} unread" if event.unread else ""
            return (
                f"The folder {event.root}{_of(event.host)} was read: "
                f"{counted(event.files, 'file')}, {counted(event.disks, 'disk')}, "
                f"{counted(event.configurations, 'configuration')}{unread}."
            )
        case _:
            assert_never(event)


def _side_file(event: SideFileSeen | SideFileGone) -> str:
    file, what = shown(event.path)(event.path), WORDS[event.kind]
    if isinstance(event, SideFileGone):
        return f"{file} ({what}) was no longer in its folder."
    saved = ", with a saved state in it" if event.has_saved_state else ""
    return f"{file} ({what}) was seen: {counted(event.size_bytes, 'byte')}{saved}."


def _of(host: str) -> str:
    """A host that nobody named has a GUID, which says nothing to people."""
    return "" if guid(host) else f" of {host}"


def of_the_log(event: LogEvent) -> str:
    match event:
        case TailSetAside():
            return (
                f"{counted(event.size_bytes, 'byte')} at the end of segment {event.segment} were "
                f"no intact batch and lie in quarantine as {event.kept_as}."
            )
        case ForkedFrom(store, last):
            return f"This store began as a copy of store {store}, which ended at position {last}."
        case _:
            assert_never(event)


def _disk_seen(event: DiskSeen) -> str:
    file, facts = shown(event.path)(event.path), event.facts
    if facts is None:
        why = f": {event.problem}" if event.problem else ""
        return f"{file} was read and says nothing usable{why}."
    size = counted(event.size_bytes, "byte")
    kind = f"a {facts.kind} {facts.format.upper()} of {size}"
    backup = ", made by a backup as its name says" if is_auto_recovery(event.path) else ""
    return f"{file} was read: {kind}{_parent(facts.parent)}{backup}."


def _parent(link: ParentLink | None) -> str:
    if link is None:
        return ""
    quoted = link.name or link.relative_path or link.absolute_path or link.volume_path
    return f" whose parent is {name_of(quoted) or quoted}" if quoted else " with a parent unnamed"
