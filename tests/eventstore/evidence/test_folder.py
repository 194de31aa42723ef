"""The walk: everything that is evidence is found, nothing stops it, nothing is left unsaid."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from eventstore.errors import BadInput
from eventstore.evidence import file_reader, file_tree
from eventstore.evidence.file_reader import VHD_SET_REASON
from eventstore.evidence.folder import FolderReading, walk
from eventstore.evidence.found_disk import moment_of_nanoseconds
from eventstore.evidence.path_map import PathMap, path_map
from eventstore.ids import SnapshotId, VmId, derive
from eventstore.moments import Moment
from eventstore.simulate.config_files import ConfiguredVm, snapshot_configuration, vm_configuration
from eventstore.simulate.vhd_file import create_vhd
from eventstore.simulate.virtual_disk import NewVirtualDisk, Stamp

NOW = Moment("2010-09-26T06:03:00.000000Z")
VM = ConfiguredVm(vm_id=VmId(derive("web01")), policy="offline", root=r"C:\VMs")
SNAPSHOT = SnapshotId(derive("S1"))
FILES = int(os.environ.get("SNAPLEDGER_FILES", "3000"))

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def disk(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    new = NewVirtualDisk(kind="dynamic", disk_id=derive(place.name), stamp=Stamp(NOW, derive("w")))
    create_vhd(place, new)
    return place


def written(place: Path, data: bytes) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return place


def vm_file(root: Path) -> Path:
    data = vm_configuration(VM, name="web01", disks={"IDE 0:0": r"C:\VMs\a.vhd"})
    return written(root / "Virtual Machines" / f"{VM.vm_id}.xml", data)


def snapshot_file(root: Path) -> Path:
    data = snapshot_configuration(
        VM, snapshot=SNAPSHOT, name="S1", disks={}, parent=None, taken_at=NOW
    )
    return written(root / "Snapshots" / f"{SNAPSHOT}.xml", data)


def read(root: Path) -> FolderReading:
    return walk(root, PathMap())


def make_fifo(place: Path) -> None:
    if sys.platform != "win32":
        os.mkfifo(place)


@contextmanager
def socket_at(place: str) -> Iterator[None]:
    if sys.platform != "win32":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(place)
            yield
    else:
        yield


def names(found: FolderReading) -> list[str]:
    return [Path(each.found_at).name for each in found.disks]


def reasons(found: FolderReading) -> dict[str, str]:
    return {Path(skipped.found_at).name: skipped.reason for skipped in found.skipped}


def test_a_disk_is_known_by_its_magic_not_by_its_suffix(tmp_path: Path) -> None:
    disk(tmp_path / "b" / "renamed.old")
    disk(tmp_path / "a.avhd")
    written(tmp_path / "letter.txt", b"conect")
    written(tmp_path / "empty", b"")

    found = read(tmp_path)

    assert names(found) == ["a.avhd", "renamed.old"]
    assert found.files == 4
    assert found.skipped == ()


def test_a_disk_is_told_with_size_time_and_identity(tmp_path: Path) -> None:
    place = disk(tmp_path / "a.vhd")
    os.utime(place, ns=(0, 1_285_480_980_123_456_789))

    (found,) = walk(tmp_path, path_map(tmp_path, [rf"C:\VMs={tmp_path}"])).disks

    assert (found.path, found.found_at) == (r"C:\VMs\a.vhd", str(place))
    assert found.size_bytes == place.stat().st_size
    assert found.modified_at == "2010-09-26T06:03:00.123456Z"
    assert found.facts is not None
    assert found.facts.disk_id == derive("a.vhd")


def test_a_damaged_disk_is_a_disk_with_a_problem(tmp_path: Path) -> None:
    written(tmp_path / "a.vhdx", b"vhdxfile" + bytes(5000))

    (first,) = read(tmp_path).disks
    written(tmp_path / "a.vhdx", b"vhdxfile" + bytes(4999) + b"!")
    (second,) = read(tmp_path).disks

    assert first.facts is None
    assert first.problem
    assert first.header_sha256 != second.header_sha256


@pytest.mark.parametrize("name", ["a.vhd", "a.AVHD", "a.vhdx", "a.Avhdx"])
@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty: 0 bytes"),
        (bytes(2048), "no disk signature in 2048 bytes"),
        (b"Vhdxfile" + bytes(5000), "no disk signature in 5008 bytes"),
    ],
)
def test_a_disk_without_signature_is_seen_with_its_problem(
    tmp_path: Path, name: str, content: bytes, problem: str
) -> None:
    place = written(tmp_path / name, content)
    os.utime(place, ns=(0, 1_285_480_980_123_456_789))

    found = read(tmp_path)

    (seen,) = found.disks
    assert seen.problem.startswith(problem)
    assert (seen.facts, seen.size_bytes) == (None, len(content))
    assert seen.modified_at == "2010-09-26T06:03:00.123456Z"
    assert found.unread == ()


def test_what_is_mapped_to_a_disks_name_is_one_without_signature_too(tmp_path: Path) -> None:
    written(tmp_path / "a~1", b"")

    (seen,) = walk(tmp_path, path_map(tmp_path, [rf"C:\a.vhd={tmp_path}/a~1"])).disks

    assert seen.path == r"C:\a.vhd"


def test_the_file_of_a_vhd_set_is_no_disk_and_hides_what_it_refers_to(tmp_path: Path) -> None:
    written(tmp_path / "a.vhds", bytes(2048))

    found = read(tmp_path)

    assert found.disks == ()
    assert [skipped.reason for skipped in found.unread] == [VHD_SET_REASON]


def test_configurations_are_found_in_any_case_vms_first(tmp_path: Path) -> None:
    snapshot_file(tmp_path / "A")
    vm_file(tmp_path / "B").rename(tmp_path / "B" / "COPY.XML")

    vm, snapshot = read(tmp_path).configurations

    assert (vm.vm, vm.snapshot, vm.configuration.name) == (VM.vm_id, None, "web01")
    assert (snapshot.vm, snapshot.snapshot) == (VM.vm_id, SNAPSHOT)
    assert not snapshot.has_saved_state


def test_a_saved_state_beside_a_snapshot_belongs_to_it(tmp_path: Path) -> None:
    place = snapshot_file(tmp_path)
    written(place.with_suffix("") / f"{SNAPSHOT}.VSV", b"state")

    (found,) = read(tmp_path).configurations

    assert found.has_saved_state


def test_a_file_among_the_snapshots_is_one_whatever_its_type_says(tmp_path: Path) -> None:
    data = vm_configuration(VM, name="web01", disks={})
    written(tmp_path / "snapshots" / f"{SNAPSHOT}.xml", data)

    (found,) = read(tmp_path).configurations

    assert (found.vm, found.snapshot) == (VM.vm_id, SNAPSHOT)


def test_a_configuration_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    whole = vm_file(tmp_path).read_bytes()
    home = tmp_path / "Virtual Machines"
    written(home / f"{derive('cut')}.xml", whole[:2000])
    written(home / f"{derive('zeroed')}.xml", bytes(2000))
    other = whole.replace("Virtual Machines".encode("utf-16-le"), "Planned".encode("utf-16-le"))
    written(home / "other.xml", other)
    nobody = '<configuration><properties><name type="string">S1</name></properties></configuration>'
    written(tmp_path / "Snapshots" / f"{derive('nobody')}.xml", nobody.encode())
    written(tmp_path / "build.xml", b"<project/>")

    found = read(tmp_path)

    told = reasons(found)
    assert len(found.configurations) == 1
    assert found.skipped == found.unread
    assert told.pop(f"{derive('cut')}.xml").startswith("expected well-formed XML")
    assert told.pop(f"{derive('zeroed')}.xml").startswith("is named like a configuration")
    assert told.pop("other.xml").startswith("is a configuration of an unknown kind: ")
    assert told.pop(f"{derive('nobody')}.xml").startswith("is a configuration of an unknown kind")
    assert told == {}


def test_a_snapshots_file_that_names_no_vm_is_told(tmp_path: Path) -> None:
    data = snapshot_file(tmp_path).read_bytes()
    nameless = data.replace(VM.vm_id.encode("utf-16-le"), SNAPSHOT.encode("utf-16-le"))
    written(tmp_path / "Snapshots" / f"{SNAPSHOT}.xml", nameless.replace(b"v\0m\0_\0", b"x\0"))

    found = read(tmp_path)

    assert found.configurations == ()
    assert "does not say which, or of which VM" in found.unread[0].reason


def test_a_cached_copy_of_names_is_no_configuration(tmp_path: Path) -> None:
    vm_file(tmp_path)
    (tmp_path / "Virtual Machines").rename(tmp_path / "Virtual Machines Cache")

    found = read(tmp_path)

    assert (found.configurations, found.unread) == ((), ())
    assert found.passed_over[0].reason == "is a cached copy of names, without disks"


@posix_only
def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    disk(tmp_path / "real" / "a.vhd")
    (tmp_path / "real" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b.vhd").symlink_to("real/a.vhd")
    (tmp_path / "dangling").symlink_to("nowhere")

    found = read(tmp_path)

    assert (names(found), found.files) == (["a.vhd"], 1)
    assert reasons(found) == {
        "loop": f"is a link to {tmp_path}, and is not followed",
        "b.vhd": "is a link to real/a.vhd, and is not followed",
        "dangling": "is a link to nowhere, and is not followed",
    }


@posix_only
def test_fifos_and_sockets_are_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_fifo(tmp_path / "pipe.vhd")
    monkeypatch.chdir(tmp_path)
    with socket_at("socket.vhd"):
        found = read(tmp_path)

    assert (found.files, found.unread) == (0, ())
    assert set(reasons(found)) == {"pipe.vhd", "socket.vhd"}


@posix_only
def test_a_fifo_put_in_a_files_place_does_not_block(tmp_path: Path) -> None:
    make_fifo(tmp_path / "pipe")

    with pytest.raises(OSError, match="is no regular file any more"):
        file_tree.open_regular(str(tmp_path / "pipe"))


def test_a_file_that_vanishes_is_told_and_the_walk_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk(tmp_path / "a.vhd")
    disk(tmp_path / "b.vhd")
    real = file_tree.open_regular

    def vanishing(place: str) -> object:
        Path(tmp_path / "a.vhd").unlink(missing_ok=True)
        return real(place)

    monkeypatch.setattr(file_reader, "open_regular", vanishing)
    found = read(tmp_path)

    assert names(found) == ["b.vhd"]
    assert reasons(found) == {"a.vhd": "vanished while the folder was being read"}


class Listing:
    """Stands in for os.scandir's iterator: the first entry, then the error."""

    def __init__(self, entries: list[os.DirEntry[str]], error: OSError) -> None:
        self._entries, self._error = entries, error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        yield from self._entries[:1]
        raise self._error


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, name: str, error: OSError) -> Iterator[None]:
    real = os.scandir

    def scandir(path: str) -> object:
        entries = real(path)
        if Path(path).name != name:
            return entries
        with entries:
            return Listing(sorted(entries, key=lambda entry: entry.name), error)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", scandir)
        yield


