"""Show the snapshot tree of a VM, as Hyper-V Manager would, at any moment.

Beside each snapshot stands the disk file that it needs; `chain` shows how those hang together.

Each stands below its parent. The last child goes on in its parent's lane, so that the trunk leads
to Now; earlier ones branch off to the right (├─). A blank line separates trees.
Signs (with --ascii): ● (*) a snapshot, ◆ (@) Now.
"""

from argparse import ArgumentParser

from projections.snapshot_tree import tree_of
from tui.call import Call, Exit
from tui.render.tree import tree_lines


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("vm", metavar="VM", help="its name or GUID")


def run(call: Call) -> Exit:
    known = call.session.knowledge
    machine = known.told_vm(call.words.vm)
    tree = tree_of(machine, known.last(machine.id))
    if call.wants_json:
        call.out.json(tree)
    else:
        call.out.lines(tree_lines(tree, call.out.look))
        call.out.as_of(tree.as_of)
    return Exit.FINE
