"""What late evidence must not undo: what later walks had found as it was before.

A walk stores what differs from what was known. Evidence that comes late tells of a time between
two walks; the later one found everything as the earlier, so nothing was stored of it. What the
late evidence changes is therefore stored again as that walk found it, dated by that walk. Then
any order of recording leaves the same state at any time.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from eventstore.codec import decode
from eventstore.entry import Entry, Recorded
from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    FolderRead,
    HostRegistryGone,
    HostRegistrySeen,
    SideFileGone,
    SideFileSeen,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
    VmExportSeen,
)
from eventstore.ids import folder_stream
from eventstore.known import ConfigurationKey, KnownFold, Told
from eventstore.last_words import Subject
from eventstore.looked_at import at_and_above, was_looked_at
from eventstore.observe import FileEvent, Observed, Observer, of_file
from eventstore.paths import PathKey, path_key

Again = tuple[str, FileEvent, str]
"""The stream of a VM or nothing, what to store again, and the digest of what was read."""


def still_so(
    entries: Iterable[Recorded], news: Sequence[Observed], *, host: str, by: str
) -> tuple[Observed, ...]:
    """Give what to store so that `news` change nothing that later walks of `host` told.

    `entries` are the whole log, in the order in which things happened; `by` is who records.
    """
    work = _Between(news, host, by)
    for at, group in groupby(entries, key=lambda each: each.entry.occurred_at):
        work.add_news(at, is_included=False)
        walks = [entry for each in group for entry in work.take_in(each.entry)]
        work.add_news(at, is_included=True)
        for entry, walk in walks:
            work.compare(entry, walk)
    return tuple(work.found)


class _Between:
    """The pass over the log: what is known without the news, and what with them."""

    def __init__(self, news: Sequence[Observed], host: str, by: str) -> None:
        self.found: list[Observed] = []
        self._without = KnownFold(host, "")
        self._with = KnownFold(host, "")
        self._waiting = sorted(news, key=lambda each: each.occurred_at, reverse=True)
        self._first = self._waiting[-1].occurred_at if news else None
        self._disks: dict[tuple[str, PathKey], None] = {}
        self._configurations: dict[ConfigurationKey, None] = {}
        self._answered: set[str] = set()
        self._others: dict[str, None] = {}
        self._host = host
        self._by = by

    def add_news(self, at: str, *, is_included: bool) -> None:
        """Let the news happen that are before `at`, or of that moment."""
        while self._waiting and (
            self._waiting[-1].occurred_at < at
            or (is_included and self._waiting[-1].occurred_at == at)
        ):
            self._hear(self._waiting.pop())

    def take_in(self, entry: Entry) -> Iterator[tuple[Entry, FolderRead]]:
        """Take in an entry; give it back if it is a walk that may have found things as before."""
        if entry.source is not None and entry.source.read_at is not None:
            return
        self._without.take_in(entry)
        self._with.take_in(entry)
        if self._first is None or entry.occurred_at <= self._first:
            return
        if entry.type == FolderRead.__name__:
            walk = decode(entry)
            by = entry.source.host if entry.source else ""
            if isinstance(walk, FolderRead) and by == self._host:
                yield entry, walk

    def compare(self, entry: Entry, walk: FolderRead) -> None:
        """Store again what the walk saw, or saw no more, and the news say otherwise."""
        stream = folder_stream(self._host, walk.root)
        hidden = frozenset(str(path_key(path)) for path, _ in walk.unread)
        by = Observer(self._host, entry.occurred_at, self._by, is_dated=True)
        for of_vm, event, sha256 in (*self._of_disks(), *self._of_vms(), *self._of_others()):
            is_open = hidden.isdisjoint(at_and_above(str(path_key(event.path)))) if hidden else True
            if is_open and was_looked_at(event.found_at, walk.root, frozenset()):
                again = of_file(by, of_vm or stream, event, ("still", entry.id), sha256)
                self.found.append(again)
                self._hear(again)

    def _hear(self, news: Observed) -> None:
        event = news.event
        self._with.hear(news.stream, event, Told(news.event_id, news.occurred_at, news.source.host))
        match event:
            case DiskSeen(path, found_at) | DiskGone(path, found_at):
                self._disks[found_at, path_key(path)] = None
            case VmConfigurationSeen(found_at=found_at):
                self._configurations[news.stream, None, found_at] = None
            case SnapshotConfigurationSeen() | ConfigurationGone():
                self._configurations[news.stream, event.snapshot, event.found_at] = None
            case HostRegistrySeen() | HostRegistryGone() | SideFileSeen() | SideFileGone():
                self._others[event.found_at] = None
            case VmExportSeen():
                self._answered.add(news.stream)
            case _:
                pass  # a walk itself, or what a host told beside its VMs

    def _of_disks(self) -> Iterator[Again]:
        for place in self._disks:
            was, known = self._without.standing.get(place), self._with.standing.get(place)
            is_over = self._is_overtaken(place[1])
            if was is not None and isinstance(was.fact, DiskSeen):
                if known is None or known.fact != was.fact or is_over:
                    yield "", was.fact, was.fact.header_sha256
            elif known is not None:
                yield "", DiskGone(known.fact.path, known.fact.found_at), ""

    def _of_vms(self) -> Iterator[Again]:
        named = (key for key in self._without.configurations if key[0] in self._answered)
        for key in dict.fromkeys((*self._configurations, *named)):
            stream, snapshot, found_at = key
            was = self._without.configurations.get(key)
            known = self._with.configurations.get(key)
            if was is not None and not isinstance(was.fact, ConfigurationGone):
                is_over = self._is_overtaken((stream, snapshot))
                if known is None or known.fact != was.fact or is_over:
                    yield stream, was.fact, was.fact.sha256
            elif known is not None and not isinstance(known.fact, ConfigurationGone):
                gone = ConfigurationGone(known.fact.path, found_at, snapshot)
                yield stream, gone, ""

    def _of_others(self) -> Iterator[Again]:
        """Give lists of VMs and side files: the last fact about a place is all there is."""
        for found_at in self._others:
            registry = self._without.registries.get(found_at)
            if registry != (known := self._with.registries.get(found_at)):
                if registry is not None:
                    if known is None or known.fact != registry.fact:
                        yield "", registry.fact, _sha256(registry.fact)
                elif known is not None and isinstance(known.fact, HostRegistrySeen):
                    yield "", HostRegistryGone(self._host, known.fact.path, found_at), ""
            side = self._without.sides.get(found_at)
            if side != (other := self._with.sides.get(found_at)):
                if side is not None:
                    if other is None or other.fact != side.fact:
                        yield "", side.fact, ""
                elif other is not None and isinstance(other.fact, SideFileSeen):
                    yield "", SideFileGone(other.fact.path, found_at, other.fact.kind), ""

    def _is_overtaken(self, subject: Subject) -> bool:
        """Tell whether somebody else's word counts with the news, and without them did not."""
        return self._with.words.is_over(subject) and not self._without.words.is_over(subject)


def _sha256(fact: HostRegistrySeen | HostRegistryGone) -> str:
    return fact.sha256 if isinstance(fact, HostRegistrySeen) else ""
