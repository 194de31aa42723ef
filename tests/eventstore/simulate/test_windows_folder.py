"""Where Windows paths stand below a folder."""

import json
import os
from pathlib import Path

import pytest

from eventstore.errors import BadInput
from eventstore.evidence.path_map import MAP_NAME, path_map
from eventstore.simulate.windows_folder import WindowsFolder


@pytest.mark.parametrize(
    ("path", "below"),
    [
        (r"C:\VMs\web01.vhd", "C/VMs/web01.vhd"),
        (r"c:/VMs\web01.vhd", "C/VMs/web01.vhd"),
        (r"\\?\C:\VMs\web01.vhd", "C/VMs/web01.vhd"),
        (r"\\nas\vms\web01.vhd", "UNC/nas/vms/web01.vhd"),
        (r"C:\VMs\..\..\..\web01.vhd", "C/web01.vhd"),
        (r"D:\仮想\スナ.avhd", "D/仮想/スナ.avhd"),
    ],
)
def test_a_windows_path_has_its_place(tmp_path: Path, path: str, below: str) -> None:
    assert WindowsFolder(tmp_path).place(path) == tmp_path / below


@pytest.mark.parametrize("path", ["web01.vhd", "/srv/web01.vhd", "C:", "C:\\", "C:web01.vhd", ""])
def test_what_is_no_full_windows_path_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInput, match="expected a full Windows path"):
        WindowsFolder(tmp_path).place(path)


def test_names_are_found_in_any_case(tmp_path: Path) -> None:
    folder = WindowsFolder(tmp_path)
    folder.make_room(r"C:\VMs\Web01.vhd").touch()

    assert folder.place(r"C:\vms\WEB01.VHD") == tmp_path / "C/VMs/Web01.vhd"


def test_the_map_names_every_volume_in_use(tmp_path: Path) -> None:
    folder = WindowsFolder(tmp_path)
    folder.make_room(r"C:\VMs\a.vhd")
    folder.make_room(r"\\nas\vms\b.vhd")

    found = json.loads((tmp_path / MAP_NAME).read_bytes())
    assert found == {"C:\\": "C", "\\\\nas\\vms\\": "UNC/nas/vms"}


def test_writers_that_share_a_folder_keep_each_others_map(tmp_path: Path) -> None:
    disks, configurations = WindowsFolder(tmp_path), WindowsFolder(tmp_path)
    disks.make_room(r"C:\VMs\a.vhd")
    configurations.make_room(r"D:\VMs\a.xml")
    disks.make_room(r"E:\VMs\a.vhd")

    assert set(json.loads((tmp_path / MAP_NAME).read_bytes())) == {"C:\\", "D:\\", "E:\\"}


@pytest.mark.parametrize(
    "path",
    [
        r"C:\VMs\web01.vhd",
        "C:\\VMs\\" + "長" * 200 + ".avhd",
        r"C:\VMs\con.vhd",
        "C:\\VMs\\odd\ufffdD834.vhd",
        r"C:\VMs\a.vhd:stream",
    ],
)
def test_the_map_leads_back_to_the_windows_path(tmp_path: Path, path: str) -> None:
    place = WindowsFolder(tmp_path).make_room(path)
    place.touch()
    found = path_map(tmp_path).found(path)

    assert found is not None
    assert os.fspath(place.absolute()) == found
    assert path_map(tmp_path).windows(found) == path
    assert WindowsFolder(tmp_path).place(path) == place


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    (inside / "C").mkdir(parents=True)
    try:
        (inside / "C" / "VMs").symlink_to(tmp_path)
    except OSError:
        pytest.skip("this system makes no symbolic links for this user")

    with pytest.raises(BadInput, match="lead out"):
        WindowsFolder(inside).place(r"C:\VMs\web01.vhd")
