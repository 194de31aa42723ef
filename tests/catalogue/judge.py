"""Verdicts held against the truth: ours by history and by evidence alone, and the peers'."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from eventstore.entry import Recorded
from eventstore.evidence.folder import walk
from eventstore.evidence.path_map import path_map
from eventstore.paths import PathKey, path_key
from projections.disk_graph import graph_of
from projections.finding import Finding
from projections.findings import find
from projections.ownership import ownership_of
from tests.catalogue.host_view import HostView, host_view
from tests.catalogue.peers import RULES
from tests.catalogue.scenario import Scenario
from tests.catalogue.stage import Stage
from tests.catalogue.world import Truth

BY_HISTORY = "Snapledger, with its history"
BY_EVIDENCE = "Snapledger, evidence alone"
OURS = (BY_HISTORY, BY_EVIDENCE)
IDLE_VERDICTS = frozenset({"orphan", "left_by_manual_merge"})

Files = frozenset[PathKey]


class Outcome(Struct, frozen=True):
    """A scenario played: the truth of every file that stands, and what every judge says of it.

    `called` are the files that each calls an orphan or left behind. A script knows no more than
    that, so all of these may go; we say of some that they may not, or that nobody can tell.
    """

    truths: Mapping[PathKey, Truth]
    called: Mapping[str, Files]
    deletable: Mapping[str, Files]

    def may_go(self, judge: str) -> Files:
        """Give the files that the judge would let somebody delete."""
        return self.deletable.get(judge, self.called[judge])

    def of_truth(self, truth: Truth) -> Files:
        return Files(key for key, each in self.truths.items() if each == truth)


def outcome(scenario: Scenario, folder: Path) -> Outcome:
    """Play `scenario` below `folder` and ask every judge."""
    stage = Stage(folder / "disks")
    stage.play(scenario.lines)
    ours, host = judged_by_us(stage), _host(stage)
    theirs = {name: Files(map(path_key, rule(host))) for name, rule in RULES.items()}
    return replace(ours, called={**ours.called, **theirs})


def judged_by_us(stage: Stage) -> Outcome:
    """Give what we say of the files on `stage`, with the history and by evidence alone."""
    logs = {BY_HISTORY: stage.history, BY_EVIDENCE: stage.evidence}
    findings = {name: our_findings(log.entries) for name, log in logs.items()}
    return Outcome(
        truths=stage.truths(),
        called={name: called_idle(found) for name, found in findings.items()},
        deletable={name: called_deletable(found) for name, found in findings.items()},
    )


def our_findings(entries: Iterable[Recorded]) -> tuple[Finding, ...]:
    """Give what `orphans` answers."""
    ownership = ownership_of(entries)
    return find(ownership.fleet, graph_of(ownership.fleet), ownership)


def called_idle(findings: Iterable[Finding]) -> Files:
    """Give the files that we call idle; of an orphan that must be kept we say that it is not."""
    findings = tuple(findings)
    kept = {each.path for each in findings if each.deletable == "no"}
    idle = {each.path for each in findings if each.verdict in IDLE_VERDICTS} - kept
    return called_deletable(findings) | {path_key(path) for path in idle if path is not None}


def called_deletable(findings: Iterable[Finding]) -> Files:
    return Files(path_key(each.path) for each in findings if each.path and each.deletable == "yes")


def _host(stage: Stage) -> HostView:
    mapping = path_map(stage.folder)
    return host_view(stage.folder, stage.as_read(walk(stage.folder, mapping)), mapping)
