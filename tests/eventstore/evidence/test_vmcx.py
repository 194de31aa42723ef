"""The VMCX container: which copy counts, what is a doubt, and that every check can fail."""

import io

import pytest

from eventstore.errors import NotAConfiguration
from eventstore.evidence.keytree import Key
from eventstore.evidence.vmcx import Storage, holds_saved_state, is_storage
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
from tests.real_evidence import EVIDENCE, needs_real_evidence

SMALL = vmcx(
    node(
        "configuration",
        string("name", "仮想マシン"),
        string("notes", "n" * 2000),
        Key("creation", "bytes", b"\x01" * 8),
    )
)
SECOND_KEY = FIRST_KEY + 21 + len("configuration") + 1 + 12
LOG = 5 * PAGE


def altered(
    data: bytes, at: int, new: bytes, *, sealing: tuple[int, int, int] | None = None
) -> bytes:
    """Give `data` with other bytes at `at`; `sealing` is offset, size, and checksum's place."""
    changed = data[:at] + new + data[at + len(new) :]
    if sealing:
        start, size, checksum_at = sealing
        right = sealed(changed[start : start + size], checksum_at)
        changed = changed[:start] + right + changed[start + size :]
    return changed


def used_header(data: bytes) -> int:
    return Storage(io.BytesIO(data), len(data)).header_offset


@pytest.mark.parametrize(("broken", "used"), [(0, PAGE), (PAGE, 0)])
def test_one_broken_header_is_a_doubt_and_the_other_is_used(broken: int, used: int) -> None:
    data = altered(SMALL, broken + 9, b"\xff")

    (doubt,) = parse_vmcx(data).doubts

    assert doubt.startswith(f"header at offset {broken}: expected checksum 0x")
    assert doubt.endswith(f"the copy at offset {used} was used")
    assert used_header(data) == used


def test_of_two_intact_headers_the_higher_sequence_is_used() -> None:
    newer = altered(SMALL, PAGE + 8, b"\x09\x00", sealing=(PAGE, 46, 4))

    assert (used_header(SMALL), used_header(newer)) == (0, PAGE)


def test_changes_waiting_in_the_log_are_a_doubt_and_never_applied() -> None:
    carried = parse_vmcx(vmcx(node("configuration"), waiting=3))

    assert carried.root.at("configuration") is not None
    (doubt,) = carried.doubts
    assert doubt.endswith("3 changes wait in it; what was read is the state before them")


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (altered(SMALL, LOG, b"\0"), "replay log at offset 20480: expected 0x1110003"),
        (altered(SMALL, LOG + 8, b"\x05"), "replay log at offset 20480: expected checksum"),
        (SMALL[: LOG + 33], "replay log at offset 20480: expected 34 bytes"),
        (
            altered(SMALL, 2 * PAGE + 4, bytes([226])),
            "object table at offset 8192: 226 entries do not fill it",
        ),
        (
            altered(SMALL, SECOND_KEY, b"\x01"),
            "key at offset 12345 is free, but has a checksum like one in use (so have 0 more)",
        ),
    ],
)
def test_what_may_hide_a_newer_or_fuller_state_is_a_doubt(data: bytes, doubt: str) -> None:
    assert any(said.startswith(doubt) for said in parse_vmcx(data).doubts)


def test_a_key_table_that_is_nowhere_is_a_doubt() -> None:
    leaves = [string("k", "x" * 900) for _ in range(9)]
    data = vmcx(*leaves)
    hole = altered(data, FIRST_OBJECT + 18, bytes(18), sealing=(FIRST_OBJECT + 18, 18, 1))

    carried = parse_vmcx(hole)

    assert carried.doubts == ("key table 2 is in no object table",)
    assert len(carried.root.children) < len(leaves)


def test_of_two_tables_of_one_index_the_newest_sequence_counts() -> None:
    data = vmcx(*(string(f"k{n}", "x" * 900) for n in range(4)))
    twin = 4 * PAGE
    newer = altered(data, twin + 2, b"\x01\x00\x02\x00", sealing=(twin, 10, 6))
    same = altered(data, twin + 2, b"\x01\x00\x01\x00", sealing=(twin, 10, 6))

    assert [key.name for key in parse_vmcx(newer).root.children] == ["k2", "k3"]
    with pytest.raises(NotAConfiguration, match="expected another sequence than at 12288, got 1"):
        parse_vmcx(same)


