"""`python -m tests.bench`: one table, every figure beside its floor."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import evidence, log
from tests.bench.measure import table


def main(argv: list[str]) -> int:
    """Measure in a temporary folder below `--folder`, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--appends", type=int, default=500, help="appended entries a round")
    parser.add_argument("--folder", type=Path, help="where to write (a folder on the disk meant)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        measured = [*log.rows(folder, options.appends), *evidence.rows(folder / "evidence")]
    sys.stdout.write(table(measured) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
