"""List the files of a VM: configuration, saved state and disks, and whose they are."""

from argparse import ArgumentParser

from projections.files import files_of
from projections.roles import role_of
from tui.call import Call, Exit
from tui.render.chain import ROLES
from tui.render.labels import Labels
from tui.render.tables import Cell, table

_SINCE_DAY = len("since 2010-09-26")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")


def run(call: Call) -> Exit:
    known = call.session.knowledge
    machine = known.vm(call.words.vm)
    files = files_of(machine)
    if call.wants_json:
        call.out.json(files)
        return Exit.FINE
    look, labels = call.out.look, Labels(known.fleet, call.out.look)
    graph = known.graph

    def unowned(path: str) -> Cell:
        """Nobody refers to it, which does not make it needless: its role says why it stands."""
        node = graph.at(path)
        return Cell(*ROLES[role_of(graph, node) if node else "unknown"])

    rows = [
        (
            Cell(path := look.text(file.path), brief=look.brief_id(path)),
            Cell(file.kind),
            Cell(labels.holder(file.owner, machine.id)) if file.owner else unowned(file.path),
            Cell(since := f"since {look.moment(file.since)}", "dim", brief=since[:_SINCE_DAY]),
        )
        for file in files
    ]
    call.out.lines(table(rows, look, flexible=(0, 2)))
    call.out.as_of(known.last(machine.id))
    return Exit.FINE
