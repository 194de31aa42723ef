"""Disk files made, written and read back block by block."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.evidence.disk import read_disk
from eventstore.simulate.disk_folder import opened
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhd_geometry import geometry
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import (
    BLOCK_SIZE_BYTES,
    NewVirtualDisk,
    ParentReference,
    pieces,
    reference,
)
from tests.eventstore.simulate.disk_stories import SIZE_BYTES, new_disk, stamp

Create = Callable[[Path, NewVirtualDisk, ParentReference | None], None]
both = pytest.mark.parametrize("create", [create_vhd, create_vhdx])
PARENT = r"C:\VMs\web01"


def child_of(base: Path, create: Create) -> Path:
    """Make a child beside `base` and give its place."""
    place = base.with_name("child")
    link = reference(PARENT, r"C:\VMs\child", read_disk(base).facts)
    create(place, new_disk("differencing"), link)
    return place


@both
@pytest.mark.parametrize("kind", ["fixed", "dynamic"])
def test_a_new_disk_reads_back_as_what_it_was_made(
    tmp_path: Path, create: Create, kind: str
) -> None:
    create(tmp_path / "disk", new_disk(kind), None)
    facts = read_disk(tmp_path / "disk").facts

    assert (facts.kind, facts.virtual_size_bytes) == (kind, SIZE_BYTES)
    assert facts.failed_checks == ()


@both
def test_an_existing_file_is_never_made_anew(tmp_path: Path, create: Create) -> None:
    (tmp_path / "disk").write_bytes(b"precious")

    with pytest.raises(FileExistsError):
        create(tmp_path / "disk", new_disk(), None)
    assert (tmp_path / "disk").read_bytes() == b"precious"


@both
@pytest.mark.parametrize("kind", ["fixed", "dynamic", "differencing"])
def test_written_sectors_come_back_and_nothing_else_is_held(
    tmp_path: Path, create: Create, kind: str
) -> None:
    base = tmp_path / "base"
    create(base, new_disk("fixed" if kind == "fixed" else "dynamic"), None)
    place = child_of(base, create) if kind == "differencing" else base
    across = BLOCK_SIZE_BYTES - 512
    with opened(place) as disk:
        disk.write(across, b"a" * 1024)
        disk.write(SIZE_BYTES - 512, b"z" * 512)
    content = bytearray(SIZE_BYTES)
    with opened(place) as disk:
        for offset, data in disk.runs():
            content[offset : offset + len(data)] = data

    expected = bytearray(SIZE_BYTES)
    expected[across : across + 1024] = b"a" * 1024
    expected[-512:] = b"z" * 512
    assert content == expected
    assert read_disk(place).facts.failed_checks == ()


@both
def test_a_child_holds_only_the_sectors_written_to_it(tmp_path: Path, create: Create) -> None:
    create(tmp_path / "base", new_disk(), None)
    child = child_of(tmp_path / "base", create)
    with opened(child) as disk:
        disk.write(512, b"b" * 512)
        disk.write(2048, b"c" * 1024)

    with opened(child) as disk:
        assert list(disk.runs()) == [(512, b"b" * 512), (2048, b"c" * 1024)]


@both
def test_a_stamp_is_what_the_reader_finds(tmp_path: Path, create: Create) -> None:
    create(tmp_path / "disk", new_disk(), None)
    with opened(tmp_path / "disk") as disk:
        disk.stamp(stamp(7))
    facts = read_disk(tmp_path / "disk").facts

    found = facts.written_at if facts.format == "vhd" else facts.data_write_id
    assert found == (stamp(7).written_at if facts.format == "vhd" else stamp(7).write_id)
    assert facts.failed_checks == ()


@both
@pytest.mark.parametrize("parent", ["C:\\" + "長" * 250 + "\\" + "名" * 250, r"\\nas\vms\a.vhd"])
def test_a_child_can_be_given_any_other_parent(tmp_path: Path, create: Create, parent: str) -> None:
    create(tmp_path / "base", new_disk(), None)
    child = child_of(tmp_path / "base", create)
    other = reference(parent, r"C:\VMs\child", read_disk(tmp_path / "base").facts)
    with opened(child) as disk:
        disk.write(0, b"k" * 512)
        disk.relink(other, stamp(1))
    facts = read_disk(child).facts

    assert facts.failed_checks == ()
    assert facts.parent is not None
    assert facts.parent.absolute_path == parent
    assert facts.parent.relative_path == other.relative_path
    with opened(child) as disk:
        assert list(disk.runs()) == [(0, b"k" * 512)]


@pytest.mark.parametrize(
    ("sectors", "field"),
    [
        (8192, 7865361),
        (20480, 19727377),
        (8228, 7930897),
        (204, 197649),
        (131104, 0x03C40811),
        (614880, 0x0262103F),
        (2097648, 0x0821103F),
        (83888880, 0x505110FF),
        (4194304000, 0xFFFF10FF),
    ],
)
def test_the_geometry_is_that_of_other_makers_disks_of_the_size(sectors: int, field: int) -> None:
    assert f"{geometry(sectors):08X}" == f"{field:08X}"


@given(st.integers(0, 64).map(lambda n: n * 512), st.integers(1, 64).map(lambda n: n * 512))
def test_pieces_are_the_write_cut_at_block_borders(offset: int, length: int) -> None:
    data = bytes(range(256)) * (length // 256)
    cut = list(pieces(offset, data, 4096))

    assert b"".join(piece for _, _, piece in cut) == data
    assert cut[0][0] * 4096 + cut[0][1] == offset
    assert all(within + len(piece) <= 4096 for _, within, piece in cut)
