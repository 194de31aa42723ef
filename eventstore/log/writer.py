"""Appending to the log, under the writer's lock from the first look to the published mark."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path

from msgspec import Struct

from eventstore import codec
from eventstore.entry import NewEntry
from eventstore.errors import (
    DuplicateId,
    HandleDead,
    LogBusy,
    LogDamaged,
    LogError,
    Overtaken,
    WrongRevision,
)
from eventstore.events import ForkedFrom, TailSetAside
from eventstore.ids import derive
from eventstore.log import store as stores
from eventstore.log.batch import (
    Addition,
    Encoded,
    Frame,
    check_size,
    encode_batch,
    is_same_event,
    prepare,
)
from eventstore.log.blanks import BLANK_BYTES, Blanks, blanks_behind
from eventstore.log.files import Files
from eventstore.log.index_table import IndexDoubtful
from eventstore.log.line import Line, recorded
from eventstore.log.links import Links
from eventstore.log.lock import WriterLock
from eventstore.log.mark import Mark, find_mark
from eventstore.log.protocol import LOG_STREAM, Appended
from eventstore.log.reader import PAGE_BYTES, Reader
from eventstore.log.recovery import is_clean, recover, tail_kept, tails_kept
from eventstore.log.segments import SEGMENT_BYTES_MAX, START, Place, segment_path, segments
from eventstore.log.streams import Streams
from eventstore.log.writing import RESERVE_BYTES, cut, keep_reserve, write_batch
from eventstore.moments import Moment


class Settings(Struct, frozen=True):
    """Sizes and pauses that tests make small."""

    segment_bytes_max: int = SEGMENT_BYTES_MAX
    reserve_bytes: int = RESERVE_BYTES
    page_bytes: int = PAGE_BYTES
    blank_bytes: int = BLANK_BYTES
    poll_seconds: float = 0.1


class Surroundings(Struct, frozen=True):
    """What a log needs of the world: a disk, a clock, new ids, and how patient to be."""

    files: Files
    clock: Callable[[], Moment]
    new_id: Callable[[], str]
    wait_seconds: float
    settings: Settings


class Writer:
    """Appends for one handle, which is dead for good after a write that failed."""

    def __init__(
        self, folder: Path, store: stores.Store, reader: Reader, world: Surroundings
    ) -> None:
        self.store = store
        self._folder = folder
        self._reader = reader
        self._world = world
        self._files = world.files
        self._lock = WriterLock(
            world.files, folder, wait_seconds=world.wait_seconds, clock=world.clock
        )
        self._mark: Mark | None = None
        self._knows_all = False
        self._blanks = Blanks(world.settings.blank_bytes)
        self._is_settled = False
        self._is_dead = False

    def append(
        self, stream: str, events: Sequence[NewEntry], *, expected: int, head: int | None = None
    ) -> Appended:
        """Store `events`; see EventLog.append."""
        prepared = prepare(stream, events)
        if self._is_dead:
            raise HandleDead("an earlier write failed: open the log anew to write again")
        try:
            with self._lock as is_own:
                # Nobody can have left anything to be found but whoever held the lock.
                self._knows_all = self._knows_all and is_own
                try:
                    return self._append(stream, prepared, expected, head)
                except IndexDoubtful:
                    # Nothing was written yet; the index is built anew on the way.
                    self._reader.forget_index()
                    return self._append(stream, prepared, expected, head)
        except OSError as error:
            raise LogError(
                f"{self._folder} cannot be written ({error}); this attempt stored nothing"
            ) from error

    def tidy(self) -> None:
        """Cut the blanks that this handle left, unless somebody writes just now."""
        if self._is_dead or not self._blanks.left:
            return
        lock = WriterLock(self._files, self._folder, wait_seconds=0, clock=self._world.clock)
        # They do no harm where they stand, and whoever fails here has stored all he was asked to.
        with suppress(OSError, LogBusy), lock:
            mark = find_mark(self._files, self._folder)
            if mark and blanks_behind(self._files, self._folder, mark.place):
                cut(self._files, segment_path(self._folder, mark.place.segment), mark.place.offset)
        self._blanks.left = 0

    def _append(
        self, stream: str, events: Sequence[NewEntry], expected: int, head: int | None
    ) -> Appended:
        mark, streams = self._catch_up()
        if repeated := self._repeat(streams, stream, events, expected):
            return repeated
        if head is not None and head != mark.place.position:
            raise Overtaken(head=head, actual=mark.place.position)
        return self._add(mark, streams, stream, events, expected)

    def _catch_up(self) -> tuple[Mark, Streams]:
        """Learn what others appended, and put in order what a crash left above the mark."""
        mark = self._mark = find_mark(self._files, self._folder, self._mark)
        if self._knows_all and mark and self._ends_as_known(mark.place):
            streams = self._reader.streams_at(mark.place)
            if streams:
                return mark, streams
        self._knows_all = False
        # Damage between the index and the mark is found here, before anything above is touched.
        # After a loss of power the mark may be older than the index, which saw what it published.
        self._reader.streams(mark.place if mark else START, moving=True, beyond=True)
        if mark is None or not self._is_in_order(mark.place):
            mark = recover(self._files, self._folder, mark, self._links().follow)
        end = mark.place
        if end < self._reader.seen:
            raise LogDamaged(end.position + 1, "removed", "it was published, and is gone")
        if end < self._reader.streams(START).place:
            self._reader.forget_index()
        streams = self._reader.streams(end, moving=True)
        if not self._is_settled:
            self._settle(streams)
            self._is_settled = True
        self._blanks.left = blanks_behind(self._files, self._folder, end) or 0
        return mark, streams

    def _ends_as_known(self, mark: Place) -> bool:
        size = self._files.size(segment_path(self._folder, mark.segment))
        return size == mark.offset + self._blanks.left

    def _links(self) -> Links:
        streams = self._reader.streams(START)
        return Links(streams, self.store.store, streams.tip)

    def _is_in_order(self, mark: Place) -> bool:
        if not self._is_settled:
            last = max(segments(self._files, self._folder), default=mark.segment)
            return last <= mark.segment and is_clean(self._files, self._folder, mark)
        return is_clean(self._files, self._folder, mark)

    def _settle(self, streams: Streams) -> None:
        """Find out once whether this folder is a copy, and remember where the store lies."""
        store = stores.read_store(self._files, self._folder) or self.store
        was, now = (
            stores.read_home(self._files, self._folder),
            stores.here(self._files, self._folder),
        )
        if stores.is_copy(self._files, store, was=was, now=now):
            store = stores.forked(
                store,
                last=streams.place.position,
                has_written=streams.knows_origin(store.store),
                new_id=self._world.new_id,
            )
            stores.write_store(self._files, self._folder, store)
        if was != now:
            stores.write_home(self._files, self._folder, now)
        # Whoever made the store may have died, or failed, before its name was safe.
        self._files.sync_folder(self._folder)
        self.store = store

    def _repeat(
        self, streams: Streams, stream: str, events: Sequence[NewEntry], expected: int
    ) -> Appended | None:
        """Give where the same append stands already; DuplicateId when only some of it does."""
        origin = self.store.store
        found = streams.find_all(origin, stream, [event.id for event in events])
        if not found:
            return None
        known = [(event, found[event.id]) for event in events if event.id in found]
        last = expected + len(events)
        is_whole = [at.revision for _, at in known] == list(range(expected + 1, last + 1))
        for event, (_, position) in known:
            if not is_whole or not _is_stored(event, streams.line_at(position)):
                raise DuplicateId(stream, event.id, position=position)
        return Appended(known[0][1].position, known[-1][1].position, last)

    def _add(
        self,
        mark: Mark,
        streams: Streams,
        stream: str,
        events: Sequence[NewEntry],
        expected: int,
    ) -> Appended:
        origin = self.store.store
        tip = streams.tip(origin, stream)
        actual = tip.revision
        if expected != actual:
            raise WrongRevision(stream, expected=expected, actual=actual)
        if not events:
            return Appended(mark.place.position + 1, mark.place.position, actual)
        own = [] if self._knows_all else self._own_events(streams)
        additions = [*own, *zip(repeat(stream), events)]
        synced = mark.place.position
        frame = Frame(origin, synced + 1, synced, self._world.clock())
        batch = encode_batch(
            additions, frame, lambda name: tip if name == stream else streams.tip(origin, name)
        )
        check_size(batch[len(own) :])
        last = synced + len(batch)
        self._write(mark, batch)
        return Appended(last - len(events) + 1, last, actual + len(events))

    def _write(self, mark: Mark, batch: Sequence[Encoded]) -> None:
        # Dead until the batch stands, so that an interrupt in between leaves no doubt either.
        self._is_dead = True
        lines = [each.line for each in batch]
        self._mark = write_batch(
            self._files,
            self._folder,
            mark,
            lines,
            segment_bytes_max=self._world.settings.segment_bytes_max,
            blanks=self._blanks,
        )
        self._reader.take(batch, mark.place, self._mark.place)
        self._is_dead = False
        if not self._knows_all:
            keep_reserve(self._files, self._folder, self._world.settings.reserve_bytes)
        self._knows_all = True

    def _own_events(self, streams: Streams) -> list[Addition]:
        """Give what the log itself has to tell first: whose copy it is, what was set aside."""
        additions: list[Addition] = []
        forked_from = self.store.forked_from
        if forked_from and not streams.knows_origin(self.store.store):
            additions.append(self._own(forked_from))
        for kept_as in tails_kept(self._files, self._folder):
            if kept_as not in streams.tails_set_aside:
                tail = tail_kept(self._files, self._folder, kept_as)
                additions.append(self._own(tail))
        return additions

    def _own(self, event: ForkedFrom | TailSetAside) -> Addition:
        origin = self.store.store
        event_id = derive(origin, type(event).__name__, str(event))
        entry = codec.encode(event, event_id=event_id, occurred_at=self._world.clock())
        return LOG_STREAM + origin, entry


def _is_stored(event: NewEntry, line: Line) -> bool:
    found = recorded(line)
    return found is not None and is_same_event(event, found.entry)
