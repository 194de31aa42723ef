"""The log in files of its own: one writer at a time, any number of readers that never wait."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from eventstore.entry import NewEntry, Recorded
from eventstore.errors import HandleDead, LogDamaged, LogError, LogUnreadable, NotAStore
from eventstore.log import store as stores
from eventstore.log.files import Files, RealFiles
from eventstore.log.lock import WriterLock
from eventstore.log.mark import create_mark, read_mark
from eventstore.log.protocol import Appended, CheckResult
from eventstore.log.reader import Reader
from eventstore.log.segments import Place
from eventstore.log.verify import check_log
from eventstore.log.writer import Settings, Surroundings, Writer
from eventstore.log.writing import keep_reserve
from eventstore.moments import Moment, now

REAL_FILES = RealFiles()
USUAL_SETTINGS = Settings()

Given = TypeVar("Given")


def new_store_id() -> str:
    return str(uuid4())


def open_store(
    folder: Path,
    *,
    create: bool = False,
    wait_seconds: float = 10.0,
    clock: Callable[[], Moment] = now,
    new_id: Callable[[], str] = new_store_id,
    files: Files = REAL_FILES,
    settings: Settings = USUAL_SETTINGS,
) -> "EmbeddedLog":
    """Open the store in `folder`; nothing is written before the first append.

    With `create` an absent or empty folder becomes a store. `wait_seconds` is how long an append
    waits for another writer. Raises NotAStore, LogBusy while creating, LogError.
    """
    world = Surroundings(files, clock, new_id, wait_seconds, settings)
    try:
        store = stores.read_store(files, folder)
        if store is None and create:
            store = _create(folder, world)
    except OSError as error:
        raise LogError(f"{folder} cannot be opened as a store: {error}") from error
    if store is None:
        raise NotAStore(f"{folder} holds no store: there is no store.json in it")
    return EmbeddedLog(folder, store, world)


class EmbeddedLog:
    """A handle on the log of one folder; threads may share it. See EventLog for the promises."""

    def __init__(self, folder: Path, store: stores.Store, world: Surroundings) -> None:
        self.folder = folder
        self._world = world
        self._reader = Reader(world.files, folder, page_bytes=world.settings.page_bytes)
        self._writer = Writer(folder, store, self._reader, world)
        self._appending = threading.Lock()
        self._is_closed = False

    @property
    def origin(self) -> str:
        """The store's id; a copy that is written to for the first time changes it then."""
        return self._writer.store.store

    @property
    def files(self) -> Files:
        """The disk that the store lies on, for what is kept beside the log."""
        return self._world.files

    def lock(self) -> AbstractContextManager[object]:
        """Hold the writer's lock, for writing beside the log; LogBusy when it is taken."""
        return WriterLock(self.files, self.folder, wait_seconds=0, clock=self._world.clock)

    def append(
        self, stream: str, events: Sequence[NewEntry], *, expected: int, head: int | None = None
    ) -> Appended:
        """Store `events` as one batch, all or none; when it returns they are synced."""
        with self._appending:
            self._must_be_open()
            return self._writer.append(stream, events, expected=expected, head=head)

    def read(self, after: int = 0) -> Iterator[Recorded]:
        """Give everything published now with a position greater than `after`, in order."""
        self._must_be_open()
        with _reading(self.folder):
            end = self._reader.published()
            start = self._reader.place_after(max(after, 0), end)
        some = (entries for entries, _ in self._reader.records(start, after, end))
        return _read(self.folder, chain.from_iterable(some))

    def read_from(
        self, place: Place, line_bytes: int, digest: str
    ) -> Iterator[tuple[Recorded, Place]] | None:
        """Give the entries behind the line that ends at `place`, each with the end of its own.

        None when the `line_bytes` before it are no line with this digest. START is before all.
        """
        self._must_be_open()
        with _reading(self.folder):
            following = self._reader.read_from(place, line_bytes, digest)
        return _read(self.folder, following) if following is not None else None

    def read_stream(self, stream: str, after: int = 0) -> Iterator[Recorded]:
        """Give the entries of this store's own `stream` with a revision greater than `after`."""
        self._must_be_open()
        return _read(self.folder, self._reader.stream_records(self.origin, stream, after))

    def follow(self, after: int, stop: Callable[[], bool]) -> Iterator[Recorded]:
        """Give what is there and what comes, each entry once; `stop` is asked before each."""
        return _read(self.folder, self._followed(after, stop))

    def _followed(self, after: int, stop: Callable[[], bool]) -> Iterator[Recorded]:
        self._must_be_open()
        end = self._reader.published()
        place = self._reader.place_after(max(after, 0), end)
        while not stop():
            for records, reached in self._reader.records(place, after, end):
                for record in records:
                    if stop():
                        return
                    yield record
                place = reached
            if not stop():
                time.sleep(self._world.settings.poll_seconds)
                self._must_be_open()
                end = self._reader.published()

    def as_happened(
        self, *, after: int = 0, at: Moment | None = None, through: int | None = None
    ) -> Iterator[Recorded]:
        """Give the entries after position `after` through `through` that happened until `at`.

        They come in the order in which things happened, (`occurred_at`, position), in memory as
        wide as the log is out of that order. An index that turns out to be wrong on the way is
        forgotten; IndexDoubtful is raised when what was given by it was out of order.
        """
        self._must_be_open()
        return _read(self.folder, self._reader.as_happened(after=after, at=at, through=through))

    def known_by(self, moment: Moment) -> int | None:
        """Give the position through which all was recorded by `moment`, and nothing behind it.

        None when there is none such, because the clock was set back about then, or the index
        is wrong.
        """
        self._must_be_open()
        with _reading(self.folder), suppress(LogDamaged):
            return self._reader.known_by(moment)
        return None

    def forget_index(self) -> None:
        """Believe the index no more; the next append that needs it makes it anew."""
        self._reader.forget_index()

    def head(self) -> int:
        """Give the last published position, 0 when there is none."""
        self._must_be_open()
        with _reading(self.folder):
            return self._reader.published().position

    def revision(self, stream: str) -> int:
        """Give the last revision of this store's own `stream`, 0 when there is none."""
        self._must_be_open()
        with _reading(self.folder):
            return self._reader.ask(lambda streams: streams.last(self.origin, stream).revision)

    def is_mark_lost(self) -> bool:
        """Tell whether neither copy of the mark can be read: the next append makes it anew.

        Until then the last batch is not shown, unless a later line says that it was synced.
        """
        self._must_be_open()
        with _reading(self.folder):
            return read_mark(self._world.files, self.folder) is None

    def check(self, *, processes: int = 1) -> CheckResult:
        """Read everything and hold it against its digests, links and numbers.

        A long log may be shared by `processes`; each begins by importing the caller's main module.
        """
        self._must_be_open()
        with _reading(self.folder):
            return check_log(self._world.files, self.folder, processes)

    def close(self) -> None:
        """Let go, and leave a log that ends with its last line; further calls raise HandleDead."""
        with self._appending:
            if not self._is_closed:
                self._is_closed = True
                self._writer.tidy()

    def _must_be_open(self) -> None:
        if self._is_closed:
            raise HandleDead("this handle was closed: open the log anew")


