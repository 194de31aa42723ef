"""Where files come from that no user asked for: whoever finds one is told who made it."""

import pytest
from msgspec.structs import replace

from eventstore.events import ExportedSnapshot, HostExportSeen, HostRegistrySeen, SideFileSeen
from eventstore.ids import VmId, host_stream, vm_stream
from projections.finding import Finding
from tests.projections.sightings import (
    LONG_AGO,
    configuration,
    one,
    record,
    said,
    the,
    verdicts,
    vhd,
    vhdx,
    walked,
)
from tests.projections.test_exports import FILES, S1, WEB01, WHOLE, slot, told
from tests.story import ORIGIN, Story, disk


def held_by(kind: str) -> Finding:
    """Give the answer on the disk of a snapshot that its host calls by `kind`."""
    snapshot = ExportedSnapshot(
        S1, "S1", None, is_parent_known=True, kind=kind, disks=slot("base.vhd")
    )
    return one(told(replace(WHOLE, snapshots=(snapshot,), disks=slot("b.avhd"))), "base.vhd")


@pytest.mark.parametrize(
    ("kind", "called", "made"),
    [
        ("recovery", "Recovery snapshot", "a backup, which removes it when it is done"),
        ("automatic", "Automatic snapshot", "taken by Hyper-V when the VM started"),
        ("replica", "Replica snapshot", "a recovery point of Hyper-V Replica"),
        ("appconsistentreplica", "Replica snapshot", "a recovery point of Hyper-V Replica"),
        ("missing", "Snapshot", "whose configuration its host cannot find"),
    ],
)
def test_a_snapshot_that_no_user_took_says_who_made_it(kind: str, called: str, made: str) -> None:
    finding = held_by(kind)

    assert finding.verdict == "needed"
    assert f'{called} "S1" of web01' in said(finding)
    assert made in said(finding)


def test_a_snapshot_that_a_user_took_needs_no_word() -> None:
    assert "was made" not in said(held_by("standard"))


def test_a_vm_that_no_list_names_is_told_and_its_disks_are_needed() -> None:
    story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"), walked())
    assert "not registered" not in said(one(story, "base.vhd"))

    others = ((VmId("0" * 36), "C:\\VMs\\other.vmcx"),)
    record(story, HostRegistrySeen("HV1", "C:\\data.vmcx", "/case/C/data.vmcx", others))

    finding = one(story, "base.vhd")
    assert (finding.verdict, finding.deletable) == ("needed", "no")
    assert "web01 is on none of the lists of VMs" in said(finding)


def test_a_vm_that_a_list_names_needs_no_word() -> None:
    story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"), walked())
    listed = ((WEB01, configuration("web01").path),)
    record(story, HostRegistrySeen("HV1", "C:\\data.vmcx", "/case/C/data.vmcx", listed))

    assert "not registered" not in said(one(story, "base.vhd"))


def test_an_orphan_by_the_name_of_a_backup_says_so() -> None:
    story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"))
    record(story, vhd("base-AutoRecovery.avhd", "base.vhd"), walked())

    finding = the(story, "orphan")

    assert "a backup may be running" in said(finding)
    assert finding.deletable == "unknown"


def test_a_file_beside_a_vhd_set_may_be_one_of_its_disks() -> None:
    place = SideFileSeen(disk("set.vhds"), "/case/C/VMs/set.vhds", "vhd_set", 260, LONG_AGO)
    story = record(Story(), vhdx("set_1A2B.avhdx"), place)

    finding = one(story, "set_1A2B.avhdx")

    assert finding.verdict == "unknown"
    assert f"{disk('set.vhds')} stands beside it, the file of a VHD set" in said(finding)


class TestMounted:
    def story(self, *attached: str) -> Story:
        story = record(Story(), *FILES, walked()).happened(WHOLE, stream=vm_stream(WEB01))
        host = HostExportSeen("HV01", "e", "e", 1, attached=tuple(map(disk, attached)))
        return story.happened(host, stream=host_stream(ORIGIN))

    def test_a_needed_disk_that_a_host_has_mounted_says_so(self) -> None:
        story = self.story("base.vhd")

        assert "HV01 had it mounted at" in said(one(story, "base.vhd"))
        assert "mounted" not in said(one(story, "a.avhd"))

    def test_it_is_no_finding_by_itself(self) -> None:
        assert verdicts(self.story("base.vhd")) == verdicts(self.story())
