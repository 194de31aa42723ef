"""The riddle: a VM that runs on an AVHD although no snapshot stands above its running state.

It happens by the rules (D3): when the snapshots above Now are deleted, and the disk below has
another branch, Now's AVHD can never be merged. It looks like a left-over and is the machine.
"""

from collections.abc import Iterator

from eventstore.machine import Machine
from projections.case import Case, because
from projections.disk_node import DiskNode
from projections.finding import Finding, Reason
from projections.phrases import listed
from projections.roles import role_of
from projections.strays import several


def lone_avhds(case: Case) -> Iterator[Finding]:
    """Judge what the VMs write to, where every reference of theirs is known."""
    for machine in case.fleet.machines.values():
        if machine.is_present and machine.id in case.graph.complete:
            for key in dict.fromkeys(machine.now.heads.values()):
                node = case.graph.nodes.get(key)
                parent = case.graph.nodes[node.parent] if node and node.parent else None
                if node and parent and _is_lone(case, machine, node, parent):
                    yield _finding(case, machine, node, parent)


def _is_lone(case: Case, machine: Machine, node: DiskNode, parent: DiskNode) -> bool:
    if not node.is_automatic or not node.exists:
        return False
    if role_of(case.graph, parent) == "pending":
        return False  # it goes by itself at the next stop, and another verdict says so
    if machine.now.is_parent_known:
        return machine.now.parent is None
    heads = {head for each in machine.snapshots.values() for head in each.heads.values()}
    return not any(each.key in heads for each in (node, *case.graph.ancestors(node.key)))


def _finding(case: Case, machine: Machine, node: DiskNode, parent: DiskNode) -> Finding:
    name = case.name(machine.id)
    past = case.past(node)
    first = because(
        f"{name} writes to this AVHD, and no snapshot stands above its running state: no list of "
        "snapshots explains the file, and yet it holds the current state.",
        past.known if past else None,
    )
    return case.finding(
        node,
        "avhd_without_snapshot",
        (first, *_why(case, node, parent)),
        next_step=_step(case, machine, node, parent),
    )


def _why(case: Case, node: DiskNode, parent: DiskNode) -> Iterator[Reason]:
    """Say what keeps Hyper-V from merging it into its parent."""
    if others := _branches(case, node, parent):
        names = several([each.path for each in others])
        verb = "hangs" if len(others) == 1 else "hang"
        yield because(f"It cannot be merged as long as {names} {verb} below {parent.path} too.")
    elif parent.references:
        holders = listed([case.holder(each) for each in parent.references])
        yield because(f"It cannot be merged as long as {parent.path} is needed by {holders}.")
    else:
        yield because("Nothing that was read tells why Hyper-V has not merged it.")


def _step(case: Case, machine: Machine, node: DiskNode, parent: DiskNode) -> str:
    keep = (
        f"Keep both files: to delete this one, or to connect the VM to {parent.path}, loses the "
        "current state."
    )
    if names := _snapshots_on(case, machine, _branches(case, node, parent)):
        return (
            f"{keep} It is merged by itself once the other branches are gone: delete the subtrees "
            f"of {several(names)} when nobody needs them, and shut the VM down."
        )
    return keep


def _branches(case: Case, node: DiskNode, parent: DiskNode) -> list[DiskNode]:
    return [each for each in case.graph.reachable_children(parent) if each.key != node.key]


def _snapshots_on(case: Case, machine: Machine, branches: list[DiskNode]) -> list[str]:
    """Name the topmost snapshots of the VM whose disks stand on these branches."""
    keys = {each.key for branch in branches for each in _with_all_below(case, branch)}
    on_them = {
        each.id for each in machine.snapshots.values() if not keys.isdisjoint(each.heads.values())
    }
    return [
        f'"{each.name}"'
        for each in sorted(machine.snapshots.values(), key=lambda each: each.taken)
        if each.id in on_them and each.parent not in on_them
    ]


def _with_all_below(case: Case, branch: DiskNode) -> Iterator[DiskNode]:
    yield branch
    yield from case.graph.descendants(branch.key)
