"""What is known as of a moment: entries, and what they fold to, each folded when it is asked."""

from functools import cached_property

from msgspec.structs import replace

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.machine import Machine
from projections.concern import concern_of
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph
from projections.finding import Finding, Reason
from projections.findings import find
from projections.names import find_told_vm, find_vm
from projections.ownership import Ownership
from projections.shapes import LastCounted, last_counted
from projections.states import Heard, Remembered
from tui.sources import InLog, InMemory


class Knowledge:
    """What a source tells as of its moment; `is_stored` is False for what was read on the spot."""

    def __init__(self, source: InMemory | InLog, *, is_stored: bool = True) -> None:
        self.source = source
        self.selection = source.selection
        self.is_stored = is_stored

    @cached_property
    def fleet(self) -> Fleet:
        # Whoever asked for findings has it folded already; a second one costs time and memory.
        return self.ownership.fleet if "ownership" in self.__dict__ else self._heard.fleet

    @cached_property
    def ownership(self) -> Ownership:
        return self.source.state(Remembered).ownership

    @cached_property
    def graph(self) -> DiskGraph:
        return graph_of(self.fleet)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        found = find(self.ownership.fleet, self.graph, self.ownership)
        return found if self.is_stored else tuple(map(without_positions, found))

    def vm(self, word: str) -> Machine:
        """Give the VM called `word`; BadInput says why there is none."""
        return find_vm(word, self.fleet, self.source.whole)

    def told_vm(self, word: str) -> Machine:
        """Give the VM called `word` with what is foreseen of it; errors as `vm`."""
        return find_told_vm(word, self.fleet, self.source.whole)

    def last(self, vm: VmId | None = None) -> LastCounted | None:
        """Give the last entry that counted, for one VM too; None for what is not stored."""
        if not self.is_stored:
            return None
        if vm is None:
            return last_counted(self.fleet.last)
        concern = concern_of(self.fleet, self.graph, vm)
        return last_counted(concern.last(self._heard.mentions, self.fleet))

    @cached_property
    def _heard(self) -> Heard:
        return self.source.state(Heard)


def without_positions(finding: Finding) -> Finding:
    """What was read on the spot stands nowhere in the log."""
    return replace(finding, reasons=tuple(Reason(reason.text) for reason in finding.reasons))
