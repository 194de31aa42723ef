"""Plans asked of stories whose disks were read, and how to follow them, for tests."""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from eventstore.events import DiskSeen, FolderRead
from eventstore.ids import VmId
from projections.disk_graph import graph_of
from projections.findings import find, findings_of_vm
from projections.ownership import ownership_of
from projections.plan import plan
from projections.plan_objections import Scene
from projections.plan_shape import Plan, PlanStep
from tests.projections.forecasts import READINGS
from tests.projections.sightings import HOST, LONG_AGO, vhd
from tests.story import FOLDER, Story, short

MADE: Mapping[str, Callable[[Story], Story]] = {
    "shutdown": Story.shut_down,
    "start": Story.start,
    "resume": Story.resume,
    "finish-merges": Story.finish_merges,
}


def looked_at(story: Story) -> Story:
    """Record every disk that stands, as its history has it."""
    return story.happened(
        *_standing(story),
        FolderRead(HOST, FOLDER.rstrip("\\"), FOLDER.rstrip("\\"), 0, 0, 0),
        stream=READINGS,
    )


def _standing(story: Story) -> Iterator[DiskSeen]:
    known = dict(story.fleet.loose)
    for machine in story.fleet.machines.values():
        known |= machine.disks
    for disk in known.values():
        if not disk.is_lost:
            parent = known[disk.parent].path if disk.parent in known else None
            name = disk.path.removeprefix(FOLDER)
            seen = vhd(name, parent and parent.removeprefix(FOLDER), disk_id=disk.disk_id)
            yield replace(seen, modified_at=LONG_AGO)


def planned(story: Story, vm: VmId | None = None) -> Plan:
    ownership = ownership_of(story.recorded)
    fleet = ownership.fleet
    graph = graph_of(fleet)
    vm = vm or story.machine.id
    found = findings_of_vm(find(fleet, graph, ownership), graph, vm)
    return plan(Scene(fleet, graph, ownership, found), vm)


def do(story: Story, step: PlanStep) -> None:
    """Let the simulated host do what a step says."""
    match step.words:
        case ():
            pass  # nothing of the VM changes
        case ("delete", snapshot):
            story.delete(snapshot)
        case (verb,):
            MADE[verb](story)
        case words:
            raise AssertionError(words)


def told(answer: Plan) -> list[str]:
    """Give the steps as words, without what changes nothing."""
    return [" ".join(step.words) for step in answer.steps if step.words]


def objections(answer: Plan) -> str:
    return "\n".join(each.text for each in answer.objections)


def avhds(story: Story) -> set[str]:
    return {short(key) for key, disk in story.machine.disks.items() if disk.is_automatic}
