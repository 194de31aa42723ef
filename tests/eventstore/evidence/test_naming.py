r"""What was read is called as the store knows it: another host's `D:\VMs` is `\\HV02\D$\VMs`."""

import json
from pathlib import Path

from msgspec.structs import replace

from eventstore.events import SlotDisk
from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.naming import named
from eventstore.evidence.observations import DiskFacts, ParentLink
from eventstore.evidence.path_map import path_map
from eventstore.evidence.vmcx_registry import FoundRegistry
from eventstore.hosts import Hosts
from eventstore.hosts_heard import has_local_files, read_from
from eventstore.ids import VmId, derive
from tests.eventstore.recording import configuration, disk, reading

ANYBODY = derive("host", "workstation")
VM = derive("web01")


def asked(place: Path, computer: str, *, of_vm: str = "") -> None:
    snapshot = {"Id": derive("S1"), "VMId": VM, "SnapshotType": "Standard", "Name": "S1"}
    vm = {
        "Id": VM,
        "Name": "web01",
        "State": "Running",
        "ComputerName": of_vm,
        "ConfigurationLocation": r"D:\VMs",
        "HardDrives": [_drive(r"D:\VMs\now.avhdx"), _drive(r"C:\ClusterStorage\V1\b.vhdx", 1)],
        "Snapshots": [snapshot | {"HardDrives": [_drive(r"D:\VMs\base.vhdx")]}],
    }
    mounted = [{"Path": r"E:\mounted.vhdx", "VhdType": "Dynamic", "Attached": True}]
    answer = {
        "SnapledgerCollector": 1,
        "AskedAt": f"2026-11-2{len(computer)}T00:00:00Z",
        "Computer": computer,
        "VMs": [vm],
        "Mounted": mounted,
    }
    (place / f"{computer}.json").write_text(json.dumps(answer))


def _drive(path: str, number: int = 0) -> dict[str, object]:
    return {
        "Path": path,
        "ControllerType": "SCSI",
        "ControllerNumber": 0,
        "ControllerLocation": number,
    }


def read(place: Path, hosts: Hosts, host: str, *maps: str) -> FolderReading:
    found = walk(place, path_map(place, maps))
    return named(found, read_from(hosts, found, host), host)


VOLUME = r"\\?\Volume{aaaaaaaa-1111-2222-3333-444444444444}"
BOTH = Hosts().heard("HV01").heard("HV02")


class TestWhatAWalkFound:
    def test_every_path_of_another_host_is_called_from_outside(self) -> None:
        found = reading(disk("VMs/base.vhd"), configuration(), unread=["VMs/denied"])
        registry = FoundRegistry("/f", r"C:\data.vmcx", "", ((VmId(VM), r"D:\VMs\web01.vmcx"),))
        found = replace(found, registries=(registry,), folders=(("/case/D", "D:\\"),))

        theirs = named(found, BOTH, "HV02")

        assert theirs.disks[0].path == r"\\HV02\D$\VMs\base.vhd"
        assert theirs.configurations[0].path.startswith(r"\\HV02\D$\VMs\Virtual Machines")
        assert theirs.configurations[0].configuration.disks[0].path == theirs.disks[0].path
        assert theirs.registries[0].path == r"\\HV02\C$\data.vmcx"
        assert theirs.registries[0].vms == ((VM, r"\\HV02\D$\VMs\web01.vmcx"),)
        assert theirs.unread[0].path == r"\\HV02\D$\VMs\denied"
        assert theirs.folders == (("/case/D", "\\\\HV02\\D$\\"),)
        assert theirs.disks[0].found_at == found.disks[0].found_at

    def test_at_home_nothing_is_called_otherwise(self) -> None:
        found = reading(disk("VMs/base.vhd"), configuration(), unread=["VMs/denied"])

        assert named(found, BOTH, "hv01.corp.local") == found

    def test_a_configuration_on_a_hosts_share_names_drives_of_that_host(self) -> None:
        own = replace(configuration(), path=r"\\hv02\D$\VMs\web01.xml")

        (found,) = named(reading(own), BOTH, "HV01").configurations

        assert found.configuration.disks[0].path == r"\\HV02\D$\VMs\base.vhd"
        assert not has_local_files(reading(own))

    def test_nothing_tells_whose_drives_one_on_a_share_names(self) -> None:
        shared = replace(configuration(), path=r"C:\ClusterStorage\V1\web01.xml")

        assert has_local_files(reading(shared))


