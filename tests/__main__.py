"""The whole check: format, lint, types for Linux and Windows, tests.

    python -m tests                     everything, tests on all cores (up to 8)
    python -m tests -k chain            the same, of the tests only those that `chain` names
    python -m tests tests/tui -n 0      of the tests only those of a folder, on one core

Each step stops the run when it fails; the last line is pytest's own. What stands behind the words
`python -m tests` is given to pytest: `python -m pytest --help` lists what that takes. How much the
sweeps of the log look at is set in the environment, see `eventstore/log/README.md`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable

STEPS = (
    ("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
    ("lint", [PYTHON, "-m", "ruff", "check", "."]),
    ("types", [PYTHON, "-m", "mypy"]),
    (
        "types for Windows",
        [PYTHON, "-m", "mypy", "--platform", "win32", "--cache-dir", ".mypy_cache/win32"],
    ),
)


def main(options: list[str]) -> int:
    """Run every step, then the tests on all cores; give the first failing exit code."""
    if {"-h", "--help"} & set(options):
        print(__doc__)
        return 0
    for name, command in STEPS:
        print(f"--- {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            print(f"{name} failed", file=sys.stderr)
            return code
    print("--- tests", flush=True)
    workers = ["-n", str(min(os.cpu_count() or 1, 8))]
    pytest = [PYTHON, "-m", "pytest", *workers, *options]
    return subprocess.run(pytest, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