BROKEN: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "header at offset 0: expected 46 bytes at offset 0, got a file of 0"),
    "signature": (bytes(9999), "header at offset 0: expected signature 14202801, got 00000000"),
    "version": (
        vmcx(version=0x0100),
        "expected a format version from 0x0301 to 0x04ff, got 0x0100",
    ),
    "object table": (altered(SMALL, 2 * PAGE, b"\0"), "object table at offset 8192: expected 0x1"),
    "object count": (
        altered(SMALL, 2 * PAGE + 4, b"\xff\xff\xff\xff"),
        "expected at most 262144 objects in all, got 4294967295 more",
    ),
    "object entry": (
        altered(SMALL, FIRST_OBJECT + 5, b"\x99"),
        "object entry at offset 8200: expected checksum",
    ),
    "object table in a circle": (
        altered(SMALL, FIRST_OBJECT, b"\x01\0\0\0\0\0\x20\0", sealing=(FIRST_OBJECT, 18, 1)),
        "object table at offset 8192: expected one reference, got a second",
    ),
    "key table outside": (
        altered(SMALL, FIRST_OBJECT + 5, b"\0\0\0\0\0\0\0\x80", sealing=(FIRST_OBJECT, 18, 1)),
        "expected 10 bytes at offset 9223372036854775808, got a file of",
    ),
    "key table": (altered(SMALL, FIRST_TABLE, b"\x03"), "key table at offset 12288: expected 0x2"),
    "key table's checksum": (
        altered(SMALL, FIRST_TABLE + 4, b"\x03"),
        "key table at offset 12288: expected checksum",
    ),
    "key table's index": (
        altered(SMALL, FIRST_TABLE + 2, b"\0", sealing=(FIRST_TABLE, 10, 6)),
        "key table at offset 12288: expected an index above 0, got 0",
    ),
    "key's name": (
        altered(SMALL, FIRST_KEY + 21, b"C"),
        "key at offset 12298: expected checksum",
    ),
    "key's size 0": (
        altered(SMALL, FIRST_KEY + 2, bytes(4)),
        "key at offset 12298: expected a size inside its table, got 0",
    ),
    "key's size": (
        altered(SMALL, FIRST_KEY + 2, b"\xff\xff"),
        "key at offset 12298: expected a size inside its table, got 65535",
    ),
    "key table not filled": (
        altered(vmcx(node("configuration")), SECOND_KEY + 2, (PAGE - 57 - 5).to_bytes(2, "little")),
        "key table 1: expected keys to its end at 4096, got 4091",
    ),
    "key's length": (
        altered(SMALL, SECOND_KEY + 26, b"\xff\xff"),
        "expected a size of at least 65",
    ),
    "key's type": (altered(SMALL, FIRST_KEY, b"\x0a"), "expected a type from 3 to 9, got 10"),
    "key's type, its value apart": (
        altered(SMALL, FIRST_KEY, b"\x0a\x01", sealing=(FIRST_KEY, 47, 12)),
        "key at offset 12298: expected a type from 3 to 9, got 10",
    ),
    "key in the air": (
        altered(SMALL, SECOND_KEY + 8, b"\x0b", sealing=(SECOND_KEY, 40, 12)),
        "key at offset 12345: expected a node above it, got none",
    ),
    "key above itself": (
        altered(SMALL, FIRST_KEY + 6, b"\x01\0\x0a", sealing=(FIRST_KEY, 47, 12)),
        "key at offset 12298: expected a node above it, got none",
    ),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_what_no_checksum_vouches_for_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(NotAConfiguration) as caught:
        parse_vmcx(data)
    assert message in str(caught.value)


def test_the_magic_of_either_header_is_enough() -> None:
    assert is_storage(SMALL)
    assert is_storage(bytes(PAGE) + SMALL[PAGE:])
    assert not is_storage(bytes(2 * PAGE))
    assert not is_storage(b"")


def test_a_saved_state_is_known_by_the_processors_it_holds() -> None:
    off = vmcx(node("configuration", node("properties", integer("version", 2304))))
    state = Key("partition_state", "bytes", bytes(5000))
    saved = vmcx(node("savedstate", node("savedVM", state)))

    assert not holds_saved_state(io.BytesIO(off), len(off))
    assert holds_saved_state(io.BytesIO(saved), len(saved))


@needs_real_evidence
def test_a_real_vmrs_of_a_vm_that_is_off_holds_no_saved_state() -> None:
    assert EVIDENCE is not None
    data = (EVIDENCE / "vmrs" / "test.VMRS").read_bytes()

    assert not holds_saved_state(io.BytesIO(data), len(data))
    assert used_header(data) == 0
