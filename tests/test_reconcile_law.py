"""The law of what is inferred: it never contradicts what really happened.

A random history is played onto real disk files; the folder is recorded into a second store again
and again. What is inferred there is held against the history: a snapshot was taken when it really
was, whatever vanished did so in the time that is told, and no state that a reading tells is
changed. `SNAPLEDGER_LAWS` says how many histories.
"""

import os
import random
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from eventstore.codec import Unknown, decode
from eventstore.entry import Recorded
from eventstore.events import (
    Event,
    MergeCompleted,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmRegistered,
)
from eventstore.evidence.folder import walk
from eventstore.evidence.path_map import path_map
from eventstore.fleet import fold
from eventstore.ids import SnapshotId
from eventstore.known import known_from
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.machine import when_of
from eventstore.moments import Moment, later
from eventstore.observe import Observed, Observer, observe
from eventstore.reconcile import reconcile
from projections.completeness import has_own_history
from projections.disk_graph import graph_of
from projections.finding import Finding
from projections.findings import find
from projections.names import machines_told
from projections.ownership import ownership_of
from projections.snapshot_tree import SnapshotTree, tree_of
from tests.scenarios import deeds, play, registrations

LAWS = int(os.environ.get("SNAPLEDGER_LAWS", "40"))
READINGS = 6
DEEDS = 10


def record(log: EmbeddedLog, folder: Path, at: Moment) -> None:
    """Do what `record` does, as if the folder was read at a moment."""
    reading = walk(folder, path_map(folder))
    known = known_from((each.entry for each in log.read()), host="HV01", root=reading.root)
    store(log, observe(reading, known, Observer("HV01", at)))
    store(log, reconcile(sorted(log.read(), key=when_of), "test"))


def store(log: EmbeddedLog, news: Iterable[Observed]) -> None:
    for each in news:
        log.append(each.stream, [each.entry()], expected=log.revision(each.stream))


class World:
    """A history that was played, and what was recorded of it at the moments `read`."""

    def __init__(self, seed: int, folder: Path) -> None:
        chance = random.Random(f"reconcile {seed}")
        truth = open_store(folder / "history", create=True)
        evidence = open_store(folder / "evidence", create=True)
        self.lines = [*play(truth, folder / "disks", registrations(chance))]
        self.read: list[Moment] = []
        more = deeds(chance, READINGS * DEEDS)
        for _ in range(READINGS):
            self.lines += play(truth, folder / "disks", islice(more, DEEDS))
            at = later(max(each.entry.occurred_at for each in truth.read()), seconds=30)
            self.read.append(at)
            record(evidence, folder / "disks", at)
        self.truth = list(truth.read())
        self.entries = list(evidence.read())

    @property
    def inferred(self) -> list[Recorded]:
        return [each for each in self.entries if when_of(each).is_inferred]

    @property
    def without(self) -> list[Recorded]:
        return [each for each in self.entries if not when_of(each).is_inferred]

    def happened(self, stream: str) -> Iterator[tuple[Moment, Event | Unknown]]:
        for each in self.truth:
            if each.entry.stream == stream:
                yield each.entry.occurred_at, decode(each.entry)


def trees(entries: Iterable[Recorded], at: Moment) -> list[SnapshotTree]:
    fleet = fold(each for each in entries if each.entry.occurred_at <= at)
    return [tree_of(machine) for _, machine in sorted(machines_told(fleet).items())]


def verdicts(entries: Iterable[Recorded], at: Moment) -> tuple[Finding, ...]:
    ownership = ownership_of(each for each in entries if each.entry.occurred_at <= at)
    return find(ownership.fleet, graph_of(ownership.fleet), ownership)


def deleted(event: Event | Unknown) -> tuple[SnapshotId, ...]:
    match event:
        case SnapshotDeleted(gone):
            return (gone,)
        case SubtreeDeleted(_, gone):
            return gone
        case _:
            return ()


def is_told_by(event: Event | Unknown, true: Event | Unknown) -> bool:
    """Say whether what was inferred is what really happened."""
    match event, true:
        case SnapshotTaken(), SnapshotTaken():
            return (event.snapshot, event.name) == (true.snapshot, true.name)
        case SnapshotDeleted(gone), _:
            return gone in deleted(true)
        case SnapshotApplied(), SnapshotApplied():
            return event.snapshot == true.snapshot
        case MergeCompleted(), MergeCompleted():
            return event.child == true.child
        case _:
            return False


@pytest.mark.parametrize("seed", range(LAWS))
def test_what_is_inferred_really_happened_and_when_it_says(seed: int, tmp_path: Path) -> None:
    world = World(seed, tmp_path)

    for recorded in world.inferred:
        entry, event = recorded.entry, decode(recorded.entry)
        source = entry.source
        assert source is not None
        if isinstance(event, VmRegistered):
            assert world.truth[0].entry.occurred_at <= entry.occurred_at < min(world.read)
            continue
        fitting = [at for at, true in world.happened(entry.stream) if is_told_by(event, true)]
        story = (event, fitting, source, "\n".join(world.lines))
        if isinstance(event, SnapshotTaken):
            assert entry.occurred_at in fitting, story
        else:
            since = source.not_before
            assert since is not None
            assert any(since < at <= entry.occurred_at for at in fitting), story


@pytest.mark.parametrize("seed", range(LAWS))
def test_what_a_reading_told_is_not_changed_by_what_is_inferred(seed: int, tmp_path: Path) -> None:
    world = World(seed, tmp_path)

    for at in world.read:
        assert trees(world.entries, at) == trees(world.without, at)
        assert verdicts(world.entries, at) == verdicts(world.without, at)
    machines = fold(world.entries).machines
    assert machines == fold(world.without).machines
    assert not any(has_own_history(machine) for machine in machines.values())


@pytest.mark.parametrize("seed", range(LAWS))
def test_every_snapshot_that_was_read_once_is_told_from_its_taking_on(
    seed: int, tmp_path: Path
) -> None:
    world = World(seed, tmp_path)
    events = [decode(each.entry) for each in world.without]
    seen = {each.snapshot for each in events if isinstance(each, SnapshotConfigurationSeen)}

    for recorded in world.truth:
        event = decode(recorded.entry)
        if isinstance(event, SnapshotTaken) and event.snapshot in seen:
            at = recorded.entry.occurred_at
            told = {node.id for tree in trees(world.entries, at) for node in tree.snapshots}
            assert event.snapshot in told
