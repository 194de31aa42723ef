"""The law of several hosts: what is recorded of one changes nothing that is said of another.

Two hosts with the same VM names and the same local paths live their own random histories. They are
recorded into one store in turns, each spelled as it comes; of the home all is said that a store
with its evidence alone says, and of the other host the same by the names of its files from outside.
`SNAPLEDGER_LAWS` says how many histories.
"""

import os
import random
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from eventstore.entry import Recorded
from eventstore.evidence.folder import walk
from eventstore.evidence.naming import named
from eventstore.evidence.path_map import path_map
from eventstore.hosts import Hosts, Naming, of
from eventstore.hosts_heard import heard_of, read_from
from eventstore.known import known_from
from eventstore.log.embedded import EmbeddedLog, open_store
from eventstore.machine import when_of
from eventstore.moments import Moment, later
from eventstore.observe import Observed, Observer, observe
from eventstore.reconcile import reconcile
from projections.disk_chain import ChainRow, whole_chain
from projections.disk_graph import graph_of
from projections.finding import Finding
from projections.findings import find
from projections.ownership import ownership_of
from tests.scenarios import deeds, play, registrations

LAWS = int(os.environ.get("SNAPLEDGER_LAWS", "12"))
NOW = Moment("2026-11-22T12:00:00.000000Z")
DEEDS = 15
OTHER = Naming("HV02", frozenset({"hv01"}))

Said = tuple[str | None, str, str, tuple[str, ...], int]


def record(log: EmbeddedLog, folder: Path, host: str, at: Moment) -> int:
    """Do what `record --host` does, as if the folder was read at a moment."""
    hosts = Hosts()
    for each in log.read():
        hosts = heard_of(hosts, each.entry)
    found = walk(folder, path_map(folder))
    reading = named(found, read_from(hosts, found, host), host)
    own = hosts.spelled(host)
    known = known_from((each.entry for each in log.read()), host=own, root=reading.root)
    news = observe(reading, known, Observer(own, at))
    store(log, news)
    store(log, reconcile(sorted(log.read(), key=when_of), "test"))
    return len(news)


def store(log: EmbeddedLog, news: Iterable[Observed]) -> None:
    for each in news:
        log.append(each.stream, [each.entry()], expected=log.revision(each.stream))


class Worlds:
    """Two hosts: both recorded in turns into one store, and each into a store of its own."""

    def __init__(self, seed: int, folder: Path) -> None:
        chance = random.Random(f"hosts {seed}")
        self.folders = {host: folder / host for host in ("HV01", "HV02")}
        self.both = open_store(folder / "both", create=True)
        self.alone = {
            host: open_store(folder / f"{host} alone", create=True) for host in self.folders
        }
        for host, place in self.folders.items():
            played = open_store(folder / f"{host} played", create=True)
            play(played, place, registrations(chance))
            lines = deeds(chance, 2 * DEEDS)
            play(played, place, islice(lines, DEEDS))
            self.record(host, host, minutes=1 if host == "HV01" else 2)
            play(played, place, lines)
        self.record("HV01", "hv01.corp.local", minutes=3)
        self.record("HV02", "hv02.corp.local", minutes=4)

    def record(self, host: str, spelled: str, *, minutes: int) -> None:
        at = later(NOW, minutes=minutes)
        record(self.both, self.folders[host], spelled, at)
        record(self.alone[host], self.folders[host], host, at)


def rows(log: EmbeddedLog, keep: Callable[[str], bool]) -> list[ChainRow]:
    graph_rows = whole_chain(ownership_of(log.read()).fleet)
    return sorted((row for row in graph_rows if keep(row.path)), key=lambda row: row.path)


def said(entries: Iterable[Recorded], keep: Callable[[str], bool]) -> set[Said]:
    """Give every finding on a file without its words: VMs of one name are told apart in them."""
    ownership = ownership_of(entries)
    fleet = ownership.fleet
    found = find(fleet, graph_of(fleet), ownership)
    return {_said(each) for each in found if each.path and keep(each.path)}


def _said(finding: Finding) -> Said:
    reasons = len(finding.reasons)
    return finding.path, finding.verdict, finding.deletable, finding.would_break, reasons


def at_home(path: str) -> bool:
    return not of(path)


def from_outside(row: ChainRow) -> ChainRow:
    return replace(
        row,
        path=OTHER.path(row.path),
        parent=OTHER.path(row.parent) if row.parent else None,
        children=tuple(OTHER.path(child) for child in row.children),
    )


@pytest.mark.parametrize("seed", range(LAWS))
def test_recording_one_host_changes_nothing_that_is_said_of_another(
    seed: int, tmp_path: Path
) -> None:
    worlds = Worlds(seed, tmp_path)
    home, other = worlds.alone["HV01"], worlds.alone["HV02"]

    assert rows(worlds.both, at_home) == rows(home, at_home)
    assert rows(worlds.both, lambda path: not at_home(path)) == sorted(
        map(from_outside, rows(other, at_home)), key=lambda row: row.path
    )
    assert said(worlds.both.read(), at_home) == said(home.read(), at_home)
    assert record(worlds.both, worlds.folders["HV02"], "HV02", later(NOW, minutes=9)) == 0
