"""Say what a command would do, without doing it: merges, space, files that would go.

In plain words, as a scenario has them:

    snapledger forecast web01 delete "before the update"
    snapledger forecast web01 shutdown

A name that begins with a dash goes after `--`: forecast web01 delete -- --odd

What a merge writes is counted in the files' own block tables where they stand as they were
recorded; else their size says how much it is at most. How long it takes is told from earlier
merges of this VM, and of no other.
"""

from argparse import ArgumentParser

from eventstore.errors import BadInput
from eventstore.find import deleted_snapshots
from eventstore.ids import vm_stream
from eventstore.moments import now
from eventstore.simulate.grammar import SHAPES, did_you_mean, parse
from eventstore.simulate.hands import HAND_VERBS
from eventstore.simulate.orders import command
from eventstore.text import storable
from projections.forecast import forecast, weigh
from projections.merge_pace import pace_of
from tui.call import Call, Exit
from tui.contents import read_contents
from tui.render.forecast import forecast_lines
from tui.render.labels import Labels

VERBS = tuple(verb for verb in SHAPES if verb not in {"at", "vm", *HAND_VERBS})


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")
    parser.add_argument("verb", metavar="COMMAND", help=", ".join(VERBS))
    parser.add_argument("operands", metavar="WORD", nargs="*", help="a snapshot, a name …")


def run(call: Call) -> Exit:
    words, known = call.words, call.session.knowledge
    if words.verb not in VERBS:
        hint = did_you_mean(words.verb, VERBS) or f"; there are: {', '.join(VERBS)}"
        raise BadInput(f"'{words.verb}' is nothing done to a VM{hint}")
    machine = known.vm(storable(words.vm))
    deed = parse((words.verb, machine.id, *map(storable, words.operands)))
    stream = vm_stream(machine.id)
    history = (each for each in known.selection.entries if each.entry.stream == stream)
    order = command(deed, machine, known.fleet, "forecast", deleted_snapshots(history))
    at = call.session.as_of.at or now()
    told = forecast(
        known.fleet, machine.id, order, at=at, findings=known.findings, graph=known.graph
    )
    contents = read_contents(known.fleet, told.merges, call.out.progress)
    told = weigh(told, known.fleet, contents, pace_of(known.selection.entries, machine.id))
    if call.wants_json:
        call.out.json(told)
    else:
        labels = Labels(known.fleet, call.out.look, told.snapshots.added)
        loses_now = deed.verb in {"apply", "revert"}
        call.out.lines(forecast_lines(told, labels, call.out.look, loses_now=loses_now))
        call.out.as_of(known.last(machine.id))
    return Exit.FINE
