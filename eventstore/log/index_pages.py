"""Writing the index: another page after the ones that are there, and tables merged as they grow.

The manifest comes last and at once, so whatever stops a writer in between, the index is the one
before or the one after. Eight tables of the same size become one, so that a key is looked up in
few tables however long the log is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, takewhile
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from eventstore.log.files import Files, write_all
from eventstore.log.index import (
    FORMAT,
    INDEX,
    LINK,
    Index,
    Manifest,
    Page,
    Times,
    encode_manifest,
    load_index,
)
from eventstore.log.index_table import (
    Records,
    Table,
    TableRow,
    in_order,
    record_of,
    write_table,
)
from eventstore.log.segments import Place

_MERGED = 8
_PAGES_MAX = 8**3
"""A table of more pages is left alone: merging stops a writer for half a second as it is."""


class NewPage(Struct, frozen=True):
    """What the index is to learn: the lines from `first` to `end`, the last `line_bytes` long.

    `links` are packed. `keys` are those of streams and ids in these lines, each with its newest
    position.
    """

    first: int
    end: Place
    links: Sequence[bytes]
    keys: Mapping[bytes, int]
    times: Times
    line_bytes: int
    digest: str
    origins: frozenset[str]
    tails_set_aside: frozenset[str]


def add_page(files: Files, folder: Path, before: Index | None, page: NewPage) -> Index:
    """Write the page and a manifest with it; OSError when that fails, which harms nothing.

    The caller holds the writer's lock.
    """
    files.make_folder(folder / INDEX)
    _write_links(files, folder, page)
    tables = (*(before.manifest.tables if before else ()), _write_keys(files, folder, page))
    end = page.end
    manifest = Manifest(
        format=FORMAT,
        pages=(
            *(before.manifest.pages if before else ()),
            Page(end.position, end.segment, end.offset, page.times),
        ),
        tables=_merged(files, folder, tables),
        line_bytes=page.line_bytes,
        digest=page.digest,
        origins=tuple(sorted(page.origins)),
        tails_set_aside=tuple(sorted(page.tails_set_aside)),
    )
    _write_manifest(files, folder, manifest)
    _clean(files, folder, manifest)
    index = load_index(files, folder, before.tables() if before else {})
    if index is None:
        raise OSError("the index cannot be read back")
    return index


def _write_links(files: Files, folder: Path, page: NewPage) -> None:
    file = files.open(folder / INDEX / "links")
    try:
        write_all(file, b"".join(page.links), (page.first - 1) * LINK.size)
    finally:
        file.close()


def _write_keys(files: Files, folder: Path, page: NewPage) -> TableRow:
    records = in_order(record_of(key, position) for key, position in page.keys.items())
    row = TableRow(page.first, page.end.position, 1, count=len(records), bits=0, digest=page.digest)
    return _write_table(files, folder, row, lambda: iter([records]), part_bits=0)


def _merged(files: Files, folder: Path, tables: tuple[TableRow, ...]) -> tuple[TableRow, ...]:
    """Make one table of the last ones as long as enough of them are of the same size."""
    size = tables[-1].pages
    alike = list(takewhile(lambda row: row.pages == size, reversed(tables)))[:_MERGED]
    if len(alike) < _MERGED or size >= _PAGES_MAX:
        return tables
    rows = alike[::-1]
    opened = [Table(files, folder / INDEX, row) for row in rows]
    part_bits = min(row.bits for row in rows)

    def parts() -> Iterator[Records]:
        for number in range(1 << part_bits):
            yield in_order(chain(*(table.part(number, part_bits) for table in opened)))

    row = TableRow(
        rows[0].first,
        rows[-1].last,
        size * _MERGED,
        count=sum(row.count for row in rows),
        bits=0,
        digest=rows[-1].digest,
    )
    whole = _write_table(files, folder, row, parts, part_bits=part_bits)
    return _merged(files, folder, (*tables[:-_MERGED], whole))


def _write_table(
    files: Files,
    folder: Path,
    row: TableRow,
    parts: Callable[[], Iterator[Records]],
    *,
    part_bits: int,
) -> TableRow:
    """Write the table that `row` tells of; gives the row with the table's bits."""
    bits = write_table(
        files,
        folder / INDEX / row.name,
        parts,
        count=row.count,
        part_bits=part_bits,
        digest=row.digest,
    )
    return replace(row, bits=bits)


def _write_manifest(files: Files, folder: Path, manifest: Manifest) -> None:
    path = folder / INDEX / "manifest"
    fresh = folder / INDEX / "manifest.new"
    if files.size(fresh) is not None:
        files.remove(fresh)
    file = files.open(fresh)
    try:
        write_all(file, encode_manifest(manifest), 0)
    finally:
        file.close()
    files.rename(fresh, path)


def _clean(files: Files, folder: Path, manifest: Manifest) -> None:
    """Remove what earlier manifests named; on Windows a reader may keep it until the next time."""
    used = {"manifest", "links", *(row.name for row in manifest.tables)}
    for name in files.names(folder / INDEX):
        if name not in used:
            with suppress(OSError):
                files.remove(folder / INDEX / name)
