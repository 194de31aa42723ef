"""Durable appends: one at a time, by 100 and by 1,000, each beside its floor and the peer."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from eventstore.codec import Unknown, decode, encode
from eventstore.entry import Recorded
from eventstore.events import Event
from eventstore.log.embedded import open_store
from eventstore.moments import Moment
from tests.bench.history import STREAM, as_new, cut, life
from tests.bench.measure import OURS, ROUNDS, Aim, Medians, Row, Work, at_least, race
from tests.bench.peer_store import MISSING, PEER, PeerStore, payloads
from tests.bench.stored import lines_of, stored_life
from tests.bench.syncing import sync

BARE = "bare write + fdatasync"
OVER_FLOOR_SECONDS = 40e-6
SLOW_FLOOR_SECONDS = 160e-6

T = TypeVar("T")


class Happening(NamedTuple):
    """An event before it is encoded."""

    event: Event
    id: str
    at: Moment


def rows(folder: Path, entries: int) -> Iterator[Row]:
    """Measure about `entries` entries a round; one at a time a fifth of them."""
    yield _race(folder / "1", 1, max(entries // 5, 1), _near_the_floor())
    yield _race(folder / "100", 100, max(entries // 100, 1), at_least(4, PEER))
    yield _race(folder / "1000", 1000, max(entries // 1000, 1), None)


def _race(folder: Path, size: int, count: int, aim: Aim | None) -> Row:
    """Append `count` batches of `size` entries a round."""
    entries = life(size * count * ROUNDS)
    happenings = [_happening(each) for each in entries]
    lines = lines_of(stored_life(folder / "lines", len(entries)))
    what = "append one at a time" if size == 1 else f"append by {size:,}"
    with (folder / "bare").open("ab", buffering=0) as bare:
        contestants: dict[str, Work] = {
            OURS: _timed(_ours(folder / "ours"), happenings, size, count),
            BARE: _timed(partial(_write, bare), lines, size, count),
        }
        if not MISSING:
            peer = PeerStore(folder / "peer")
            given = payloads(map(as_new, entries))
            contestants[PEER] = _timed(partial(peer.append, STREAM), given, size, count)
        return race(what, contestants, count=size * count, aim=aim, skipped=MISSING)


def _timed(
    append: Callable[[Sequence[T]], None], items: Sequence[T], size: int, count: int
) -> Work:
    left = cut(items, size)

    def work() -> float:
        batches = list(islice(left, count))
        start = time.perf_counter()
        for batch in batches:
            append(batch)
        return time.perf_counter() - start

    return work


def _happening(recorded: Recorded) -> Happening:
    event = decode(recorded.entry)
    assert not isinstance(event, Unknown)
    return Happening(event, recorded.entry.id, recorded.entry.occurred_at)


def _ours(folder: Path) -> Callable[[Sequence[Happening]], None]:
    """Append from the events themselves, as a recorder does, keeping the revision in hand."""
    log, revision = open_store(folder, create=True), 0

    def append(some: Sequence[Happening]) -> None:
        nonlocal revision
        batch = [encode(each.event, event_id=each.id, occurred_at=each.at) for each in some]
        revision = log.append(STREAM, batch, expected=revision).revision

    return append


def _write(file: FileIO, lines: Sequence[bytes]) -> None:
    file.write(b"".join(lines))
    sync(file.fileno())


def _near_the_floor() -> Aim:
    def holds(found: Medians) -> bool:
        ours, bare = found[OURS], found[BARE]
        is_close = bare < SLOW_FLOOR_SECONDS or bare >= 0.8 * ours
        return ours - bare <= OVER_FLOOR_SECONDS and is_close

    return Aim("<= 40 µs over bare, and >= 0.8 of a bare >= 160 µs", holds)
