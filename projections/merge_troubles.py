"""What is wrong with the files of a merge: Hyper-V merges without a look, and makes it final."""

from collections.abc import Iterable, Iterator

from eventstore.paths import PathKey, path_key
from projections.disk_node import DiskGraph
from projections.finding import Finding, Verdict

TROUBLES = frozenset[Verdict](
    {
        "missing",
        "cycle",
        "left_by_manual_merge",
        "parent_missing",
        "parent_mismatch",
        "parent_written",
        "unverified",
    }
)
"""Verdicts on a file with which no merge may run before somebody has copied the whole chain."""


class MergeTroubles:
    """The findings that speak against merges, asked merge by merge."""

    def __init__(self, graph: DiskGraph, findings: Iterable[Finding]) -> None:
        self._graph = graph
        self._found: dict[PathKey, list[Finding]] = {}
        for finding in findings:
            if finding.path is not None and finding.verdict in TROUBLES:
                self._found.setdefault(path_key(finding.path), []).append(finding)

    def of(self, child: PathKey, into: PathKey) -> tuple[Finding, ...]:
        """Give what is wrong with the two files, with what they stand on, and right above them."""
        keys = dict.fromkeys((child, into, *self._chain(into), *self._needed_below(child)))
        return tuple(finding for key in keys for finding in self._found.get(key, ()))

    def _chain(self, key: PathKey) -> Iterator[PathKey]:
        return (node.key for node in self._graph.ancestors(key))

    def _needed_below(self, key: PathKey) -> Iterator[PathKey]:
        """A child tells by what it quotes whether this file is the one that it was made from."""
        if node := self._graph.nodes.get(key):
            yield from (child.key for child in self._graph.reachable_children(node))


def told(finding: Finding) -> str:
    """Name a file and what is wrong with it."""
    return f"{finding.path} ({finding.verdict.replace('_', ' ')})"
