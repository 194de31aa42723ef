"""What makes a folder a store: `store.json`, written once, and `home.json` to know a copy by.

A copy of a store that went on under the same id would give other entries the same (origin,
stream, revision). So a copy gets an id of its own when it is first written to. What counts as a
copy, and what does not, is decided in `is_copy`; why, in the package's README.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from eventstore.errors import NotAStore
from eventstore.events import ForkedFrom
from eventstore.log.files import Files, replace_whole

FORMAT = 1
_OURS = frozenset(
    {"log", "writer.lock", "reserve", "home.json", "home.json.new", "store.json.new"},
)
_BYTES_MAX = 1 << 16


class Store(Struct, frozen=True, omit_defaults=True):
    """`store.json`: the format of the log and the id that entries appended here carry."""

    format: int
    store: str
    forked_from: ForkedFrom | None = None


class Home(Struct, frozen=True):
    """`home.json`: where the store was last written; `folder` is the log folder's own identity."""

    path: str
    folder: str
    machine: str


class _Format(Struct, frozen=True):
    format: int


def read_store(files: Files, folder: Path) -> Store | None:
    """Give what `store.json` says, None when there is none; NotAStore when it is not for us."""
    try:
        data = files.read(folder / "store.json", 0, _BYTES_MAX)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        found = msgspec.json.decode(data, type=_Format).format
        if found > FORMAT:
            raise NotAStore(
                f"{folder} was written by a newer Snapledger: its format is {found}, "
                f"this version reads up to {FORMAT}"
            )
        return msgspec.json.decode(data, type=Store)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NotAStore(f"{folder / 'store.json'} cannot be read: {error}") from None


def stray_names(files: Files, folder: Path) -> tuple[str, ...]:
    """Give what lies in `folder` that a store half made would not have."""
    inside = ("log/" + name for name in files.names(folder / "log") if name != "synced")
    return (*(name for name in files.names(folder) if name not in _OURS), *inside)


def write_store(files: Files, folder: Path, store: Store) -> None:
    """Put `store.json` in place at once and for good."""
    replace_whole(files, folder / "store.json", msgspec.json.encode(store) + b"\n")


def here(files: Files, folder: Path) -> Home:
    """Say where the store lies now."""
    return Home(
        path=str(files.resolve(folder)),
        folder=files.identity(folder / "log"),
        machine=files.machine(),
    )


def read_home(files: Files, folder: Path) -> Home | None:
    """Give where the store was written last, None when that is not known."""
    try:
        return msgspec.json.decode(files.read(folder / "home.json", 0, _BYTES_MAX), type=Home)
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def write_home(files: Files, folder: Path, home: Home) -> None:
    replace_whole(files, folder / "home.json", msgspec.json.encode(home) + b"\n")


def is_copy(files: Files, store: Store, *, was: Home | None, now: Home) -> bool:
    """Say whether this folder is a copy of the store that was last written at `was`.

    It needs positive evidence: it is not the same folder any more, and either the store of this
    id still lies at its old path, or this is another machine.
    """
    if was is None or was.folder == now.folder:
        return False
    if was.machine and now.machine and was.machine != now.machine:
        return True
    return was.path != now.path and _holds(files, Path(was.path), store.store)


def forked(store: Store, *, last: int, has_written: bool, new_id: Callable[[], str]) -> Store:
    """Give the copy's own `store.json`.

    A crash between a fork and its first append leaves an id that no entry carries: such a store
    was itself a copy in the making, and its parent is the parent.
    """
    was = store.forked_from
    parent = store.store if has_written or was is None else was.store
    return Store(FORMAT, new_id(), ForkedFrom(store=parent, last=last))


def _holds(files: Files, folder: Path, store_id: str) -> bool:
    try:
        there = read_store(files, folder)
    except (NotAStore, OSError):
        return False
    return there is not None and there.store == store_id
