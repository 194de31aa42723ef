"""Plans as the program prints them: followed to the letter on real files they lose nothing."""

import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from eventstore.evidence.disk import read_disk
from eventstore.evidence.linkage import compare_parent
from eventstore.ids import VmId
from eventstore.log.embedded import open_store
from eventstore.moments import Moment
from eventstore.simulate.disk_folder import opened
from eventstore.simulate.virtual_disk import Stamp, reference
from projections.merge_space import VolumeNeed
from projections.plan_shape import Plan, PlanStep
from projections.shapes import VmRef
from tests.scenarios import VMS, deeds, play, registrations
from tests.tui.calling import Snapledger
from tui.output import look_for
from tui.render.look import Look
from tui.render.plan import plan_lines
from tui.render.text import cells

HOSTILE = "経理 'サーバー'; Remove-Item C:\\ \u2019\x1b[31m\u202e"
VM = "F4270D37-7A55-5CD9-8394-68F7B8E56244"
SECTOR = 512

# --- what it looks like ---------------------------------------------------------------------------


@pytest.fixture
def hostile(snapledger: Snapledger, tmp_path: Path) -> Snapledger:
    lines = (
        rf'vm "{HOSTILE}" policy=live id={VM} C:\VMs\経理\web.vhdx D:\b\data.vhdx',
        f'take "{HOSTILE}" "$(Stop-Computer) `n スナップ"',
        f'take "{HOSTILE}" "$(Stop-Computer) `n スナップ 2"',
        "free C: 10",
    )
    assert snapledger.play(*lines, to=tmp_path / "disks").code == 0
    assert snapledger("record", str(tmp_path / "disks")).code == 0
    return snapledger


def test_commands_name_by_guid_and_hold_no_foreign_word(hostile: Snapledger) -> None:
    steps = hostile("plan", VM, "--json").json["steps"]
    commands = [each for step in steps for each in step["commands"]]
    commands += [look["command"] for step in steps for look in step["look_at"]]

    assert sum("Remove-VMSnapshot" in each for each in commands) == 2
    assert all(each.isascii() and "Stop-Computer" not in each for each in commands)
    assert max(map(len, commands)) <= 78


def test_foreign_names_are_shown_and_never_sent(hostile: Snapledger) -> None:
    out = hostile("plan", VM).out

    assert "スナップ" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "␛" in out


