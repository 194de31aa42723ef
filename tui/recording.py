"""Evidence into the log: what a folder or a file adds to what is known, and nothing twice."""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from eventstore.codec import decode
from eventstore.entry import Entry, Recorded
from eventstore.errors import BadInput, DuplicateId, LogError, Overtaken, WrongRevision
from eventstore.events import FolderRead
from eventstore.evidence.file_tree import native, shown
from eventstore.evidence.folder import FolderReading, read_file, walk
from eventstore.evidence.host import own_name
from eventstore.evidence.naming import named
from eventstore.evidence.path_map import PathMap, path_map
from eventstore.hosts import Hosts, is_local
from eventstore.hosts_heard import has_local_files, heard_of, read_from
from eventstore.ids import guid
from eventstore.known import Known, known_from
from eventstore.log.chunks import chunks
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.index_table import IndexDoubtful
from eventstore.moments import Moment, now
from eventstore.observe import Observed, Observer, observe
from eventstore.observe_exports import observe_exports
from eventstore.observe_logs import observe_logs
from eventstore.paths import PathKey, path_key
from eventstore.reconcile import reconcile
from eventstore.still_so import still_so
from tui.output import Output

T = TypeVar("T")

PROCESSES_MAX = 4
"""More would wait for the disk, and each takes 40 MB."""

TRIES_MAX = 100
"""So often may other writers come first before a recording is given up."""


class Evidence(Struct, frozen=True):
    """What is to be read, and how its places are called: `maps` as typed, `host` its name.

    `taken_at` says when it was as it is; else it is read as it is now.
    """

    place: Path
    maps: tuple[str, ...]
    host: str
    recorder: str
    confirm: bool = False
    taken_at: Moment | None = None

    @property
    def folder(self) -> Path:
        return self.place.parent if self.place.is_file() else self.place


class Recording(Struct, frozen=True):
    """What one folder or file gave: its `place` in full, and how many events were new.

    `inferred` are those among them that explain what was read.
    """

    place: str
    reading: FolderReading
    events: int
    inferred: int


def record(log: EmbeddedLog, evidence: Evidence, out: Output) -> Recording:
    """Read a folder or a file and append what is new; `out` hears how far it has come.

    Raises BadInput for what is neither, and for a file to be confirmed: only of a folder that was
    read whole can be said that it is still so.
    """
    if evidence.confirm and evidence.place.is_file():
        raise BadInput(f"--confirm speaks of folders read whole, and {evidence.place} is a file")
    mapping = path_map(evidence.folder, evidence.maps)
    desk = _Desk(log, evidence, mapping)
    known = desk.known()
    started_at = now()  # a file made behind the walk's back is not one that it did not find
    found = _read(evidence, mapping, out)
    for doubt in desk.doubts(found, is_first=known.walk is None):
        out.note(f"{doubt}; another host's evidence is recorded with --host NAME")
    for _ in range(TRIES_MAX):
        by, reading = desk.observer(evidence, started_at), desk.named(found)
        try:
            desk.store(observe_logs(reading.logs, known.logged, by))
            if exported := observe_exports(reading.exports, known.exported, by):
                desk.store_late(exported, by)
                known = replace(desk.known(), last=known.last)  # they may have overtaken files
            seen = observe(reading, known, by, confirm=evidence.confirm)
            desk.store_late(seen, by) if by.is_dated else desk.store(seen)
            inferred = desk.explain(evidence.recorder)
        except (WrongRevision, DuplicateId, Overtaken):
            # Somebody else recorded too: look again at what is new. What they saw may be later
            # than what this walk saw, so it is dated by what was known before it.
            known = replace(desk.known(), last=known.last)
        else:
            place = shown(native(str(evidence.place)))
            return Recording(place, reading, desk.stored, inferred)
    raise LogError(
        f"other writers came first {TRIES_MAX} times in a row while {evidence.place} was recorded; "
        f"{desk.stored} new events are stored, the rest is when it is recorded again"
    )


def _read(evidence: Evidence, mapping: PathMap, out: Output) -> FolderReading:
    if evidence.place.is_file():
        return read_file(evidence.place, mapping)
    name = out.look.text(str(evidence.place))
    return walk(
        evidence.place,
        mapping,
        lambda files: out.progress(f"{name}: {files:,} files"),
        processes=min(os.cpu_count() or 1, PROCESSES_MAX),
    )


