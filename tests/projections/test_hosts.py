"""Which hosts the evidence is of, what their headers mean, and which hosts were left out."""

from eventstore.events import (
    HostExportSeen,
    HostRegistrySeen,
    LogCovered,
    SlotDisk,
    VmRegistered,
)
from eventstore.ids import VmId, derive, folder_stream, vm_stream
from eventstore.moments import later
from projections.coverage import coverage
from tests.projections.several_hosts import Evidence, child, vhdx
from tests.story import START

UNNAMED = derive("host", "workstation")
VOLUME = r"\\?\Volume{aaaaaaaa-1111-2222-3333-444444444444}"
CSV = r"C:\ClusterStorage\Volume1"


class TestWhatAHeaderMeans:
    def test_its_drive_is_one_of_the_childs_host(self) -> None:
        told = Evidence()
        told.walk("HV01", "D:\\", vhdx(r"D:\VMs\base.vhdx", chain="another"))
        theirs = r"\\HV02\D$\golden\base.vhdx"
        clone = child(r"\\HV02\E$\a.avhdx", r"D:\golden\base.vhdx", theirs)

        told.walk("HV02", r"\\HV02\D$", vhdx(theirs), clone)

        assert told.parent(r"\\HV02\E$\a.avhdx") == theirs

    def test_an_absent_parent_is_missed_on_the_childs_host(self) -> None:
        told = Evidence().walk("HV01", "D:\\", vhdx(r"D:\base.vhdx", chain="another"))
        clone = child(r"\\HV02\D$\a.avhdx", r"D:\base.vhdx", "nobody's")

        told.walk("HV02", r"\\HV02\D$", clone).vm("web02", r"\\HV02\D$", clone.path)

        assert told.roles[r"\\HV02\D$\base.vhdx"] == "missing"
        assert told.roles[r"D:\base.vhdx"] != "missing"

    def test_a_child_read_without_a_map_is_of_the_host_that_was_walked(self) -> None:
        theirs = r"\\HV02\D$\golden\base.vhdx"
        clone = child("/raw/a.avhdx", r"D:\golden\base.vhdx", theirs)
        told = Evidence().walk("HV01", "D:\\", vhdx(r"D:\golden\base.vhdx", chain="another"))

        told.walk("HV02", r"\\HV02\D$", vhdx(theirs)).walk("HV02", "/raw", clone, place="/raw")

        assert told.parent("/raw/a.avhdx") == theirs

    def test_the_homes_own_share_is_its_drive(self) -> None:
        ours = r"D:\golden\base.vhdx"
        clone = child(r"\\HV02\D$\a.avhdx", r"\\hv01.corp.local\D$\golden\base.vhdx", ours)
        told = Evidence().walk("HV01", "D:\\", vhdx(ours)).walk("HV02", r"\\HV02\D$", clone)

        assert told.parent(clone.path) == ours

    def test_a_clusters_volume_is_the_same_from_every_host(self) -> None:
        base = rf"{CSV}\golden\base.vhdx"
        clone = child(r"\\HV02\D$\a.avhdx", base.replace("C:", "c:"), base)
        told = Evidence().walk("HV01", CSV, vhdx(base)).walk("HV02", r"\\HV02\D$", clone)

        assert told.parent(clone.path) == base

    def test_of_what_hosts_share_a_drive_may_be_of_the_reader_or_of_the_home(self) -> None:
        ours, theirs = r"D:\golden\ours.vhdx", r"\\HV02\D$\golden\theirs.vhdx"
        one = child(rf"{CSV}\1.avhdx", r"D:\golden\ours.vhdx", "")
        other = child(rf"{CSV}\2.avhdx", r"D:\golden\theirs.vhdx", "")
        told = Evidence().walk("HV01", "D:\\", vhdx(ours))

        told.walk("HV02", r"\\HV02\D$", vhdx(theirs), one, other)

        assert told.parent(one.path) == ours
        assert told.parent(other.path) == theirs

    def test_a_clones_parent_on_a_share_is_found_by_the_servers_other_name(self) -> None:
        base = r"\\FS01\golden\base.vhdx"
        clone = child(r"D:\a.avhdx", r"\\fs01.corp.local\golden\base.vhdx", base)
        told = Evidence().walk("HV01", "D:\\", clone).walk("FS01", r"\\FS01\golden", vhdx(base))

        assert told.parent(clone.path) == base


