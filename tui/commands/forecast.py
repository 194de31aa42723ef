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

from eventstore.moments import now
from eventstore.text import storable
from tui.call import Call, Exit
from tui.foreseeing import VERBS, foresee
from tui.render.forecast import forecast_lines
from tui.render.labels import Labels


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")
    parser.add_argument("verb", metavar="COMMAND", help=", ".join(VERBS))
    parser.add_argument("operands", metavar="WORD", nargs="*", help="a snapshot, a name …")


def run(call: Call) -> Exit:
    words, known = call.words, call.session.knowledge
    machine = known.vm(storable(words.vm))
    at = call.session.as_of.at or now()
    operands = tuple(map(storable, words.operands))
    found = foresee(known, machine, words.verb, operands, at=at, progress=call.out.progress)
    told = found.told
    if call.wants_json:
        call.out.json(told)
    else:
        labels = Labels(known.fleet, call.out.look, told.snapshots.added)
        call.out.lines(forecast_lines(told, labels, call.out.look, loses_now=found.loses_now))
        call.out.as_of(known.last(machine.id))
    return Exit.FINE
