"""What is a store, who may open it, and what a copy of it is."""

import shutil
from contextlib import suppress
from pathlib import Path
from random import Random

import msgspec
import pytest

from eventstore.errors import LogError, NotAStore
from eventstore.events import ForkedFrom
from eventstore.log.embedded import open_store
from eventstore.log.files import RealFiles
from eventstore.log.store import Home, Store, is_copy
from tests.eventstore.log.forgetful import ForgetfulFiles, PowerLoss, lose_power_at
from tests.eventstore.log.history import VM, events, ids, small_store


class OtherMachine(RealFiles):
    """The same disk, seen from another installation."""

    def machine(self) -> str:
        return "another machine"


class NoLastingName(RealFiles):
    """As in a container: the machine has no lasting name, and folders get new identities."""

    mounts = 0

    def machine(self) -> str:
        return ""

    def identity(self, path: Path) -> str:
        return f"mount {self.mounts}"


def names_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a store with two entries."""
    small_store(tmp_path / "store", RealFiles()).append(VM, events("a", "b"), expected=0)
    return tmp_path / "store"


def test_an_absent_folder_is_no_store_and_stays_absent(tmp_path: Path) -> None:
    with pytest.raises(NotAStore, match=r"holds no store"):
        open_store(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for create in (False, True):
        with pytest.raises(LogError):
            open_store(tmp_path / "file", create=create)


def test_a_store_is_not_made_among_other_files(tmp_path: Path) -> None:
    (tmp_path / "web01.vhd").write_text("")

    with pytest.raises(NotAStore, match=r"web01\.vhd"):
        open_store(tmp_path, create=True)
    assert names_in(tmp_path) == ["web01.vhd"]


def test_a_log_without_its_store_file_is_not_made_a_new_store(folder: Path) -> None:
    (folder / "store.json").unlink()

    with pytest.raises(NotAStore, match="ndjson"):
        open_store(folder, create=True)


def test_a_store_of_a_newer_format_is_refused(folder: Path) -> None:
    (folder / "store.json").write_text('{"format":2,"store":"x","other":[]}')

    for create in (False, True):
        with pytest.raises(NotAStore, match="newer"):
            open_store(folder, create=create)


@pytest.mark.parametrize("text", ["", "{}", '{"format":1}', "\xff"])
def test_an_unreadable_store_file_is_refused(folder: Path, text: str) -> None:
    (folder / "store.json").write_text(text, encoding="latin-1")

    with pytest.raises(NotAStore, match="cannot be read"):
        open_store(folder)


def test_the_store_file_is_written_once(folder: Path) -> None:
    before = (folder / "store.json").read_bytes()
    log = open_store(folder, create=True)
    log.append(VM, events("c"), expected=2)

    assert (folder / "store.json").read_bytes() == before
    assert msgspec.json.decode(before) == {"format": 1, "store": log.origin}


def test_opening_and_reading_write_nothing(folder: Path) -> None:
    before = {path: path.stat() for path in folder.rglob("*")}
    log = open_store(folder)
    assert (ids(log), log.head(), log.revision(VM), log.check().is_ok) == (["a", "b"], 2, 2, True)
    assert len(list(log.read_stream(VM))) == 2

    after = {path: path.stat() for path in folder.rglob("*")}
    assert [(p, s.st_mtime_ns, s.st_size) for p, s in after.items()] == [
        (p, s.st_mtime_ns, s.st_size) for p, s in before.items()
    ]


def test_a_store_on_a_read_only_mount_is_read_and_not_written() -> None:
    files = ForgetfulFiles()
    store = Path("/mnt/store")
    small_store(store, files).append(VM, events("a"), expected=0)

    def refuse(what: str, path: Path) -> None:
        raise OSError(30, "Read-only file system")

    files.before = refuse
    log = small_store(store, files)
    assert ids(log) == ["a"]
    assert log.check().is_ok
    with pytest.raises(LogError, match="Read-only"):
        log.append(VM, events("b"), expected=1)


def test_a_copy_that_is_written_to_is_a_store_of_its_own(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    original, copy = open_store(folder), open_store(tmp_path / "copy")
    assert copy.origin == original.origin
    copy.append("vm/new", events("c"), expected=0)

    assert copy.origin != original.origin
    fork, new = list(copy.read(2))
    assert fork.entry.stream == f"log/{copy.origin}"
    assert msgspec.json.decode(fork.entry.data, type=ForkedFrom) == ForkedFrom(original.origin, 2)
    assert (new.entry.origin, fork.batch) == (copy.origin, (3, 4))
    assert copy.check().violations == ()
    assert open_store(tmp_path / "copy").origin == copy.origin
    original.append(VM, events("c"), expected=2)
    assert open_store(folder).origin == original.origin
    assert ids(original) == ["a", "b", "c"]


def test_a_copy_forks_once_and_a_copy_of_it_again(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "copy")
    for number in range(2):
        open_store(tmp_path / "copy").append("vm/new", events(str(number)), expected=number)
    shutil.copytree(tmp_path / "copy", tmp_path / "third")
    third = open_store(tmp_path / "third")
    third.append("vm/new", events("c"), expected=0)

    assert [r.entry.type for r in third.read() if r.entry.type == "ForkedFrom"] == [
        "ForkedFrom"
    ] * 2
    assert third.check().violations == ()
    assert len({r.entry.origin for r in third.read()}) == 3


def test_a_copy_that_lost_power_while_it_became_its_own_still_knows_its_parent() -> None:
    for change in range(1, 40):
        files = ForgetfulFiles()
        files.name = "one machine"
        original = small_store(Path("/store"), files)
        original.append(VM, events("a"), expected=0)
        files.name = "another"
        lose_power_at(files, files.changes + change)
        with suppress(PowerLoss):
            open_store(Path("/store"), files=files).append("vm/new", events("b"), expected=0)
        files = files.crashed(Random(1), keep=1, torn=0)
        copy = open_store(Path("/store"), files=files)
        copy.append("vm/new", events("b"), expected=0)

        forks = [record.entry for record in copy.read() if record.entry.type == "ForkedFrom"]
        (parent,) = [msgspec.json.decode(fork.data, type=ForkedFrom).store for fork in forks]
        assert parent == original.origin
        assert copy.check().violations == ()


def test_two_stores_copied_together_become_two_of_their_own(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    folder = folder.rename(tmp_path / "all" / "one")
    small_store(folder, RealFiles()).append(VM, events("c"), expected=2)
    shutil.copytree(folder, tmp_path / "all" / "two")
    open_store(tmp_path / "all" / "two").append("vm/new", events("d"), expected=0)
    shutil.copytree(tmp_path / "all", tmp_path / "copies")
    stores = [tmp_path / where / name for where in ("all", "copies") for name in ("one", "two")]
    for number, store in enumerate(stores):
        open_store(store).append(f"vm/later/{number}", events("e"), expected=0)

    assert len({open_store(store).origin for store in stores}) == 4
    assert all(open_store(store).check().is_ok for store in stores)


def test_a_moved_store_stays_the_same(folder: Path, tmp_path: Path) -> None:
    origin = open_store(folder).origin
    folder.rename(tmp_path / "moved")
    moved = open_store(tmp_path / "moved")
    moved.append(VM, events("c"), expected=2)

    assert moved.origin == origin
    shutil.copytree(tmp_path / "moved", tmp_path / "copy")
    copy = open_store(tmp_path / "copy")
    copy.append("vm/new", events("d"), expected=0)
    assert copy.origin != origin


def test_a_store_moved_to_another_disk_stays_the_same(folder: Path, tmp_path: Path) -> None:
    origin = open_store(folder).origin
    shutil.copytree(folder, tmp_path / "disk2")
    shutil.rmtree(folder)
    moved = open_store(tmp_path / "disk2")
    moved.append(VM, events("c"), expected=2)

    assert moved.origin == origin


def test_a_backup_put_back_in_its_place_stays_the_same(folder: Path, tmp_path: Path) -> None:
    origin = open_store(folder).origin
    shutil.copytree(folder, tmp_path / "backup")
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)
    restored = open_store(folder)
    restored.append(VM, events("c"), expected=2)

    assert restored.origin == origin


def test_a_container_mounted_anew_stays_the_same(tmp_path: Path) -> None:
    files = NoLastingName()
    log = small_store(tmp_path / "data", files)
    files.mounts += 1
    reopened = small_store(tmp_path / "data", files)
    reopened.append(VM, events("a"), expected=0)

    assert reopened.origin == log.origin


def test_a_store_carried_to_another_machine_is_a_copy(folder: Path, tmp_path: Path) -> None:
    origin = open_store(folder).origin
    shutil.copytree(folder, tmp_path / "away")
    shutil.rmtree(folder)
    there = open_store(tmp_path / "away", files=OtherMachine())
    there.append("vm/new", events("c"), expected=0)

    assert there.origin != origin


def test_without_a_record_of_its_home_a_store_is_no_copy() -> None:
    store, now = Store(1, "id"), Home("/a", "1", "m")

    assert not is_copy(ForgetfulFiles(), store, was=None, now=now)
    assert not is_copy(ForgetfulFiles(), store, was=Home("/b", "1", "other"), now=now)
    assert not is_copy(ForgetfulFiles(), store, was=Home("/b", "2", ""), now=now)
    assert is_copy(ForgetfulFiles(), store, was=Home("/a", "2", "other"), now=now)
