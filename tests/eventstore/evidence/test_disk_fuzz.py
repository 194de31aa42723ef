"""Readers fed with nonsense: a reason or a reading, never another exception, bounded in reading."""

import io
import os
import random
from contextlib import suppress

import msgspec
import pytest

from eventstore.errors import DamagedDisk, NotADisk
from eventstore.evidence.disk import read_disk_from
from tests.eventstore.evidence.made_disks import CHECKSUMMED, KIB, MIB, made, sealed

ROUNDS = int(os.environ.get("SNAPLEDGER_FUZZ", "500"))
READ_BYTES_MAX = 24 * MIB

INTERESTING = (0, 1, 2, 7, 0x7F, 0xFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF, (1 << 64) - 1)
STRUCTURES = {
    "vhd": (*CHECKSUMMED["vhd"], (1536, 4 * KIB)),
    "vhdx": (
        *((at, 120) for at, _ in CHECKSUMMED["vhdx"]),
        (2 * MIB, 256),
        (2 * MIB + 64 * KIB, KIB),
    ),
}


class Counted(io.BytesIO):
    """A file that counts what is read from it."""

    total = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.total += len(data)
        return data


def mutate(data: bytearray, chosen: random.Random, format_: str) -> None:
    for _ in range(chosen.randint(1, 4)):
        offset, length = chosen.choice(STRUCTURES[format_])
        width = chosen.choice((1, 2, 4, 8))
        at = offset % len(data) + chosen.randrange(length - width + 1)
        number = chosen.choice((chosen.getrandbits(64), chosen.choice(INTERESTING)))
        value = (number % (1 << 8 * width)).to_bytes(width)
        data[at : at + width] = value if format_ == "vhd" else value[::-1]


@pytest.mark.parametrize("format_", ["vhd", "vhdx"])
def test_mutated_disks_give_a_reading_or_a_reason(format_: str) -> None:
    for seed in range(ROUNDS):
        chosen = random.Random(seed)
        data = bytearray(made(format_, chosen.choice(("dynamic", "differencing"))))
        mutate(data, chosen, format_)
        if chosen.random() < 0.8:
            data = bytearray(sealed(format_, data))
        if chosen.random() < 0.2:
            del data[chosen.randrange(len(data)) :]
        file = Counted(data)
        try:
            reading = read_disk_from(file, len(data))
        except (DamagedDisk, NotADisk):
            pass
        else:
            assert msgspec.json.decode(msgspec.json.encode(reading)), f"seed {seed}"
            assert reading.facts.virtual_size_bytes < 1 << 63, f"seed {seed}"
        assert file.total < READ_BYTES_MAX, f"seed {seed}"


@pytest.mark.parametrize("signature", [b"conectix", b"vhdxfile", b""])
def test_random_bytes_behind_a_signature_give_a_reason(signature: bytes) -> None:
    for seed in range(ROUNDS // 5):
        chosen = random.Random(seed)
        data = signature + chosen.randbytes(chosen.randrange(4 * KIB))
        with suppress(DamagedDisk, NotADisk):
            read_disk_from(io.BytesIO(data), len(data))


class Endless(io.RawIOBase):
    """A file of 2**60 bytes that begins as given and goes on in one byte over and over."""

    def __init__(self, start: bytes, filling: bytes) -> None:
        self.start, self.filling, self.at, self.total = start, filling, 0, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        assert whence == 0
        self.at = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= MIB
        known = self.start[self.at : self.at + size]
        self.at += size
        self.total += size
        return known + self.filling * (size - len(known))


@pytest.mark.parametrize("format_", ["vhd", "vhdx"])
@pytest.mark.parametrize("filling", [b"\0", b"\x5a", b"\xff"])
def test_an_endless_file_is_read_in_bounds(format_: str, filling: bytes) -> None:
    data = bytearray(made(format_, "dynamic"))
    if format_ == "vhd":
        data[512 + 28 : 512 + 32] = b"\xff" * 4
    else:
        data[2 * MIB + 64 * KIB + 8 : 2 * MIB + 64 * KIB + 16] = (64 << 40).to_bytes(8, "little")
        data[192 * KIB + 40 : 192 * KIB + 44] = b"\xff" * 4
    file = Endless(sealed(format_, data), filling)
    reading = read_disk_from(file, 1 << 60)  # type: ignore[arg-type]  # all that is asked of a file

    assert file.total < READ_BYTES_MAX
    assert reading.facts.format == format_
