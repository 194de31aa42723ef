"""Disk files made by our own writer, as bytes, and what the readers say of them when damaged."""

import io
import tempfile
from functools import cache
from pathlib import Path

from eventstore.errors import DamagedDisk, NotADisk
from eventstore.evidence.crc32c import crc32c
from eventstore.evidence.disk import DiskReading, read_disk, read_disk_from
from eventstore.evidence.vhd_layout import checksum
from eventstore.simulate.disk_folder import opened
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import reference
from tests.eventstore.simulate.disk_stories import new_disk

KIB = 1 << 10
MIB = 1 << 20
PARENT = r"C:\VMs\親.vhd"

CHECKSUMMED = {
    "vhd": ((0, 512), (512, 1024), (-512, 512)),
    "vhdx": (
        (64 * KIB, 4 * KIB),
        (128 * KIB, 4 * KIB),
        (192 * KIB, 64 * KIB),
        (256 * KIB, 64 * KIB),
    ),
}
"""Where checksums watch: offset and length; a negative offset counts from the end."""


@cache
def made(format_: str, kind: str = "differencing") -> bytes:
    """Give a disk of 8 MiB with a written block; a differencing one has a parent."""
    create = create_vhd if format_ == "vhd" else create_vhdx
    with tempfile.TemporaryDirectory() as folder:
        base, child = Path(folder, "base"), Path(folder, "child")
        create(base, new_disk("fixed" if kind == "fixed" else "dynamic"))
        if kind == "differencing":
            link = reference(PARENT, r"C:\VMs\child", read_disk(base).facts)
            create(child, new_disk("differencing"), link)
        place = child if kind == "differencing" else base
        with opened(place) as disk:
            disk.write(2 * MIB, b"content!" * 512)
        return place.read_bytes()


def read(data: bytes) -> DiskReading:
    return read_disk_from(io.BytesIO(data), len(data))


def complaints(data: bytes) -> tuple[str, ...]:
    """Give everything the readers find wrong, each as a sentence; nothing for an intact disk."""
    try:
        checks = read(data).facts.failed_checks
    except (DamagedDisk, NotADisk) as problem:
        return (str(problem),)
    return tuple(f"{check.name}: {check.text}" for check in checks)


def changed(data: bytes, at: int, new: bytes) -> bytes:
    """Give `data` with `new` at `at`, which counts from the end when negative."""
    at %= len(data)
    return data[:at] + new + data[at + len(new) :]


def sealed(format_: str, data: bytes | bytearray) -> bytes:
    """Give every checksum the value that fits, so that the fields under it are believed."""
    new = bytearray(data)
    for offset, length in CHECKSUMMED[format_]:
        start = offset % len(new)
        if format_ == "vhdx":
            new[start + 4 : start + 8] = bytes(4)
            crc = crc32c(bytes(new[start : start + length]))
            new[start + 4 : start + 8] = crc.to_bytes(4, "little")
        else:
            field = start + (36 if length == KIB else 64)
            fitting = checksum(bytes(new[start : start + length]), field - start)
            new[field : field + 4] = fitting.to_bytes(4)
    return bytes(new)
