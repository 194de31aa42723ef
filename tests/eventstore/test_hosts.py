"""A file is known by its host and its path; the home's paths stay plain."""

import pytest

from eventstore.hosts import (
    Hosts,
    Naming,
    is_local,
    is_of_cluster,
    is_same_host,
    is_shared,
    of,
    server_of,
)
from eventstore.ids import derive

UNNAMED = derive("host", "hv01")
ANYBODY = derive("host", "workstation")
CSV = r"C:\ClusterStorage\Volume1\VMs\a.avhdx"
VOLUME = r"\\?\Volume{aaaaaaaa-1111-2222-3333-444444444444}\VMs\a.vhdx"
HV02 = Naming("HV02", frozenset({"hv01"}))
HOME = Naming("", frozenset({"hv01"}))


def hosts(*names: str) -> Hosts:
    heard = Hosts()
    for name in names:
        heard = heard.heard(name)
    return heard


class TestPathsOfAnotherHost:
    @pytest.mark.parametrize(
        ("told", "known"),
        [
            (r"D:\VMs\a.vhdx", r"\\HV02\D$\VMs\a.vhdx"),
            (r"d:/VMs/a.vhdx", r"\\HV02\D$\VMs\a.vhdx"),
            (r"\\?\D:\VMs\a.vhdx", r"\\HV02\D$\VMs\a.vhdx"),
            ("D:\\", "\\\\HV02\\D$\\"),
            ("D:", r"\\HV02\D$"),
        ],
    )
    def test_a_local_path_is_an_administrative_share(self, told: str, known: str) -> None:
        assert HV02.path(told) == known

    @pytest.mark.parametrize(
        "told", [CSV, r"\\FS01\vms\a.vhdx", "/mnt/case/a.vhdx", "a.vhdx", VOLUME, ""]
    )
    def test_what_is_shared_or_no_windows_path_stays_as_it_is(self, told: str) -> None:
        assert HV02.path(told) == HOME.path(told) == told

    def test_the_homes_own_paths_stay_plain(self) -> None:
        assert HOME.path(r"D:\VMs\a.vhdx") == r"D:\VMs\a.vhdx"

    @pytest.mark.parametrize("naming", [HOME, HV02])
    def test_the_homes_administrative_shares_are_its_volumes(self, naming: Naming) -> None:
        assert naming.path(r"\\hv01.corp.local\d$\VMs\a.vhdx") == r"D:\VMs\a.vhdx"
        assert naming.path(r"\\HV03\D$\VMs\a.vhdx") == r"\\HV03\D$\VMs\a.vhdx"

    def test_a_file_reached_through_a_share_speaks_of_the_host_that_has_it(self) -> None:
        theirs = HOME.at(r"\\hv02.corp.local\D$\VMs\web.vmcx")

        assert theirs.path(r"E:\a.vhdx") == r"\\HV02\E$\a.vhdx"
        assert HV02.at(r"\\HV01\D$\VMs\web.vmcx") == HOME
        assert HV02.at(r"\\FS01\vms\web.vmcx") == HV02

    @pytest.mark.parametrize(
        "told",
        [
            r"\\HV03\ClusterStorage$\Volume1\VMs\a.avhdx",
            r"\\HV03\C$\ClusterStorage\Volume1\VMs\a.avhdx",
        ],
    )
    def test_a_clusters_volume_is_the_same_through_every_node(self, told: str) -> None:
        assert HV02.path(told) == HOME.path(told) == CSV


class TestWhereAPathIs:
    def test_a_drive_is_local_and_a_clusters_volume_is_not(self) -> None:
        assert is_local(r"\\?\D:\VMs\a.vhdx")
        assert not is_local(CSV)
        assert is_of_cluster(CSV)
        assert not is_of_cluster(r"C:\ClusterStorageOld\a.vhdx")

    def test_a_share_may_be_used_by_anybody_and_a_volume_of_a_host_by_its_own(self) -> None:
        assert is_shared(CSV)
        assert is_shared(r"\\FS01\vms\a.vhdx")
        assert not is_shared(r"\\HV02\D$\VMs\a.vhdx")
        assert not is_shared(r"D:\VMs\a.vhdx")
        assert not is_shared("/case/a.vhdx")

    def test_an_administrative_share_names_its_host(self) -> None:
        assert of(r"\\hv02.corp.local\D$\VMs\a.vhdx") == "hv02"
        assert of(r"\\FS01\vms\a.vhdx") == of(r"D:\a.vhdx") == of("/case/a.vhdx") == ""
        assert server_of(r"\\FS01\vms\a.vhdx") == "FS01"
        assert server_of(VOLUME) == ""


