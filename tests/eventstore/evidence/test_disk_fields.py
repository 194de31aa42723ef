"""Fields that are wrong under a right checksum: each is told, with what was expected."""

import pytest

from eventstore.errors import DamagedDisk
from tests.eventstore.evidence.made_disks import KIB, MIB, changed, complaints, made, read, sealed

HEADERS = (64 * KIB, 128 * KIB)
TABLES = (192 * KIB, 256 * KIB)
METADATA = 2 * MIB
ITEMS = METADATA + 64 * KIB
LOCATOR = ITEMS + 40


def little(number: int, width: int = 4) -> bytes:
    return number.to_bytes(width, "little")


def item(number: int) -> int:
    """Give where the metadata table's entry `number` stands, in the order our writer has."""
    return METADATA + 32 + 32 * number


def with_changes(format_: str, changes: dict[int, bytes]) -> bytes:
    data = made(format_)
    for at, new in changes.items():
        data = changed(data, at, new)
    return sealed(format_, data)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({512 + 24: b"\0\2\0\0"}, "dynamic header: version 00020000, expected 00010000"),
        ({512 + 16: b"\1" + bytes(7)}, "block table: it ends at byte"),
        ({512 + 28: (1).to_bytes(4)}, "block table: its 1 blocks hold 2097152 of 8388608"),
        ({512 + 32: (100).to_bytes(4)}, "block table: block size 100, expected at least 512"),
        ({512 + 40: bytes(16)}, "parent locators: the parent's unique id is all zeros"),
        ({512 + 576 + 16: b"\1" + bytes(7)}, "parent locators: W2ku: 0 bytes at offset"),
        ({512 + 576 + 8: (1 << 20).to_bytes(4)}, "parent locators: W2ku claims 1048576 bytes"),
        ({1536: (1 << 20).to_bytes(4)}, "blocks inside the file: the last block ends at byte"),
    ],
)
def test_a_wrong_field_of_a_vhd_is_told(changes: dict[int, bytes], says: str) -> None:
    found = complaints(with_changes("vhd", changes))

    assert len(found) == 1
    assert found[0].startswith(says)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (dict.fromkeys((at + 72 for at in HEADERS), little(1 << 40, 8)), "log: it ends at byte"),
        (
            {TABLES[0] + 16 + 28: b"\2"},
            "region tables agree: the first is believed",
        ),
        (
            dict.fromkeys((at + 8 for at in TABLES), little(3))
            | dict.fromkeys((at + 80 for at in TABLES), b"\7" * 16 + little(MIB, 8) + little(1, 8))
            | dict.fromkeys((at + 80 + 28 for at in TABLES), little(1)),
            "regions inside the file: region 07070707-0707-0707-0707-070707070707 is required",
        ),
        (
            dict.fromkeys((at + 16 + 24 for at in TABLES), little(1 << 30)),
            "regions inside the file: a region ends at byte",
        ),
        (
            dict.fromkeys((at + 16 + 24 for at in TABLES), little(8)),
            "block table: 16392 bytes needed, its region has 8",
        ),
        (
            dict.fromkeys((at + 16 + 16 for at in TABLES), little(3 * MIB + 512, 8)),
            "regions inside the file: a region begins at byte 3146240, expected a whole MiB",
        ),
        ({item(3): b"\7" * 16}, "metadata: item 07070707-0707-0707-0707-070707070707 is required"),
        ({item(3): made("vhdx")[item(2) : item(2) + 16]}, "metadata: logical sector size twice"),
        ({item(3) + 16: little(8)}, "metadata: physical sector size at 8, outside its region"),
        ({item(3) + 20: little(5)}, "metadata: physical sector size of 5 bytes, expected 4"),
        ({item(3) + 16: little(MIB - 2)}, "metadata: physical sector size at 1048574, outside"),
        ({ITEMS: little(3 * MIB)}, "metadata: block size 3145728, expected 1 to 256 MiB"),
        ({ITEMS + 8: little(100, 8)}, "metadata: virtual size 100 is no multiple"),
        ({ITEMS + 16: little(520)}, "metadata: logical sector size 520, expected 512 or 4096"),
        ({LOCATOR: b"\7"}, "parent locator: of type"),
        ({LOCATOR + 18: little(999, 2)}, "parent locator: 999 entries, at most 64 are read"),
        ({LOCATOR + 20 + 4: little(1 << 30)}, "parent locator: entry 0 points outside"),
        ({LOCATOR + 20 + 8: little(3, 2)}, "parent locator: entry 0 points outside"),
        ({3 * MIB + 8: little(6, 8)}, "block table: a block is said to lie at byte 0"),
        ({3 * MIB: little(6 | 99 << 20, 8)}, "blocks inside the file: the last block ends at byte"),
    ],
)
def test_a_wrong_field_of_a_vhdx_is_told(changes: dict[int, bytes], says: str) -> None:
    found = complaints(with_changes("vhdx", changes))

    assert any(text.startswith(says) for text in found), found


