"""The table and its JSON twin, with the facts about the machine on top."""

import os
import platform
import statistics
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.bench.measure import OURS, Row
from tests.bench.syncing import sync

Cells = tuple[str, str, str, str, str, str]

SYNCS = 50
SYNC_BYTES = 4096


class Facts(Struct, frozen=True):
    """What the figures were measured on; `sync_seconds` is the median of that minute."""

    python: str
    cores: int
    system: str
    file_system: str
    sync_seconds: float


class Report(Struct, frozen=True):
    """What `--json` writes."""

    facts: Facts
    rows: tuple[Row, ...]


def facts(folder: Path) -> Facts:
    """Look at the machine, and time a write of 4 KiB with its sync in `folder`."""
    return Facts(
        python=platform.python_version(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        file_system=_file_system(folder),
        sync_seconds=_sync_seconds(folder / "synced"),
    )


def as_json(report: Report) -> bytes:
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"


def as_table(report: Report) -> str:
    """Give each figure beside its floor or peers: time a unit, units a second, and the ratio."""
    found = report.facts
    head = (
        f"Python {found.python}, {found.cores} cores, {found.system}, {found.file_system}; "
        f"write of 4 KiB and sync: {_time(found.sync_seconds).strip()}"
    )
    cells: list[Cells] = [("", "", "a unit", "a second", "speed", "aim")]
    for row in report.rows:
        cells.extend(_cells(row))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(_aligned, line, widths, range(len(line)))).rstrip() for line in cells)
    return "\n".join((head, "", *lines))


def _cells(row: Row) -> list[Cells]:
    ours = row.medians.get(OURS)
    verdict = {True: "met", False: "MISSED", None: "not measured"}[row.is_met]
    aim = f"{row.aim}: {verdict}" if row.aim else ""
    if not row.medians:
        return [(row.what, f"skipped: {row.skipped}", "", "", "", aim)]
    lines = [
        (
            row.what if number == 0 else "",
            name,
            f"{_amount(found, row)}/{row.unit}",
            f"{1 / found:,.0f}" if row.measure == "seconds" and found else "",
            f"{found / ours:.2f} x" if ours and name != OURS else "",
            aim if number == 0 else "",
        )
        for number, (name, found) in enumerate(row.medians.items())
    ]
    return [*lines, ("", f"skipped: {row.skipped}", "", "", "", "")] if row.skipped else lines


def _aligned(text: str, width: int, column: int) -> str:
    return text.rjust(width) if column in {2, 3, 4} else text.ljust(width)


def _amount(found: float, row: Row) -> str:
    return _time(found) if row.measure == "seconds" else f"{found:,.0f} B"


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


def _sync_seconds(path: Path) -> float:
    timed: list[float] = []
    with path.open("ab", buffering=0) as file:
        for _ in range(SYNCS):
            start = time.perf_counter()
            file.write(bytes(SYNC_BYTES))
            sync(file.fileno())
            timed.append(time.perf_counter() - start)
    return statistics.median(timed)


def _file_system(folder: Path) -> str:
    mounts = Path("/proc/self/mounts")
    if not mounts.exists():
        return "unknown file system"
    here = folder.resolve()
    kinds: dict[Path, str] = {}
    for line in mounts.read_text(encoding="utf-8").splitlines():
        _, place, kind, *_ = line.split(" ")
        kinds[Path(place)] = kind
    return next(kinds[place] for place in (here, *here.parents) if place in kinds)