def test_a_denied_folder_is_told_and_its_neighbours_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk(tmp_path / "denied" / "seen.vhd")
    disk(tmp_path / "denied" / "unseen.vhd")
    disk(tmp_path / "open" / "b.vhd")

    with failing(monkeypatch, "denied", PermissionError(13, "Permission denied")):
        found = read(tmp_path)

    assert names(found) == ["seen.vhd", "b.vhd"]
    assert reasons(found) == {"denied": "cannot be read: Permission denied"}


@posix_only
def test_undecodable_and_very_long_names_are_stored_reversibly(tmp_path: Path) -> None:
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff" + b"n" * 240 + b".vhd"))
    disk(tmp_path / "plain.vhd").rename(strange)

    (found,) = read(tmp_path).disks

    assert found.found_at.startswith(f"{tmp_path}/\N{REPLACEMENT CHARACTER}DCFFnnn")


@posix_only
def test_folders_deeper_than_a_path_may_be_long_are_told(tmp_path: Path) -> None:
    below = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=below)
        deeper = os.open("d" * 250, os.O_RDONLY, dir_fd=below)
        os.close(below)
        below = deeper
    os.close(below)

    found = read(tmp_path)

    assert [skipped.reason for skipped in found.unread] == ["cannot be read: File name too long"]


