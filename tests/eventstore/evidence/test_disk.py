"""Disk files that are whole, damaged, cut, and no disks at all."""

import hashlib
import os
import random
import sys
from pathlib import Path

import pytest

from eventstore.errors import DamagedDisk, NotADisk
from eventstore.evidence.disk import read_disk
from eventstore.evidence.vhd_layout import checksum
from tests.eventstore.evidence.made_disks import (
    CHECKSUMMED,
    KIB,
    MIB,
    changed,
    complaints,
    made,
    read,
)

SWEEP = int(os.environ.get("SNAPLEDGER_SWEEP", "60"))
"""How many bytes of each structure are flipped, and how many lengths a file is cut to."""

both = pytest.mark.parametrize("format_", ["vhd", "vhdx"])


def resealed_vhd(data: bytes, at: int, new: bytes) -> bytes:
    """Change both footers at `at` and give them right checksums again."""
    footer = changed(data[-512:], at, new)
    footer = changed(footer, 64, checksum(footer, 64).to_bytes(4))
    return changed(changed(data, 0, footer), -512, footer)


@both
@pytest.mark.parametrize("kind", ["fixed", "dynamic", "differencing"])
def test_an_intact_disk_of_any_kind_fails_no_check(format_: str, kind: str) -> None:
    reading = read(made(format_, kind))

    assert (reading.facts.format, reading.facts.kind) == (format_, kind)
    assert reading.facts.failed_checks == ()
    assert reading.size_bytes == len(made(format_, kind))


# --- damage ---------------------------------------------------------------------------------


def spots() -> list[tuple[str, int]]:
    """Give places under a checksum: every used byte first, then a sample of the others."""
    chosen = random.Random(20261122)
    found = []
    for format_, structures in CHECKSUMMED.items():
        for offset, length in structures:
            places = [*range(0, min(length, 100), 3), *chosen.sample(range(length), SWEEP)]
            found += [(format_, offset + place) for place in places]
    return found


def test_every_flipped_byte_under_a_checksum_is_noticed() -> None:
    unnoticed = [
        (format_, at)
        for format_, at in spots()
        if not complaints(changed(made(format_), at, bytes([made(format_)[at] ^ 0x10])))
    ]

    assert unnoticed == []


@both
def test_every_cut_is_noticed(format_: str) -> None:
    whole = made(format_)
    chosen = random.Random(20261122)
    borders = [
        offset + step for offset in (0, 512, 1536, 64 * KIB, MIB, 3 * MIB) for step in (0, 1)
    ]
    lengths = {*borders, len(whole) - 1, len(whole) - 512, *chosen.sample(range(len(whole)), SWEEP)}
    unnoticed = [at for at in lengths if at < len(whole) and not complaints(whole[:at])]

    assert unnoticed == []


def test_a_damaged_end_leaves_the_copy_at_the_start(tmp_path: Path) -> None:
    whole = made("vhd")
    reading = read(changed(whole, -500, b"\xff"))

    assert {check.name for check in reading.facts.failed_checks} == {
        "footer at the end",
        "footer copies agree",
    }
    assert ("footer in use", "the one at the start") in {
        (check.name, check.text) for check in reading.facts.checks
    }
    assert reading.facts.identity == read(whole).facts.identity


def test_a_file_without_its_end_is_read_from_the_start() -> None:
    facts = read(made("vhd")[:-1024]).facts

    assert facts.parent is not None
    assert "footer at the end" in {check.name for check in facts.failed_checks}


def test_a_footer_of_511_bytes_is_one_of_old_virtual_pc() -> None:
    whole = made("vhd", "fixed")
    facts = read((whole[:-512] + resealed_vhd(whole, 28, b"vpc ")[-512:])[:-1]).facts

    assert (facts.kind, facts.creator) == ("fixed", "vpc 6.1")
    assert facts.failed_checks == ()
    assert complaints(whole[:-1]) == ("footer at the end: its last byte is missing",)


def test_a_cut_fixed_vhd_carries_no_sign_of_a_disk() -> None:
    with pytest.raises(NotADisk, match="no disk signature in"):
        read(made("vhd", "fixed")[:-600])


def test_a_vhd_inside_a_fixed_vhd_is_data() -> None:
    inner, outer = made("vhd", "dynamic"), made("vhd", "fixed")
    facts = read(changed(outer, 0, inner)).facts

    assert facts.kind == "fixed"
    assert facts.failed_checks == ()


def test_disagreeing_footers_are_told_by_field() -> None:
    whole = made("vhd")
    footer = changed(whole[-512:], 24, b"\1\2\3\4")
    footer = changed(footer, 64, checksum(footer, 64).to_bytes(4))

    assert complaints(changed(whole, -512, footer)) == (
        "footer copies agree: they differ in seconds, checksum",
    )


