"""What a file holds of its disk, held against writers that know nothing of how it is counted."""

import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.errors import DamagedDisk, DiskChanged, NotADisk
from eventstore.events import DiskSeen
from eventstore.evidence import allocated_blocks
from eventstore.evidence.allocated import Allocated, Marks
from eventstore.evidence.allocated_blocks import read_allocated
from eventstore.evidence.allocated_file import read_recorded
from eventstore.evidence.disk import read_disk, read_disk_from
from eventstore.evidence.found_disk import examine
from eventstore.evidence.observations import DiskKind
from eventstore.evidence.vhdx_layout import (
    BITMAP_PRESENT,
    LOGICAL_SECTOR_ITEM,
    OFFSET_SHIFT,
    PAYLOAD_FULL,
    PAYLOAD_PARTIAL,
    VIRTUAL_SIZE_ITEM,
)
from eventstore.simulate.disk_folder import opened
from eventstore.simulate.vhd_file import TABLE_AT as VHD_TABLE_AT
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import METADATA_AT, TABLE_AT, create_vhdx
from eventstore.simulate.virtual_disk import NewVirtualDisk, reference
from tests.eventstore.evidence.made_disks import MIB, changed, made, sealed
from tests.eventstore.simulate.disk_stories import DISK_ID, stamp
from tests.real_evidence import needs_real_evidence, unpacked

SIZE_BYTES = 24 * MIB
SECTOR = 512
PARENT = r"C:\VMs\parent"
FORMATS = ("vhd", "vhdx")


def counted(place: Path) -> Allocated:
    with place.open("rb") as file:
        return read_allocated(file, place.stat().st_size, read_disk(place).facts)


def of_bytes(data: bytes) -> Allocated:
    file = io.BytesIO(data)
    return read_allocated(file, len(data), read_disk_from(file, len(data)).facts)


def make(place: Path, kind: DiskKind, block: int = 2 * MIB, parent: Path | None = None) -> Path:
    create = create_vhdx if place.suffix == ".vhdx" else create_vhd
    disk = NewVirtualDisk(kind, DISK_ID, stamp(0), SIZE_BYTES, block)
    link = reference(PARENT, r"C:\VMs\child", read_disk(parent).facts) if parent else None
    create(place, disk, link)
    return place


def write(place: Path, *runs: tuple[int, int]) -> None:
    with opened(place) as disk:
        for first, count in runs:
            disk.write(first * SECTOR, b"\xa5" * (count * SECTOR))


def held_bytes(place: Path) -> int:
    with opened(place) as disk:
        return sum(len(data) for _, data in disk.runs())


def grown_by(into: Path, child: Path) -> int:
    """Merge as our writer does, and give how much longer the file became."""
    before = into.stat().st_size
    with opened(child) as source:
        runs = list(source.runs())
    with opened(into) as target:
        for offset, data in runs:
            target.write(offset, data)
    return into.stat().st_size - before


