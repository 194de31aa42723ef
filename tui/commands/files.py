"""List the files of a VM: configuration, saved state, disks, what lies beside them, and whose.

A file beside disks that was seen and is gone is listed too, with what its loss means.
"""

from argparse import ArgumentParser

from projections.files import FileRow, files_of
from projections.roles import role_of
from projections.side_files import LOSSES, WORDS
from tui.call import Call, Exit
from tui.render.chain import ROLES
from tui.render.fields import sentence
from tui.render.labels import Labels
from tui.render.look import Look
from tui.render.sizes import size_text
from tui.render.tables import Cell, table

_SINCE_DAY = len("since 2010-09-26")
_WORDS = {str(kind): words for kind, words in WORDS.items()}
_GONE_DAY = len("GONE since 2010-09-26")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")


def run(call: Call) -> Exit:
    known = call.session.knowledge
    machine = known.vm(call.words.vm)
    files = files_of(machine, known.fleet)
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
            Cell(_kind(file)),
            Cell(labels.holder(file.owner, machine.id)) if file.owner else unowned(file.path),
            _when(file, look),
        )
        for file in files
    ]
    call.out.lines(table(rows, look, flexible=(0, 2)))
    gone = {file.kind for file in files if file.gone_at}
    for kind, loss in LOSSES.items():
        if kind in gone:
            call.out.lines(sentence(f"{WORDS[kind]} gone: ", loss, look, "warn"))
    call.out.as_of(known.last(machine.id))
    return Exit.FINE


def _kind(file: FileRow) -> str:
    size = f", {size_text(file.size_bytes)}" if file.size_bytes is not None else ""
    return _WORDS.get(file.kind, file.kind) + size


def _when(file: FileRow, look: Look) -> Cell:
    if file.gone_at:
        gone = f"GONE since {look.moment(file.gone_at)}"
        return Cell(gone, "bad", brief=gone[:_GONE_DAY])
    since = f"since {look.moment(file.since)}"
    return Cell(since, "dim", brief=since[:_SINCE_DAY])