@pytest.mark.parametrize(
    ("at", "new", "says"),
    [
        (60, (9).to_bytes(4), "disk type 9, expected 2, 3 or 4"),
        (48, b"\xff" * 8, "expected less than 2**63"),
        (16, b"\x7f" * 8, "dynamic header: 0 bytes at offset"),
        (12, (0x20000).to_bytes(4), "format version 00020000"),
    ],
)
def test_an_impossible_footer_is_told_with_what_was_expected(
    at: int, new: bytes, says: str
) -> None:
    assert says in "; ".join(complaints(resealed_vhd(made("vhd"), at, new)))


def test_the_valid_header_with_the_higher_sequence_number_counts() -> None:
    whole = made("vhdx")
    first, second = read(whole).facts, read(changed(whole, 128 * KIB + 90, b"\1")).facts
    used = {check.name: check.text for check in second.checks}

    assert first.data_write_id == second.data_write_id
    assert used["header in use"].startswith("header 1")
    assert {check.name for check in second.failed_checks} == {"header 2"}


def test_without_a_valid_header_no_data_write_id_is_guessed() -> None:
    broken = changed(changed(made("vhdx"), 64 * KIB + 9, b"\7"), 128 * KIB + 9, b"\7")
    facts = read(broken).facts

    assert facts.data_write_id is None
    assert facts.identity == read(made("vhdx")).facts.identity
    assert facts.parent == read(made("vhdx")).facts.parent


def test_without_an_intact_region_table_nothing_is_believed() -> None:
    broken = changed(changed(made("vhdx"), 192 * KIB + 20, b"\7"), 256 * KIB + 20, b"\7")

    with pytest.raises(DamagedDisk, match=r"region table 1: CRC-32C .* stored, .* calculated"):
        read(broken)


@pytest.mark.parametrize("flags", [b"\0", b"\1"])
def test_a_locator_without_the_flag_of_a_parent_is_told(flags: bytes) -> None:
    flipped = changed(made("vhdx"), 2 * MIB + 64 * KIB + 4, flags)

    assert "parent locator: a locator, though the disk says it has no parent" in complaints(flipped)


def test_the_flag_of_a_parent_without_a_locator_is_told() -> None:
    flipped = changed(made("vhdx", "dynamic"), 2 * MIB + 64 * KIB + 4, b"\2")

    assert "parent locator: none, though the disk says it has a parent" in complaints(flipped)


def test_a_linkage_that_is_no_guid_is_told() -> None:
    whole = made("vhdx")
    at = whole.index("parent_linkage".encode("utf-16-le")) + 2 * len("parent_linkage")

    assert any("expected a GUID" in text for text in complaints(changed(whole, at, b"x\0")))


# --- what is no disk ------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"v", b"vhdxfil", b"MZ" * 4096, bytes(5000)])
def test_what_carries_no_signature_is_no_disk(data: bytes) -> None:
    with pytest.raises(NotADisk, match=f"in {len(data)} bytes"):
        read(data)


def test_an_empty_file_is_no_disk_and_says_so() -> None:
    with pytest.raises(NotADisk, match="the file is empty: 0 bytes"):
        read(b"")


@pytest.mark.parametrize("data", [b"vhdxfile", b"conectix", b"conectix" + bytes(500)])
def test_a_signature_with_nothing_behind_it_is_a_damaged_disk(data: bytes) -> None:
    with pytest.raises(DamagedDisk):
        read(data)


def test_a_folder_is_no_disk_and_an_absent_file_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotADisk, match="not a regular file"):
        read_disk(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_disk(tmp_path / "absent.vhd")


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe.vhd")
        with pytest.raises(NotADisk):
            read_disk(tmp_path / "pipe.vhd")
    else:
        pytest.skip("Windows keeps no named pipes among its files")


# --- the digest -----------------------------------------------------------------------------


def test_the_digest_of_a_vhd_covers_its_headers_in_order() -> None:
    whole = made("vhd", "dynamic")

    expected = hashlib.sha256(whole[:512] + whole[512:1536] + whole[-512:])
    assert read(whole).header_sha256 == expected.hexdigest()


@both
def test_the_digest_does_not_cover_content(format_: str) -> None:
    whole = made(format_)
    at = whole.index(b"content!")

    assert read(changed(whole, at, b"CONTENT?")).header_sha256 == read(whole).header_sha256


def test_the_digest_changes_with_a_header() -> None:
    whole = made("vhdx")

    assert read(changed(whole, 64 * KIB + 8, b"\7")).header_sha256 != read(whole).header_sha256