class _Desk:
    """Reads what the log knows, and appends to it as long as nobody else wrote in between."""

    def __init__(self, log: EmbeddedLog, evidence: Evidence, mapping: PathMap) -> None:
        self.stored = 0
        self._log = log
        self._root = shown(native(str(evidence.folder)))
        self.host = own_name(evidence.host, self._root, is_mapped=bool(mapping.pairs))
        self._named = self.host
        self._hosts = Hosts()
        self._places: dict[PathKey, str] = {}
        self._revisions: dict[str, int] = {}
        self._read_to = 0
        self._head: int | None = None
        self._until = evidence.taken_at

    def observer(self, evidence: Evidence, started_at: Moment) -> Observer:
        """Say whose evidence it is, as of when, and who records it."""
        at, is_dated = evidence.taken_at or started_at, evidence.taken_at is not None
        return Observer(self.host, at, evidence.recorder, self.called, is_dated)

    @property
    def called(self) -> str:
        """The name of a host whose evidence is kept under a GUID, if somebody named it now."""
        return self._named if guid(self.host) and not guid(self._named) else ""

    def known(self) -> Known:
        """Read the log; `host` is then as the log spells it."""
        known = self._known()
        if (spelled := self._hosts.spelled(self.host)) != self.host:
            self.host = spelled
            known = self._known()
        return known

    def named(self, found: FolderReading) -> FolderReading:
        """Give what was found by the paths that the store knows it by; raises BadInput.

        Who tells of a new host must be the next to write: two that came first at once would both
        be the home, and a path of one be taken for the other's.
        """
        hosts = read_from(self._hosts, found, self.host)
        self._head = self._read_to if hosts != self._hosts else None
        if has_local_files(found) and hosts.is_doubtful(self.host):
            known = ", ".join(each for each in hosts.called() if each != self.host)
            raise BadInput(
                f"whose files stand below {self._root}? There is evidence of {known} too: "
                "say it with --host NAME"
            )
        return named(found, hosts, self.host)

    def doubts(self, found: FolderReading, *, is_first: bool) -> Iterator[str]:
        """Say whose the files of nobody are taken for, when they may be another host's."""
        if not guid(self.host) or not has_local_files(found):
            return
        names = read_from(self._hosts, found, self.host).known(self.host)
        host = next((each for each in names if guid(each) is None), "")
        if host and not self._hosts.known(self.host):
            yield f"{found.root}: taken for evidence of {host}"
        for place, path in ((found.root, found.root_path), *found.folders):
            before = self._places.get(path_key(path), place)
            if is_first and is_local(path) and before != place:
                yield f"{path} at {place}: taken for the one recorded from {before}"

    def store(self, news: Sequence[Observed]) -> None:
        """Append in the order given: a walk's own entry comes last, when all it counts is stored.

        Raises WrongRevision or DuplicateId when a stream is not as it was when it was read, and
        Overtaken when the hosts may not be.
        """
        for stream, of_stream in groupby(news, key=lambda each: each.stream):
            for batch in chunks(each.entry() for each in of_stream):
                expected = self._revisions.get(stream, 0)
                done = self._log.append(stream, batch, expected=expected, head=self._head)
                self._revisions[stream] = done.revision
                self._head = None if self._head is None else done.last
                self.stored += len(batch)

    def explain(self, recorder: str) -> int:
        """Append what follows from all that was read and is not stored; give how much that is.

        Of a recording that was broken off before this, the next one makes up for it.
        """
        inferred = self._of_all(lambda entries: reconcile(entries, recorder))
        self.store(inferred)
        return len(inferred)

    def store_late(self, news: Sequence[Observed], by: Observer) -> None:
        """Append what may be older than walks that are stored, after what those make of it.

        In this order, a recording that is broken off is made up for by its repetition.
        """
        host = by.host
        again = self._of_all(lambda entries: still_so(entries, news, host=host, by=by.recorder))
        self.store(again)
        self.store(news)

    def _known(self) -> Known:
        origin, hosts = self._log.origin, Hosts()
        self._revisions.clear()
        for recorded in self._log.read():
            if recorded.entry.origin == origin:
                self._revisions[recorded.entry.stream] = recorded.entry.revision
            self._read_to = recorded.position
            hosts = heard_of(hosts, recorded.entry)
            self._hear_of_places(recorded.entry)
        self._hosts = hosts
        return self._of_all(
            lambda entries: known_from(
                (each.entry for each in entries),
                host=self.host,
                root=self._root,
                until=self._until,
            )
        )

    def _hear_of_places(self, entry: Entry) -> None:
        if entry.type != FolderRead.__name__ or entry.source is None:
            return
        if entry.source.host == self.host and isinstance(walk := decode(entry), FolderRead):
            for place, path in ((walk.root, walk.root_path), *(walk.folders or ())):
                self._places[path_key(path)] = place

    def _of_all(self, fold: Callable[[Iterator[Recorded]], T]) -> T:
        """Fold the whole log in the order in which things happened."""
        try:
            return fold(self._log.as_happened())
        except IndexDoubtful:
            self._log.forget_index()
            return fold(self._log.as_happened())
