"""The law of late evidence: in whatever order it is recorded, any moment looks the same.

A random history is played onto real disk files, and the folder is kept as it was at several
moments. The copies are recorded, each with its own time, in their order into one store and
shuffled into another. Both must tell the same trees, chains and verdicts as of any time.
`SNAPLEDGER_LAWS` says how many histories.
"""

import io
import os
import random
import re
import shutil
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import msgspec
import pytest

from eventstore.fleet import fold
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.machine import when_of
from eventstore.moments import Moment, later
from projections.disk_chain import whole_chain
from projections.disk_graph import graph_of
from projections.findings import find
from projections.names import machines_told
from projections.ownership import ownership_of
from projections.snapshot_tree import tree_of
from tests.scenarios import HANDS, VERBS, deeds, play, registrations
from tui.output import Output
from tui.recording import Evidence, record
from tui.render.look import Look

LAWS = int(os.environ.get("SNAPLEDGER_LAWS", "20"))
READINGS = 5
DEEDS = 8


class Copies:
    """A folder as it was at several moments, each put at its place to be read."""

    def __init__(self, chance: random.Random, folder: Path, verbs: tuple[str, ...]) -> None:
        self._place = folder / "disks"
        self._kept = folder / "copies"
        truth = open_store(folder / "history", create=True)
        self.lines = [*play(truth, self._place, registrations(chance))]
        self.moments: list[Moment] = []
        more = deeds(chance, READINGS * DEEDS, verbs)
        for number in range(READINGS):
            self.lines += play(truth, self._place, islice(more, DEEDS))
            last = max(each.entry.occurred_at for each in truth.read())
            self.moments.append(later(last, seconds=30))
            shutil.copytree(self._place, self._kept / str(number))

    def record(self, log: EmbeddedLog, number: int) -> int:
        shutil.rmtree(self._place)
        shutil.copytree(self._kept / str(number), self._place)
        out = Output(io.StringIO(), io.StringIO(), Look())
        evidence = Evidence(self._place, (), "HV01", "test", taken_at=self.moments[number])
        return record(log, evidence, out).events


def looks(log: EmbeddedLog, at: Moment) -> object:
    """Give all that is told as of a time, without the positions that tell it."""
    entries = [each for each in log.read() if each.entry.occurred_at <= at]
    fleet, ownership = fold(entries), ownership_of(entries)
    trees = [tree_of(machine) for _, machine in sorted(machines_told(fleet).items())]
    findings = find(ownership.fleet, graph_of(ownership.fleet), ownership)
    told = msgspec.json.decode(
        msgspec.json.encode(
            {
                "trees": trees,
                "chain": whole_chain(fleet),
                "findings": sorted(findings, key=lambda each: (each.verdict, each.path or "")),
            }
        )
    )
    return without_positions(told)


def without_positions(told: object) -> object:
    if isinstance(told, dict):
        return {
            key: without_positions(value)
            for key, value in told.items()
            if key not in {"positions", "position"}
        }
    if isinstance(told, list):
        return [without_positions(each) for each in told]
    return re.sub(r"#\d+", "#", told) if isinstance(told, str) else told


def moments_of(log: EmbeddedLog) -> Iterable[Moment]:
    return sorted({when_of(each).at for each in log.read()})


@pytest.mark.parametrize("hands", [(), HANDS * 2], ids=["by the book", "by hand"])
@pytest.mark.parametrize("seed", range(LAWS))
def test_evidence_in_any_order_tells_the_same_as_of_any_time(
    seed: int, hands: tuple[str, ...], tmp_path: Path
) -> None:
    chance = random.Random(f"late {seed} {hands}")
    copies = Copies(chance, tmp_path, (*VERBS, *hands))
    ordered = open_store(tmp_path / "ordered", create=True)
    shuffled = open_store(tmp_path / "shuffled", create=True)
    order = list(range(READINGS))
    for number in order:
        copies.record(ordered, number)
    chance.shuffle(order)
    for number in order:
        copies.record(shuffled, number)

    story = (order, "\n".join(copies.lines))
    for at in sorted({*moments_of(ordered), *moments_of(shuffled)}):
        assert looks(shuffled, at) == looks(ordered, at), (at, story)
    for number in order:
        assert copies.record(shuffled, number) == 0, story