def test_a_plan_fits_a_terminal_of_eighty_columns(
    hostile: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_eighty(*words: Any, **options: Any) -> Look:  # noqa: ANN401 - whatever comes
        return replace(look_for(*words, **options), width=80)

    monkeypatch.setattr("tui.cli.look_for", of_eighty)
    out = hostile("plan", VM).out

    assert max(map(cells, out.splitlines())) <= 80


def test_json_is_a_document_with_stable_keys(hostile: Snapledger) -> None:
    answer = hostile("plan", VM, "--json")

    assert answer.code == 0
    assert set(answer.json) == {
        *("vm", "policy", "is_done", "objections", "loses", "steps", "by_hand", "leftovers"),
        *("gaps", "as_of"),
    }
    assert set(answer.json["steps"][2]) == {
        *("number", "kind", "text", "where", "commands", "words", "merges", "deleted_files"),
        *("volumes", "expected", "look_at", "otherwise"),
    }
    assert [step["kind"] for step in answer.json["steps"]] == [
        "record",
        "back_up",
        "delete",
        "delete",
    ]
    assert answer.json["steps"][2]["merges"][0]["bytes_from"] == "blocks"


def moved_in_time(disks: Path, pattern: str) -> None:
    for place in disks.rglob(pattern):
        os.utime(place, (2e9, 2e9))


def test_what_is_not_as_recorded_gets_no_plan(hostile: Snapledger, tmp_path: Path) -> None:
    moved_in_time(tmp_path, "web.vhdx")
    answer = hostile("plan", VM)

    assert answer.code == 1
    assert "web.vhdx is not as it was recorded: it was written at 2033-05-18" in answer.out


@pytest.mark.parametrize("stands", ["nothing", "no disk", "a folder"])
def test_what_went_after_it_was_recorded_gets_no_plan(
    hostile: Snapledger, tmp_path: Path, stands: str
) -> None:
    (place,) = tmp_path.rglob("web.vhdx")
    status = place.stat()
    place.unlink()
    if stands == "no disk":
        place.write_bytes(bytes(status.st_size))
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif stands == "a folder":
        place.mkdir()
    answer = hostile("plan", VM)

    assert answer.code == 1
    assert "web.vhdx is not as it was recorded" in answer.out


def test_evidence_that_is_not_on_this_machine_accuses_nobody(
    hostile: Snapledger, tmp_path: Path
) -> None:
    (place,) = tmp_path.rglob("web.vhdx")
    shutil.rmtree(place.parent)

    assert hostile("plan", VM).code == 0


def test_what_a_vm_that_runs_writes_to_is_told_by_its_size(
    hostile: Snapledger, tmp_path: Path
) -> None:
    hostile.play(f'start "{HOSTILE}"', to=tmp_path / "disks")
    hostile("record", str(tmp_path / "disks"))
    heads = hostile("tree", VM, "--json").json["now"]["head_disks"].values()
    for head in heads:
        moved_in_time(tmp_path, head.rpartition("\\")[2])
    steps = hostile("plan", VM, "--json").json["steps"]

    assert [each["bytes_from"] for each in steps[3]["merges"]] == ["size", "size"]
    assert all(each["not_counted"] for each in steps[3]["merges"])


def test_too_little_room_is_a_stop_before_the_step() -> None:
    step = PlanStep(1, "delete", "x", "manager", volumes=(VolumeNeed("C:", 9, 8, is_enough=False),))
    lines = plan_lines(Plan(VmRef(VmId(VM), "web01"), "live", is_done=False, steps=(step,)), Look())

    assert "    stop: free more first" in "\n".join(lines)


def test_what_nobody_looked_at_is_told_beside_the_steps(hostile: Snapledger) -> None:
    hostile.play(r"vm web02 E:\Other\web02.vhdx policy=live")
    answer = hostile("plan", VM, "--json").json

    assert any("E:\\Other" in gap for gap in answer["gaps"])
    assert "not looked at: " in hostile("plan", VM).out


def test_objections_end_with_exit_code_one(snapledger: Snapledger) -> None:
    snapledger.play(r"vm web01 C:\VMs\web01.vhd", "take web01 S1")
    answer = snapledger("plan", "web01")

    assert answer.code == 1
    assert answer.out.startswith("no plan for web01: first settle what speaks against it\n")
    assert "nobody has read" in answer.out
    assert snapledger("plan", "web01", "--json").json["steps"] == []
    assert snapledger("plan", "nobody").code == 2


def test_nothing_to_do_is_said(snapledger: Snapledger) -> None:
    snapledger.play(r"vm web01 C:\VMs\web01.vhd")

    assert snapledger("plan", "web01").out.startswith("web01 needs no AVHD and has no snapshot")


# --- followed on real files -----------------------------------------------------------------------


def standing(snapledger: Snapledger) -> dict[str, dict[str, Any]]:
    return {row["path"]: row for row in snapledger("chain", "--json").json["disks"]}


def content(rows: dict[str, dict[str, Any]], head: str) -> dict[int, bytes]:
    """Give what a guest reads of a disk, sector by sector, where anybody wrote."""
    chain: list[Path] = []
    path: str | None = head
    while path:
        chain.append(Path(rows[path]["found_at"]))
        path = rows[path]["parent"]
    return read_through(reversed(chain))


def read_through(oldest_first: Iterator[Path]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for place in oldest_first:
        with opened(place) as disk:
            for offset, data in disk.runs():
                for at in range(0, len(data), SECTOR):
                    found[offset + at] = data[at : at + SECTOR]
    return {at: data for at, data in found.items() if any(data)}


@pytest.mark.parametrize("seed", range(6))
def test_followed_step_by_step_every_disk_of_now_reads_the_same(
    seed: int, snapledger: Snapledger, tmp_path: Path
) -> None:
    chance, disks = random.Random(f"plan {seed}"), tmp_path / "disks"
    log = open_store(snapledger.store, create=True)
    play(log, disks, iter((*registrations(chance), *deeds(chance, 30))))
    log.close()
    for vm in VMS:
        snapledger("record", str(disks))
        answer = snapledger("plan", vm, "--json").json
        assert bool(answer["objections"]) + bool(answer["steps"]) + answer["is_done"] == 1
        heads = snapledger("tree", vm, "--json").json["now"]["head_disks"]
        before = {slot: content(standing(snapledger), path) for slot, path in heads.items()}
        for step in answer["steps"]:
            if step["words"]:
                verb, *rest = step["words"]
                line = " ".join((verb, f'"{vm}"', *rest))
                assert snapledger.play(line, to=disks).code == 0, line
        if not answer["steps"]:
            continue
        snapledger("record", str(disks))
        heads = snapledger("tree", vm, "--json").json["now"]["head_disks"]
        assert not [path for path in heads.values() if path.lower().endswith((".avhd", ".avhdx"))]
        after = {slot: content(standing(snapledger), path) for slot, path in heads.items()}
        assert after == before


@pytest.mark.parametrize("suffix", ["vhd", "vhdx"])
def test_merged_by_hand_as_told_the_copies_read_as_the_vm_did(
    suffix: str, snapledger: Snapledger, tmp_path: Path
) -> None:
    """Do with our own writer what the cmdlets are told to do, letter by letter."""
    disks, work = tmp_path / "disks", tmp_path / "work"
    vm = f'vm web01 policy=live id={VM} "C:\\VMs\\it\'s.{suffix}"'
    snapledger.play(vm, "take web01 S1", "take web01 S2", "remove web01", to=disks)
    snapledger("record", str(disks))
    rows = standing(snapledger)
    head = next(path for path, row in rows.items() if "now" in row["referenced_by"])
    before = content(rows, head)
    originals = {row["found_at"]: Path(row["found_at"]).read_bytes() for row in rows.values()}
    work.mkdir()

    commands = [
        each
        for step in snapledger("plan", VM, "--json").json["by_hand"]
        for each in step["commands"]
    ]
    for command in commands:
        obey(command, rows, work)

    assert read_through(iter([work / f"1-2.{suffix}"])) == before
    linked = [OURS.findall(each) for each in commands if each.startswith("Set-VHD")]
    merged = [OURS.findall(each) for each in commands if each.startswith("Merge-VHD")]
    assert linked == merged[::-1]
    assert len(merged) == 2
    assert originals == {place: Path(place).read_bytes() for place in originals}


OURS = re.compile(r'"\$work\\(.*?)"')


def obey(command: str, rows: dict[str, dict[str, Any]], work: Path) -> None:
    ours = OURS.findall(command)
    if command.startswith("Copy-Item"):
        path = re.findall(r"-LiteralPath '((?:[^']|'')*)'", command)[0].replace("''", "'")
        shutil.copy(rows[path]["found_at"], work / ours[0])
    elif command.startswith("Set-VHD"):
        child, parent = (work / each for each in ours)
        facts = read_disk(parent).facts
        with opened(child) as disk:
            stamp = Stamp(Moment("2026-11-23T00:00:00.000000Z"), VM)
            disk.relink(reference(f"E:\\{ours[1]}", f"E:\\{ours[0]}", facts), stamp)
        assert compare_parent(read_disk(child).facts, facts).verdict == "matches"
    elif command.startswith("Merge-VHD"):
        child, parent = (work / each for each in ours)
        with opened(child) as source:
            runs = list(source.runs())
        with opened(parent) as target:
            for offset, data in runs:
                target.write(offset, data)
        child.unlink()
    else:
        assert command.startswith("$work = Read-Host")
