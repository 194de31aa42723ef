"""Tables of the index: which entry stands under a key, found by reading one block of 4,096 bytes.

A key is half of a SHA-256, so keys spread evenly: its first bits are the number of its block. A
block is a check of 16 bytes and records of 24, a key and a position, in the order of the keys.
The check covers the digest of the line that the table ends with: a block of another log, or of
another time of this one, is none. Large tables carry a filter (Bloom, 1970) behind their blocks,
which says of most keys that they are not there without a look at the disk.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from struct import Struct as Layout

from msgspec import Struct

from eventstore.log.files import Files, OpenFile, write_all

BLOCK_BYTES = 4096
KEY_BYTES = 16
_RECORD = Layout(">16sQ")
_CHECK_BYTES = 16
_RECORDS_MAX = (BLOCK_BYTES - _CHECK_BYTES) // _RECORD.size
_RECORDS_AIMED = 110
"""So full on average that one block in 10^8 overflows; then the table has twice as many."""

_FILTER_MIN_BITS = 9
"""Smaller tables are read into memory soon enough."""

_FILTER_PROBES = Layout(">4I")
_LOOKS_WITHOUT_FILTER = 8
"""Who asks a few times only need not read a whole filter."""

_BLOCKS_KEPT_MAX = 512
_AS_GIVEN = "utf-8", "surrogatepass"

Records = list[bytes]
"""Records of one table in the order of their keys, each key once."""


class IndexDoubtful(Exception):
    """The index does not agree with itself or with the log, which alone is believed."""


@contextmanager
def doubting() -> Iterator[None]:
    """Take a file that cannot be read for a reason to doubt the index."""
    try:
        yield
    except OSError as error:
        raise IndexDoubtful(str(error)) from error


class TableRow(Struct, frozen=True, array_like=True):
    """A table as the manifest lists it.

    It covers the positions `first`..`last` in `pages` pages and has at most `count` records in
    2^`bits` blocks. `digest` is that of the line at `last`.
    """

    first: int
    last: int
    pages: int
    count: int
    bits: int
    digest: str

    @property
    def name(self) -> str:
        return f"{self.first:020d}-{self.last:020d}.table"


def stream_key(origin: str, stream: str) -> bytes:
    """Give the key under which a table has the newest entry of a stream."""
    return _key(f"{len(origin)} {len(stream)} {origin}{stream}")


def id_key(origin: str, stream: str, event_id: str) -> bytes:
    """Give the key under which a table has the entry of this id."""
    return id_keys(origin, stream, (event_id,))[0]


def id_keys(origin: str, stream: str, event_ids: Iterable[str]) -> list[bytes]:
    """Give the keys under which a table has the entries of these ids."""
    before = f"{len(origin)} {len(stream)} {origin}{stream} ".encode(*_AS_GIVEN)
    texts = (before + event_id.encode(*_AS_GIVEN) for event_id in event_ids)
    return [sha256(text).digest()[:KEY_BYTES] for text in texts]


def record_of(key: bytes, position: int) -> bytes:
    return _RECORD.pack(key, position)


def in_order(records: Iterable[bytes]) -> Records:
    """Sort records; of those with the same key the one with the greatest position stays."""
    return list({record[:KEY_BYTES]: record for record in sorted(records)}.values())


def write_table(
    files: Files,
    path: Path,
    parts: Callable[[], Iterator[Records]],
    *,
    count: int,
    part_bits: int,
    digest: str,
) -> int:
    """Write a table of about `count` records at once; gives the bits of its number of blocks.

    `parts` gives 2^`part_bits` parts of the keys, in order. Nothing is synced.
    """
    bits = max((max(count - 1, 0) // _RECORDS_AIMED).bit_length(), part_bits)
    fresh = path.with_name(path.name + ".new")
    while not _written(files, fresh, parts(), bits=bits, part_bits=part_bits, digest=digest):
        bits += 1
    files.rename(fresh, path)
    return bits


class Table:
    """One table on the disk."""

    def __init__(self, files: Files, folder: Path, row: TableRow) -> None:
        self.row = row
        self._files = files
        self._path = folder / row.name
        self._blocks: dict[int, dict[bytes, int]] = {}
        self._filter = b""
        self._looks = 0

    def is_there(self) -> bool:
        return self._files.size(self._path) is not None

    def find(self, key: bytes) -> int | None:
        """Give the position under `key`, None when this table has none."""
        if self.row.bits >= _FILTER_MIN_BITS and not self._may_hold(key):
            return None
        number = _number(key, self.row.bits)
        return (self._blocks.get(number) or self._block(number)).get(key)

    def some_of(self, keys: Iterable[bytes]) -> list[bytes]:
        """Give those of the keys that this table has."""
        if self.row.bits >= _FILTER_MIN_BITS:
            keys = [key for key in keys if self._may_hold(key)]
        blocks, shift = self._blocks, 32 - self.row.bits
        found = []
        for key in keys:
            number = int.from_bytes(key[:4]) >> shift
            if key in (blocks.get(number) or self._block(number)):
                found.append(key)
        return found

    def read_whole(self) -> None:
        """Read all of the table; IndexDoubtful when a part of it is not as it was written."""
        for number in range(1 << self.row.bits):
            self._must_be_whole(number, self._read(number * BLOCK_BYTES, BLOCK_BYTES))
        if self.row.bits >= _FILTER_MIN_BITS:
            self._read_filter()

    def part(self, number: int, part_bits: int) -> Iterator[bytes]:
        """Give the records of one of 2^`part_bits` parts of all keys."""
        blocks = 1 << (self.row.bits - part_bits)
        size = blocks * BLOCK_BYTES
        data = self._read(number * size, size)
        for at in range(blocks):
            block = data[at * BLOCK_BYTES : (at + 1) * BLOCK_BYTES]
            self._must_be_whole(number * blocks + at, block)
            for begin in range(_CHECK_BYTES, len(block) - _RECORD.size + 1, _RECORD.size):
                record = block[begin : begin + _RECORD.size]
                if record == bytes(_RECORD.size):
                    break
                yield record

    def _block(self, number: int) -> dict[bytes, int]:
        data = self._read(number * BLOCK_BYTES, BLOCK_BYTES)
        self._must_be_whole(number, data)
        if len(self._blocks) >= _BLOCKS_KEPT_MAX:
            self._blocks.clear()
        found = self._blocks[number] = dict(_RECORD.iter_unpack(data[_CHECK_BYTES:]))
        return found

    def _may_hold(self, key: bytes) -> bool:
        self._looks += 1
        if not self._filter:
            if self._looks <= _LOOKS_WITHOUT_FILTER:
                return True
            self._read_filter()
        return all(self._filter[at >> 3] >> (at & 7) & 1 for at in _probes(key, self.row.bits))

    def _read_filter(self) -> None:
        begin, size = BLOCK_BYTES << self.row.bits, _CHECK_BYTES + _filter_bytes(self.row.bits)
        found = self._read(begin, size)
        self._must_be_whole(1 << self.row.bits, found)
        self._filter = found[_CHECK_BYTES:]

    def _read(self, offset: int, size: int) -> bytes:
        with doubting():
            return self._files.read(self._path, offset, size)

    def _must_be_whole(self, number: int, data: bytes) -> None:
        if data[:_CHECK_BYTES] != _check(self.row.digest, number, data[_CHECK_BYTES:]):
            raise IndexDoubtful(f"{self._path.name}, block {number}")


def _key(text: str) -> bytes:
    return sha256(text.encode(*_AS_GIVEN)).digest()[:KEY_BYTES]


def _number(key: bytes, bits: int) -> int:
    return int.from_bytes(key[:4]) >> (32 - bits)


def _check(digest: str, number: int, content: bytes) -> bytes:
    return sha256(b"%s %d " % (digest.encode(), number) + content).digest()[:_CHECK_BYTES]


def _filter_bytes(bits: int) -> int:
    """Give a size with nine bits or more for each key: one look in a hundred is in vain."""
    return 128 << bits


def _probes(key: bytes, bits: int) -> Iterator[int]:
    mask = 8 * _filter_bytes(bits) - 1
    return (at & mask for at in _FILTER_PROBES.unpack_from(key))


def _written(
    files: Files, path: Path, parts: Iterator[Records], *, bits: int, part_bits: int, digest: str
) -> bool:
    """Write the table block by block; False when a block overflows."""
    filter_ = bytearray(_filter_bytes(bits) if bits >= _FILTER_MIN_BITS else 0)
    if files.size(path) is not None:
        files.remove(path)
    file = files.open(path)
    try:
        number = 0
        for records in parts:
            blocks = _spread(records, first=number, bits=bits, part_bits=part_bits)
            if max(map(len, blocks)) > _RECORDS_MAX:
                return False
            _write_blocks(file, blocks, number, digest)
            number += len(blocks)
            if filter_:
                _add_to_filter(filter_, records, bits)
        if filter_:
            whole = _check(digest, number, bytes(filter_)) + filter_
            write_all(file, whole, number * BLOCK_BYTES)
    finally:
        file.close()
    return True


def _spread(records: Records, *, first: int, bits: int, part_bits: int) -> list[Records]:
    blocks: list[Records] = [[] for _ in range(1 << (bits - part_bits))]
    for record in records:
        blocks[_number(record, bits) - first].append(record)
    return blocks


def _write_blocks(file: OpenFile, blocks: Sequence[Records], first: int, digest: str) -> None:
    contents = (b"".join(each).ljust(BLOCK_BYTES - _CHECK_BYTES, b"\0") for each in blocks)
    data = [_check(digest, number, each) + each for number, each in enumerate(contents, first)]
    write_all(file, b"".join(data), first * BLOCK_BYTES)


def _add_to_filter(filter_: bytearray, records: Records, bits: int) -> None:
    for record in records:
        for at in _probes(record, bits):
            filter_[at >> 3] |= 1 << (at & 7)
