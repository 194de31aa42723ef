"""How a process begins that reads files for another: it loads nothing, so it begins at once."""

import os
import signal
from multiprocessing import parent_process
from threading import Thread


def serve() -> None:
    """Leave Ctrl+C to whoever shares, and end when that process does, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
    os._exit(1)
