"""Find disk files that are odd, and say why, what would break without them, and what to do.

Orphans, pending merges, hidden trunks, held bases, missing files and parents, parents that were
written past Hyper-V. Advice is printed, never run.

Pending merges, hidden trunks, held bases and shared parents are what Hyper-V does by itself: with
nothing else found the exit code is 0. Every other finding wants attention and makes it 1.
"""

from argparse import ArgumentParser
from collections.abc import Sequence

from msgspec import Struct

from projections.coverage import Coverage, coverage
from projections.disk_chain import in_folder
from projections.finding import Finding, needs_attention
from projections.findings import findings_in, findings_of_vm
from projections.namesakes import names_apart
from projections.shapes import LastCounted
from tui.call import Call, Exit
from tui.places import Meant, meant
from tui.render.coverage import coverage_lines
from tui.render.findings import findings_lines


class OrphansAnswer(Struct, frozen=True):
    as_of: LastCounted | None
    coverage: Coverage
    findings: Sequence[Finding]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("place", metavar="VM|FOLDER", nargs="?", help="only what concerns this")


def run(call: Call) -> Exit:
    asked = meant(call, call.words.place)
    known, machine = asked.known, asked.machine
    findings = _findings(asked)
    covered = coverage(known.fleet)
    last = known.last(machine.id if machine else None)
    if call.wants_json:
        call.out.json(OrphansAnswer(last, covered, findings))
    else:
        if not known.graph.nodes:
            call.out.line("no disk is known yet: record a folder, then ask again", "warn")
        elif not findings:
            call.out.line("nothing odd was found", "good")
        names = names_apart(known.fleet)
        call.out.lines(findings_lines(findings, call.out.look, covered.gaps, names=names))
        call.out.lines(coverage_lines(covered, known.fleet, call.out.look))
        call.out.as_of(last)
    return Exit.FOUND if needs_attention(findings) else Exit.FINE


def _findings(asked: Meant) -> tuple[Finding, ...]:
    known = asked.known
    if asked.machine is not None:
        return findings_of_vm(known.findings, known.graph, asked.machine.id)
    if asked.folder is not None:
        is_in = in_folder(known.ownership.fleet, asked.folder)
        return findings_in(known.findings, known.graph, is_in)
    if asked.file is not None:
        node = known.graph.at(asked.file)
        return findings_in(known.findings, known.graph, lambda each: each is node)
    return known.findings
