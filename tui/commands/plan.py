"""The safe order to get a VM rid of all its AVHDs: each step, and what to look at after it.

Prints what to type, or to choose in Hyper-V Manager; it never runs anything. Space and time are
told as by `forecast`. Where anything is unread, unsure or at odds there is no plan, and the reasons
stand in its place: the exit code is 1 then.
"""

from argparse import ArgumentParser

from eventstore.text import storable
from projections.plan_shape import Plan
from projections.shapes import LastCounted
from tui.call import Call, Exit
from tui.foreseeing import planned
from tui.render.plan import plan_lines


class PlanAnswer(Plan, frozen=True, kw_only=True):
    as_of: LastCounted | None


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")


def run(call: Call) -> Exit:
    known = call.session.knowledge
    machine = known.vm(storable(call.words.vm))
    told = planned(known, machine, call.out.progress)
    last = known.last(machine.id)
    if call.wants_json:
        fields = {name: getattr(told, name) for name in told.__struct_fields__}
        call.out.json(PlanAnswer(as_of=last, **fields))
    else:
        call.out.lines(plan_lines(told, call.out.look))
        call.out.as_of(last)
    return Exit.FOUND if told.objections else Exit.FINE
