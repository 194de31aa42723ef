"""The reader of exports fed with nonsense: a reading or a reason, never another exception."""

import json
import os
import random
import tracemalloc

import msgspec
import pytest

from eventstore.errors import UnreadableExport
from eventstore.evidence.powershell import Export, read_export
from eventstore.evidence.powershell_json import COMMAS_MAX
from tests.eventstore.evidence.exports import S1, VM, Object, as_json, collected, drive, story
from tests.eventstore.evidence.wmi_exports import (
    allocation,
    first_allocation,
    first_namespace,
    snapshot_settings,
    system,
    vm_settings,
)

ROUNDS = int(os.environ.get("SNAPLEDGER_FUZZ", "300"))
MEMORY_MAX = 4 << 20

VHD: Object = {"Path": "C:\\x.vhdx", "ParentPath": "", "VhdType": 3, "Attached": True}
WMI = [
    system(),
    vm_settings(S1),
    snapshot_settings(S1, None),
    first_namespace(snapshot_settings(S1, None), 5),
    allocation(VM, "now.avhdx"),
    first_allocation(S1, "base.vhd"),
]
WHOLE = [collected(story()), VHD, drive("a.vhdx", VMSnapshotId=S1), WMI]
ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    1e300,
    "",
    "x" * 5000,
    "\ud800\udc00\x00\u202e",
    "/Date(999999999999999)/",
    "9999-12-31T23:59:59-14:00",
    [],
    {},
    [None, [[]]],
    {"value": [1], "Count": 1},
    "\N{REPLACEMENT CHARACTER}.vhdx",
)
PIECES = ("{", "}", "[", "]", '"', ",", ":", "\\", "\\ud800", "null", "1e999", "\x00", "\ufeff")


def held(export: Export | None) -> None:
    """What was read can be stored, and claims no list as whole that lacks what it names."""
    if export is None:
        return
    assert msgspec.json.decode(msgspec.json.encode(export))
    for vm in export.vms:
        told = {each.snapshot for each in vm.snapshots}
        assert not vm.has_all_snapshots or {vm.parent, *(s.parent for s in vm.snapshots)} <= {
            None,
            *told,
        }


def places(told: object) -> list[tuple[dict[str, object] | list[object], str | int]]:
    found: list[tuple[dict[str, object] | list[object], str | int]] = []
    waiting = [told]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            found += [(each, name) for name in each]
            waiting += each.values()
        elif isinstance(each, list):
            found += [(each, number) for number in range(len(each))]
            waiting += each
    return found


def with_other_values(chosen: random.Random) -> bytes:
    told = json.loads(json.dumps(WHOLE))
    for _ in range(chosen.randint(1, 6)):
        where, key = chosen.choice(places(told) or [([None], 0)])
        odd = json.loads(json.dumps(chosen.choice((*ODD, WHOLE[0], VHD))))
        if isinstance(where, list):
            where[int(key)] = odd
        elif chosen.random() < 0.3:
            where.pop(str(key))
        else:
            where[str(key)] = odd
    return json.dumps(told).encode(chosen.choice(("utf-8", "utf-8-sig", "utf-16")))


def with_other_text(chosen: random.Random) -> bytes:
    text = as_json(WHOLE).decode()
    for _ in range(chosen.randint(1, 5)):
        at, length = chosen.randrange(len(text)), chosen.choice((0, 1, 3, 40))
        text = text[:at] + chosen.choice(PIECES) + text[at + length :]
    data = text.encode(chosen.choice(("utf-8", "utf-16")))
    at = chosen.randrange(len(data))
    if chosen.random() < 0.3:
        data = data[:at] + chosen.randbytes(chosen.randint(0, 4)) + data[at + 1 :]
    return data[:at] if chosen.random() < 0.1 else data


@pytest.mark.parametrize("mutated", [with_other_values, with_other_text])
def test_mutated_exports_give_a_reading_or_a_reason(mutated: object) -> None:
    assert callable(mutated)
    read = 0
    for seed in range(ROUNDS):
        try:
            held(read_export(mutated(random.Random(seed))))
        except UnreadableExport:
            continue
        read += 1
    assert read, "some mutants are still exports"


@pytest.mark.parametrize(
    "filling",
    [b"1,", b'{"a":1},', b'{"VMId":"x"},', b'{"a":[{"b":[1,{"c":2}]}]},'],
)
def test_a_hundredth_of_what_is_read_at_all_takes_a_hundredth_of_the_memory(filling: bytes) -> None:
    room = COMMAS_MAX // filling.count(b",") // 100
    data = b"[" + filling * room + b"1]"
    tracemalloc.start()
    try:
        read_export(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < MEMORY_MAX
