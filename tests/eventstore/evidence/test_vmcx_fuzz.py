"""VMCX files cut anywhere and changed anywhere: a reading or a reason, never another exception."""

import os
import random
from contextlib import suppress

from eventstore.errors import NotAConfiguration
from eventstore.evidence.keytree import Key
from eventstore.evidence.vmcx_tree import parse_vmcx
from tests.eventstore.evidence.vmcx_writer import (
    FIRST_KEY,
    FIRST_OBJECT,
    FIRST_TABLE,
    PAGE,
    integer,
    node,
    sealed,
    string,
    vmcx,
)

MUTATIONS = int(os.environ.get("SNAPLEDGER_FUZZ", "500"))
CUTS = max(1, 9000 // MUTATIONS)
WHOLE = vmcx(
    node("configuration", string("name", "a"), node("b", Key("c", "bytes", b"x" * 3000))),
    integer("y", 7),
)
LOG = len(WHOLE) - PAGE


def test_a_file_cut_anywhere_is_refused_or_doubted() -> None:
    for length in range(0, LOG + 34, CUTS):
        with suppress(NotAConfiguration):
            assert parse_vmcx(WHOLE[:length]).doubts, length


def test_mutated_files_are_read_or_refused_never_a_crash() -> None:
    structures = [(0, 46), (PAGE, 46), (2 * PAGE, 80), (FIRST_TABLE, 300), (LOG, 34)]
    for seed in range(MUTATIONS):
        chosen = random.Random(seed)
        data = bytearray(WHOLE)
        for _ in range(chosen.randint(1, 4)):
            start, length = chosen.choice(structures)
            data[start + chosen.randrange(length)] = chosen.choice(
                (0, 1, 9, 0xFF, chosen.randrange(256))
            )
        if chosen.random() < 0.2:
            del data[chosen.randrange(len(data)) :]
        else:
            reseal(data)
        with suppress(NotAConfiguration):
            parse_vmcx(bytes(data))


def reseal(data: bytearray) -> None:
    """Make the checksums right again, so that the checks behind them are reached."""
    spans = [(0, 46, 4), (PAGE, 46, 4), (FIRST_TABLE, 10, 6), (LOG, 34, 4)]
    spans += [(FIRST_OBJECT + 18 * n, 18, 1) for n in range(4)]
    at = FIRST_KEY
    for key in range(5):
        size = min(int.from_bytes(data[at + 2 : at + 6], "little"), 300)
        spans.append((at, max(size, 21), 12))
        at += size
        if key and not size:
            break
    for start, size, checksum_at in spans:
        if start + size <= len(data):
            data[start : start + size] = sealed(bytes(data[start : start + size]), checksum_at)
