"""What libvhdi, which knows nothing of us, reads from the disks that we write.

libvhdi takes the bytes at the start of a differencing VHDX for a sector bitmap as long as none is
allocated, so the tests write to the head before they let it read.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Protocol
from uuid import UUID

import pytest

from eventstore.events import DiskWritten, MergeCompleted
from eventstore.simulate.disk_folder import opened
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.vhdx_file import create_vhdx
from eventstore.simulate.virtual_disk import NewVirtualDisk
from tests.eventstore.simulate.disk_stories import DISK_ID, SIZE_BYTES, Story, minute, new_disk

pyvhdi = pytest.importorskip("pyvhdi", reason="libvhdi-python is not installed")


class ForeignDisk(Protocol):
    """The part of `pyvhdi.file` that is used here."""

    def open(self, filename: str) -> None: ...
    def close(self) -> None: ...
    def set_parent(self, parent: "ForeignDisk") -> None: ...
    def get_media_size(self) -> int: ...
    def get_disk_type(self) -> int: ...
    def get_identifier(self) -> str: ...
    def get_parent_identifier(self) -> str: ...
    def get_parent_filename(self) -> str: ...
    def read_buffer_at_offset(self, size: int, offset: int) -> bytes: ...


OpenChain = Callable[..., ForeignDisk]


@pytest.fixture(params=["vhd", "vhdx"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    return Story(tmp_path, request.param)


@pytest.fixture
def open_chain() -> Iterator[OpenChain]:
    """Open a chain of files, child first, and give the child."""
    files: list[ForeignDisk] = []

    def open_files(*places: Path) -> ForeignDisk:
        chain: list[ForeignDisk] = [pyvhdi.file() for _ in places]
        for file, place in zip(chain, places, strict=True):
            file.open(str(place))
        for child, parent in pairwise(chain):
            child.set_parent(parent)
        files.extend(chain)
        return chain[0]

    yield open_files
    for file in files:
        file.close()


def as_big_endian(guid: str) -> str:
    """Give a GUID's bytes as libvhdi prints them: it takes every VHD's for big-endian."""
    return str(UUID(bytes=UUID(guid).bytes_le))


def test_libvhdi_reads_the_content_through_the_chain(story: Story, open_chain: OpenChain) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("スナ.avhd", a, at=2)
    story.files.apply(DiskWritten(b), minute(3))
    head = open_chain(story.place(b), story.place(a), story.place(story.base))

    assert head.get_media_size() == SIZE_BYTES
    assert head.read_buffer_at_offset(SIZE_BYTES, 0) == story.content(b, a, story.base)


def test_libvhdi_finds_single_sectors_where_we_marked_them(
    story: Story, open_chain: OpenChain
) -> None:
    a = story.take("a.avhd", story.base, at=1)
    with opened(story.place(a)) as disk:
        for sector in (3, 4, 9, 4095):
            disk.write(sector * 512, bytes([sector & 0xFF]) * 512)
    head = open_chain(story.place(a), story.place(story.base))

    assert head.read_buffer_at_offset(SIZE_BYTES, 0) == story.content(a, story.base)
    assert head.read_buffer_at_offset(512, 9 * 512) == b"\t" * 512


def test_libvhdi_reads_the_same_after_a_merge(story: Story, open_chain: OpenChain) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    c = story.take("c.avhd", b, at=3)
    story.files.apply(DiskWritten(c), minute(4))
    before = story.content(c, b, a, story.base)
    story.files.apply(MergeCompleted(b, a), minute(5))
    head = open_chain(story.place(c), story.place(a), story.place(story.base))

    assert head.read_buffer_at_offset(SIZE_BYTES, 0) == before
    assert head.get_parent_filename() == a


def test_libvhdi_finds_the_parent_that_a_child_names(story: Story, open_chain: OpenChain) -> None:
    a = story.take("a.avhd", story.base, at=1)
    child, parent = open_chain(story.place(a)), open_chain(story.place(story.base))

    assert child.get_parent_identifier() == parent.get_identifier()
    assert child.get_parent_filename() == story.base


def test_libvhdi_reads_the_identity_of_a_vhd(tmp_path: Path, open_chain: OpenChain) -> None:
    story = Story(tmp_path, "vhd")

    assert open_chain(story.place(story.base)).get_identifier() == as_big_endian(DISK_ID)


@pytest.mark.parametrize("create", [create_vhd, create_vhdx])
def test_libvhdi_opens_a_fixed_disk(
    tmp_path: Path, open_chain: OpenChain, create: Callable[[Path, NewVirtualDisk], None]
) -> None:
    create(tmp_path / "fixed", new_disk("fixed"))
    file = open_chain(tmp_path / "fixed")

    assert (file.get_disk_type(), file.get_media_size()) == (2, SIZE_BYTES)
