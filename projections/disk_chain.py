"""Disk chains as people ask for them: of a VM, of a folder, of a file, or of everything known."""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from eventstore.fleet import Fleet
from eventstore.ids import VmId
from eventstore.moments import Moment
from eventstore.paths import PathKey
from projections.disk_graph import graph_of
from projections.disk_node import DiskGraph, DiskNode
from projections.roles import Role, role_of
from projections.shapes import VmRef, vm_ref
from projections.walks import lies_below, walks_of, was_looked_for_in


class ChainRow(Struct, frozen=True):
    """A disk in its chain.

    `vm` is the VM asked about, else the file's first owner. `referenced_by` are snapshot ids of
    that VM in the order taken, then `now`; those of another have its id and a slash before them.
    """

    path: str
    found_at: str | None
    parent: str | None
    slot: str | None
    role: Role
    vm: VmRef | None
    referenced_by: tuple[str, ...]
    children: tuple[str, ...]


def chain_of_vm(
    fleet: Fleet, vm: VmId, also: Iterable[PathKey] = (), graph: DiskGraph | None = None
) -> tuple[ChainRow, ...]:
    """Give the files of a VM and all that hang together with them, parents first.

    `also` are files to tell of wherever they hang, if they stand; `graph` is `graph_of(fleet)`
    where it was made already.
    """
    graph = graph or graph_of(fleet)
    theirs = (node for node in graph.nodes.values() if is_of(node, vm))
    others = {key for key in also if key in graph.nodes and graph.nodes[key].exists}
    return _rows(fleet, graph, _whole_trees(graph, theirs) | others, vm)


def chain_of_folder(
    fleet: Fleet, stream_or_folder: str | Callable[[DiskNode], bool]
) -> tuple[ChainRow, ...]:
    """Give the files of a folder and all that hang together with them, parents first.

    The folder is named by its Windows path, by the place where it was found, by the stream of
    its readings, or by what is true of a file in it.
    """
    graph = graph_of(fleet)
    is_in = in_folder(fleet, stream_or_folder)
    found = (node for node in graph.nodes.values() if is_in(node))
    return _rows(fleet, graph, _whole_trees(graph, found))


def chain_of_file(fleet: Fleet, path: str) -> tuple[ChainRow, ...]:
    """Give a file with what it hangs below and what hangs below it; nothing for an unknown one."""
    graph = graph_of(fleet)
    file = graph.at(path)
    if file is None:
        return ()
    above = {node.key for node in graph.ancestors(file.key)}
    below = {node.key for node in graph.descendants(file.key)}
    return _rows(fleet, graph, {file.key} | above | below)


def whole_chain(fleet: Fleet) -> tuple[ChainRow, ...]:
    """Give every disk known."""
    graph = graph_of(fleet)
    return _rows(fleet, graph, set(graph.nodes))


def is_of(node: DiskNode, vm: VmId) -> bool:
    """Tell whether a file belongs to `vm`, or did: known to its history, or needed by it."""
    return vm in node.owners or vm in node.needed_by or vm in node.once_needed_by


def in_folder(
    fleet: Fleet, stream_or_folder: str | Callable[[DiskNode], bool]
) -> Callable[[DiskNode], bool]:
    """Give the question whether a file lies in a folder, by whatever name."""
    if not isinstance(stream_or_folder, str):
        return stream_or_folder
    word = stream_or_folder
    walks = walks_of(fleet)

    def is_in(node: DiskNode) -> bool:
        sighting = fleet.sightings.get(node.key)
        return (
            lies_below(node.path, word)
            or (node.found_at is not None and lies_below(node.found_at, word))
            or (sighting is not None and sighting.stream == word)
            or was_looked_for_in(node.path, word, walks)
        )

    return is_in


def _whole_trees(graph: DiskGraph, nodes: Iterable[DiskNode]) -> set[PathKey]:
    found: set[PathKey] = set()
    for node in nodes:
        if node.key not in found:
            found.update(each.key for each in graph.tree_of(node.key))
    return found


def _rows(
    fleet: Fleet, graph: DiskGraph, keys: set[PathKey], vm: VmId | None = None
) -> tuple[ChainRow, ...]:
    return tuple(_row(fleet, graph, node, vm) for node in _parents_first(graph, keys))


def _row(fleet: Fleet, graph: DiskGraph, node: DiskNode, vm: VmId | None) -> ChainRow:
    own = vm or next(iter(node.owners), None)
    return ChainRow(
        path=node.path,
        found_at=node.found_at,
        parent=graph.nodes[node.parent].path if node.parent else None,
        slot=node.slot,
        role=role_of(graph, node),
        vm=vm_ref(fleet.machines[own]) if own in fleet.machines else None,
        referenced_by=_referenced_by(node, own),
        children=tuple(child.path for key in node.children if (child := graph.nodes[key]).exists),
    )


def _referenced_by(node: DiskNode, own: VmId | None) -> tuple[str, ...]:
    ours = [each.holder for each in node.references if each.vm == own]
    theirs = [f"{each.vm}/{each.holder}" for each in node.references if each.vm != own]
    return (*ours, *theirs)


def _parents_first(graph: DiskGraph, keys: set[PathKey]) -> Iterator[DiskNode]:
    """Give each tree from its root down; where links run in a circle, from its oldest file."""
    nodes = sorted((graph.nodes[key] for key in keys), key=_age)
    roots = [node for node in nodes if node.parent is None or node.parent not in keys]
    given: set[PathKey] = set()
    for root in (*roots, *nodes):
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.key in given:
                continue
            given.add(node.key)
            yield node
            children = (graph.nodes[key] for key in node.children if key in keys)
            waiting.extend(sorted(children, key=_age, reverse=True))


def _age(node: DiskNode) -> tuple[Moment, str]:
    return node.since or Moment("9999"), node.path
