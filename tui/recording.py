"""Evidence into the log: what a walk adds to what is known, appended and nothing twice."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from eventstore.errors import LogError, WrongRevision
from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.path_map import path_map
from eventstore.known import known_from
from eventstore.log.chunks import chunks
from eventstore.log.protocol import EventLog
from eventstore.moments import now
from eventstore.observe import Observed, Observer, observe
from tui.output import Output

TRIES_MAX = 100
"""So often may other writers come first before a recording is given up."""


class Evidence(Struct, frozen=True):
    """What is to be read, and how its places are called: `maps` as typed, `host` its name."""

    root: Path
    maps: tuple[str, ...]
    host: str
    recorder: str
    confirm: bool = False


class Recording(Struct, frozen=True):
    """What one folder gave: the walk, and how many events were new."""

    reading: FolderReading
    events: int


def record(log: EventLog, evidence: Evidence, out: Output) -> Recording:
    """Read a folder and append what is new; `out` hears how far it has come."""
    mapping = path_map(evidence.root, evidence.maps)
    name = out.look.text(str(evidence.root))
    reading = walk(evidence.root, mapping, lambda files: out.progress(f"{name}: {files:,} files"))
    by = Observer(evidence.host, now(), evidence.recorder)
    for _ in range(TRIES_MAX):
        entries = (recorded.entry for recorded in log.read())
        known = known_from(entries, host=evidence.host, root=reading.root)
        news = observe(reading, known, by, confirm=evidence.confirm)
        try:
            _append(log, news)
        except WrongRevision:
            continue  # somebody else recorded too: look again at what is new
        return Recording(reading, len(news))
    raise LogError(f"others wrote first, {TRIES_MAX} times in a row; try again")


def _append(log: EventLog, news: Sequence[Observed]) -> None:
    """Append in the order given: a walk's own entry comes last, when all it counts is stored."""
    for stream, of_stream in groupby(news, key=lambda each: each.stream):
        for batch in chunks(each.entry() for each in of_stream):
            log.append(stream, batch, expected=log.revision(stream))