@contextmanager
def _reading(folder: Path) -> Iterator[None]:
    """Let a failure of the system be told with the file that it is about."""
    try:
        yield
    except OSError as error:
        path = error.filename or folder
        raise LogUnreadable(str(path), error.strerror or str(error)) from error


def _read(folder: Path, entries: Iterator[Given]) -> Iterator[Given]:
    with _reading(folder):
        yield from entries


def _create(folder: Path, world: Surroundings) -> stores.Store:
    """Make the store, its name last: a crash before that leaves a folder to try again in."""
    files = world.files
    strays = stores.stray_names(files, folder)
    if store := stores.read_store(files, folder):
        return store  # Somebody else made it in this very moment.
    if strays:
        raise NotAStore(
            f"{folder} holds {strays[0]!r} and no store.json: "
            "a store is made in a new or empty folder only"
        )
    files.make_folder(folder / "log")
    with WriterLock(files, folder, wait_seconds=world.wait_seconds, clock=world.clock):
        if store := stores.read_store(files, folder):
            return store
        create_mark(files, folder)
        keep_reserve(files, folder, world.settings.reserve_bytes)
        stores.write_home(files, folder, stores.here(files, folder))
        files.sync_folder(folder / "log")
        files.sync_folder(folder.parent)
        store = stores.Store(stores.FORMAT, world.new_id())
        stores.write_store(files, folder, store)
        return store