class TestVolumesByTheirGuid:
    def walked(self, *, names: str, stands: str = r"D:\VMs\base.vhd") -> str:
        """Give what a configuration names by the volume's GUID, beside a disk that names both."""
        link = ParentLink(volume_path=VOLUME + r"\VMs\b.vhdx", absolute_path=r"D:\VMs\b.vhdx")
        facts = DiskFacts("vhdx", "differencing", "", 1, "i", "i", parent=link)
        both = replace(disk("VMs/both.avhdx"), facts=facts)
        said = configuration()
        named_by_guid = replace(said.configuration, disks=(SlotDisk("IDE 0:0", names),))
        found = reading(
            both, disk("VMs/x", path=stands), replace(said, configuration=named_by_guid)
        )
        (own,) = named(found, BOTH, "HV02").configurations
        return own.configuration.disks[0].path

    def test_a_configuration_names_the_disk_that_was_read_by_its_drive(self) -> None:
        assert self.walked(names=VOLUME + r"\vms\BASE.vhd") == r"\\HV02\D$\vms\BASE.vhd"

    def test_where_no_such_disk_was_read_it_stays_as_it_is(self) -> None:
        told = VOLUME + r"\VMs\base.vhd"

        assert self.walked(names=told, stands=r"E:\VMs\base.vhd") == told

    def test_a_volume_that_no_header_tells_stays_as_it_is(self) -> None:
        told = VOLUME.replace("a", "b") + r"\VMs\base.vhd"

        assert self.walked(names=told) == told


class TestAnswersOfHosts:
    def test_each_is_in_the_words_of_the_computer_that_gave_it(self, tmp_path: Path) -> None:
        asked(tmp_path, "HV1")
        asked(tmp_path, "HV02")

        first, second = sorted(
            read(tmp_path, Hosts(), ANYBODY).exports, key=lambda each: each.export.computer
        )[::-1]

        home, other = first.export, second.export
        assert home.vms[0].disks is not None
        assert [each.path for each in home.vms[0].disks] == [
            r"D:\VMs\now.avhdx",
            r"C:\ClusterStorage\V1\b.vhdx",
        ]
        assert other.vms[0].disks is not None
        assert [each.path for each in other.vms[0].disks] == [
            r"\\HV02\D$\VMs\now.avhdx",
            r"C:\ClusterStorage\V1\b.vhdx",
        ]
        snapshots = other.vms[0].snapshots[0].disks
        assert snapshots is not None
        assert snapshots[0].path == r"\\HV02\D$\VMs\base.vhdx"
        assert other.vms[0].location == r"\\HV02\D$\VMs"
        assert (home.attached, other.attached) == (
            (r"E:\mounted.vhdx",),
            (r"\\HV02\E$\mounted.vhdx",),
        )

    def test_a_vm_is_of_the_computer_that_it_names(self, tmp_path: Path) -> None:
        asked(tmp_path, "HV1", of_vm="hv02.corp.local")

        (found,) = read(tmp_path, Hosts().heard("HV1"), ANYBODY).exports

        assert found.export.vms[0].location == r"\\hv02\D$\VMs"
        assert found.export.attached == (r"E:\mounted.vhdx",)

    def test_they_tell_of_no_file_that_stands_where_they_lie(self, tmp_path: Path) -> None:
        asked(tmp_path, "HV1")

        assert not has_local_files(walk(tmp_path, path_map(tmp_path)))
