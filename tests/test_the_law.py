"""The law: what is written is what is read.

A random history is played onto real disk files; the folder is recorded into an empty store. Both
must tell the same files, parents, children and identities, and the same roles, because every
configuration was read. `SNAPLEDGER_LAWS` says how many histories.
"""

import os
import random
from pathlib import Path

import pytest

from eventstore.evidence.folder import walk
from eventstore.evidence.path_map import path_map
from eventstore.fleet import Fleet, fold
from eventstore.known import known_from
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.moments import Moment
from eventstore.observe import Observer, observe
from eventstore.paths import path_key
from projections.disk_chain import whole_chain
from tests.scenarios import deeds, play, registrations

LAWS = int(os.environ.get("SNAPLEDGER_LAWS", "40"))
NOW = Moment("2026-11-22T12:00:00.000000Z")


def recorded(folder: Path, store: Path) -> EmbeddedLog:
    log = open_store(store, create=True)
    reading = walk(folder, path_map(folder))
    known = known_from((), host="HV01", root=reading.root)
    for each in observe(reading, known, Observer("HV01", NOW)):
        log.append(each.stream, [each.entry()], expected=log.revision(each.stream))
    return log


def told_files(fleet: Fleet) -> dict[str, tuple[str | None, frozenset[str], str]]:
    """Give parent, children and role of every file, by its key."""
    return {
        path_key(row.path): (
            path_key(row.parent) if row.parent else None,
            frozenset(path_key(child) for child in row.children),
            row.role,
        )
        for row in whole_chain(fleet)
    }


def identities_by_history(fleet: Fleet) -> dict[str, str | None]:
    machines = fleet.machines.values()
    return {key: disk.disk_id for each in machines for key, disk in each.disks.items()}


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

    story = "\n".join(obeyed)
    assert told_files(evidence) == told_files(history), story
    assert identities_by_headers(evidence) == identities_by_history(history), story
