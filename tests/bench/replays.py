"""Reading and folding: one long stream, many mixed ones, and the state of long ago."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import msgspec

from eventstore.entry import Recorded
from eventstore.fleet import fold
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.keyframes import fleet_as_of
from eventstore.log.embedded import EmbeddedLog, open_store
from tests.bench.history import STREAM, as_new, cut, life, mixed
from tests.bench.measure import OURS, Aim, Row, Work, at_least, both, race, within
from tests.bench.peer_store import MISSING, PEER, SNAPSHOT_EVERY, PeerStore, payloads
from tests.bench.stored import BATCH, segments_of, stored_life

DECODING = "bare decoding of the same Structs"
SNAPSHOTS = f"{PEER}, a snapshot every {SNAPSHOT_EVERY}"
AS_OF_SECONDS = 2e-3


def stream_rows(folder: Path, length: int) -> Iterator[Row]:
    """Measure the replay of one stream, and its state as of three revisions."""
    revisions = (length // 100, length // 2, length - 1)
    log = stored_life(folder / "stream", length, revisions)
    keep_keyframes(log)
    entries = list(log.read())
    peer, with_snapshots = None, None
    contestants: dict[str, Work] = {OURS: lambda: _replay(log, length)}
    if not MISSING:
        peer = _peer(folder / "peer", length)
        with_snapshots = _peer(folder / "snapshots", length, takes_snapshots=True)
        contestants[PEER] = lambda: peer.replay(STREAM)
    contestants["folding alone, read before"] = lambda: fold(entries)
    contestants["from a keyframe, as a command asks"] = lambda: fleet_as_of(open_store(log.folder))
    yield race(
        f"stream of {length:,} into its state",
        contestants,
        count=length,
        aim=at_least(10, PEER),
        skipped=MISSING,
    )
    for revision in revisions:
        yield _as_of(log, peer, with_snapshots, revision)


def mixed_rows(folder: Path, log: EmbeddedLog, entries: int, vms: int) -> Iterator[Row]:
    """Measure reading everything, and folding everything."""
    yield race(
        f"read {entries:,} mixed entries, digests checked",
        {OURS: lambda: _drain(log.read()), DECODING: lambda: _decode(log)},
        count=entries,
        aim=at_least(0.45, DECODING),
    )
    contestants: dict[str, Work] = {OURS: lambda: fold(log.read())}
    if not MISSING:
        peer = PeerStore(folder / "many")
        for stream, _, batch in mixed(entries, vms):
            peer.append(stream, payloads(batch))
        contestants[PEER] = peer.replay_all
    yield race(f"read and fold them, {vms} VMs", contestants, count=entries, skipped=MISSING)


def _as_of(
    log: EmbeddedLog, peer: PeerStore | None, with_snapshots: PeerStore | None, revision: int
) -> Row:
    contestants: dict[str, Work] = {OURS: lambda: _look_back(log, revision)}
    if peer and with_snapshots:
        contestants[PEER] = lambda: peer.replay(STREAM, revision)
        contestants[SNAPSHOTS] = lambda: with_snapshots.replay(STREAM, revision)
    contestants["folding from the beginning"] = lambda: _replay(log, revision)
    return race(
        f"state as of revision {revision:,}",
        contestants,
        count=1,
        unit="state",
        aim=both(at_least(10, PEER), at_least(1, SNAPSHOTS), _in_time()),
        skipped=MISSING,
    )


def _in_time() -> Aim:
    return within(AS_OF_SECONDS, "<= 2 ms")


def _replay(log: EmbeddedLog, revision: int) -> None:
    """Open the store anew, as a command does, and fold its stream through `revision`."""
    entries = open_store(log.folder).read_stream(STREAM)
    fold(takewhile(lambda each: each.entry.revision <= revision, entries))


def _look_back(log: EmbeddedLog, revision: int) -> None:
    """Open the store anew, and ask for the state as of a position; they are the revisions here."""
    fleet = fleet_as_of(open_store(log.folder), position=revision)
    assert fleet.last
    assert fleet.last.position == revision


def _peer(folder: Path, length: int, *, takes_snapshots: bool = False) -> PeerStore:
    peer = PeerStore(folder, takes_snapshots=takes_snapshots)
    for batch in cut(life(length), BATCH):
        peer.append(STREAM, payloads(map(as_new, batch)))
    if takes_snapshots:
        peer.take_snapshots(STREAM)
    return peer


def _drain(entries: Iterator[Recorded]) -> None:
    for _ in entries:
        pass


def _decode(log: EmbeddedLog) -> None:
    """Read the files whole and decode each line; nothing is looked at."""
    decoder = msgspec.json.Decoder(Recorded)
    for path in segments_of(log):
        for line in path.read_bytes().rstrip().splitlines():
            decoder.decode(line)
