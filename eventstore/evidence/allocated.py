"""Which parts of a virtual disk a file holds itself, as sets of bits, and what a merge adds."""

from msgspec import Struct
from msgspec.structs import replace

from eventstore.evidence.observations import DiskFormat, DiskKind

VHD_UNIT_BYTES_MAX = 512 << 10
VHDX_UNIT_BYTES = 1 << 20
"""2.6.2.1: no block of a VHDX is smaller, and its size is a multiple of this."""


class Allocated(Struct, frozen=True):
    """What a file holds of its virtual disk, in units of `unit_bytes`: one bit a unit.

    `content` are the units with data of its own, `room` those that lie in its blocks.
    `content_bytes` counts sectors; at most, where it is not `is_exact`. A new block makes the file
    `block_cost_bytes` longer. Sector bitmaps of a differencing VHDX serve `bitmap_span_bytes` of
    the disk each and cost `bitmap_cost_bytes`; of the spans that have one `mapped` holds the first
    bit.
    """

    format: DiskFormat
    kind: DiskKind
    unit_bytes: int
    block_size_bytes: int
    block_cost_bytes: int
    content: int
    room: int
    content_bytes: int
    is_exact: bool = True
    mapped: int = 0
    bitmap_span_bytes: int = 0
    bitmap_cost_bytes: int = 0

    def can_take(self, child: "Allocated") -> bool:
        """Tell whether both are counted in the same units."""
        return (self.format, self.unit_bytes) == (child.format, child.unit_bytes)

    def growth_bytes(self, child: "Allocated") -> int:
        """Give how much longer the file becomes when the content of `child` goes into it.

        A bitmap is counted for each span that gets a block; it is not needed for full blocks.
        """
        if self.format == "vhd" and self.kind == "fixed":
            return 0
        block = self._block_units
        new = _groups(child.content, block) & ~_groups(self.room, block)
        bitmaps = 0
        if self.bitmap_span_bytes:
            span = self.bitmap_span_bytes // self.unit_bytes
            bitmaps = (_groups(new, span) & ~self.mapped).bit_count()
        return new.bit_count() * self.block_cost_bytes + bitmaps * self.bitmap_cost_bytes

    def after(self, child: "Allocated") -> "Allocated":
        """Give the file after it took in `child`; sectors that both have are counted twice."""
        touched = _filled(_groups(child.content, self._block_units), self._block_units)
        mapped = self.mapped
        if self.bitmap_span_bytes:
            span = self.bitmap_span_bytes // self.unit_bytes
            mapped |= _groups(touched & ~self.room, span)
        content = self.content | child.content
        most = content.bit_count() * self.unit_bytes
        return replace(
            self,
            content=content,
            room=self.room | touched,
            content_bytes=min(self.content_bytes + child.content_bytes, most),
            is_exact=self.is_exact and child.is_exact and not self.content & child.content,
            mapped=mapped,
        )

    @property
    def _block_units(self) -> int:
        return self.block_size_bytes // self.unit_bytes


class Marks:
    """A set of bits in the making; `count` is how many there can be."""

    def __init__(self, count: int) -> None:
        self._bytes = bytearray(-(-count // 8))
        self._count = count

    def add(self, first: int, past: int) -> None:
        """Set the bits from `first` to before `past`; those beyond the last are left out."""
        past = min(past, self._count)
        at = first >> 3
        if first < past <= (at + 1) << 3:  # most spans are short, and lie in one byte
            self._bytes[at] |= ((1 << past - first) - 1) << (first & 7)
            return
        while first < past and first & 7:
            self._bytes[first >> 3] |= 1 << (first & 7)
            first += 1
        whole = max(past - first, 0) >> 3
        self._bytes[first >> 3 : (first >> 3) + whole] = b"\xff" * whole
        for each in range(first + 8 * whole, past):
            self._bytes[each >> 3] |= 1 << (each & 7)

    def bits(self) -> int:
        return int.from_bytes(self._bytes, "little")


def unit_bytes_of(disk_format: DiskFormat, block_size_bytes: int) -> int:
    """Give the unit in which a disk of such blocks is counted; it divides the block."""
    if disk_format == "vhdx":
        return VHDX_UNIT_BYTES
    return min(block_size_bytes & -block_size_bytes, VHD_UNIT_BYTES_MAX)


def _groups(bits: int, size: int) -> int:
    """Give one bit, the first, for each group of `size` bits that has any."""
    width = 1
    while width < size:
        step = min(width, size - width)
        bits |= bits >> step
        width += step
    return bits & _every(size, bits.bit_length())


def _filled(firsts: int, size: int) -> int:
    """Give all bits of each group of `size` of which the first bit is set."""
    width = 1
    while width < size:
        step = min(width, size - width)
        firsts |= firsts << step
        width += step
    return firsts


def _every(size: int, length: int) -> int:
    """Give the first bit of every group of `size`, up to `length` bits and beyond."""
    mask, reach = 1, size
    while reach < length:
        mask |= mask << reach
        reach *= 2
    return mask
