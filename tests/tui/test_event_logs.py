"""Event logs at the command line: recorded as files or with their folder, told, and covered."""

from pathlib import Path

import pytest

from tests.eventstore.evidence.test_event_xml import VM, event
from tests.tui.calling import Snapledger

WORKER = "Microsoft-Windows-Hyper-V-Worker"


def started(number: int = 5) -> str:
    return event(number=number, event_id="18500", provider=WORKER, channel=f"{WORKER}-Admin")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "worker.xml").write_text(started() + started(8), encoding="utf-8")
    (folder / "broken.xml").write_text(event(number=1) + event()[:-9], encoding="utf-16")
    return folder


def test_a_log_is_recorded_once_alone_or_with_its_folder(
    snapledger: Snapledger, logs: Path
) -> None:
    alone = snapledger("record", str(logs / "worker.xml"))
    folder = snapledger("record", str(logs), "--json")

    assert "2 records of event logs; 3 new events stored" in alone.out
    assert (folder.json["observations"], folder.json["events"]) == (3, 3)
    assert snapledger("record", str(logs), str(logs / "worker.xml"), "--json").json["events"] == 0


def test_damage_of_a_log_is_told_when_it_is_recorded(snapledger: Snapledger, logs: Path) -> None:
    told = snapledger("record", str(logs)).out

    assert "broken.xml: event 2 of the file: expected" in told
    assert "log read: Worker-Admin of HV01, records 5 to 8, " in told
    assert "not read: what is older than record 5" in told
    assert "records 6 to 7" in told


def test_logs_are_told_one_by_one_when_they_are_recorded_and_together_afterwards(
    snapledger: Snapledger, logs: Path
) -> None:
    snapledger("record", str(logs))

    for told in (snapledger("record", str(logs)).out, snapledger("orphans").out):
        assert "log read: " not in told
        assert "event logs: 2 logs of 1 host, " in told
        assert "; 2 of them in part" in told


def test_a_record_is_told_in_the_log_of_its_vm(snapledger: Snapledger, logs: Path) -> None:
    snapledger("record", str(logs))
    told = snapledger("log").out

    assert "web01 was started (event 18500 of Worker-Admin on HV01, record 5)." in told
    assert "learned late" not in told


def test_a_vm_that_only_event_logs_speak_of_has_a_log_by_its_name_or_guid(
    snapledger: Snapledger, logs: Path
) -> None:
    snapledger("record", str(logs))

    assert snapledger("log", "web01").out.count("(event 18500") == 2
    assert snapledger("log", VM.lower()).out == snapledger("log", "web01").out
    assert snapledger("log", "db01").code == 2
    assert snapledger("tree", "web01").code == 2


def test_the_log_of_a_vm_has_its_records_as_sentences_and_as_lines(
    snapledger: Snapledger, logs: Path
) -> None:
    snapledger.play("vm web01 C:\\VMs\\web01.vhd", "start web01")
    vm = snapledger("vms", "--json").json[0]["id"]
    for path in logs.iterdir():
        encoding = "utf-16" if path.name == "broken.xml" else "utf-8"
        path.write_text(path.read_text(encoding).replace(VM, vm), encoding=encoding)
    snapledger("record", str(logs))

    assert "Its history says so too." in snapledger("log", "web01").out
    lines = snapledger("log", "web01", "--json").out.splitlines()
    assert sum('"type":"LogRecordSeen"' in line for line in lines) == 3


def test_what_logs_cover_stands_in_the_answer(snapledger: Snapledger, logs: Path) -> None:
    snapledger("record", str(logs))
    (vmms, worker) = snapledger("orphans", "--json").json["coverage"]["logs"]

    assert vmms["channel"] == "Microsoft-Windows-Hyper-V-VMMS-Admin"
    assert "is damaged: event 2 of the file" in vmms["gaps"][0]
    assert (worker["first_record"], worker["last_record"]) == (5, 8)
