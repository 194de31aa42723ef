"""Whether the file that stands there is the very disk that history let go of."""

from eventstore.events import HostRegistrySeen, SnapshotDeleted
from eventstore.ids import SnapshotId, derive
from projections.finding import Finding
from tests.projections.sightings import (
    HOST,
    configuration,
    record,
    said,
    the,
    vhd,
    vhdx,
    walked,
)
from tests.story import Story, key

ID = derive("id", "base.vhdx")
"""The VirtualDiskId of the base, which all VHDX of its chain bear."""


def vhdx_story() -> Story:
    return Story().vm("web01", "base.vhdx", policy="live").take("S").take("S2").apply("S")


def left_behind(story: Story) -> Story:
    """Let S2 go, and its disk after-S.avhdx stay; then look at everything."""
    story.happened(SnapshotDeleted(SnapshotId("S2")))
    record(story, configuration("web01", "apply1-S.avhdx", listed=1))
    record(story, vhdx("base.vhdx", identity=ID))
    return record(story, vhdx("apply1-S.avhdx", "base.vhdx", identity=ID, written="W3"))


def orphan(story: Story) -> Finding:
    return the(story, "orphan")


def test_a_vhdx_that_was_read_before_it_was_let_go_of_is_known_again() -> None:
    left = vhdx("after-S.avhdx", "base.vhdx", identity=ID, written="W2")
    story = left_behind(record(vhdx_story(), left))

    assert orphan(record(story, left, walked())).deletable == "yes"


def test_a_vhdx_that_nobody_read_before_may_be_another_of_its_chain() -> None:
    left = vhdx("after-S.avhdx", "base.vhdx", identity=ID, written="W2")
    story = record(left_behind(vhdx_story()), left, walked())

    assert orphan(story).deletable == "unknown"
    assert "may be another one" in said(orphan(story))


def test_a_vhdx_that_was_written_since_it_was_read_may_be_another_of_its_chain() -> None:
    read = vhdx("after-S.avhdx", "base.vhdx", identity=ID, written="W2")
    moved = vhdx("after-S.avhdx", "base.vhdx", identity=ID, written="W9")
    story = record(left_behind(record(vhdx_story(), read)), moved, walked())

    assert orphan(story).deletable == "unknown"


def test_a_disk_below_another_parent_is_not_the_one_that_was_let_go_of() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("S2").apply("S")
    made_as = story.machine.disks[key("after-S.avhd")].disk_id
    story.delete("S2")
    assert key("after-S.avhd") not in story.machine.disks
    record(story, configuration("web01", "apply1-S.avhd", listed=1))
    record(story, vhd("base.vhd"), vhd("other.vhd"), vhd("apply1-S.avhd", "base.vhd"))
    back = vhd("after-S.avhd", "base.vhd", disk_id=made_as)
    assert orphan(record(story, back, walked())).deletable == "yes"

    another = vhd("after-S.avhd", "apply1-S.avhd", disk_id=made_as)

    finding = the(record(story, another, walked()), "orphan", "after-S.avhd")
    assert finding.deletable == "unknown"
    assert "hangs below another disk" in said(finding)


def test_a_yes_says_that_no_list_of_the_hosts_vms_was_read() -> None:
    left = vhdx("after-S.avhdx", "base.vhdx", identity=ID, written="W2")
    story = record(left_behind(record(vhdx_story(), left)), left, walked())
    assert "data.vmcx" in said(orphan(story))

    web01 = (story.machine.id, story.machine.files[0].path)
    record(story, HostRegistrySeen(HOST, "C:\\data.vmcx", "/case/data.vmcx", (web01,)))

    assert orphan(story).deletable == "yes"
    assert "data.vmcx" not in said(orphan(story))
