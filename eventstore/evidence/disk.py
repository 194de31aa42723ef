"""The front door for disk files: recognised by what they carry, never by their suffix."""

import os
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from eventstore.errors import NotADisk
from eventstore.evidence.header_bytes import HeaderBytes
from eventstore.evidence.observations import DiskFacts
from eventstore.evidence.vhd import has_footer, read_vhd
from eventstore.evidence.vhd_layout import FOOTER_COOKIE
from eventstore.evidence.vhdx import read_vhdx
from eventstore.evidence.vhdx_layout import FILE_SIGNATURE


class DiskReading(Struct, frozen=True):
    """What one disk file says of itself.

    `header_sha256` covers the header structures that were read — footers, headers, region and
    metadata tables, locators; not block tables, not content — in the order of their offsets,
    with nothing between them.
    """

    facts: DiskFacts
    header_sha256: str
    size_bytes: int


def read_disk(path: Path) -> DiskReading:
    """Read the headers of the file at `path`; it is opened for reading and never changed.

    Raises `NotADisk` when the file carries no signature of a disk, `DamagedDisk` when it does
    and nothing usable stands behind it, `OSError` when it cannot be opened or read.
    """
    if not path.is_file():
        path.stat()  # an absent file is an OSError; what exists and is no file ends here
        raise NotADisk("not a regular file")
    with path.open("rb") as file:
        return read_disk_from(file, os.fstat(file.fileno()).st_size)


def read_disk_from(file: BinaryIO, size_bytes: int) -> DiskReading:
    """Read the headers of an open `file` that is `size_bytes` long; errors as in `read_disk`."""
    if not size_bytes:
        raise NotADisk("the file is empty: 0 bytes")
    source = HeaderBytes(file, size_bytes)
    start = source.read(0, len(FILE_SIGNATURE))
    if start == FILE_SIGNATURE:
        facts = read_vhdx(source)
    elif start == FOOTER_COOKIE or has_footer(source):
        facts = read_vhd(source)
    else:
        raise NotADisk(
            f"no disk signature in {size_bytes} bytes: neither 'vhdxfile' or 'conectix' at the "
            "start nor 'conectix' in the last 512 bytes"
        )
    return DiskReading(facts=facts, header_sha256=source.sha256(), size_bytes=size_bytes)