SECTORS = SIZE_BYTES // SECTOR
writes = st.lists(
    st.tuples(st.integers(0, SECTORS - 1), st.integers(1, 5000)).map(
        lambda run: (run[0], min(run[1], SECTORS - run[0]))
    ),
    max_size=5,
)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", ["dynamic", "differencing"])
@settings(max_examples=12, deadline=None)
@given(ours=writes, theirs=writes)
def test_a_merge_lengthens_its_target_by_what_was_counted(
    form: str,
    kind: DiskKind,
    ours: list[tuple[int, int]],
    theirs: list[tuple[int, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp(form)
    base = make(folder / f"base.{form}", "dynamic")
    into = base if kind == "dynamic" else make(folder / f"into.{form}", kind, parent=base)
    child = make(folder / f"child.{form}", "differencing", parent=into)
    write(into, *theirs)
    write(child, *ours)
    before, taken = counted(into), counted(child)

    assert taken.content_bytes == held_bytes(child)
    assert taken.is_exact
    expected = before.growth_bytes(taken)
    assert grown_by(into, child) == expected

    after = counted(into)
    told = before.after(taken)
    assert (after.room, after.mapped) == (told.room, told.mapped)
    if kind == "differencing":
        assert after.content == told.content
        assert after.content_bytes <= told.content_bytes
        assert not told.is_exact or after.content_bytes == told.content_bytes


@given(st.integers(1, 70), st.lists(st.tuples(st.integers(0, 75), st.integers(0, 40)), max_size=5))
def test_marks_are_those_that_were_set(count: int, spans: list[tuple[int, int]]) -> None:
    marks, expected = Marks(count), 0
    for first, length in spans:
        marks.add(first, first + length)
        expected |= sum(1 << each for each in range(first, min(first + length, count)))

    assert marks.bits() == expected


@pytest.mark.parametrize("form", FORMATS)
def test_a_fixed_parent_never_grows(form: str, tmp_path: Path) -> None:
    base = make(tmp_path / f"base.{form}", "fixed")
    child = make(tmp_path / f"child.{form}", "differencing", parent=base)
    write(child, (0, SECTORS))

    assert counted(base).growth_bytes(counted(child)) == 0
    assert counted(child).content_bytes == SIZE_BYTES


def test_one_sector_of_a_child_takes_a_whole_block_of_a_parent_with_larger_blocks(
    tmp_path: Path,
) -> None:
    base = make(tmp_path / "base.vhdx", "dynamic", 8 * MIB)
    child = make(tmp_path / "child.vhdx", "differencing", parent=base)
    write(child, (0, 1), (8 * MIB // SECTOR - 1, 1), (9 * MIB // SECTOR, 1))

    assert counted(child).content_bytes == 3 * SECTOR
    assert counted(base).growth_bytes(counted(child)) == 16 * MIB
    assert grown_by(base, child) == 16 * MIB


def test_a_block_that_is_there_and_holds_no_sector_adds_nothing(tmp_path: Path) -> None:
    base = make(tmp_path / "base.vhd", "dynamic")
    child = make(tmp_path / "child.vhd", "differencing", parent=base)
    data = child.read_bytes()
    body, footer = bytearray(data[:-SECTOR]), data[-SECTOR:]
    entry = VHD_TABLE_AT + 4 * 3
    body[entry : entry + 4] = (len(body) // SECTOR).to_bytes(4)
    child.write_bytes(bytes(body) + bytes(SECTOR + 2 * MIB) + footer)

    assert counted(child).room.bit_count() == 4
    assert counted(child).content_bytes == 0
    assert counted(base).growth_bytes(counted(child)) == 0


def table(data: bytearray, **entries: tuple[int, int]) -> bytes:
    """Write entries `_index=(state, MiB)` into the block table of a VHDX."""
    for index, (state, at) in entries.items():
        entry = (at << OFFSET_SHIFT | state).to_bytes(8, "little")
        start = TABLE_AT + 8 * int(index[1:])
        data[start : start + 8] = entry
        data.extend(bytes(max(0, (at + 2) * MIB - len(data))))
    return bytes(data)


def test_a_vhdx_with_sectors_of_4096_bytes_has_an_eighth_of_the_bits(tmp_path: Path) -> None:
    base = make(tmp_path / "base.vhdx", "dynamic")
    data = bytearray(make(tmp_path / "child.vhdx", "differencing", parent=base).read_bytes())
    item = data.index(LOGICAL_SECTOR_ITEM, METADATA_AT)
    at = METADATA_AT + int.from_bytes(data[item + 16 : item + 20], "little")
    data[at : at + 4] = (4096).to_bytes(4, "little")
    ratio = (1 << 23) * 4096 // (2 * MIB)
    data.extend(bytes(max(0, TABLE_AT + MIB - len(data))))
    made_by_hand = bytearray(
        table(
            data,
            _0=(PAYLOAD_FULL, 8),
            _2=(PAYLOAD_PARTIAL, 10),
            _3=(2, 0),
            **{f"_{ratio}": (BITMAP_PRESENT, 14)},
        )
    )
    made_by_hand[14 * MIB + 2 * 64] = 0b0000_0011  # block 2 has 64 bytes of bits, two are set
    made_by_hand[14 * MIB + 2 * 64 + 63] = 0b1000_0000

    told = of_bytes(bytes(made_by_hand))

    assert told.content_bytes == 2 * MIB + 3 * 4096
    assert told.content == 0b11_00_11
    assert told.room == 0b11_00_11
    assert told.mapped


def test_a_partly_present_block_without_a_bitmap_is_damage() -> None:
    data = bytearray(made("vhdx"))
    ratio = (1 << 23) * SECTOR // (2 * MIB)

    with pytest.raises(DamagedDisk, match="no sector bitmap"):
        of_bytes(table(data, **{f"_{ratio}": (0, 0)}))


@pytest.mark.parametrize("form", FORMATS)
def test_sectors_beyond_the_end_of_the_disk_do_not_count(form: str, tmp_path: Path) -> None:
    """The last block may be longer than the disk: three of its bits count, the rest do not."""
    size = 2 * MIB + 3 * SECTOR
    place = make(
        tmp_path / f"a.{form}", "differencing", parent=make(tmp_path / f"p.{form}", "dynamic")
    )
    write(place, (4096, 2), (4102, 1))
    facts = replace(read_disk(place).facts, virtual_size_bytes=size)
    if form == "vhdx":
        data = bytearray(place.read_bytes())
        item = data.index(VIRTUAL_SIZE_ITEM, METADATA_AT)
        at = METADATA_AT + int.from_bytes(data[item + 16 : item + 20], "little")
        data[at : at + 8] = size.to_bytes(8, "little")
        place.write_bytes(data)

    with place.open("rb") as file:
        told = read_allocated(file, place.stat().st_size, facts)

    assert told.content_bytes == 2 * SECTOR


@pytest.mark.parametrize("form", FORMATS)
def test_too_many_bitmaps_make_whole_blocks_count(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocated_blocks, f"{form.upper()}_BITMAPS_MAX", 0)
    base = make(tmp_path / f"base.{form}", "dynamic")
    child = make(tmp_path / f"child.{form}", "differencing", parent=base)
    write(child, (5, 1), (5000, 1))

    told = counted(child)

    assert not told.is_exact
    assert told.content_bytes == 4 * MIB
    assert told.growth_bytes(told) == 0


def test_a_disk_that_claims_more_than_can_be_counted_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocated_blocks, "UNITS_MAX", 24)
    with pytest.raises(DamagedDisk, match="at most 24 are counted"):
        counted(make(tmp_path / "base.vhd", "dynamic"))


@pytest.mark.skipif(not shutil.which("qemu-io"), reason="qemu-utils is not installed")
@pytest.mark.parametrize(("form", "block"), [("vpc", 2 * MIB), ("vhdx", 8 * MIB)])
def test_qemu_finds_data_in_the_blocks_that_were_counted(
    form: str, block: int, tmp_path: Path
) -> None:
    place = tmp_path / f"disk.{form}"
    _run("qemu-img", "create", "-q", "-f", form, str(place), "64M")
    empty = place.stat().st_size
    for at, length in ((0, "4k"), (9 << 20, "64k"), (33 << 20, "9M")):
        _run("qemu-io", "-f", form, "-c", f"write -q -P 0xa5 {at} {length}", str(place))
    told = counted(place)

    units = told.block_size_bytes // told.unit_bytes
    blocks = {bit // units for bit in range(told.room.bit_length()) if told.room >> bit & 1}
    assert told.block_size_bytes == block
    assert blocks == {at // block for at in (0, 9 * MIB, *range(33 * MIB, 42 * MIB, MIB))}
    assert told.growth_bytes(told) == 0
    if form == "vpc":
        shown = json.loads(_run("qemu-img", "map", "-f", form, "--output=json", str(place)))
        data = {part["start"] // block for part in shown if part["data"]}
        assert data <= blocks
    else:
        assert place.stat().st_size - empty == len(blocks) * block


def _run(*words: str) -> str:
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


@needs_real_evidence
def test_real_files_are_as_long_as_their_blocks_and_headers(tmp_path: Path) -> None:
    counted_files = 0
    for place in sorted(unpacked(tmp_path).rglob("*.*vhd*")):
        facts = read_disk(place).facts
        if facts.kind == "fixed" or facts.failed_checks or facts.has_log_to_replay:
            continue
        told = counted(place)
        blocks = told.room.bit_count() * told.unit_bytes // told.block_size_bytes
        headers = place.stat().st_size - blocks * told.block_cost_bytes
        bitmaps = told.mapped.bit_count() * told.bitmap_cost_bytes
        assert 0 <= headers - bitmaps < 6 * MIB, place.name
        assert told.content_bytes <= facts.virtual_size_bytes
        counted_files += 1
    assert counted_files > 8


# --- recorded files, opened again -----------------------------------------------------------------


def recorded(place: Path) -> DiskSeen:
    with place.open("rb") as file:
        found = examine(file, str(place), PARENT)
    assert found
    return found.event()


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_that_is_as_it_was_recorded_is_counted(form: str, tmp_path: Path) -> None:
    place = make(tmp_path / f"a.{form}", "dynamic")
    write(place, (0, 1))

    assert read_recorded(place, recorded(place)) == counted(place)


def test_a_file_that_changed_since_is_not_counted(tmp_path: Path) -> None:
    place = make(tmp_path / "a.vhd", "dynamic")
    seen = recorded(place)
    write(place, (0, 1))
    with pytest.raises(DiskChanged, match=r"had \d+ bytes when recorded and has \d+"):
        read_recorded(place, seen)

    seen = recorded(place)
    write(place, (1, 1))
    with pytest.raises(DiskChanged, match="was written at"):
        read_recorded(place, seen)


def test_another_disk_of_the_same_size_and_time_is_not_counted(tmp_path: Path) -> None:
    place = make(tmp_path / "a.vhd", "dynamic")
    seen = recorded(place)
    with pytest.raises(DiskChanged, match="its headers"):
        read_recorded(place, replace(seen, header_sha256="0"))


def test_a_file_in_use_is_not_counted(tmp_path: Path) -> None:
    place = tmp_path / "a.vhdx"
    place.write_bytes(with_log(made("vhdx")))
    with pytest.raises(DamagedDisk, match="in use"):
        read_recorded(place, recorded(place))


def with_log(data: bytes) -> bytes:
    """Give a VHDX whose headers name a log, as they do while somebody has it open."""
    for header in (64 << 10, 128 << 10):
        data = changed(data, header + 48, b"\x01" * 16)
    return sealed("vhdx", data)


def test_what_is_no_file_or_not_there_is_said(tmp_path: Path) -> None:
    place = make(tmp_path / "a.vhd", "dynamic")
    seen = recorded(place)
    with pytest.raises(NotADisk, match="not a regular file"):
        read_recorded(tmp_path, seen)
    with pytest.raises(FileNotFoundError):
        read_recorded(tmp_path / "gone.vhd", seen)


def test_a_file_with_a_failed_check_is_not_counted(tmp_path: Path) -> None:
    place = make(tmp_path / "a.vhd", "dynamic")
    data = bytearray(place.read_bytes())
    data[600] ^= 1
    place.write_bytes(data)
    with pytest.raises(DamagedDisk, match="dynamic header"):
        read_recorded(place, recorded(place))
