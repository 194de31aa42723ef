"""Block tables fed with nonsense: a count or a reason, never another exception."""

import io
import os
import random
from contextlib import suppress

import pytest

from eventstore.errors import DamagedDisk, NotADisk
from eventstore.evidence.allocated import Allocated
from eventstore.evidence.allocated_blocks import UNITS_MAX, read_allocated
from eventstore.evidence.disk import read_disk_from
from eventstore.simulate.vhd_file import TABLE_AT as VHD_TABLE_AT
from eventstore.simulate.vhdx_file import TABLE_AT
from tests.eventstore.evidence.made_disks import made, sealed
from tests.eventstore.evidence.test_disk_fuzz import mutate

ROUNDS = int(os.environ.get("SNAPLEDGER_FUZZ", "400"))
ENTRIES = {"vhd": (VHD_TABLE_AT, 4, 4), "vhdx": (TABLE_AT, 8, 4100)}
"""Where each table lies, how long its entries are, and how many are worth changing."""


def counted(data: bytes) -> Allocated | None:
    with suppress(DamagedDisk, NotADisk):
        file = io.BytesIO(data)
        return read_allocated(file, len(data), read_disk_from(file, len(data)).facts)
    return None


@pytest.mark.parametrize("format_", ["vhd", "vhdx"])
def test_mutated_tables_give_a_count_or_a_reason(format_: str) -> None:
    at, width, entries = ENTRIES[format_]
    told = 0
    for seed in range(ROUNDS):
        chosen = random.Random(seed)
        data = bytearray(made(format_, chosen.choice(("dynamic", "differencing"))))
        for _ in range(chosen.randint(0, 5)):
            entry = at + width * chosen.choice((*range(4), chosen.randrange(entries)))
            number = chosen.choice((0, 2, 6, 7, 5 << 20 | 7, 4 << 20 | 6, chosen.getrandbits(64)))
            data[entry : entry + width] = (number % (1 << 8 * width)).to_bytes(width, "little")
        if chosen.random() < 0.5:
            mutate(data, chosen, format_)
            data = bytearray(sealed(format_, data))
        if chosen.random() < 0.2:
            del data[chosen.randrange(len(data)) :]

        found = counted(bytes(data))

        if found is not None:
            told += 1
            assert found.content.bit_length() <= UNITS_MAX
            assert found.content & ~found.room == 0
            assert 0 <= found.content_bytes <= found.content.bit_count() * found.unit_bytes
    assert told > ROUNDS // 20


def test_a_bitmap_beyond_every_file_is_damage() -> None:
    data = bytearray(made("vhdx"))
    at = TABLE_AT + 8 * 2048  # the entry of the first bitmap: 2,048 blocks of 2 MiB come before
    data[at : at + 8] = ((1 << 64) - (1 << 20) | 6).to_bytes(8, "little")

    with pytest.raises(DamagedDisk, match="it ends before"):
        read_allocated(
            io.BytesIO(data), len(data), read_disk_from(io.BytesIO(made("vhdx")), len(data)).facts
        )
