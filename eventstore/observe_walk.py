"""What a walk of a folder covered, as the log keeps it."""

from eventstore.events import FolderRead
from eventstore.evidence.folder import FolderReading

UNREAD_CHARACTERS_MAX = 100_000
"""So much of what was not read is named in one event; the rest is put down to the root."""


def folder_read(reading: FolderReading, host: str) -> FolderRead:
    """Give the event that says what `reading` covered."""
    return FolderRead(
        host=host,
        root=reading.root,
        root_path=reading.root_path,
        files=reading.files,
        disks=len(reading.disks),
        configurations=len(reading.configurations),
        unread=_unread(reading),
        folders=reading.folders,
    )


def _unread(reading: FolderReading) -> tuple[tuple[str, str], ...]:
    """Give what was not read, as much as one event holds; what is left out counts for the root."""
    told: list[tuple[str, str]] = []
    room = UNREAD_CHARACTERS_MAX
    for number, each in enumerate(reading.unread):
        room -= len(each.path) + len(each.reason)
        if room < 0:
            more = len(reading.unread) - number
            told.append((reading.root_path, f"and {more} more places below it were not read"))
            break
        told.append((each.path, each.reason))
    return tuple(told)


def covers_other_ground(known: FolderRead, seen: FolderRead) -> bool:
    """Tell whether a walk that found no news of files still covered other ground."""
    of_known = (known.host, known.root_path, known.unread, known.folders)
    return of_known != (seen.host, seen.root_path, seen.unread, seen.folders)
