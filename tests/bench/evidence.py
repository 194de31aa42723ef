"""Reading disk headers beside opening the file and reading as many bytes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from eventstore.evidence.disk import read_disk
from eventstore.ids import derive
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import NewVirtualDisk, Stamp
from tests.bench.measure import Row, compare
from tests.story import START

FILES = 200
HEADER_BYTES = {"vhd": 4096, "vhdx": 512 << 10}
"""What a reader has to fetch: footer, header and table; for VHDX two region tables of 64 KiB."""


def rows(folder: Path) -> Iterator[Row]:
    """Measure the verifying readers of both formats."""
    folder.mkdir()
    for suffix, create in (("vhd", create_vhd), ("vhdx", create_vhdx)):
        path = folder / f"disk.{suffix}"
        create(path, NewVirtualDisk("dynamic", derive("disk"), Stamp(START, derive("write"))))
        yield compare(
            f"read and verify a {suffix.upper()}'s headers",
            partial(_read, path),
            f"open, read {HEADER_BYTES[suffix] >> 10} KiB",
            partial(_fetch, path, HEADER_BYTES[suffix]),
            count=FILES,
        )


def _read(path: Path) -> None:
    for _ in range(FILES):
        read_disk(path)


def _fetch(path: Path, size: int) -> None:
    for _ in range(FILES):
        with path.open("rb") as file:
            file.read(size)
