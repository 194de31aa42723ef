"""What is shown as a file: CSV, JSON lines, text; no foreign text is a formula in the CSV."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from eventstore.log.files import RealFiles, replace_whole
from eventstore.text import original
from projections.finding import Finding
from tui.browser.moment import Cursor
from tui.commands.log import stored_line
from tui.render.look import Look

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the begin of a formula (OWASP, "CSV Injection")."""
_MARK = b"\xef\xbb\xbf"
"""With it Excel reads the file as UTF-8."""


class Export(Struct, frozen=True):
    """A file that could be written: a word for it, the name offered, and what would be in it."""

    word: str
    name: str
    data: bytes


def events_of(cursor: Cursor, look: Look) -> Iterator[Export]:
    """Give the events that are listed, those of the filter alone where there is one."""
    rows, journey = cursor.rows, cursor.journey
    head = ("position", "occurred_at", "recorded_at", "type", "vm", "text", "late", "contradicts")
    table = (
        (
            str(row.position),
            row.occurred_at,
            row.recorded_at,
            journey.kind(row),
            row.vm.name if row.vm else "",
            row.text,
            "yes" if row.is_late else "",
            "yes" if row.contradicts else "",
        )
        for row in rows
    )
    count = f"{len(rows):,} events"
    yield Export(f"CSV, {count}", "events.csv", as_csv(head, table))
    lines = (stored_line(journey.entry(row.position)) for row in rows)
    yield Export(f"JSON lines, {count} as stored", "events.ndjson", b"".join(lines))
    told = (
        f"#{row.position} {look.moment(row.occurred_at)}  {look.text(row.text)}" for row in rows
    )
    yield Export(f"text, {count}", "events.txt", "".join(f"{line}\n" for line in told).encode())


def findings_of(findings: Sequence[Finding]) -> Iterator[Export]:
    """Give the findings that are listed."""
    head = ("verdict", "file", "vm", "size_bytes")
    table = (
        (
            each.verdict,
            each.path or "",
            each.vm.name if each.vm else "",
            "" if each.size_bytes is None else str(each.size_bytes),
        )
        for each in findings
    )
    count = f"{len(findings):,} findings"
    yield Export(f"CSV, {count}", "findings.csv", as_csv(head, table))
    lines = (msgspec.json.encode(each) + b"\n" for each in findings)
    yield Export(f"JSON lines, {count} with reasons", "findings.ndjson", b"".join(lines))


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give a table as Excel reads it: UTF-8 with its mark; what would be a formula gets a `'`."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(head)
    writer.writerows(map(_cell, row) for row in rows)
    return _MARK + told.getvalue().encode("utf-8", "backslashreplace")


def write(words: str, data: bytes, *, store: Path, may_replace: bool) -> str | None:
    """Write `data` into the file that `words` name; give what is wrong, None when it is written.

    What stands there stays unless `may_replace`; in the store itself nothing is ever written.
    """
    try:
        path = Path(words).expanduser().absolute()
        if not words:
            return "a name is needed"
        if path.resolve().is_relative_to(store.resolve()):
            return "that is in the store, and the store is never written to from here"
        if path.exists() and not may_replace:
            return EXISTS
        replace_whole(RealFiles(), path, data)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        return getattr(error, "strerror", None) or str(error)
    return None


EXISTS = "this file is there already: Enter once more replaces it"


def _cell(text: str) -> str:
    found = original(text)
    return f"'{found}" if found.startswith(_FORMULA) else found
