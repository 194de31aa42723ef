"""The law: what is written is what is read.

A random history is played onto real disk files; the folder is recorded into an empty store. Both
must tell the same files, parents, children and identities, and the same roles wherever a
configuration that was read says who refers to a tree of disks. Of a tree that no configuration
names any more (its last disk was detached), evidence alone says `unknown`, where history knows
what it was: that, and nothing else, may differ.

Where hands moved and copied files, evidence may know less and never say more: of a file that is
gone it cannot tell the parent, nor which file elsewhere is the one that a VM wrote to; whose own
a copy is, is not written in it. What a file at its place or a child's header proves to be needed,
evidence never calls an orphan.
`SNAPLEDGER_LAWS` says how many histories.
"""

import os
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from eventstore.evidence.folder import walk
from eventstore.evidence.path_map import path_map
from eventstore.fleet import Fleet, fold
from eventstore.known import known_from
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.machine import AUTOMATIC_SUFFIXES
from eventstore.moments import Moment
from eventstore.observe import Observer, observe
from eventstore.paths import PathKey, path_key, suffix_of
from projections.disk_chain import ChainRow, whole_chain
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph, DiskNode
from projections.roles import role_of
from tests.scenarios import HANDS, VERBS, deeds, play, registrations

LAWS = int(os.environ.get("SNAPLEDGER_LAWS", "40"))
NOW = Moment("2026-11-22T12:00:00.000000Z")


def recorded(folder: Path, store: Path) -> EmbeddedLog:
    log = open_store(store, create=True)
    reading = walk(folder, path_map(folder))
    known = known_from((), host="HV01", root=reading.root)
    for each in observe(reading, known, Observer("HV01", NOW)):
        log.append(each.stream, [each.entry()], expected=log.revision(each.stream))
    return log


Told = dict[PathKey, tuple[PathKey | None, frozenset[PathKey]]]


def told_files(rows: Iterable[ChainRow]) -> Told:
    """Give parent and children of every file."""
    return {
        path_key(row.path): (
            path_key(row.parent) if row.parent else None,
            frozenset(path_key(child) for child in row.children),
        )
        for row in rows
    }


def told_roles(rows: Iterable[ChainRow], *, of_trees: frozenset[PathKey]) -> dict[PathKey, str]:
    """Give the role of every file whose chain leads into `of_trees`."""
    return {path_key(row.path): row.role for row in rows if path_key(row.path) in of_trees}


def referred_trees(rows: Iterable[ChainRow]) -> frozenset[PathKey]:
    """Give the files of every tree in which somebody refers to a file, and whole disks alone."""
    found: set[PathKey] = set()
    by_key = {path_key(row.path): row for row in rows}
    for key, row in by_key.items():
        tree = [key]
        while parent := by_key[tree[-1]].parent:
            tree.append(path_key(parent))
        if row.referenced_by or (len(tree) == 1 and not row.children):
            found.update(_below(by_key, tree[-1]))
    return frozenset(found)


def _below(by_key: dict[PathKey, ChainRow], root: PathKey) -> Iterator[PathKey]:
    yield root
    for child in by_key[root].children:
        yield from _below(by_key, path_key(child))


def identities_by_history(fleet: Fleet) -> dict[str, str | None]:
    known = [*(each.disks for each in fleet.machines.values()), fleet.loose]
    return {key: disk.disk_id for disks in known for key, disk in disks.items() if not disk.is_lost}


def identities_by_headers(fleet: Fleet) -> dict[str, str | None]:
    return {
        key: sighting.seen.facts.disk_id if sighting.seen.facts else None
        for key, sighting in fleet.sightings.items()
    }


@pytest.mark.parametrize("seed", range(LAWS))
def test_recording_what_was_played_tells_the_same(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    log = open_store(tmp_path / "history", create=True)
    lines = (*registrations(chance), *deeds(chance, 45))
    obeyed = play(log, tmp_path / "disks", iter(lines))

    history = fold(log.read())
    evidence = fold(recorded(tmp_path / "disks", tmp_path / "evidence").read())

    told, read = whole_chain(history), whole_chain(evidence)
    trees = referred_trees(told)
    story = "\n".join(obeyed)
    assert told_files(read) == told_files(told), story
    assert told_roles(read, of_trees=trees) == told_roles(told, of_trees=trees), story
    assert {row.role for row in read if path_key(row.path) not in trees} <= {"unknown"}, story
    assert identities_by_headers(evidence) == identities_by_history(history), story


@pytest.mark.parametrize("seed", range(LAWS))
def test_where_hands_moved_files_evidence_never_calls_a_needed_file_an_orphan(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(f"hands {seed}")
    log = open_store(tmp_path / "history", create=True)
    lines = (*registrations(chance), *deeds(chance, 45, (*VERBS, *HANDS * 3)))
    obeyed = play(log, tmp_path / "disks", iter(lines))

    history = fold(log.read())
    evidence = fold(recorded(tmp_path / "disks", tmp_path / "evidence").read())

    told, read = graph_of(history), graph_of(evidence)
    story = "\n".join(obeyed)
    assert standing(read) == standing(told), story
    assert identities_by_headers(evidence) == identities_by_history(history), story
    for key in standing(told):
        by_history, by_evidence = told.nodes[key], read.nodes[key]
        assert by_history.parent is None or by_history.parent in by_evidence.parents, (key, story)
        role = role_of(read, by_evidence)
        assert role in may_be_read_as(told, by_history), (key, role, story)


def standing(graph: DiskGraph) -> set[PathKey]:
    return {key for key, node in graph.nodes.items() if node.exists}


def may_be_read_as(told: DiskGraph, node: DiskNode) -> set[str]:
    """Give what evidence may call a file: what history calls it, or something that claims less.

    A copy of an AVHD bears no sign of being one: to evidence it is an AVHD that nobody needs.
    """
    role: str = role_of(told, node)
    found = {role, "unknown"}
    if role in {"hidden_trunk", "pending", "held_base"}:
        found |= {"in_tree", "base"}
    is_by_hand = suffix_of(node.path) in AUTOMATIC_SUFFIXES and not node.is_automatic
    if is_by_hand:
        found |= {"in_tree", "orphan"}
    return found
