"""Roles of the joined graph agree with the rules of the machine, whatever happened."""

from hypothesis import given

from eventstore.disk_rules import ancestors, pending, reachable, references
from eventstore.entry import Recorded
from eventstore.fleet import Fleet, fold
from eventstore.paths import PathKey, path_key
from projections.disk_chain import whole_chain
from projections.disk_graph import graph_of
from projections.findings import find, finding_of
from projections.ownership import ownership_of
from projections.roles import roles_of
from tests.projections.histories import late_histories, stories
from tests.story import Story


@given(stories)
def test_pending_files_are_those_that_the_rules_will_merge(story: Story) -> None:
    fleet = story.fleet
    roles = roles_of(graph_of(fleet))
    due = {
        merge.into
        for vm, machine in fleet.machines.items()
        for merge in pending(machine, fleet.neighbours(vm))
        if not (machine.disks[merge.into].is_lost or machine.disks[merge.child].is_lost)
    }

    assert {key for key, role in roles.items() if role == "pending"} == due


@given(stories)
def test_a_file_is_reachable_exactly_when_the_rules_say_so(story: Story) -> None:
    graph = graph_of(story.fleet)
    needed = {
        key
        for vm, machine in story.fleet.machines.items()
        for key in reachable(machine, story.fleet.neighbours(vm))
        if key in graph.nodes
    }

    for key, node in graph.nodes.items():
        homes = (graph.nodes[home] for home in node.homes)
        assert node.is_reachable == (key in needed or any(home.is_reachable for home in homes))


@given(late_histories())
def test_no_file_that_any_reference_needs_is_an_orphan_or_may_be_deleted(
    recorded: tuple[Recorded, ...],
) -> None:
    fleet = fold(recorded)
    graph = graph_of(fleet)
    roles = roles_of(graph)

    for key in _needed(fleet):
        assert roles.get(key, "missing") != "orphan"
    for finding in find(fleet, graph, ownership_of(recorded)):
        if finding.path and path_key(finding.path) in _needed(fleet):
            assert finding.deletable == "no"


@given(late_histories())
def test_every_file_known_has_one_finding_and_what_breaks_is_below_it(
    recorded: tuple[Recorded, ...],
) -> None:
    ownership = ownership_of(recorded)
    graph = graph_of(ownership.fleet)

    for node in graph.nodes.values():
        finding = finding_of(ownership.fleet, graph, ownership, node.path)
        assert finding is not None
        assert set(finding.would_break) == {
            below.path for below in graph.descendants(node.key) if below.exists
        }


@given(late_histories())
def test_a_chain_gives_every_file_once_and_parents_before_children(
    recorded: tuple[Recorded, ...],
) -> None:
    fleet = fold(recorded)
    rows, circle = whole_chain(fleet), graph_of(fleet).circle
    given_before: set[str] = set()

    for row in rows:
        assert row.path not in given_before
        is_in_circle = path_key(row.path) in circle
        assert row.parent is None or row.parent in given_before or is_in_circle
        assert set(row.children) <= {each.path for each in rows if each.parent == row.path}
        given_before.add(row.path)


@given(late_histories())
def test_the_fleet_of_ownership_is_the_fleet(recorded: tuple[Recorded, ...]) -> None:
    assert ownership_of(recorded).fleet == fold(recorded)


def _needed(fleet: Fleet) -> set[PathKey]:
    return {
        key
        for machine in fleet.machines.values()
        if machine.is_present
        for head in references(machine)
        for key in (head, *ancestors(machine, head))
    }
