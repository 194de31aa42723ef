"""One file recorded on its own: it tells of itself, and of no other file that it is gone."""

import sys
from pathlib import Path

import pytest

from eventstore.ids import derive
from tests.eventstore.evidence.test_event_xml import event
from tests.eventstore.evidence.vmcx_writer import node, string, vmcx
from tests.tui.calling import Snapledger

STORY = (
    r"vm web01 C:\VMs\web01.vhd",
    "start web01",
    r'take web01 S1 as="IDE 0:0"=C:\VMs\a.avhd',
)


@pytest.fixture
def host(snapledger: Snapledger) -> Path:
    folder = snapledger.folder / "host"
    assert snapledger.play(*STORY, to=folder).code == 0
    snapledger.store = snapledger.folder / "evidence"
    return folder / "C" / "VMs"


def recorded(snapledger: Snapledger, *words: str) -> list[str]:
    """Give the types of the events that recording `words` stored."""
    before = len(snapledger("log", "--json").out.splitlines()) if snapledger.store.exists() else 0
    told = snapledger("record", *words)
    assert told.code == 0, told.err
    lines = snapledger("log", "--json").out.splitlines()[before:]
    return [line.split('"type":"')[1].split('"')[0] for line in lines]


def test_a_disk_is_recorded_once_under_its_mapped_name(snapledger: Snapledger, host: Path) -> None:
    words = (str(host / "web01.vhd"), "--map", rf"C:\VMs={host}")

    assert recorded(snapledger, *words) == ["DiskSeen"]
    assert recorded(snapledger, *words) == []
    (row,) = snapledger("chain", "--json").json["disks"]
    assert (row["path"], row["role"]) == (r"C:\VMs\web01.vhd", "unknown")


def test_the_place_that_was_named_is_told(snapledger: Snapledger, host: Path) -> None:
    told = snapledger("record", str(host / "web01.vhd"))

    assert told.out.startswith(f"{host / 'web01.vhd'}: 1 file, 1 disk, 0 configurations; 1 new")


def test_a_file_on_its_own_makes_no_other_gone_or_missing(
    snapledger: Snapledger, host: Path
) -> None:
    mapping = ("--map", rf"C:\VMs={host}")
    snapledger("record", str(host), *mapping)
    for name in ("web01.vhd", "a.avhd"):
        (host / name).rename(host / f"{name}.away")
    (host / "web01.vhd.away").rename(host / "web01.vhd")

    assert recorded(snapledger, str(host / "web01.vhd"), *mapping) == []
    assert recorded(snapledger, str(host / "web01.vhd")) == ["DiskSeen"]
    roles = {row["role"] for row in snapledger("chain", "--json").json["disks"]}
    assert "missing" not in roles
    assert snapledger("orphans", "--json").json["coverage"]["folders"][0]["found_at"] == str(host)


def test_a_file_on_its_own_covers_no_folder(snapledger: Snapledger, host: Path) -> None:
    (config,) = (host / "Virtual Machines").glob("*.xml")

    assert recorded(snapledger, str(config)) == ["VmConfigurationSeen"]
    found = snapledger("orphans", "--json").json
    assert found["coverage"]["folders"] == []
    assert "missing" not in {each["verdict"] for each in found["findings"]}


def test_a_snapshots_configuration_keeps_its_saved_state(
    snapledger: Snapledger, host: Path
) -> None:
    (config,) = (host / "Snapshots").glob("*.xml")
    snapledger("record", str(host))

    assert recorded(snapledger, str(host / "Snapshots")) != []
    assert recorded(snapledger, str(config)) == []


def test_a_folder_recorded_after_its_files_stores_them_no_second_time(
    snapledger: Snapledger, host: Path
) -> None:
    recorded(snapledger, str(host / "web01.vhd"))

    assert recorded(snapledger, str(host)).count("DiskSeen") == 1


def test_what_is_no_evidence_is_refused(snapledger: Snapledger, host: Path) -> None:
    letter = host / "letter.txt"
    letter.write_text("dear all", encoding="utf-8")

    told = snapledger("record", str(letter))

    assert told.code == 2
    assert "is neither a disk, a configuration, an event log, an export nor a file" in told.err
    assert snapledger("record", str(host / "web01.vhd"), "--confirm").code == 2
    assert snapledger("record", str(host / "nowhere.vhd")).code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="links there need a privilege")
def test_a_link_to_a_disk_is_refused(snapledger: Snapledger, host: Path) -> None:
    (host / "link.vhd").symlink_to("web01.vhd")

    told = snapledger("record", str(host / "link.vhd"))

    assert (told.code, "expected a file that is no link" in told.err) == (2, True)


# --- what lies beside disks -----------------------------------------------------------------


def test_what_lies_beside_disks_is_counted_by_kind(snapledger: Snapledger, host: Path) -> None:
    for name in ("web01.vhd.rct", "a.avhd.rct", "setup.iso"):
        (host / name).write_bytes(b"1")
    (host / "a.avhd").rename(host / "web01-AutoRecovery.avhd")
    told = snapledger("record", str(host))
    again = snapledger("record", str(host), "--json").json

    assert "2 change tracking files, 1 image file" in told.out
    assert "1 disk of backups (AutoRecovery) among them" in told.out
    assert "beside disks: change tracking 2; image 1; memory 2; device states 2" in told.out
    assert again["side_files"] == {"change_tracking": 2, "image": 1, "memory": 2, "devices": 2}
    assert [Path(path).name for path in again["auto_recovery"]] == ["web01-AutoRecovery.avhd"]
    assert again["events"] == 0


def test_change_tracking_that_is_gone_is_told_with_what_it_means(
    snapledger: Snapledger, host: Path
) -> None:
    tracking = host / "web01.vhd.rct"
    tracking.write_bytes(b"1")
    root = str(host.parent.parent)
    snapledger("record", root)
    tracking.unlink()
    told = snapledger("record", root)

    assert "1 new event stored" not in told.out
    assert "gone: " in told.out
    assert "the next backup of the disk has to read all of it" in told.out
    listed = snapledger("files", "web01")
    assert "GONE since" in listed.out
    (row,) = [row for row in snapledger("files", "web01", "--json").json if "gone_at" in row]
    assert row["kind"] == "change_tracking"


def test_what_a_host_lists_and_nobody_read_is_where_to_look(snapledger: Snapledger) -> None:
    own = derive("listed")
    listed = node("VirtualMachines", string(f"_{own}_", rf"D:\VMs\Virtual Machines\{own}.vmcx"))
    place = snapledger.folder / "data.vmcx"
    place.write_bytes(vmcx(node("Configurations", listed)))

    assert r'to look there: snapledger record "D:\VMs"' in snapledger("record", str(place)).out


def test_a_log_of_one_record_is_told_in_the_singular(snapledger: Snapledger) -> None:
    place = snapledger.folder / "one.xml"
    place.write_text(event(number=45), encoding="utf-8")

    told = snapledger("record", str(place)).out
    assert ", record 45, " in told
    assert " to " not in told.partition("record 45, ")[2].partition(";")[0]
