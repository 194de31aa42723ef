"""List the VMs: what they do, how many snapshots and disks they have, how many findings."""

from argparse import ArgumentParser

from projections.findings import findings_by_vm
from projections.vms import VmRow, vm_rows
from tui.call import Call, Exit
from tui.render.look import Look
from tui.render.tables import Cell, Line, table

_REMOVED_DAY = len("removed 2010-09-26")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="with VMs that were removed")


def run(call: Call) -> Exit:
    known = call.session.knowledge
    counts = findings_by_vm(known.findings, known.graph)
    rows = vm_rows(known.fleet, counts, with_removed=call.words.all)
    if call.wants_json:
        call.out.json(rows)
        return Exit.FINE
    if not rows:
        call.out.line("no VM is known")
        return Exit.FINE
    look = call.out.look
    titles = ("NAME", "POWER", "POLICY", "SNAPSHOTS", "DISKS", "FINDINGS", "GUID")
    heading = [
        Cell(title, "dim", right=title in {"SNAPSHOTS", "DISKS", "FINDINGS"}) for title in titles
    ]
    call.out.lines(table([heading, *(_line(row, look) for row in rows)], look, flexible=(0,)))
    call.out.as_of(known.last())
    return Exit.FINE


def _line(row: VmRow, look: Look) -> Line:
    removed = f"removed {look.moment(row.removed_at)}" if row.removed_at else None
    return (
        Cell(look.text(row.name), "dim" if removed else "strong"),
        Cell(removed or row.power or "unknown", brief=removed[:_REMOVED_DAY] if removed else ""),
        Cell(row.policy),
        Cell(str(row.snapshots), right=True),
        Cell(str(row.disks), right=True),
        Cell(str(row.findings), "warn" if row.findings else "plain", right=True),
        Cell(row.id, "dim", brief=look.brief_id(row.id)),
    )
