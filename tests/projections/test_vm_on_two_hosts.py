"""One VM on two hosts, by migration or Replica: references are united, and contradict nobody."""

import pytest

from projections.coverage import coverage
from projections.doubts import doubts
from projections.hosts import on_several_hosts
from projections.ownership import ownership_of
from projections.plan_objections import Scene, objections_to_what_is_known
from tests.projections.several_hosts import Evidence, child, vhdx

HOME = r"D:\VMs"
OTHER = r"\\HV02\D$\VMs"
CSV = r"C:\ClusterStorage\Volume1"


def disks(folder: str) -> tuple[str, str]:
    return rf"{folder}\base.vhdx", rf"{folder}\now.avhdx"


def both() -> Evidence:
    """Give two hosts that have a disk and an AVHDX of their own, by the same local paths."""
    told = Evidence()
    for host, folder in (("HV01", HOME), ("HV02", OTHER)):
        base, now = disks(folder)
        told.walk(host, folder, vhdx(base, chain=folder), child(now, base, "", chain=folder))
    return told


def needed(told: Evidence) -> set[str]:
    return {path for path, role in told.roles.items() if role in {"base", "in_tree", "pending"}}


ALL = {*disks(HOME), *disks(OTHER)}


class TestByConfiguration:
    def test_what_either_names_is_needed(self) -> None:
        for first, second in ((HOME, OTHER), (OTHER, HOME)):
            told = both().vm("web01", first, disks(first)[1]).vm("web01", second, disks(second)[1])

            assert needed(told) == ALL

    def test_neither_contradicts_the_other(self) -> None:
        told = both().vm("web01", HOME, disks(HOME)[1]).vm("web01", OTHER, disks(OTHER)[1])

        (machine,) = told.fleet.machines.values()
        assert not machine.contradictions
        assert not told.gaps

    def test_coverage_tells_the_hosts_that_have_it(self) -> None:
        told = both().vm("web01", HOME, disks(HOME)[1])
        assert coverage(told.fleet).vms[0].hosts == ("HV01",)

        told.vm("web01", OTHER, disks(OTHER)[1])

        assert coverage(told.fleet).vms[0].hosts == ("HV01", "HV02")

    def test_nothing_is_planned_or_foreseen_without_doubt(self) -> None:
        told = both().vm("web01", HOME, disks(HOME)[1])
        (machine,) = told.fleet.machines.values()
        assert not on_several_hosts(told.fleet, machine)

        told.vm("web01", OTHER, disks(OTHER)[1])

        (machine,) = told.fleet.machines.values()
        why = "web01 is on HV01 and HV02, and nothing tells where it runs"
        fleet, graph = told.fleet, told.graph
        scene = Scene(fleet, graph, ownership_of(()), ())
        assert why in [each.text for each in objections_to_what_is_known(scene, machine)]
        assert why in doubts(fleet, fleet, machine.id, (), (), (), graph)

    def test_two_on_one_host_still_do(self) -> None:
        told = both().vm("web01", HOME, disks(HOME)[1]).vm("web01", r"D:\Copy", disks(HOME)[0])

        assert "which of them Hyper-V uses" in told.gaps

    @pytest.mark.parametrize(("with_snapshot", "without"), [(HOME, OTHER), (OTHER, HOME)])
    def test_each_host_counts_its_own_snapshots(self, with_snapshot: str, without: str) -> None:
        base, now = disks(with_snapshot)
        told = both().vm("web01", without, disks(without)[1])
        told.vm("web01", with_snapshot, now, listed=1)
        assert "0 of the 1 snapshot configurations" in told.gaps

        told.snapshot("web01", "recovery point", with_snapshot, base)

        assert not told.gaps

    def test_the_same_place_on_two_hosts_is_two_configurations(self) -> None:
        place = r"D:\VMs\web01.vmcx"
        told = both().vm("web01", HOME, disks(HOME)[1], place=place)

        told.vm("web01", OTHER, disks(OTHER)[1], place=place)

        (machine,) = told.fleet.machines.values()
        assert len(machine.readings) == 2
        assert needed(told) == ALL

    def test_what_a_host_has_on_shared_storage_is_where_its_configuration_says(self) -> None:
        base, now = disks(CSV)
        on_csv = vhdx(base, chain=CSV), child(now, base, "", chain=CSV)
        told = both().walk("HV01", CSV, *on_csv, place="/csv").vm("web01", OTHER, now)

        told.vm("web01", OTHER, base)

        assert told.roles[now] == "orphan"


class TestByTheHostsAnswers:
    def test_what_either_names_is_needed(self) -> None:
        for order in ((HOME, OTHER), (OTHER, HOME), (HOME, OTHER, HOME, OTHER)):
            told = both()
            for folder in order:
                told.export(folder, "web01", disks(folder)[1])

            assert needed(told) == ALL

    def test_a_snapshot_that_the_other_host_does_not_know_keeps_its_disk(self) -> None:
        base, now = disks(HOME)
        more = child(r"D:\More\S1.avhdx", base, "", chain=HOME)
        told = both().walk("HV01", r"D:\More", more, place="/more")
        told.export("HV01", "web01", now, S1=r"D:\More\S1.avhdx")

        told.export("HV02", "web01", disks(OTHER)[1])

        assert told.roles[r"D:\More\S1.avhdx"] == "in_tree"

    def test_what_a_host_itself_names_no_more_is_needed_no_more(self) -> None:
        told = (
            both().export("HV01", "web01", disks(HOME)[1]).export("HV02", "web01", disks(OTHER)[1])
        )

        told.export("HV01", "web01", disks(HOME)[0])

        assert told.roles[disks(HOME)[1]] == "orphan"
        assert needed(told) == ALL - {disks(HOME)[1]}

    def test_a_host_that_told_not_all_leaves_all_in_doubt(self) -> None:
        told = both().export("HV01", "web01", disks(HOME)[0], has_all=False)
        told.export("HV02", "web01", disks(OTHER)[1])
        assert told.roles[disks(HOME)[1]] == "unknown"

        told.export("HV01", "web01", disks(HOME)[0])

        assert told.roles[disks(HOME)[1]] == "orphan"

    def test_a_configuration_of_one_host_says_nothing_of_the_other(self) -> None:
        told = both().export("HV02", "web01", disks(OTHER)[1])

        told.vm("web01", HOME, disks(HOME)[1])

        assert needed(told) == ALL

    def test_a_vm_that_moved_within_shared_storage_is_where_it_is_now(self) -> None:
        base, now = disks(CSV)
        on_csv = vhdx(base, chain=CSV), child(now, base, "", chain=CSV)
        told = both().walk("HV01", CSV, *on_csv, place="/csv")
        told.export("HV01", "web01", now)

        told.export("HV02", "web01", base)

        assert told.roles[now] == "orphan"
