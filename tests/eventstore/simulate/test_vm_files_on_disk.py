"""Configuration and saved-state files stand in the folder exactly as the machine's state says."""

from pathlib import Path

from eventstore.evidence.path_map import path_map
from eventstore.evidence.vmconfig import read_configuration
from eventstore.fleet import Fleet
from eventstore.log.embedded import EmbeddedLog
from eventstore.simulate.player import By, Player
from eventstore.simulate.vm_files_on_disk import VmFilesOnDisk
from tests.eventstore.simulate.playing import WEB01, new_log, play


def fleet(log: EmbeddedLog) -> Fleet:
    player = Player(log, "", By())
    player.catch_up()
    return player.host.fleet


def written(folder: Path, log: EmbeddedLog) -> VmFilesOnDisk:
    files = VmFilesOnDisk(folder, ())
    files.update(fleet(log).machines.values())
    return files


def standing(folder: Path) -> set[str]:
    """Give the Windows paths of what stands below `folder`, in upper case."""
    mapping = path_map(folder)
    return {
        mapping.windows(str(place)).upper()
        for place in folder.rglob("*")
        if place.is_file() and place.name != ".snapledger-map"
    }


def expected(log: EmbeddedLog) -> set[str]:
    return {
        file.path.upper()
        for machine in fleet(log).machines.values()
        for file in machine.files
        if file.kind != "folder"
    }


def test_the_folder_follows_the_state(tmp_path: Path) -> None:
    log, folder = new_log(tmp_path / "store"), tmp_path / "host"
    play(log, WEB01, "start web01", "take web01 S1", "take web01 S2")
    files = written(folder, log)
    assert standing(folder) == expected(log)

    for line in ("delete web01 S1", "shutdown web01", "apply web01 S2", "remove web01"):
        play(log, line)
        files.update(fleet(log).machines.values())
        assert standing(folder) == expected(log)


def test_a_deleted_snapshots_folder_goes_too(tmp_path: Path) -> None:
    log, folder = new_log(tmp_path / "store"), tmp_path / "host"
    play(log, WEB01, "start web01", "take web01 S1")
    files = written(folder, log)
    play(log, "delete web01 S1")
    files.update(fleet(log).machines.values())

    assert not list((folder / "C" / "VMs" / "Snapshots").iterdir())


def test_an_earlier_runs_files_are_known(tmp_path: Path) -> None:
    log, folder = new_log(tmp_path / "store"), tmp_path / "host"
    play(log, WEB01, "start web01")
    written(folder, log)
    later = VmFilesOnDisk(folder, fleet(log).machines.values())
    play(log, "shutdown web01")
    later.update(fleet(log).machines.values())

    assert standing(folder) == expected(log)


def test_a_configuration_names_the_disks_of_now(tmp_path: Path) -> None:
    log, folder = new_log(tmp_path / "store"), tmp_path / "host"
    play(log, WEB01, r'take web01 S1 as="IDE 0:0"=C:\VMs\now.avhd')
    written(folder, log)

    (place,) = (folder / "C" / "VMs" / "Virtual Machines").glob("*.xml")
    assert [disk.path for disk in read_configuration(place.read_bytes()).disks] == [
        r"C:\VMs\now.avhd"
    ]
