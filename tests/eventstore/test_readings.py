"""Several configuration files of one VM: which counts, and that no disk of any is forgotten."""

from itertools import permutations

from msgspec.structs import replace

from eventstore.disk_rules import references
from eventstore.events import (
    ConfigurationGone,
    Event,
    HostRegistrySeen,
    VmConfigurationSeen,
)
from eventstore.ids import VmId, derive, folder_stream, vm_stream
from eventstore.machine import Machine
from eventstore.moments import Moment
from tests.projections.sightings import HOST, configuration, snapshot_configuration
from tests.story import Story, key

VM = VmId(derive("web01"))
LIVE = configuration("web01", "live.avhd")
EARLIER, LATER = Moment("2010-09-01T00:00:00.000000Z"), Moment("2010-09-02T00:00:00.000000Z")


def at(seen: VmConfigurationSeen, path: str, modified: Moment | None = None) -> VmConfigurationSeen:
    return replace(seen, path=path, found_at=path, modified_at=modified)


EXPORT = at(configuration("web01", "stale.avhd"), r"C:\ZExport\web01.xml", LATER)


def told(*events: Event) -> Machine:
    story = Story().vm("other")
    for event in events:
        is_list = isinstance(event, HostRegistrySeen)
        story.happened(event, stream=folder_stream(HOST, "C") if is_list else vm_stream(VM))
    return story.fleet.machines[VM]


def heads(machine: Machine) -> list[str]:
    return list(machine.now.heads.values())


def test_a_disk_that_any_configuration_of_a_vm_names_is_referred_to() -> None:
    for order in permutations([LIVE, EXPORT]):
        assert set(references(told(*order))) == {key("live.avhd"), key("stale.avhd")}


def test_the_configuration_where_hyper_v_keeps_them_counts_whichever_is_read_last() -> None:
    for order in permutations([LIVE, EXPORT]):
        machine = told(*order)
        assert (heads(machine), machine.configured) == (
            [key("live.avhd")],
            {"IDE 0:0": key("live.avhd")},
        )


def test_the_configuration_that_the_host_lists_counts_before_any_other() -> None:
    registry = HostRegistrySeen(HOST, r"C:\data.vmcx", "/data.vmcx", ((VM, EXPORT.path),))
    events: tuple[Event, ...] = (LIVE, EXPORT, registry)
    for order in permutations(events):
        assert heads(told(*order)) == [key("stale.avhd")]


def test_of_two_copies_the_newer_counts() -> None:
    older = at(configuration("web01", "older.avhd"), r"C:\A\web01.xml", EARLIER)
    newer = at(configuration("web01", "newer.avhd"), r"C:\B\web01.xml", LATER)
    for order in permutations([older, newer]):
        assert heads(told(*order)) == [key("newer.avhd")]


def test_two_configurations_that_name_different_disks_are_a_contradiction() -> None:
    assert len(told(LIVE, EXPORT).contradictions) == 1
    same = at(LIVE, r"C:\ZExport\web01.xml")
    assert told(LIVE, same).contradictions == ()


def test_a_configuration_that_is_gone_hands_over_to_the_one_that_stands() -> None:
    machine = told(LIVE, EXPORT, ConfigurationGone(LIVE.path, LIVE.found_at))

    assert machine.is_present
    assert heads(machine) == [key("stale.avhd")]
    assert set(references(machine)) == {key("stale.avhd")}


def test_a_disk_that_any_configuration_of_a_snapshot_names_is_referred_to() -> None:
    kept = snapshot_configuration("S1", "base.vhd")
    path = r"C:\ZExport\S1.xml"
    copied = replace(snapshot_configuration("S1", "old.vhd"), path=path, found_at=path)
    for order in permutations([kept, copied]):
        machine = told(LIVE, *order)
        assert list(machine.snapshots[kept.snapshot].heads.values()) == [key("base.vhd")]
        assert {key("base.vhd"), key("old.vhd")} <= references(machine).keys()


def test_what_a_copy_names_stays_referred_to_when_the_vm_moves_on() -> None:
    story = Story().vm("web01", "live.vhd").start()
    for seen in (EXPORT, configuration("web01", "live.vhd")):
        story.happened(seen, stream=vm_stream(VM))
    story.take("S1")

    assert story.machine.configured is None
    assert key("stale.avhd") in references(story.machine)
