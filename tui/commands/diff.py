"""Compare two moments: snapshots, disks and Now, and the entries in between.

A and B are times (2010-09-26T15:03:00+09:00, -2h) or positions (7, #7), or `now`.
"""

from argparse import ArgumentParser

from eventstore.errors import BadInput
from eventstore.machine import Machine
from projections.as_of import AsOf, View
from projections.difference import difference
from tui.call import Call, Exit
from tui.knowledge import Knowledge
from tui.render.difference import difference_lines
from tui.render.labels import Labels


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("before", metavar="A", help="the one moment")
    parser.add_argument("after", metavar="B", help="the other moment, or: now")
    parser.add_argument("--vm", metavar="VM", help="only this VM")


def run(call: Call) -> Exit:
    moments = [_moment(call, word) for word in (call.words.before, call.words.after)]
    before, after = (call.session.knowledge_as_of(each) for each in moments)
    machine = _machine(call.words.vm, before, after)
    told = difference(_view(before), _view(after), machine.id if machine else None)
    if call.wants_json:
        call.out.json(told)
    else:
        labels = (Labels(before.fleet, call.out.look), Labels(after.fleet, call.out.look))
        call.out.lines(difference_lines(told, labels, call.out.look))
    return Exit.FINE


def _moment(call: Call, word: str) -> AsOf:
    try:
        return call.session.moment(None if word == "now" else word)
    except BadInput as error:
        raise BadInput(str(error).removeprefix("--at ")) from None  # nobody typed `--at`


def _view(known: Knowledge) -> View:
    return View(known.selection, known.fleet)


def _machine(word: str | None, before: Knowledge, after: Knowledge) -> Machine | None:
    """Find the VM at B, or at A when B knows it no longer."""
    if word is None:
        return None
    try:
        return after.told_vm(word)
    except BadInput:
        return before.told_vm(word)
