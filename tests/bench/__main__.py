"""`python -m tests.bench`: one table, every figure beside its floor or peer in the same run."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from tests.bench import appends, browser, checks, event_logs, evidence, replays, scale, writers
from tests.bench.measure import Row
from tests.bench.report import Report, as_json, as_table, facts
from tests.bench.stored import stored_mix


class Sizes(Struct, frozen=True):
    """How much is measured: `appended` entries a round, and what stands in the logs read.

    `hosted` are the disk files of the host that is recorded and judged.
    """

    appended: int = 1_000
    stream: int = 10_000
    mixed: int = 200_000
    vms: int = 200
    files: int = 200
    records: int = 2_000
    hosted: int = 2_000
    browsed: int = 10_000


USUAL = Sizes()
QUICK = Sizes(
    appended=200,
    stream=1_000,
    mixed=10_000,
    vms=20,
    files=50,
    records=200,
    hosted=400,
    browsed=1_000,
)


def main(argv: list[str], usual: Sizes = USUAL) -> int:
    """Measure in a temporary folder below `--folder`, and print the table."""
    options = _parser().parse_args(argv)
    sizes = QUICK if options.quick else usual
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="snapledger-bench-") as made:
        folder = Path(made)
        report = Report(facts(folder), tuple(_rows(folder, sizes)))
    sys.stdout.write(as_table(report) + "\n")
    if options.json:
        options.json.write_bytes(as_json(report))
    return 0


def _rows(folder: Path, sizes: Sizes) -> Iterator[Row]:
    yield from appends.rows(folder / "appends", sizes.appended)
    yield from writers.rows(folder / "writers", sizes.appended)
    yield from replays.stream_rows(folder / "stream", sizes.stream)
    log = stored_mix(folder / "mixed", sizes.mixed, sizes.vms)
    yield from replays.mixed_rows(folder / "peers", log, sizes.mixed, sizes.vms)
    yield from checks.rows(log, sizes.mixed)
    yield from evidence.rows(folder / "evidence", sizes.files)
    yield from event_logs.rows(sizes.records)
    yield from scale.rows(folder / "scale", sizes.hosted, max(sizes.hosted // 50, 1))
    yield from browser.rows(folder / "browsed", sizes.browsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, for a first look")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--folder", type=Path, help="where to write (a folder on the disk meant)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
