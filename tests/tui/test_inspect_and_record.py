"""Real files on the command line: inspected, recorded, read on the spot."""

import re
from pathlib import Path

import pytest

from tests.real_evidence import needs_real_evidence, unpacked
from tests.tui.calling import Snapledger

ARTICLE = (
    r"vm web01 C:\VMs\web01.vhd",
    r'take web01 S1 as="IDE 0:0"=C:\VMs\a.avhd',
    r'take web01 S2 as="IDE 0:0"=C:\VMs\b.avhd',
)


@pytest.fixture
def host(snapledger: Snapledger) -> Path:
    folder = snapledger.folder / "host"
    assert snapledger.play(*ARTICLE, to=folder).code == 0
    snapledger.store = snapledger.folder / "evidence"
    return folder / "C" / "VMs"


def test_inspect_tells_parent_and_linkage(snapledger: Snapledger, host: Path) -> None:
    told = snapledger("inspect", str(host / "a.avhd"), str(host / "web01.vhd"), "--json")

    child, base = told.json
    assert told.code == 0
    assert (child["format"], child["kind"], base["kind"]) == ("vhd", "differencing", "dynamic")
    assert child["parent"]["absolute_path"] == r"C:\VMs\web01.vhd"
    assert child["linkage"]["verdict"] == "matches"
    assert all(check["passed"] for check in child["checks"])
    assert not snapledger.store.exists()


def test_inspect_writes_the_parents_id_as_the_parent_writes_its_own(
    snapledger: Snapledger, host: Path
) -> None:
    base = snapledger("inspect", str(host / "web01.vhd"), "--json").json[0]

    assert f"parent id  {base['disk_id']}\n" in re.sub(
        r"  +", "  ", snapledger("inspect", str(host / "a.avhd")).out
    )


def test_inspect_finds_another_disk_in_the_parents_place(
    snapledger: Snapledger, host: Path
) -> None:
    (host / "b.avhd").replace(host / "web01.vhd")
    told = snapledger("inspect", str(host / "a.avhd"))

    assert told.code == 1
    assert "parent mismatch" in told.out


def test_inspect_ends_with_1_when_a_check_failed(snapledger: Snapledger, host: Path) -> None:
    disk = host / "web01.vhd"
    data = bytearray(disk.read_bytes())
    data[-512 + 60] ^= 1
    disk.write_bytes(data)
    told = snapledger("inspect", str(disk))

    assert told.code == 1
    assert "FAILED" in told.out


def test_inspect_goes_on_after_what_is_no_disk(snapledger: Snapledger, host: Path) -> None:
    text = snapledger.folder / "letter.vhd"
    text.write_text("dear all", encoding="utf-8")
    told = snapledger("inspect", str(text), str(host / "web01.vhd"))

    assert told.code == 2
    assert "letter.vhd is no disk" in told.err
    assert "dynamic VHD" in told.out


def test_record_tells_what_was_found(snapledger: Snapledger, host: Path) -> None:
    told = snapledger("record", str(host.parent.parent))

    assert "3 disks, 3 configurations; 10 new events stored, 3 of them inferred" in told.out
    (host / "empty").mkdir()
    assert "; 1 new event stored" in snapledger("record", str(host / "empty")).out


def test_confirm_stores_one_dated_still_so(snapledger: Snapledger, host: Path) -> None:
    counts = [
        snapledger("record", str(host.parent.parent), "--json", *more).json["events"]
        for more in ((), (), ("--confirm",))
    ]

    assert counts == [10, 0, 1]


def test_a_folder_that_was_not_recorded_is_read_on_the_spot(
    snapledger: Snapledger, host: Path
) -> None:
    told = snapledger("chain", str(host.parent.parent), "--json")

    assert "read on the spot, nothing is stored" in told.err
    assert told.json["as_of"] is None
    assert [disk["role"] for disk in told.json["disks"]] == ["base", "in_tree", "in_tree"]
    assert not snapledger.store.exists()


def test_a_recorded_folder_is_answered_from_the_store(snapledger: Snapledger, host: Path) -> None:
    root = host.parent.parent
    snapledger("record", str(root))
    for disk in host.glob("*.avhd"):
        disk.unlink()
    told = snapledger("chain", str(root), "--json")

    assert told.err == ""
    assert len(told.json["disks"]) == 3
    assert len(snapledger("chain", r"C:\VMs", "--json").json["disks"]) == 3


