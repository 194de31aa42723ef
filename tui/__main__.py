"""`python -m tui`, and what `snapledger` starts: silent from the first moment on Ctrl+C."""

import sys

INTERRUPTED = 130
"""What shells report for a program that Ctrl+C ended."""


def start() -> int:
    """Load the program and run one command; gives its exit code."""
    try:
        from tui.cli import main  # noqa: PLC0415 - loading it takes long enough to be interrupted

        return main()
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(start())