def test_a_key_that_stands_twice_is_told_and_the_first_counts() -> None:
    whole = made("vhdx")
    relative = whole.index("relative_path".encode("utf-16-le"), LOCATOR) - LOCATOR
    volume = whole.index("volume_path".encode("utf-16-le"), LOCATOR) - LOCATOR
    entry = whole.index(little(volume), LOCATOR)
    twice = changed(changed(whole, entry, little(relative)), entry + 8, little(26, 2))

    assert complaints(twice) == ("parent locator: relative_path twice; the first counts",)
    assert read(twice).facts.parent is not None


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (("parent_linkage",), "no parent_linkage"),
        (("relative_path", "volume_path", "absolute_win32_path"), "no path to the parent"),
    ],
)
def test_a_locator_that_leads_nowhere_is_told(keys: tuple[str, ...], says: str) -> None:
    data = made("vhdx")
    for key in keys:
        data = changed(data, data.index(key.encode("utf-16-le"), LOCATOR), b"X\0")

    assert complaints(data) == (f"parent locator: {says}",)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({ITEMS + 8: little(65 << 40, 8)}, "expected at most 64 TiB"),
        ({METADATA: b"M"}, "expected b'metadata'"),
        ({METADATA + 10: little(4000, 2)}, "4000 metadata items, expected at most 2047"),
        ({item(4): b"\7" * 16}, "without its virtual disk id"),
        (dict.fromkeys((at + 8 for at in TABLES), little(4000)), "4000 entries, expected at most"),
        (dict.fromkeys((at + 16 for at in TABLES), b"\7" * 16), "it names no block table"),
    ],
)
def test_a_vhdx_that_cannot_be_described_is_damaged(changes: dict[int, bytes], says: str) -> None:
    with pytest.raises(DamagedDisk, match=says):
        read(with_changes("vhdx", changes))


@pytest.mark.parametrize("winner", [0, 1])
def test_of_two_valid_headers_the_higher_sequence_number_counts(winner: int) -> None:
    changes = {
        HEADERS[winner] + 8: little(1000, 8),
        HEADERS[winner] + 32: b"\7" * 16,
        HEADERS[1 - winner] + 32: b"\5" * 16,
    }

    facts = read(with_changes("vhdx", changes)).facts
    assert facts.data_write_id == "07070707-0707-0707-0707-070707070707"


def test_a_header_of_another_version_is_not_chosen() -> None:
    newer = {HEADERS[0] + 8: little(1000, 8), HEADERS[0] + 66: little(2, 2)}

    assert complaints(with_changes("vhdx", newer)) == ("header 1: version 2, expected 1",)


def test_an_all_zero_data_write_id_is_none() -> None:
    zero = with_changes("vhdx", dict.fromkeys((at + 32 for at in HEADERS), bytes(16)))

    assert read(zero).facts.data_write_id is None


def test_a_footer_of_a_fixed_disk_at_the_start_is_no_copy() -> None:
    start = sealed("vhd", changed(made("vhd"), 60, (2).to_bytes(4)))

    with pytest.raises(DamagedDisk, match="at the start: a fixed disk"):
        read(start[: len(start) - 512])


def test_a_fixed_disk_that_lost_data_is_told() -> None:
    assert complaints(made("vhd", "fixed")[MIB:]) == (
        "data inside the file: 8388608 bytes of data expected, the file has 7340544",
    )


@pytest.mark.parametrize(
    ("creator", "disk_id"),
    [
        (b"win ", "11111111-2222-4333-8444-555555555555"),
        (b"d2v\0", "11111111-2222-4333-8444-555555555555"),
        (b"vpc ", "11111111-2222-3343-8444-555555555555"),
        (b"qemu", "11111111-2222-3343-8444-555555555555"),
    ],
)
def test_an_id_is_printed_in_its_creators_byte_order(creator: bytes, disk_id: str) -> None:
    data = changed(made("vhd", "dynamic"), 28, creator)
    facts = read(sealed("vhd", changed(data, -512 + 28, creator))).facts

    assert facts.disk_id == disk_id
    assert facts.identity == "11111111222233438444555555555555"


def test_the_all_zero_linkage2_that_windows_writes_is_none() -> None:
    link = read(made("vhdx")).facts.parent

    assert link is not None
    assert link.linkage is not None
    assert link.linkage2 is None


def test_a_sector_bitmap_takes_one_mib_and_not_a_block() -> None:
    end = len(made("vhdx")) - MIB
    bitmap_last = changed(made("vhdx"), 3 * MIB + 8 * 2048, little(6 | end, 8))

    assert complaints(bitmap_last) == ()