def test_a_folder_cannot_be_read_in_the_past(snapledger: Snapledger, host: Path) -> None:
    told = snapledger("chain", str(host), "--at", "-2h")

    assert told.code == 2
    assert "a folder can only be read now" in told.err


def test_without_configuration_a_leaf_is_unknown(snapledger: Snapledger, host: Path) -> None:
    for place in [*host.rglob("*.xml"), host.parent.parent / ".snapledger-map"]:
        place.unlink()
    told = snapledger("chain", str(host), "--json")

    assert {disk["role"] for disk in told.json["disks"]} == {"unknown"}


def test_one_file_can_be_asked_for_by_its_place(snapledger: Snapledger, host: Path) -> None:
    snapledger("record", str(host.parent.parent))
    told = snapledger("explain", str(host / "a.avhd"), "--json")

    assert told.json["finding"]["path"] == r"C:\VMs\a.avhd"
    assert told.json["finding"]["verdict"] == "needed"


def test_a_map_gives_windows_paths(snapledger: Snapledger, host: Path) -> None:
    (host.parent.parent / ".snapledger-map").unlink()
    snapledger("record", str(host), "--map", rf"C:\VMs={host}")

    paths = [disk["path"] for disk in snapledger("chain", "--json").json["disks"]]
    assert paths == [r"C:\VMs\web01.vhd", r"C:\VMs\a.avhd", r"C:\VMs\b.avhd"]


def test_disks_that_are_all_gone_are_missing_on_the_spot_and_recorded(
    snapledger: Snapledger, host: Path
) -> None:
    root = host.parent.parent
    for disk in host.glob("*vhd"):
        disk.unlink()

    def told(*words: str) -> list[str]:
        return [each["path"] for each in snapledger("orphans", *words, "--json").json["findings"]]

    names = [rf"C:\VMs\{name}" for name in ("a.avhd", "b.avhd", "web01.vhd")]
    assert told(str(root)) == names
    assert told(str(host.parent)) == []
    snapledger("record", str(root))
    assert told() == told(str(root)) == told(str(host)) == names
    rows = snapledger("chain", str(root), "--json").json["disks"]
    assert {row["role"] for row in rows} == {"missing"}


@pytest.mark.parametrize("confirm", [(), ("--confirm",)])
def test_a_disk_that_history_lost_and_that_stands_is_no_longer_missing(
    snapledger: Snapledger, host: Path, confirm: tuple[str, ...]
) -> None:
    """The scenario's time runs a minute ahead of the clock; what is recorded then comes after."""
    root = str(host.parent.parent)
    snapledger("record", root)
    assert snapledger.play(r"lose C:\VMs\web01.vhd").code == 0
    assert snapledger("orphans").code == 1

    assert snapledger("record", root, "--json", *confirm).json["events"] == 2
    assert snapledger("orphans").code == 0
    assert snapledger("record", root, "--json").json["events"] == 0


@pytest.mark.parametrize("name", ["web01.vhd", "a.avhd", "b.avhd"])
def test_a_disk_that_was_emptied_is_unverified_and_not_missing(
    snapledger: Snapledger, host: Path, name: str
) -> None:
    root = host.parent.parent
    snapledger("record", str(root))
    (host / name).write_bytes(b"")

    assert "the file is empty" in snapledger("record", str(root)).out
    found = snapledger("orphans", "--json").json["findings"]
    assert [(each["path"], each["verdict"]) for each in found] == [
        (rf"C:\VMs\{name}", "unverified")
    ]
    assert found[0]["deletable"] == "no"
    assert snapledger("record", str(root), "--json").json["events"] == 0
    told = snapledger("inspect", str(host / name))
    assert (told.code, "is no disk: the file is empty: 0 bytes" in told.err) == (2, True)


@needs_real_evidence
def test_all_real_samples_can_be_inspected_and_recorded(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    folder = unpacked(tmp_path / "samples")
    disks = [path for path in folder.rglob("*") if "vhd" in path.suffix.lower()]
    told = snapledger("inspect", *map(str, disks), "--json")
    recorded = snapledger("record", str(folder), "--json")

    assert told.code in {0, 1}
    assert len(told.json) == len(disks)
    assert recorded.code == 0
    assert snapledger("chain", str(folder)).code == 0
    assert snapledger("orphans", str(folder)).code in {0, 1}
