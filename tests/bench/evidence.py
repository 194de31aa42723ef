"""Reading disk headers beside opening the file and reading as many bytes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from eventstore.evidence.disk import read_disk
from eventstore.ids import derive
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import NewVirtualDisk, Stamp
from tests.bench.measure import OURS, Row, Work, race
from tests.story import START

HEADER_BYTES = {"vhd": 4096, "vhdx": 512 << 10}
"""What a reader has to fetch: footer, header and table; for VHDX two region tables of 64 KiB."""


def rows(folder: Path, files: int) -> Iterator[Row]:
    """Measure the verifying readers of both formats on one file read `files` times a round."""
    folder.mkdir()
    for suffix, create in (("vhd", create_vhd), ("vhdx", create_vhdx)):
        path = folder / f"disk.{suffix}"
        create(path, NewVirtualDisk("dynamic", derive("disk"), Stamp(START, derive("write"))))
        size = HEADER_BYTES[suffix]
        contestants: dict[str, Work] = {
            OURS: partial(_read, path, files),
            f"open and read {size >> 10} KiB": partial(_fetch, path, size, files),
        }
        yield race(
            f"verify the headers of a {suffix.upper()}", contestants, count=files, unit="file"
        )


def _read(path: Path, files: int) -> None:
    for _ in range(files):
        read_disk(path)


def _fetch(path: Path, size: int, files: int) -> None:
    for _ in range(files):
        with path.open("rb") as file:
            file.read(size)
