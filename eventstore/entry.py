"""What the log keeps: an entry, the same on every machine, inside this store's envelope."""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from eventstore.moments import Moment

Position = Annotated[int, Meta(ge=1)]
"""Positions begin with 1; decoding refuses others."""


class Source(Struct, frozen=True, omit_defaults=True, gc=False):
    """Where an event comes from.

    `kind` is `command` (typed), `scenario` (a line of a file), `evidence` (read off a file) or
    `inferred` (from entries whose ids are the `basis`, first what tells most); `name` the file,
    `place` the line or record in it, `sha256` of the bytes that were read, `recorder` who recorded
    it: user, machine and version, `host` whose evidence it is. What is inferred happened after
    `not_before`, where a reading told that it had not, and was `read_at` that moment.
    """

    kind: str
    name: str = ""
    place: str = ""
    sha256: str = ""
    recorder: str = ""
    certainty: str = "observed"
    host: str = ""
    not_before: Moment | None = None
    read_at: Moment | None = None
    basis: tuple[str, ...] = ()


class NewEntry(Struct, frozen=True, gc=False):
    """An event on its way into the log; `data` is its JSON object as it will be stored."""

    id: str
    type: str
    occurred_at: Moment
    data: Raw
    actor: str | None = None
    source: Source | None = None


class Entry(Struct, frozen=True, gc=False):
    """An event in its stream. `prev` is the SHA-256 of the entry before it in the stream."""

    origin: str
    stream: str
    revision: int
    id: str
    type: str
    occurred_at: Moment
    actor: str | None
    source: Source | None
    data: Raw
    prev: str


class Recorded(Struct, frozen=True, gc=False):
    """An entry in this store: `position` is 1-based and dense, `batch` its first and last."""

    position: Position
    recorded_at: Moment
    batch: tuple[Position, Position]
    synced: Annotated[int, Meta(ge=0)]
    entry: Entry
    digest: str
