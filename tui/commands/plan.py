"""The safe order to get a VM rid of all its AVHDs: each step, and what to look at after it.

Prints what to type, or to choose in Hyper-V Manager; it never runs anything. Space and time are
told as by `forecast`. Where anything is unread, unsure or at odds there is no plan, and the reasons
stand in its place: the exit code is 1 then.
"""

from argparse import ArgumentParser

from eventstore.text import storable
from projections.findings import findings_of_vm
from projections.merge_pace import pace_of
from projections.plan import plan
from projections.plan_objections import Scene
from projections.plan_shape import Plan
from projections.shapes import LastCounted
from tui.call import Call, Exit
from tui.contents import read_contents
from tui.render.plan import plan_lines


class PlanAnswer(Plan, frozen=True, kw_only=True):
    as_of: LastCounted | None


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")


def run(call: Call) -> Exit:
    known = call.session.knowledge
    machine = known.vm(storable(call.words.vm))
    found = findings_of_vm(known.findings, known.graph, machine.id)
    scene = Scene(known.fleet, known.graph, known.ownership, found)
    told = plan(scene, machine.id)
    if told.steps:
        merges = [merge for step in told.steps for merge in step.merges]
        contents = read_contents(known.fleet, merges, call.out.progress)
        pace = pace_of(known.selection.entries, machine.id)
        told = plan(scene, machine.id, contents, pace)
    last = known.last(machine.id)
    if call.wants_json:
        fields = {name: getattr(told, name) for name in told.__struct_fields__}
        call.out.json(PlanAnswer(as_of=last, **fields))
    else:
        call.out.lines(plan_lines(told, call.out.look))
        call.out.as_of(last)
    return Exit.FOUND if told.objections else Exit.FINE
