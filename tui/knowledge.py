"""What is known as of a moment: entries, and what they fold to, each folded once when asked."""

from collections.abc import Callable
from functools import cached_property

from msgspec.structs import replace

from eventstore.fleet import Fleet, fold
from eventstore.ids import VmId
from eventstore.machine import Machine
from projections.as_of import Selection
from projections.concern import concern_of
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.finding import Finding, Reason
from projections.findings import find
from projections.names import find_told_vm, find_vm
from projections.ownership import Ownership, ownership_of
from projections.shapes import LastCounted, last_counted

Fold = Callable[[Selection], Fleet]


def fold_of(selection: Selection) -> Fleet:
    return fold(selection.entries)


class Knowledge:
    """The fold of a selection; `is_stored` is False for what was read on the spot.

    `fold` may be a quicker way to the same fleet.
    """

    def __init__(
        self, selection: Selection, *, is_stored: bool = True, fold: Fold = fold_of
    ) -> None:
        self.selection = selection
        self.is_stored = is_stored
        self._fold = fold

    @cached_property
    def fleet(self) -> Fleet:
        return self._fold(self.selection)

    @cached_property
    def ownership(self) -> Ownership:
        return ownership_of(self.selection.entries)

    @cached_property
    def graph(self) -> DiskGraph:
        return graph_of(self.fleet)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        found = find(self.ownership.fleet, self.graph, self.ownership)
        return found if self.is_stored else tuple(map(without_positions, found))

    def vm(self, word: str) -> Machine:
        """Give the VM called `word`; BadInput says why there is none."""
        return find_vm(word, self.fleet, self.selection)

    def told_vm(self, word: str) -> Machine:
        """Give the VM called `word` with what is foreseen of it; errors as `vm`."""
        return find_told_vm(word, self.fleet, self.selection)

    def last(self, vm: VmId | None = None) -> LastCounted | None:
        """Give the last entry that counted, for one VM too; None for what is not stored."""
        if not self.is_stored:
            return None
        counts = concern_of(self.fleet, self.graph, vm).counts if vm is not None else None
        return last_counted(self.selection.last(counts))


def without_positions(finding: Finding) -> Finding:
    """What was read on the spot stands nowhere in the log."""
    return replace(finding, reasons=tuple(Reason(reason.text) for reason in finding.reasons))
