"""What the fleet knows besides its VMs: files that were read or touched, folders, free space."""

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import Unknown
from eventstore.events import DiskSeen, FolderRead, HostExportSeen
from eventstore.hosts import spelled_before
from eventstore.machine import When
from eventstore.paths import PathKey, path_key


class Sighting(Struct, frozen=True):
    """The last reading of a disk file; `gone` when a later walk did not find it.

    `first` is the first reading that could use its headers since a file stands at its place, if
    it told something else, and `began` when that file was read first, if before `when`.
    """

    seen: DiskSeen
    stream: str
    when: When
    gone: When | None = None
    first: "Sighting | None" = None
    began: When | None = None

    @property
    def read_first(self) -> When:
        return self.began or self.when

    def after(self, before: "Sighting | None") -> "Sighting":
        """Give this reading as the one that comes after `before`, of the same place."""
        if before is None or before.gone:
            return self
        if before.seen == self.seen:  # late evidence may have it told again
            return replace(self, first=before.first, began=before.read_first)
        first = before.first or before
        return replace(self, first=first if first.seen.facts else None, began=before.read_first)


class HandMerge(Struct, frozen=True):
    """Somebody merged a file into `into` and left the file behind."""

    into: PathKey
    when: When


class Arrival(Struct, frozen=True):
    """Hands put a file at its place; `homes` says when it left the places where it stood before.

    Of a copy they are the places of the file that it is a copy of.
    """

    when: When
    homes: dict[PathKey, When] = {}


class FolderSeen(Struct, frozen=True):
    """The last walk of a folder; `first` is when it was walked first, if before that."""

    read: FolderRead
    when: When
    first: When | None = None

    def after(self, before: "FolderSeen | None") -> "FolderSeen":
        """Give this walk as the one that comes after `before`, of the same folder."""
        return replace(self, first=before.first or before.when) if before else self


class Attached(Struct, frozen=True):
    """The disks that a host used beside its VMs when it was last asked, and its cluster's hosts."""

    disks: frozenset[PathKey]
    when: When
    nodes: tuple[str, ...] = ()

    @staticmethod
    def asked(
        known: "dict[str, Attached]", event: HostExportSeen, when: When
    ) -> "dict[str, Attached]":
        """Give what hosts use after one of them answered, by whatever spelling of its name."""
        host = spelled_before(known, event.computer)
        disks = frozenset(map(path_key, event.attached))
        return {**known, host: Attached(disks, when, event.nodes)}


class Space(Struct, frozen=True):
    """Bytes free on a volume when somebody last looked."""

    free_bytes: int
    when: When


class Oddment(Struct, frozen=True):
    """An entry that this version cannot use: kept and shown."""

    stream: str
    unknown: Unknown
    when: When
