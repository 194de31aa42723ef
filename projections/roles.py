"""What each disk file is to the VMs: the first role that fits, in the order of `Role`."""

from typing import Literal

from eventstore.paths import PathKey
from projections.disk_node import DiskGraph, DiskNode

Role = Literal[
    "missing", "unknown", "orphan", "held_base", "hidden_trunk", "pending", "base", "in_tree"
]


def role_of(graph: DiskGraph, node: DiskNode) -> Role:
    """Give the role of `node`: the rules R0 to R9 and D1 to D3, asked of the whole graph."""
    if not node.exists:
        return "missing"
    if is_unknown(graph, node):
        return "unknown"
    if node.is_automatic and not node.is_reachable:
        return "orphan"
    children = graph.reachable_children(node)
    is_at_its_place = any(child.parent == node.key for child in children)
    if not node.references and is_at_its_place and graph.is_settled(node):
        if len(children) > 1:
            return "hidden_trunk" if node.is_automatic else "held_base"
        if _goes_into(graph, children[0]):
            return "pending"
    return "in_tree" if node.is_automatic else "base"


def _goes_into(graph: DiskGraph, child: DiskNode) -> bool:
    """D2: an automatic disk goes into its parent, unless a second VM needs it too.

    One that is not at its place, or that another disk may be the parent of, goes nowhere.
    """
    is_its_own = len(child.needed_by | child.once_needed_by) == 1
    is_sure = not any(graph.nodes[key].exists for key in child.other_parents)
    return child.is_automatic and child.exists and is_its_own and is_sure


def roles_of(graph: DiskGraph) -> dict[PathKey, Role]:
    return {key: role_of(graph, node) for key, node in graph.nodes.items()}


def is_unknown(graph: DiskGraph, node: DiskNode) -> bool:
    """Tell whether nobody can say who refers to a file.

    A removed VM's references are only its last ones. Without any history, a file nobody refers
    to is judged only where all references to its tree are known. Of several files that may be
    the one that somebody needs, none is.
    """
    if node.needed_by:
        return False
    if node.once_needed_by or node.key in graph.doubted:
        return True
    return not node.is_told and node.key not in graph.judged