class TestVolumesByTheirGuid:
    def test_a_header_that_names_both_tells_the_drive_of_a_volume(self) -> None:
        base = r"D:\VMs\base.vhdx"
        both = child(r"E:\a.avhdx", base, "", volume=rf"{VOLUME}\VMs\base.vhdx")
        alone = child(r"E:\b.avhdx", "", "", volume=rf"{VOLUME}\VMs\base.vhdx")

        told = Evidence().walk("HV01", "D:\\", vhdx(base), both, alone)

        assert told.parent(alone.path) == base

    def test_a_volume_may_stand_in_a_folder(self) -> None:
        base = rf"{CSV}\VMs\base.vhdx"
        both = child(r"E:\a.avhdx", base, "", volume=rf"{VOLUME}\VMs\base.vhdx")
        alone = child(r"E:\b.avhdx", "", "", volume=rf"{VOLUME}\vms\BASE.vhdx")

        told = Evidence().walk("HV01", CSV, vhdx(base), both, alone)

        assert told.parent(alone.path) == base

    def test_a_volume_that_nothing_tells_stays_what_it_is(self) -> None:
        path = rf"{VOLUME}\VMs\base.vhdx"
        alone = child(r"E:\b.avhdx", "", "", volume=path)

        told = Evidence().walk("HV01", "E:\\", alone).vm("web01", "E:", alone.path)

        assert told.parent(alone.path) == path

    def test_the_volume_of_one_host_is_none_of_another(self) -> None:
        base = r"D:\VMs\base.vhdx"
        both = child(r"E:\a.avhdx", base, "", volume=rf"{VOLUME}\VMs\base.vhdx")
        alone = child(r"\\HV02\E$\b.avhdx", "", "", volume=rf"{VOLUME}\VMs\base.vhdx")
        told = Evidence().walk("HV01", "D:\\", vhdx(base), both)

        told.walk("HV02", r"\\HV02\E$", alone).vm("web02", r"\\HV02\E$", alone.path)

        assert told.parent(alone.path) == rf"{VOLUME}\VMs\base.vhdx"


class TestWhoWasLeftOut:
    def test_two_hosts_that_were_recorded_leave_no_gap(self) -> None:
        told = Evidence().walk("HV01", "D:\\").walk("HV02", r"\\HV02\D$")

        assert not told.gaps

    def test_two_hosts_with_plain_paths_are_mixed_up(self) -> None:
        told = Evidence().walk("HV01", "D:\\").walk("HV02", "E:\\")

        assert "2 hosts were recorded into this store" in told.gaps
        assert "HV01, HV02" in told.gaps

    def test_a_recorder_without_a_name_and_its_name_are_one_host(self) -> None:
        machine = derive("host", "hv01")

        assert not Evidence().walk(machine, "D:\\").walk("HV01", "E:\\").gaps

    def test_files_of_nobody_are_in_doubt_when_two_hosts_answered(self) -> None:
        told = Evidence().walk(UNNAMED, "D:\\")
        told.tell("export-of/hv01", HostExportSeen("HV01", "a", "a", 1))
        assert not told.gaps

        told.tell("export-of/hv02", HostExportSeen("HV02", "b", "b", 1))

        assert "recorded without --host: HV01, HV02" in told.gaps

    def test_nobody_is_judged_while_hosts_are_mixed_up(self) -> None:
        base = r"D:\base.vhdx"
        leaf = child(r"D:\a.avhdx", base, base)
        told = Evidence().walk("HV01", "D:\\", vhdx(base), leaf).vm("web01", "D:", base)
        assert told.roles[leaf.path] == "orphan"

        told.walk("HV02", "E:\\")

        assert told.roles[leaf.path] == "unknown"

    def test_no_merge_is_pending_while_hosts_are_mixed_up(self) -> None:
        base, trunk = r"D:\base.vhdx", r"D:\a.avhdx"
        now = child(r"D:\b.avhdx", trunk, trunk)
        told = Evidence().walk("HV01", "D:\\", vhdx(base), child(trunk, base, base), now)
        told.vm("web01", "D:", now.path)
        assert told.roles[trunk] == "pending"

        told.walk("HV02", "E:\\")

        assert told.roles[trunk] == "in_tree"

    def test_what_a_history_does_not_know_is_not_judged_while_hosts_are_mixed_up(self) -> None:
        base = r"D:\base.vhdx"
        leaf = child(r"D:\a.avhdx", base, base)
        slots = (SlotDisk("SCSI 0:0", base),)
        web01 = VmRegistered("web01", "live", merge_on_save=True, root="D:", disks=slots)
        told = Evidence().tell(vm_stream(VmId(derive("web01"))), web01)
        told.walk("HV01", "D:\\", vhdx(base), leaf)
        assert told.roles[leaf.path] == "orphan"

        told.walk("HV02", "E:\\")

        assert told.roles[leaf.path] == "unknown"

    def test_a_host_that_a_path_names_and_nobody_recorded_is_a_gap(self) -> None:
        told = Evidence().walk("HV01", "D:\\").vm("web01", "D:", r"\\hv03\D$\web01.vhdx")

        assert "HV03, which" in told.gaps

    def test_a_host_whose_log_alone_was_read_is_a_gap(self) -> None:
        def log(computer: str) -> LogCovered:
            return LogCovered(computer, "VMMS", "p", "f", 1, 9, START, START, 9)

        told = Evidence().walk("HV01", "D:\\").tell("log-of/1", log("hv01.corp.local"))
        assert not told.gaps

        told.tell("log-of/2", log("HV04"))

        assert "HV04, which its own event log names" in told.gaps

    def test_the_other_nodes_of_a_cluster_are_a_gap_until_one_is_recorded(self) -> None:
        told = Evidence().walk("HV01", CSV, vhdx(rf"{CSV}\base.vhdx"))
        assert "HV01 alone was recorded" in told.gaps

        assert "cluster" not in told.walk("HV02", r"\\HV02\D$").gaps


