"""The writer's lock: one append at a time, across threads and processes of a machine.

The lock belongs to the operating system, so it is free as soon as its holder is dead. The text
in the file tells who holds it, or held it last. Nobody does anything under the lock before that
text is his; so a handle that finds its own knows that nobody else has written since.
"""

import getpass
import os
import platform
import time
from collections.abc import Callable
from contextlib import suppress
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
    handle: str = ""


@lru_cache(maxsize=64)
def lock_path(folder: Path) -> Path:
    return folder / "writer.lock"


class WriterLock:
    """The writer's lock as one handle takes it, again and again.

    `with` holds it, and tells whether nobody else has held it since this handle did. LogBusy names
    who holds it after `wait_seconds` in vain.
    """

    def __init__(
        self, files: Files, folder: Path, *, wait_seconds: float, clock: Callable[[], Moment]
    ) -> None:
        self._files = files
        self._path = lock_path(folder)
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._handle = os.urandom(8).hex()
        self._text: bytes | None = None

    def __enter__(self) -> bool:
        file = self._file = self._files.open(self._path)
        try:
            if not file.try_lock():
                _wait(self._files, self._path, file, self._wait_seconds)
            is_own = file.read(_TEXT_BYTES, 0) == self._text
            self._text = None
            text = _text(self._clock(), self._handle)
            write_all(file, text, 0)
            self._text = text
        except BaseException:
            self._let_go()
            raise
        return is_own

    def __exit__(self, *_: object) -> None:
        self._let_go()

    def _let_go(self) -> None:
        # Closing lets go too, and what was done under the lock stands whatever they say.
        with suppress(OSError):
            self._file.unlock()
        with suppress(OSError):
            self._file.close()


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


def _text(since: Moment, handle: str) -> bytes:
    text = _encoder.encode(_Holder(_holder(os.getpid()), since, handle))
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
