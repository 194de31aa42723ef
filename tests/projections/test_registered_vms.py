"""A host's own list of its VMs: whose configuration nobody read, theirs may be any file."""

import pytest

from eventstore.events import ConfigurationGone, HostRegistryGone, HostRegistrySeen
from eventstore.ids import VmId, derive
from projections.coverage import coverage
from tests.projections.sightings import configuration, record, the, vhd, walked
from tests.projections.test_deletable import left_behind, looked_at
from tests.story import Story

WEB01 = VmId(derive("web01"))
PLACE = "/case/C/data.vmcx"
OWN = configuration("web01").path


def listed(*vms: tuple[VmId, str]) -> HostRegistrySeen:
    return HostRegistrySeen("HV1", "C:\\data.vmcx", PLACE, vms)


def told(story: Story) -> tuple[str, ...]:
    return coverage(story.fleet).gaps


def observed() -> Story:
    return record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"), walked())


def test_a_registered_vm_that_nobody_read_is_a_gap_with_vm_and_path() -> None:
    story = record(observed(), listed((WEB01, OWN), (VmId("X"), "E:\\x.vmcx")))

    assert told(story) == (
        "E:\\x.vmcx, which its host lists as the configuration of X, was not read",
    )


def test_a_registered_vm_that_was_read_leaves_no_gap() -> None:
    assert told(record(observed(), listed((WEB01, OWN.upper())))) == ()


def test_a_copy_of_a_registered_configuration_is_not_the_one_that_counts() -> None:
    (gap,) = told(record(observed(), listed((WEB01, "E:\\web01.vmcx"))))

    assert gap.startswith("E:\\web01.vmcx, which its host lists as the configuration of web01, ")
    assert gap.endswith(f"was not read; what was read is {OWN}")


def test_a_configuration_found_without_a_map_cannot_be_told_from_a_copy() -> None:
    seen = configuration("web01", "base.vhd")
    story = record(Story(), type(seen)("web01", "/case/1.vmcx", "/case/1.vmcx", 2304, seen.disks))
    record(story, listed((WEB01, OWN)))

    assert not any("its host lists" in gap for gap in told(story))


def test_a_vm_with_a_history_of_its_own_needs_no_path_to_be_known() -> None:
    story = Story().vm("web01", "base.vhd")
    record(story, configuration("web01", "base.vhd"), vhd("base.vhd"), walked())

    assert told(record(story, listed((WEB01, "C:\\VMs\\Virtual Machines\\1.vmcx")))) == ()


def test_a_registered_vm_whose_configuration_is_gone_is_a_gap() -> None:
    story = record(observed(), listed((WEB01, OWN)))
    story.happened(ConfigurationGone(OWN, OWN), stream=f"vm/{WEB01.lower()}")

    assert "the configuration of web01, was not read" in told(story)[0]


def test_what_a_list_said_before_no_longer_counts() -> None:
    story = record(observed(), listed((VmId("X"), "E:\\x.vmcx")), listed((WEB01, OWN)))
    assert told(story) == ()

    record(story, listed((VmId("X"), "E:\\x.vmcx")))
    assert told(story)

    record(story, HostRegistryGone("HV1", "C:\\data.vmcx", PLACE))
    assert told(story) == ()


@pytest.mark.parametrize(
    ("vms", "deletable"),
    [(((WEB01, OWN),), "yes"), (((VmId("X"), "E:\\x.vmcx"),), "unknown")],
)
def test_no_file_may_go_while_a_registered_vm_was_not_read(
    vms: tuple[tuple[VmId, str], ...], deletable: str
) -> None:
    story = record(looked_at(left_behind()), listed(*vms))

    assert the(story, "orphan").deletable == deletable