class TestStorageThatHostsShare:
    def left(self) -> Evidence:
        base = rf"{CSV}\base.vhdx"
        leaf = child(rf"{CSV}\a.avhdx", base, base)
        return Evidence().walk("HV01", CSV, vhdx(base), leaf).vm("web01", CSV, base)

    def test_nobody_is_an_orphan_while_only_one_host_was_recorded(self) -> None:
        assert self.left().roles[rf"{CSV}\a.avhdx"] == "unknown"

    def test_it_is_judged_where_several_hosts_were_recorded(self) -> None:
        told = self.left().walk("HV02", r"\\HV02\D$")

        assert told.roles[rf"{CSV}\a.avhdx"] == "orphan"

    def test_a_child_of_another_hosts_vm_is_needed(self) -> None:
        told = self.left().walk("HV02", r"\\HV02\D$")

        told.vm("web02", r"\\HV02\D$", rf"{CSV}\a.avhdx")

        assert told.roles[rf"{CSV}\a.avhdx"] == "in_tree"

    def test_a_cluster_that_tells_its_nodes_is_judged_when_all_were_recorded(self) -> None:
        asked = HostExportSeen("HV01", "p", "f", 1, nodes=("HV01", "HV02", "hv03"))
        told = self.left().walk("HV02", r"\\HV02\D$").tell("export-of/hv01", asked)
        assert told.roles[rf"{CSV}\a.avhdx"] == "unknown"
        assert told.gaps == (
            "hv03, which is a node of the cluster of HV01: nothing of this host was recorded"
        )

        told.walk("HV03.corp.local", r"\\HV03\D$")

        assert told.roles[rf"{CSV}\a.avhdx"] == "orphan"
        assert not told.gaps

    def test_a_cluster_of_one_node_has_no_others(self) -> None:
        asked = HostExportSeen("HV01", "p", "f", 1, nodes=("HV01",))
        told = self.left().tell("export-of/hv01", asked)

        assert told.roles[rf"{CSV}\a.avhdx"] == "orphan"
        assert not told.gaps

    def test_who_read_a_share_without_a_name_is_no_second_host(self) -> None:
        told = self.left().walk(UNNAMED, r"\\FS01\vms")

        assert told.roles[rf"{CSV}\a.avhdx"] == "unknown"
        assert [host.name for host in coverage(told.fleet).hosts] == ["HV01"]


def test_a_host_that_answers_again_by_another_spelling_has_no_other_disks_mounted() -> None:
    told = Evidence()
    for computer, mounted in (("HV01", ("D:\\a.vhdx",)), ("hv01.corp.local", ())):
        told.tell("export-of/hv01", HostExportSeen(computer, "p", "f", 1, attached=mounted))

    assert {host: each.disks for host, each in told.fleet.attached.items()} == {"HV01": frozenset()}


def test_coverage_speaks_of_each_host() -> None:
    registry = HostRegistrySeen("hv02.corp.local", "p", "f", ())
    told = Evidence().walk("HV01", "D:\\").walk("hv02.corp.local", r"\\hv02\D$")
    told.walk("HV01", "D:\\").tell(folder_stream("hv02.corp.local", "/x"), registry)

    home, other = coverage(told.fleet).hosts

    assert (home.name, home.is_home, home.folders, home.vms_listed) == ("HV01", True, 1, False)
    assert (home.first_read_at, home.last_read_at) == (
        later(START, minutes=1),
        later(START, minutes=3),
    )
    assert (other.name, other.is_home, other.vms_listed) == ("hv02.corp.local", False, True)