def test_progress_is_told_now_and_then_and_at_the_end(tmp_path: Path) -> None:
    for number in range(FILES):
        (tmp_path / f"{number}.txt").write_bytes(b"nothing")
    told: list[int] = []

    found = walk(tmp_path, PathMap(), told.append)

    assert found.files == FILES
    assert told == [*range(1000, FILES + 1, 1000), FILES]


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"expected a folder, got .*nowhere"):
        read(tmp_path / "nowhere")


def test_the_root_is_told_twice_as_found_and_on_windows(tmp_path: Path) -> None:
    found = walk(tmp_path, path_map(tmp_path, [rf"D:\VMs={tmp_path}"]))

    assert (found.root, found.root_path) == (str(tmp_path), r"D:\VMs")


@pytest.mark.parametrize(
    ("nanoseconds", "expected"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1 << 70, "9999-12-31T23:59:59.999999Z"),
        (-(1 << 70), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_a_files_time_is_a_moment_whatever_it_is(nanoseconds: int, expected: str) -> None:
    assert moment_of_nanoseconds(nanoseconds) == expected


# --- files beside disks ---------------------------------------------------------------------


def test_files_beside_disks_are_told_with_their_sizes(tmp_path: Path) -> None:
    disk(tmp_path / "web01.vhdx")
    for name, size in (("web01.vhdx.rct", 3), ("web01.vhdx.mrt", 0), ("r.hrl", 5), ("S.ISO", 7)):
        written(tmp_path / name, bytes(size))
    found = read(tmp_path)

    told = {Path(each.found_at).name: (each.kind, each.size_bytes) for each in found.side_files}
    assert told == {
        "web01.vhdx.rct": ("change_tracking", 3),
        "web01.vhdx.mrt": ("modified_regions", 0),
        "r.hrl": ("replica_log", 5),
        "S.ISO": ("image", 7),
    }
    assert names(found) == ["web01.vhdx"]
    assert found.skipped == ()


def test_the_state_of_a_vm_and_of_its_snapshot_is_told(tmp_path: Path) -> None:
    vm_file(tmp_path)
    snapshot_file(tmp_path)
    written(tmp_path / "Virtual Machines" / VM.vm_id / f"{VM.vm_id}.bin", b"memory")
    written(tmp_path / "Snapshots" / SNAPSHOT / f"{SNAPSHOT}.vsv", b"devices")
    written(tmp_path / "firmware.bin", b"of something else")
    found = read(tmp_path)

    assert {(each.kind, each.size_bytes) for each in found.side_files} == {
        ("memory", 6),
        ("devices", 7),
    }


def test_what_is_a_disk_is_no_side_file_whatever_it_is_called(tmp_path: Path) -> None:
    disk(tmp_path / "hidden.iso")
    found = read(tmp_path)

    assert (names(found), found.side_files) == (["hidden.iso"], ())


def test_a_vhd_set_is_told_and_leaves_its_disks_open(tmp_path: Path) -> None:
    place = written(tmp_path / "shared.vhds", b"set")
    found = read(tmp_path)

    assert [each.kind for each in found.side_files] == ["vhd_set"]
    assert reasons(found)[place.name] == VHD_SET_REASON