class TestOneHostByManyNames:
    def test_names_compare_by_their_first_label(self) -> None:
        assert is_same_host("HV02", "hv02.corp.local")
        assert not is_same_host("HV02", "HV020.corp.local")
        assert not is_same_host("10.0.0.5", "10.0.0.6")

    def test_a_machine_that_recorded_without_a_name_is_known_by_it_later(self) -> None:
        assert is_same_host(UNNAMED, "HV01.corp.local")
        assert not is_same_host(UNNAMED, "HV02")

    def test_the_first_spelling_names_the_host(self) -> None:
        known = hosts("HV01", "HV02.corp.local", "hv02")

        assert known.names == (("HV01",), ("HV02.corp.local", "hv02"))
        assert known.spelled("HV02") == "HV02.corp.local"
        assert known.naming("hv02").path("D:\\a.vhd") == r"\\HV02\D$\a.vhd"

    def test_evidence_is_kept_under_the_name_it_was_first_read_under(self) -> None:
        read, answered = hosts(ANYBODY), Hosts().heard("HV01", answered=True)

        for known in (read.heard("HV01", answered=True), answered.heard(ANYBODY)):
            assert known.spelled("hv01.corp.local") == known.spelled(ANYBODY) == ANYBODY
            assert known.called() == ("HV01",)
        assert hosts("HV01").spelled(UNNAMED) == "HV01"
        assert hosts("HV01").spelled("HV03") == "HV03"

    def test_an_address_is_whole(self) -> None:
        assert hosts("HV01", "10.0.0.5").naming("10.0.0.5").path("D:\\a.vhd") == (
            r"\\10.0.0.5\D$\a.vhd"
        )


class TestWhoseHomeItIs:
    def test_the_first_host_is_the_home(self) -> None:
        assert hosts().naming("HV01") == Naming()
        assert hosts("HV01").naming("hv01.corp.local") == HOME
        assert hosts("HV01", "HV02").naming("HV02") == HV02

    def test_a_home_without_a_name_has_that_of_the_host_that_answers_first(self) -> None:
        known = hosts(ANYBODY).heard("HV01", answered=True).heard("HV02", answered=True)

        assert known.names == ((ANYBODY, "HV01"), ("HV02",))

    def test_a_home_without_a_name_is_not_who_is_named_later(self) -> None:
        assert hosts(ANYBODY, "HV02").names == ((ANYBODY,), ("HV02",))
        assert hosts(UNNAMED, "HV01").names == ((UNNAMED, "HV01"),)

    def test_files_of_nobody_are_those_of_the_only_host_that_answered(self) -> None:
        answered = Hosts().heard("HV01", answered=True)

        assert answered.heard(ANYBODY).names == (("HV01", ANYBODY),)
        assert not answered.heard(ANYBODY).is_doubtful(ANYBODY)

    @pytest.mark.parametrize(
        "known",
        [
            hosts("HV01"),
            hosts("HV01", "HV02"),
            Hosts().heard("HV01", answered=True).heard("HV02", answered=True),
            hosts("HV02", ANYBODY),
        ],
    )
    def test_where_hosts_were_named_files_of_nobody_may_be_anybodys(self, known: Hosts) -> None:
        assert known.heard(ANYBODY).is_doubtful(ANYBODY)

    def test_a_named_host_is_never_in_doubt(self) -> None:
        assert not hosts("HV01", "HV02").is_doubtful("HV02")
        assert not hosts("HV01", UNNAMED).is_doubtful(UNNAMED)
        assert not hosts(ANYBODY, "HV02").is_doubtful(ANYBODY)
