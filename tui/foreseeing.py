"""What would come of a command, and the safe order to no AVHDs; disks are counted where they are.

The command line and the browser ask here, so that both say the same.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from eventstore.errors import BadInput
from eventstore.find import deleted_snapshots
from eventstore.ids import vm_stream
from eventstore.machine import Machine
from eventstore.moments import Moment
from eventstore.simulate.grammar import SHAPES, did_you_mean, parse
from eventstore.simulate.hands import HAND_VERBS
from eventstore.simulate.orders import command
from projections.findings import findings_of_vm
from projections.forecast import Forecast, forecast, weigh
from projections.merge_pace import pace_of
from projections.plan import plan
from projections.plan_objections import Scene
from projections.plan_shape import Plan
from tui.contents import read_contents
from tui.knowledge import Knowledge

VERBS = tuple(verb for verb in SHAPES if verb not in {"at", "vm", *HAND_VERBS})
"""What can be done to a VM, in the words of a scenario."""

Progress = Callable[[str], None]


class Foreseen(Struct, frozen=True):
    """A forecast; `loses_now` when the data that the VM writes now would go."""

    told: Forecast
    loses_now: bool


def foresee(
    known: Knowledge,
    machine: Machine,
    verb: str,
    operands: Sequence[str],
    *,
    at: Moment,
    progress: Progress,
) -> Foreseen:
    """Tell what `verb` with `operands` would do at `at`; BadInput or Refused when it cannot."""
    if verb not in VERBS:
        hint = did_you_mean(verb, VERBS) or f"; there are: {', '.join(VERBS)}"
        raise BadInput(f"'{verb}' is nothing done to a VM{hint}")
    deed = parse((verb, machine.id, *operands))
    stream = vm_stream(machine.id)
    history = (each for each in known.selection.entries if each.entry.stream == stream)
    order = command(deed, machine, known.fleet, "forecast", deleted_snapshots(history))
    told = forecast(
        known.fleet, machine.id, order, at=at, findings=known.findings, graph=known.graph
    )
    contents = read_contents(known.fleet, told.merges, progress)
    told = weigh(told, known.fleet, contents, pace_of(known.selection.entries, machine.id))
    return Foreseen(told, loses_now=verb in {"apply", "revert"})


def planned(known: Knowledge, machine: Machine, progress: Progress) -> Plan:
    """Give the safe order to get the VM rid of all its AVHDs, or what speaks against one."""
    found = findings_of_vm(known.findings, known.graph, machine.id)
    scene = Scene(known.fleet, known.graph, known.ownership, found)
    told = plan(scene, machine.id)
    if not told.steps:
        return told
    merges = [merge for step in told.steps for merge in step.merges]
    contents = read_contents(known.fleet, merges, progress)
    return plan(scene, machine.id, contents, pace_of(known.selection.entries, machine.id))
