"""What a large host costs: `python -m tests.bench.scale 100000 2000`, disk files and VMs.

A folder with so many is made, recorded, and asked about, each command in a process of its own, as
people do it. The table gives processor time, which holds on a busy machine too, and peak memory.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from tests.bench.measure import OURS, Row
from tests.bench.scale_host import Made, make_host

SECONDS_MAX, FILES_AIM = 120, 100_000
"""The aim: so many seconds of processor time for so many files, all commands together."""

_FINDINGS = 1
"""The exit code of an answer that has something to warn of."""


class Cost(Struct, frozen=True):
    """What one command took; memory is None where the system does not tell it."""

    command: str
    processor_seconds: float
    peak_bytes: int | None


def main(argv: Sequence[str]) -> int:
    """Make the host in a temporary folder below `--folder`, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scale", description=__doc__)
    parser.add_argument("disks", type=int, nargs="?", default=10_000)
    parser.add_argument("vms", type=int, nargs="?", default=200)
    parser.add_argument("--folder", type=Path, help="where to write (a folder on the disk meant)")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        folder = Path(made)
        host = make_host(folder / "host", options.disks, options.vms)
        sys.stdout.write(f"{host.disks:,} disks, {host.vms:,} VMs, {host.snapshots:,} snapshots\n")
        costs = []
        for cost in _costs(folder, host):
            costs.append(cost)
            sys.stdout.write(_line(cost))
            sys.stdout.flush()
    total = sum(each.processor_seconds for each in costs)
    peaks = [each.peak_bytes for each in costs if each.peak_bytes is not None]
    sys.stdout.write(_line(Cost("altogether", total, max(peaks, default=None))))
    return 0


def rows(folder: Path, disks: int, vms: int) -> Iterator[Row]:
    """Measure everything once on a host of this size; a unit is a disk file."""
    folder.mkdir()
    costs = tuple(_costs(folder, make_host(folder / "host", disks, vms)))
    seconds = sum(each.processor_seconds for each in costs) / disks
    aim = SECONDS_MAX / FILES_AIM
    yield Row(
        f"record and judge {disks:,} files of {vms:,} VMs, {len(costs)} commands",
        "file",
        {OURS: seconds, "of that, record": costs[0].processor_seconds / disks},
        f"<= {aim * 1e3:.1f} ms, {FILES_AIM:,} files in {SECONDS_MAX} s",
        seconds <= aim,
    )


def _costs(folder: Path, host: Made) -> Iterator[Cost]:
    store = str(folder / "store")
    for words in (
        ("record", str(folder / "host")),
        ("orphans",),
        ("vms",),
        ("chain",),
        ("explain", host.file),
        ("tree", host.vm),
    ):
        yield _cost([sys.executable, "-m", "tui", "--store", store, *words], words[0])


def _cost(command: list[str], name: str) -> Cost:
    """Run a command to its end; raises RuntimeError when it has no answer."""
    before = os.times()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=told)
        peak = _waited(process)
        if process.returncode > _FINDINGS:
            told.seek(0)
            message = f"{name}: {told.read().decode(errors='replace')}"
            raise RuntimeError(message)
    after = os.times()
    seconds = after.children_user - before.children_user
    return Cost(name, seconds + after.children_system - before.children_system, peak)


def _waited(process: "subprocess.Popen[bytes]") -> int | None:
    """Wait for a process, and give the most memory that it had."""
    if sys.platform == "win32":
        process.wait()
        return None
    else:  # noqa: RET505 - a type checker for Windows must not see what is not for it
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _line(cost: Cost) -> str:
    memory = f"{cost.peak_bytes / 1e6:,.0f} MB" if cost.peak_bytes is not None else "?"
    return f"{cost.command:12}{cost.processor_seconds:10.1f} s{memory:>12}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
