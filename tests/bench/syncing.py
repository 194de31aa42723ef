"""The bare floor under everything durable."""

import os
import sys


def sync(file: int) -> None:
    """Sync a file's bytes as the log does."""
    if sys.platform == "win32":
        os.fsync(file)
    else:
        os.fdatasync(file)
