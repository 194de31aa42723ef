"""A program on a terminal of its own: what comes there, when, and what it costs the processor."""

import os
import select
import signal
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

MISSING = "" if sys.platform == "linux" else "it looks into /proc, which only Linux has"
"""Why nothing can be measured here; empty where it can."""

SIZE = (40, 120)
PATIENCE_SECONDS = 120.0
_GRAIN_SECONDS = 0.02

if sys.platform == "linux":
    import fcntl
    import pty
    import termios

    TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")

    def _spawn(command: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, int]:
        """Run a program on a new terminal, and give its process and our end of the terminal."""
        pid, end = pty.fork()
        if pid == 0:
            os.execve(command[0], command, environment)
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        return pid, end

else:
    TICKS_A_SECOND = 100

    def _spawn(command: tuple[str, ...], _environment: Mapping[str, str]) -> tuple[int, int]:
        raise OSError(f"{command[0]}: {MISSING}")


class Came(Struct, frozen=True):
    """What a terminal got: how much, and how long after asking the last of it came."""

    data: bytes
    last_seconds: float


class Child:
    """A program that thinks it has a terminal of 120x40; `end` it when done."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        kept = {name: text for name, text in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        usual = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self.pid, self._fd = _spawn(command, {**kept, **usual, **environment})

    def press(self, key: bytes) -> None:
        os.write(self._fd, key)

    def until(self, text: bytes) -> Came:
        """Read until `text` came; TimeoutError when it never does."""
        start = time.perf_counter()
        data = b""
        while text not in data:
            if time.perf_counter() - start > PATIENCE_SECONDS:
                raise TimeoutError(f"{text!r} did not come; {data[-200:]!r} did")
            data += self._some(_GRAIN_SECONDS)
        return Came(data, time.perf_counter() - start)

    def until_quiet(self, seconds: float) -> Came:
        """Read until nothing came for so long."""
        start = last = time.perf_counter()
        data = b""
        while time.perf_counter() - last < seconds:
            if some := self._some(_GRAIN_SECONDS):
                data += some
                last = time.perf_counter()
        return Came(data, last - start)

    def processor_seconds(self) -> float:
        """Give what all its threads have used so far, in steps of ten milliseconds."""
        told = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8")
        user, system = told.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / TICKS_A_SECOND

    def memory_bytes(self) -> int:
        """Give the most that was resident at once."""
        told = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8")
        return int(told.partition("VmHWM:")[2].split()[0]) * 1024

    def end(self) -> None:
        os.kill(self.pid, signal.SIGTERM)
        while self._some(1.0):
            pass
        os.close(self._fd)
        os.waitpid(self.pid, 0)

    def _some(self, wait: float) -> bytes:
        if not select.select([self._fd], [], [], wait)[0]:
            return b""
        try:
            return os.read(self._fd, 65536)
        except OSError:  # the other end is closed
            return b""
