"""Windows paths are parsed as Windows paths on every system."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventstore import paths
from eventstore.paths import (
    beside,
    folder_of,
    is_posix,
    joined,
    name_of,
    path_key,
    plain,
    rest_below,
    suffix_of,
    volume_id_of,
    volume_of,
)

VOLUME = r"\\?\Volume{aaaaaaaa-1111-2222-3333-444444444444}"
PIECES = st.text(alphabet="aß.\\/: C?", max_size=8)


@pytest.mark.parametrize(
    "spelling",
    [
        "c:/vms/A.VHD",
        r"\\?\C:\VMs\a.vhd",
        r"C:\VMs\x\..\a.vhd",
        r"C:\VMs\.\a.vhd",
        r"C:\VMs\\a.vhd",
        r"\\.\C:\VMs\a.vhd",
        r"\??\C:\VMs\a.vhd",
    ],
)
def test_spellings_of_one_file_have_one_key(spelling: str) -> None:
    assert path_key(spelling) == path_key(r"C:\VMs\a.vhd")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"C:\VMs\straße.vhd", r"C:\VMs\strasse.vhd"),
        (r"\\srv\share\a.vhd", r"\\srv\other\a.vhd"),
        ("/case/A.vhd", "/case/a.vhd"),
        (r"C:\VMs\a.vhd", r"D:\VMs\a.vhd"),
        (r"C:\VMs\a.vhd", r"VMs\a.vhd"),
        (r"\\10.0.0.5\share\a.vhd", r"\\10.0.0.6\share\a.vhd"),
        (r"\\fs01\share\a.vhd", r"\\fs02.corp.local\share\a.vhd"),
    ],
)
def test_different_files_have_different_keys(one: str, other: str) -> None:
    assert path_key(one) != path_key(other)


def test_unc_paths_are_the_same_with_and_without_their_prefix() -> None:
    assert path_key(r"\\?\UNC\srv\share\A.vhd") == path_key("//SRV/share/a.vhd")


def test_a_server_is_the_same_with_and_without_its_domain() -> None:
    spelled = r"\\fs01.corp.local\vms.2026\a.vhd"

    assert path_key(spelled) == path_key(r"\\FS01\vms.2026\a.vhd")
    assert plain(spelled) == spelled


def test_a_volume_is_told_by_its_guid_however_it_is_prefixed() -> None:
    spelled = r"\\.\volume{AAAAAAAA-1111-2222-3333-444444444444}\VMs\a.vhd"

    assert path_key(spelled) == path_key(VOLUME + r"\vms\a.vhd")
    assert volume_of(VOLUME + r"\vms\a.vhd") == VOLUME


@pytest.mark.parametrize(
    ("path", "folder", "rest"),
    [
        (r"C:\VMs\web\a.vhd", "c:/vms", r"web\a.vhd"),
        (r"C:\VMs\a.vhd", "C:", r"VMs\a.vhd"),
        (r"\\fs01.corp.local\vms\a.vhd", r"\\FS01\vms", "a.vhd"),
        (r"\\FS01\vms\a.vhd", r"\\fs01.corp.local\VMS" + "\\", "a.vhd"),
        ("/case/D/a.vhd", "/case", "D/a.vhd"),
        (r"C:\VMs", "C:\\VMs\\", ""),
    ],
)
def test_what_lies_below_a_folder_keeps_its_spelling(path: str, folder: str, rest: str) -> None:
    assert rest_below(path, folder) == rest


def test_japanese_and_greek_names_fold_as_ntfs_does() -> None:
    assert path_key("C:\\ｖｍ\\Σ.vhd") == path_key("C:\\ＶＭ\\σ.vhd")
    assert path_key("C:\\サーバー.vhd") != path_key("C:\\さーばー.vhd")


def test_parts_of_a_path() -> None:
    path = r"\\?\C:\VMs\経理 01.AVHD"

    assert (name_of(path), suffix_of(path)) == ("経理 01.AVHD", ".avhd")
    assert (folder_of(path), volume_of(path)) == (r"C:\VMs", "C:")
    assert beside(path, "x.vhd") == r"C:\VMs\x.vhd"
    assert joined(r"C:\VMs\deep", r"..\a.vhd") == r"C:\VMs\a.vhd"
    assert joined(r"C:\VMs", r"D:\b.vhd") == r"D:\b.vhd"
    assert joined("/case/vms", r".\fat-parent.vhd") == "/case/vms/fat-parent.vhd"


@given(PIECES.filter(lambda folder: not is_posix(folder)), st.lists(PIECES, max_size=3))
def test_plain_names_are_joined_as_any_path_would_be(folder: str, parts: list[str]) -> None:
    anew = str(PureWindowsPath(plain(folder), *parts))

    assert joined(folder, *parts) == paths._without_dots(anew)


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_the_key_is_its_own_key(text: str) -> None:
    assert path_key(path_key(text)) == path_key(text)


ROOTS = ("C:\\", "c:", "/", "//", "1:\\", "\\\\srv\\share\\", "é:\\", "", VOLUME, VOLUME + "\\")


@given(st.sampled_from(ROOTS), PIECES)
def test_a_path_that_is_read_at_a_glance_is_read_as_the_library_reads_it(
    root: str, rest: str
) -> None:
    path = root + rest
    pure = PurePosixPath(path) if is_posix(path) else PureWindowsPath(plain(path))

    assert (name_of(path), folder_of(path)) == (pure.name, str(pure.parent))
    assert suffix_of(path) == pure.suffix.lower()
    assert volume_of(path) == (volume_id_of(path) or pure.drive)
    if paths._separator(path):
        assert path == str(pure)
