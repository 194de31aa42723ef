"""The writer's lock: one append at a time, across threads and processes of a machine.

The lock belongs to the operating system, so it is free as soon as its holder is dead. The text
in the file only tells others who holds it; it says nothing when nobody does.
"""

import getpass
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct

from eventstore.errors import LogBusy
from eventstore.log.files import Files, OpenFile, write_all
from eventstore.moments import Moment

_TEXT_BYTES = 512
_PAUSE_SECONDS = 0.002
_PAUSE_SECONDS_MAX = 0.05

_encoder = msgspec.json.Encoder()


class _Holder(Struct, frozen=True):
    holder: str
    since: Moment


@lru_cache(maxsize=64)
def lock_path(folder: Path) -> Path:
    return folder / "writer.lock"


@contextmanager
def writer_lock(
    files: Files, folder: Path, *, wait_seconds: float, clock: Callable[[], Moment]
) -> Iterator[None]:
    """Hold the writer's lock; LogBusy names its holder after `wait_seconds` in vain."""
    path = lock_path(folder)
    file = files.open(path)
    try:
        if not file.try_lock():
            _wait(files, path, file, wait_seconds)
        try:
            write_all(file, _text(clock()), 0)
            yield
        finally:
            # Closing lets go too, and what was done under the lock stands whatever they say.
            with suppress(OSError):
                file.unlock()
    finally:
        with suppress(OSError):
            file.close()


def _wait(files: Files, path: Path, file: OpenFile, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    pause = _PAUSE_SECONDS
    while not file.try_lock():
        left = deadline - time.monotonic()
        if left <= 0:
            holder = _read_holder(files.read(path, 0, _TEXT_BYTES))
            raise LogBusy(str(path), holder=holder, waited_seconds=wait_seconds)
        time.sleep(min(pause, left))
        pause = min(pause * 2, _PAUSE_SECONDS_MAX)


def _text(since: Moment) -> bytes:
    text = _encoder.encode(_Holder(_holder(os.getpid()), since))
    return text.ljust(_TEXT_BYTES - 1) + b"\n"


@lru_cache(maxsize=1)
def _holder(process: int) -> str:
    holder = f"{_user()} on {_node()}, process {process}"[:200]
    return holder.encode("ascii", "replace").decode()


@cache
def _node() -> str:
    return platform.node()


@cache
def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container may run under a number that has no name.
        return "somebody"


def _read_holder(text: bytes) -> str:
    try:
        found = msgspec.json.decode(text, type=_Holder)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "another process"
    return f"{found.holder} since {found.since}"
