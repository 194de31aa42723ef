"""The collector's script, held to what can be held without a Windows to run it on."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from eventstore.moments import now
from tests.tui.calling import Snapledger

SCRIPT = files("tui").joinpath("collect.ps1").read_text(encoding="ascii")
CODE = re.sub(r"(?m)^\s*#.*$", "", SCRIPT)
COLLECTED = Path(__file__).parents[1] / "eventstore" / "evidence" / "collected.json"

CMDLETS = {
    "Get-VM",
    "Get-VMSnapshot",
    "Get-VMHardDiskDrive",
    "Get-VHD",
    "Get-Disk",
    "Get-ClusterNode",
    "Get-CimInstance",
    "Get-Command",
    "Get-Date",
    "ForEach-Object",
    "Where-Object",
    "ConvertTo-Json",
    "New-Object",
}


def properties(told: object) -> Iterator[str]:
    if isinstance(told, dict):
        for name, value in told.items():
            yield name
            yield from properties(value)
    elif isinstance(told, list):
        for each in told:
            yield from properties(each)


def test_it_calls_cmdlets_of_a_short_list_and_its_own_functions_only() -> None:
    own = set(re.findall(r"(?m)^function ([A-Z]\w+-\w+)", CODE))
    called = set(re.findall(r"(?<![\w$'-])[A-Z]\w+-[A-Z]\w+", CODE))

    assert called - own == CMDLETS
    assert own <= called


def test_no_verb_of_it_changes_anything() -> None:
    changing = r"(Remove|Set|Stop|Start|Merge|Mount|Dismount|Optimize|Convert|Restore|Move|Clear)-"

    assert not re.search(rf"(?i)\b{changing}", CODE)
    assert re.findall(r"(?i)\b(?:Invoke|iex|Write\w*|Delete\w*)\b", CODE) == ["WriteAllText"]


def test_every_bracket_and_quote_is_closed() -> None:
    counted = Counter(CODE)

    assert counted["{"] == counted["}"]
    assert counted["("] == counted[")"]
    assert counted["["] == counted["]"]
    assert all(line.count('"') % 2 == 0 and line.count("'") % 2 == 0 for line in CODE.split("\n"))


def test_no_colon_follows_a_variable_in_a_string() -> None:
    """`"$file: "` is no script at all: what stands before the colon is taken for a drive."""
    assert re.findall(r"\$(?!env:)\w+:", CODE) == []


def test_it_is_short_and_says_that_nobody_ran_it() -> None:
    lines = SCRIPT.splitlines()

    assert len(lines) <= 130
    assert max(len(line) for line in lines) <= 100
    assert "NOT RUN BY ITS AUTHORS" in SCRIPT[:500]


def test_the_export_we_read_below_has_just_the_properties_that_the_script_writes() -> None:
    """The fixture is made by hand; this ties it to the script's text."""
    written = set(re.findall(r"(?m)(?:^\s*|@\{ |; )([A-Z]\w+) = ", CODE))

    assert set(properties(json.loads(COLLECTED.read_text("utf-8")))) == written


def test_the_script_comes_to_stdout_alone(snapledger: Snapledger) -> None:
    told = snapledger("collector")

    assert (told.code, told.out, told.err) == (0, SCRIPT, "")
    assert json.loads(snapledger("collector", "--json").out) == {"script": SCRIPT}


def test_what_it_writes_tells_the_tree_and_what_is_missing(snapledger: Snapledger) -> None:
    told = snapledger("record", str(COLLECTED))

    assert told.code == 0
    assert "7 new events stored, 4 of them inferred" in told.out
    assert "could not be asked for: snapshots of web02: The operation failed" in told.out
    assert "not told: all snapshots of web02" in told.out
    tree = json.loads(snapledger("tree", "経理サーバー", "--json").out)
    names = {each["id"]: each["name"] for each in tree["snapshots"]}
    assert [(each["name"], names.get(each["parent"])) for each in tree["snapshots"]] == [
        ("S1", None),
        ("keiri - (Backup)", "S1"),
        ("更新前", "S1"),
    ]
    assert names[tree["now"]["parent"]] == "更新前"
    assert tree["power"] == "running"


def test_a_host_that_switched_merging_off_is_a_finding(snapledger: Snapledger) -> None:
    snapledger("record", str(COLLECTED))

    (found,) = snapledger("check", "経理サーバー", "--json").json["problems"][-1:]

    assert (found["kind"], found["vm"]["name"]) == ("merge_disabled", "経理サーバー")


def test_a_node_of_its_cluster_that_nobody_recorded_is_a_gap(snapledger: Snapledger) -> None:
    gaps = snapledger("record", str(COLLECTED), "--json").json["gaps"]

    (node,) = [gap for gap in gaps if "node of the cluster" in gap]
    assert node.startswith("HV02, ")


def test_the_tree_is_drawn_with_what_only_the_host_knows(snapledger: Snapledger) -> None:
    snapledger("record", str(COLLECTED))

    drawn = snapledger("tree", "経理サーバー").out

    assert "├─● keiri - (Backup) (recovery)" in drawn
    assert "with memory" in drawn
    assert "not known under which snapshot" not in drawn


def test_recording_it_again_stores_nothing(snapledger: Snapledger) -> None:
    snapledger("record", str(COLLECTED))

    assert "0 new events stored" in snapledger("record", str(COLLECTED)).out


def test_files_that_it_overtakes_are_stored_again_at_once_and_once(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    """The export lies among the files, says something else, and is newer than the last walk."""
    case = tmp_path / "case"
    snapledger.play("vm web01 C:\\VMs\\web01.vhd", to=case)
    snapledger.store = tmp_path / "evidence"
    snapledger("record", str(case))
    vm = snapledger("vms", "--json").json[0]["id"]
    other = {"Id": vm, "Name": "web01", "State": "Off", "HardDrives": [], "Snapshots": []}
    told = {"SnapledgerCollector": 1, "AskedAt": now(), "Computer": "HV01", "VMs": [other]}
    (case / "export.json").write_text(json.dumps(told), encoding="utf-8")

    snapledger("record", str(case))
    kinds = re.findall(r'"type":"(\w+)"', snapledger("log", "--json").out)

    assert kinds[-4:] == ["VmExportSeen", "HostExportSeen", "VmConfigurationSeen", "FolderRead"]
    assert "0 new events stored" in snapledger("record", str(case)).out
