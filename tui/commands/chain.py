"""Show disk files, each under its parent: its role, and which snapshots need it.

A VM, a folder or a file; nothing shows every disk known. A folder that was not recorded is read on
the spot, and nothing is stored.

Each stands below its parent. The last child goes on in its parent's lane, so that the trunk leads
to Now; earlier ones branch off to the right (├─). A blank line separates trees.
Signs (with --ascii): ▣ (=) Now writes here, ■ (#) in use, ○ (o) waits or is held and must stay,
? an orphan or unknown, x missing; ← (<-) who refers to it.
"""

from argparse import ArgumentParser
from collections.abc import Sequence

from msgspec import Struct

from projections.disk_chain import (
    ChainRow,
    chain_of_file,
    chain_of_folder,
    chain_of_vm,
    whole_chain,
)
from projections.shapes import LastCounted, VmRef, vm_ref
from tui.call import Call, Exit
from tui.places import Meant, meant
from tui.render.chain import chain_lines
from tui.render.labels import Labels


class ChainAnswer(Struct, frozen=True):
    vm: VmRef | None
    as_of: LastCounted | None
    disks: Sequence[ChainRow]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("place", metavar="VM|FOLDER|FILE", nargs="?", help="whose disks")


def run(call: Call) -> Exit:
    asked = meant(call, call.words.place)
    known, machine = asked.known, asked.machine
    disks = _disks(asked)
    last = known.last(machine.id if machine else None)
    if call.wants_json:
        call.out.json(ChainAnswer(vm_ref(machine) if machine else None, last, disks))
        return Exit.FINE
    labels = Labels(known.fleet, call.out.look)
    call.out.lines(chain_lines(disks, labels, call.out.look, vm=machine.id if machine else None))
    call.out.as_of(last)
    return Exit.FINE


def _disks(asked: Meant) -> tuple[ChainRow, ...]:
    fleet = asked.known.fleet
    if asked.machine is not None:
        return chain_of_vm(fleet, asked.machine.id)
    if asked.folder is not None:
        return chain_of_folder(fleet, asked.folder)
    if asked.file is not None:
        node = asked.known.graph.at(asked.file)
        return chain_of_file(fleet, node.path if node else asked.file)
    return whole_chain(fleet)
