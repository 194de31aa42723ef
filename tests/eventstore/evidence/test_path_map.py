"""Places found on the examining machine, and the Windows paths they stand for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore.errors import BadInput
from eventstore.evidence.host import host_id
from eventstore.evidence.path_map import MAP_NAME, PathMap, map_text, path_map, refuse_mistakes

pytestmark = pytest.mark.skipif(Path("/").drive != "", reason="places here are POSIX places")

NAMES = st.text(st.sampled_from("abcXYZ 日本._-"), min_size=1, max_size=8).filter(
    lambda name: name.strip(". ") != "" and not name.endswith((".", " "))
)


def typed(*pairs: str) -> PathMap:
    return path_map(Path("/nowhere"), pairs)


def test_a_place_below_a_mapped_folder_has_a_windows_path() -> None:
    mapping = typed(r"D:\VMs=/mnt/case/D/VMs")

    assert mapping.windows("/mnt/case/D/VMs/web01/a.vhd") == r"D:\VMs\web01\a.vhd"
    assert mapping.windows("/mnt/case/D/VMs") == r"D:\VMs"


def test_an_unmapped_place_stays_what_it_is() -> None:
    mapping = typed(r"D:\VMs=/mnt/case/D/VMs")

    assert mapping.windows("/mnt/case/D/VMs2/a.vhd") == "/mnt/case/D/VMs2/a.vhd"
    assert mapping.windows("/mnt/Case/D/VMs/a.vhd") == "/mnt/Case/D/VMs/a.vhd"
    assert mapping.found(r"D:\VMs2\a.vhd") is None
    assert PathMap().windows("/a.vhd") == "/a.vhd"


def test_the_longest_prefix_wins_both_ways() -> None:
    mapping = typed("C:\\Deep\\=/case/C/else/", r"C:\Mounted=/case/E", r"C:\=/case/C")

    assert mapping.windows("/case/C/x.vhd") == r"C:\x.vhd"
    assert mapping.windows("/case/E/x.vhd") == r"C:\Mounted\x.vhd"
    assert mapping.windows("/case/C/else/x.vhd") == r"C:\Deep\x.vhd"
    assert mapping.found(r"C:\mounted\x.vhd") == "/case/E/x.vhd"
    assert mapping.found(r"C:\x.vhd") == "/case/C/x.vhd"


def test_of_two_maps_of_one_folder_the_last_wins() -> None:
    assert typed(r"C:\A=/case", r"C:\B=/case").windows("/case/x") == r"C:\B\x"
    assert typed(r"C:\A=/one", r"c:\a=/two").found(r"C:\A\x") == "/two/x"


def test_the_root_of_a_volume_keeps_its_backslash() -> None:
    mapping = typed(r"C:\=/case/C", r"\\srv\share=/case/share")

    assert mapping.windows("/case/C") == "C:\\"
    assert mapping.windows("/case/share/a.vhd") == r"\\srv\share\a.vhd"
    assert mapping.found(r"\\?\UNC\SRV\Share\a.vhd") == "/case/share/a.vhd"
    assert mapping.found("c:/x/../y.vhd") == "/case/C/y.vhd"


def test_the_whole_file_system_can_stand_for_a_volume() -> None:
    assert typed(r"C:\=/").windows("/VMs/a.vhd") == r"C:\VMs\a.vhd"
    assert typed(r"C:\=/").found(r"C:\VMs\a.vhd") == "/VMs/a.vhd"


def test_a_name_that_windows_cannot_have_gets_no_windows_path() -> None:
    assert typed(r"C:\=/case/C").windows("/case/C/a\\b.vhd") == "/case/C/a\\b.vhd"


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_a_path_there_and_back_is_the_same(names: list[str]) -> None:
    mapping = typed(r"C:\=/case/C", r"D:\VMs=/case/D")
    place = "/case/D/" + "/".join(names)

    assert mapping.found(mapping.windows(place)) == place


def test_a_folder_carries_its_own_map(tmp_path: Path) -> None:
    (tmp_path / MAP_NAME).write_bytes(map_text({"C:\\": "C", r"D:\長い名": "D/short~1"}))

    mapping = path_map(tmp_path)

    assert mapping.windows(f"{tmp_path}/C/VMs/a.vhd") == r"C:\VMs\a.vhd"
    assert mapping.windows(f"{tmp_path}/D/short~1/a.vhd") == r"D:\長い名\a.vhd"
    assert mapping.found(r"C:\VMs\a.vhd") == f"{tmp_path}/C/VMs/a.vhd"


def test_a_typed_map_is_stronger_than_the_folders_own(tmp_path: Path) -> None:
    (tmp_path / MAP_NAME).write_bytes(map_text({"C:\\": "C"}))

    assert path_map(tmp_path, [rf"E:\={tmp_path}/C"]).windows(f"{tmp_path}/C/a") == r"E:\a"


@pytest.mark.parametrize(
    "pair", ["", r"D:\VMs", r"D:\VMs=", "=/mnt", "VMs=/mnt", "/mnt=/mnt", "D:VMs=/mnt"]
)
def test_what_is_no_map_is_refused_with_an_example(pair: str) -> None:
    with pytest.raises(BadInput, match="expected a"):
        typed(pair)


def test_what_a_shell_made_of_a_map_is_told() -> None:
    with pytest.raises(BadInput, match="a shell took the backslash away"):
        typed("D:VMs=/mnt")


class TestMapsThatAreTypedInVain:
    @pytest.mark.parametrize(
        ("pairs", "told"),
        [
            ([r"D:\VMs={}/DD"], "there is no .*/DD, where by --map D:.VMs stands"),
            ([r"D:\VMs={}/../else"], "is in none of the folders to be read"),
            ([r"D:\VMs={}/D", r"d:\vms={}/C"], r"stands at .*/D and at .*/C"),
            ([r"D:\VMs={}/D", r"E:\VMs={}/D/"], r"is D:.VMs and E:.VMs"),
        ],
    )
    def test_they_are_refused(self, tmp_path: Path, pairs: list[str], told: str) -> None:
        root = _made(tmp_path)

        with pytest.raises(BadInput, match=told):
            refuse_mistakes([pair.format(root) for pair in pairs], [root])

    def test_what_is_below_or_above_a_folder_that_is_read_is_fine(self, tmp_path: Path) -> None:
        root = _made(tmp_path)
        pairs = [r"D:\={}/D", r"C:\VMs\={}/C", r"D:\={}/D/", r"X:\={}/.."]

        refuse_mistakes([pair.format(root) for pair in pairs], [tmp_path / "else", root])


def _made(tmp_path: Path) -> Path:
    for folder in ("case/C", "case/D", "else"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path / "case"


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b'{"C:\\\\": 1}', b'{"C:\\\\": "../C"}', b'{"C:\\\\": "/etc"}', b'{"C": "C"}'],
)
def test_a_broken_map_file_is_refused(tmp_path: Path, text: bytes) -> None:
    (tmp_path / MAP_NAME).write_bytes(text)

    with pytest.raises(BadInput, match="expected"):
        path_map(tmp_path)


def test_a_host_is_named_or_follows_from_this_machine() -> None:
    assert host_id("  HV01 ") == "HV01"
    assert host_id() == host_id()
    assert host_id() != host_id("HV01")


@pytest.mark.parametrize("name", ["  ", "a\\b", ".", "?", "HV\n01", "HV\u202e01", "HV\x1b01"])
def test_what_cannot_stand_for_a_server_names_no_host(name: str) -> None:
    with pytest.raises(BadInput, match="expected the name of a host"):
        host_id(name)
