"""VMCX files cut anywhere and changed anywhere: a reading or a reason, never another exception."""

import io
import os
import random
from contextlib import suppress

from eventstore.errors import NotAConfiguration
from eventstore.evidence.keytree import ROOT, Key, parse_xml
from eventstore.evidence.vmconfig import configuration_of
from eventstore.evidence.vmcx import holds_saved_state
from eventstore.evidence.vmcx_registry import REGISTRY, registered_vms
from eventstore.evidence.vmcx_tree import parse_vmcx
from eventstore.ids import VmId, derive
from eventstore.simulate.config_files import ConfiguredVm, vm_configuration
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
CONFIGURATION = vmcx(
    parse_xml(
        vm_configuration(
            ConfiguredVm(VmId(derive("web01")), "live", r"C:\VMs"),
            name="web01",
            disks={"SCSI 0:0": r"C:\VMs\a.vhdx"},
        )
    )
)
LISTED = vmcx(
    node("Configurations", node("VirtualMachines", string(f"_{derive('web01')}_", "C:\\1.vmcx")))
)
STATE = vmcx(node("savedstate", node("savedVM", Key("partition_state", "bytes", bytes(99)))))


def test_a_file_cut_anywhere_is_refused_or_doubted() -> None:
    for length in range(0, LOG + 34, CUTS):
        with suppress(NotAConfiguration):
            assert parse_vmcx(WHOLE[:length]).doubts, length


def mutated(whole: bytes, chosen: random.Random) -> bytes:
    log = len(whole) - PAGE
    structures = [(0, 46), (PAGE, 46), (2 * PAGE, 80), (FIRST_TABLE, 300), (log, 34)]
    data = bytearray(whole)
    for _ in range(chosen.randint(1, 4)):
        start, length = chosen.choice(structures)
        data[start + chosen.randrange(length)] = chosen.choice(
            (0, 1, 9, 0xFF, chosen.randrange(256))
        )
    if chosen.random() < 0.2:
        del data[chosen.randrange(len(data)) :]
    else:
        reseal(data, log)
    return bytes(data)


def test_mutated_files_are_read_or_refused_never_a_crash() -> None:
    for seed in range(MUTATIONS):
        with suppress(NotAConfiguration):
            parse_vmcx(mutated(WHOLE, random.Random(seed)))


def test_mutated_configurations_are_read_or_refused_never_a_crash() -> None:
    for seed in range(MUTATIONS):
        with suppress(NotAConfiguration):
            root = parse_vmcx(mutated(CONFIGURATION, random.Random(seed))).root
            configuration_of(root.at(ROOT) or root)


def test_mutated_lists_of_vms_are_read_or_refused_never_a_crash() -> None:
    for seed in range(MUTATIONS):
        with suppress(NotAConfiguration):
            found = parse_vmcx(mutated(LISTED, random.Random(seed))).root.at(REGISTRY)
            assert found is None or all(path for _, path in registered_vms(found))


def test_mutated_states_are_saved_or_not_or_refused_never_a_crash() -> None:
    told = set()
    for seed in range(MUTATIONS):
        data = mutated(STATE, random.Random(seed))
        with suppress(NotAConfiguration):
            told.add(holds_saved_state(io.BytesIO(data), len(data)))

    assert told == {True, False}


def reseal(data: bytearray, log: int) -> None:
    """Make the checksums right again, so that the checks behind them are reached."""
    spans = [(0, 46, 4), (PAGE, 46, 4), (FIRST_TABLE, 10, 6), (log, 34, 4)]
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
