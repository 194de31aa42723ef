"""Every command from words to answer, on the article's history."""

import json
import re
from pathlib import Path

import pytest

from eventstore.fleet import Fleet
from eventstore.ids import SnapshotId
from eventstore.moments import Moment
from eventstore.simulate.grammar import SHAPES, usage
from projections.changes import Difference, DiskDifference, SnapshotChange, SnapshotDifference
from tests.tui.calling import Snapledger
from tui.commands import COMMANDS
from tui.render.difference import difference_lines
from tui.render.labels import Labels
from tui.render.look import Look

ARTICLE = (
    r"vm web01 C:\VMs\web01.vhd",
    "start web01",
    r'take web01 "スナップショット 1" as="IDE 0:0"=C:\VMs\1-1.avhd',
    r'take web01 1-1 as="IDE 0:0"=C:\VMs\x.avhd',
    r'apply web01 "スナップショット 1" as="IDE 0:0"=C:\VMs\1-2.avhd',
    "start web01",
    r'take web01 1-2 as="IDE 0:0"=C:\VMs\now.avhd',
)


@pytest.fixture
def article(snapledger: Snapledger) -> Snapledger:
    assert snapledger.play(*ARTICLE).code == 0
    return snapledger


def test_play_tells_a_sentence_per_event(snapledger: Snapledger) -> None:
    told = snapledger.play(*ARTICLE)

    lines = told.out.splitlines()
    assert (told.code, told.err, len(lines)) == (0, "", 8)
    assert lines[1] == "   #2  2010-09-26 06:01:00Z  web01 was started and runs."


def test_play_sums_up_for_scripts(snapledger: Snapledger) -> None:
    (snapledger.folder / "story.txt").write_text("\n".join(ARTICLE), encoding="utf-8")
    told = snapledger("play", str(snapledger.folder / "story.txt"), "--json")

    assert told.json == {"lines": 7, "events": 8, "positions": [1, 8]}


def test_tree_draws_lanes_aligned_by_cells(article: Snapledger) -> None:
    told = article("tree", "web01")

    assert told.out.splitlines()[1:5] == [
        "● スナップショット 1  2010-09-26 06:02:00Z  with memory  web01.vhd",
        "├─● 1-1               2010-09-26 06:03:00Z  with memory  1-1.avhd",
        "● 1-2                 2010-09-26 06:06:00Z  with memory  1-2.avhd",
        "◆ Now                                       running      now.avhd",
    ]


def test_the_trunk_leads_to_now_in_the_drawing_alone(article: Snapledger) -> None:
    article.play("apply web01 1-1", r"start web01")

    drawn = [line.split()[:2] for line in article("tree", "web01").out.splitlines()[1:5]]
    assert drawn[1:] == [["├─●", "1-2"], ["●", "1-1"], ["◆", "Now"]]
    names = [each["name"] for each in article("tree", "web01", "--json").json["snapshots"]]
    assert names == ["スナップショット 1", "1-1", "1-2"]
    chain = article("chain", "web01").out
    assert chain.index(" 1-2.avhd") < chain.index(" 1-1.avhd")


def test_tree_in_ascii_draws_the_same(article: Snapledger) -> None:
    told = article("tree", "WEB01", "--ascii")

    assert [line.split("  ")[0] for line in told.out.splitlines()[1:5]] == [
        "* スナップショット 1",
        "|-* 1-1",
        "* 1-2",
        "@ Now",
    ]


def test_tree_as_json_has_the_contracts_keys(article: Snapledger) -> None:
    tree = article("tree", "web01", "--json").json

    assert tree.keys() >= {
        "vm", "as_of", "power", "removed_at", "merging", "contradictions", "snapshots", "now",
    }  # fmt: skip
    assert tree["as_of"] == {"position": 8, "occurred_at": "2010-09-26T06:06:00.000000Z"}
    assert [snapshot["name"] for snapshot in tree["snapshots"]] == [
        "スナップショット 1",
        "1-1",
        "1-2",
    ]
    assert tree["now"]["head_disks"] == {"IDE 0:0": r"C:\VMs\now.avhd"}


@pytest.mark.parametrize(
    "at", ["3", "#3", "2010-09-26T06:02:00Z", "2010-09-26T15:02:30+09:00", "2010-09-26T06:02"]
)
def test_tree_at_a_moment(article: Snapledger, at: str) -> None:
    tree = article("tree", "web01", "--at", at, "--json").json

    assert [snapshot["name"] for snapshot in tree["snapshots"]] == ["スナップショット 1"]


def test_a_time_without_offset_is_read_in_the_zone_and_said(article: Snapledger) -> None:
    told = article("--tz", "+09:00", "tree", "web01", "--at", "2010-09-26T15:02")

    assert "2010-09-26T15:02 in UTC+09:00 is 2010-09-26 15:02:00+09:00" in told.err
    assert "2010-09-26 15:02:00+09:00" in told.out


def test_the_zone_may_be_set_for_good_and_said_otherwise(
    article: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAPLEDGER_TZ", "+09:00")
    assert "2010-09-26 15:02:00+09:00" in article("tree", "web01").out
    assert "2010-09-26 06:02:00Z" in article("tree", "web01", "--tz", "UTC").out
    assert article("tree", "web01", "--json").json["snapshots"][0]["taken_at"].endswith("Z")

    monkeypatch.setenv("SNAPLEDGER_TZ", "Mars/Base")
    told = article("tree", "web01")
    assert (told.code, "$SNAPLEDGER_TZ Mars/Base: no such time zone" in told.err) == (2, True)


def test_people_get_seconds_and_scripts_all_digits(snapledger: Snapledger, tmp_path: Path) -> None:
    snapledger.play(*ARTICLE, to=tmp_path / "host")
    snapledger("record", str(tmp_path / "host"))

    line = snapledger("log").out.splitlines()[-1]
    assert re.match(r" +#\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  ", line)
    assert re.search(r"T\d\d:\d\d:\d\d\.\d{6}Z", snapledger("chain", "--json").out)


def test_two_moments_of_one_second_are_told_apart() -> None:
    look = Look()
    moments = (Moment("2010-09-26T06:00:00.100000Z"), Moment("2010-09-26T06:00:00.200000Z"))
    change = SnapshotChange(SnapshotId("S"), "taken_at", *moments)
    told = Difference(
        None, SnapshotDifference((), (), (change,)), DiskDifference((), (), ()), {}, ()
    )

    (line,) = difference_lines(told, (Labels(Fleet(), look),), look)
    assert line.endswith("taken at 2010-09-26T06:00:00.100000Z → 2010-09-26T06:00:00.200000Z")


def test_a_while_ago_needs_no_equals_sign(article: Snapledger) -> None:
    told = article("tree", "web01", "--at", "-2h", "--json")

    assert (told.code, len(told.json["snapshots"])) == (0, 3)
    assert told.err.startswith("-2h is ")


def test_known_at_leaves_out_what_was_learned_later(article: Snapledger) -> None:
    tree = article(
        "tree", "web01", "--at", "2010-09-27T00:00:00Z", "--known-at", "4", "--json"
    ).json

    assert [snapshot["name"] for snapshot in tree["snapshots"]] == ["スナップショット 1", "1-1"]


def test_chain_says_who_needs_each_file(article: Snapledger) -> None:
    told = article("chain", "web01")

    assert told.out.splitlines()[:5] == [
        r"in C:\VMs",
        "■ web01.vhd   base         ← スナップショット 1",
        "├─■ 1-1.avhd  in the tree  ← 1-1",
        "■ 1-2.avhd    in the tree  ← 1-2",
        "▣ now.avhd    in the tree  ← Now",
    ]


@pytest.mark.parametrize("place", [(), ("web01",), (r"C:\VMs",), (r"c:/vms/web01.vhd",)])
def test_chain_of_everything_a_vm_a_folder_or_a_file(
    article: Snapledger, place: tuple[str, ...]
) -> None:
    answer = article("chain", *place, "--json").json

    assert len(answer["disks"]) == 4
    assert (answer["vm"] is not None) == (place == ("web01",))


def test_files_lists_what_stands_where_for_whom(article: Snapledger) -> None:
    files = article("files", "web01", "--json").json

    assert {file["kind"] for file in files} == {"config", "memory", "devices", "disk", "folder"}
    assert article("files", "web01").out.count(" disk ") == 4


def test_files_gives_the_role_of_a_disk_nobody_refers_to(article: Snapledger) -> None:
    article.play("delete web01 1-2")
    told = article("files", "web01").out

    assert "nobody" not in told
    assert re.search(r"1-2\.avhd +disk +pending merge +since", told)


def test_orphans_finds_what_waits_and_ends_well(article: Snapledger) -> None:
    article.play("delete web01 1-2")
    told = article("orphans", "web01", "--json")

    assert told.code == 0
    assert [found["verdict"] for found in told.json["findings"]] == ["pending_merge"]
    assert told.json["coverage"]["gaps"]


def test_orphans_with_something_odd_ends_with_1(article: Snapledger) -> None:
    article.play(r"lose C:\VMs\web01.vhd")
    told = article("orphans")

    assert told.code == 1
    assert r"! missing  C:\VMs\web01.vhd" in told.out


def test_what_was_not_looked_at_ends_with_the_command_to_type(snapledger: Snapledger) -> None:
    snapledger.play(r'vm web01 "C:\My VMs\web01.vhd" "D:\VMs\data.vhd"', r"vm db01 C:\VMs\db01.vhd")
    told = snapledger("orphans").out

    assert told.count("not looked at: ") > 2
    assert 'to look there: snapledger record "C:\\My VMs" "D:\\VMs" "C:\\VMs"\n' in told


def test_where_all_was_looked_at_nothing_is_to_be_typed(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    snapledger.play(*ARTICLE, to=tmp_path / "host")
    snapledger("record", str(tmp_path / "host"))

    assert "to look there" not in snapledger("orphans").out


def test_explain_tells_a_files_life(article: Snapledger) -> None:
    explained = article("explain", r"C:\VMs\web01.vhd", "--json").json

    assert explained["finding"]["verdict"] == "needed"
    assert [each["position"] for each in explained["life"]] == [1, 3, 5]
    assert "#3" in article("explain", r"C:\VMs\web01.vhd").out


def test_what_is_explained_on_the_spot_stands_in_no_log(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    snapledger.play(*ARTICLE, to=tmp_path / "host")
    snapledger.store = tmp_path / "nowhere"
    disk = str(next((tmp_path / "host").rglob("1-1.avhd")))

    told = snapledger("explain", disk, "--json").json
    assert [each["position"] for each in told["life"]] == [None]
    assert not any(each["positions"] for each in told["finding"]["reasons"])
    assert "#" not in snapledger("explain", disk).out


def test_a_file_may_be_named_without_its_folder(article: Snapledger) -> None:
    assert article("explain", "WEB01.vhd", "--json").json["finding"]["path"] == r"C:\VMs\web01.vhd"
    rows = article("chain", "now.avhd", "--json").json["disks"]
    assert r"C:\VMs\now.avhd" in [row["path"] for row in rows]


@pytest.mark.parametrize("command", ["explain", "chain"])
def test_a_name_that_several_files_have_lists_them(article: Snapledger, command: str) -> None:
    article.play(r"vm web02 D:\VMs\web01.vhd")
    told = article(command, "web01.vhd")

    assert told.code == 2
    assert r"2 files are called web01.vhd: C:\VMs\web01.vhd, D:\VMs\web01.vhd; name" in told.err


def test_vms_counts(article: Snapledger) -> None:
    article.play("vm gone", "remove gone")

    (row,) = article("vms", "--json").json
    assert (row["name"], row["snapshots"], row["disks"], row["power"]) == ("web01", 3, 4, "running")
    assert len(article("vms", "--all", "--json").json) == 2
    assert "removed 2010" in article("vms", "--all").out


def test_log_gives_the_stored_lines_as_they_are(article: Snapledger) -> None:
    stored = b"".join(
        path.read_bytes() for path in sorted((article.store / "log").glob("*.ndjson"))
    )

    assert article("log", "--json").out.encode() == stored
    assert article("log", "web01", "--json").out.encode() == stored
    assert article("log", "--at", "#3", "--json").out.encode() == b"".join(
        stored.splitlines(keepends=True)[:3]
    )


def test_diff_of_two_moments(article: Snapledger) -> None:
    told = article("diff", "#3", "now", "--vm", "web01")

    assert told.out.splitlines()[0] == "+ snapshot  1-1"
    assert "~ now       parent スナップショット 1 → 1-2" in told.out
    answer = article("diff", "3", "#8", "--json").json
    assert answer["events"] == [4, 5, 6, 7, 8]
    assert [added["name"] for added in answer["snapshots"]["added"]] == ["1-1", "1-2"]


def test_forecast_does_nothing(article: Snapledger) -> None:
    answer = article("forecast", "web01", "delete", "1-2", "--json").json

    assert [merge["starts"] for merge in answer["merges"]] == ["next_stop"]
    assert len(article("log", "--json").out.splitlines()) == 8
    assert "takes" not in article("forecast", "web01", "shutdown").err


def test_forecast_sums_up_first_and_tells_nothing_as_done(article: Snapledger) -> None:
    told = article("forecast", "web01", "delete", "1-2").out.splitlines()
    assert told[:3] == [
        "nothing was done; this is what it would come to:",
        f"  {told[1].split()[0]} files would go",
        "  0 of 1 merge would start at once, 1 at the next stop, 0 never",
    ]
    assert told[4] == "if you do this, the log will say:"

    for verb, is_lost in (("apply", True), ("take-and-apply", False)):
        words = (verb, *(["S9"] if verb == "take-and-apply" else []), "1-1")
        assert ("current state" in article("forecast", "web01", *words).out) == is_lost


def test_forecast_names_the_snapshot_that_would_be_taken(article: Snapledger) -> None:
    assert "~ now       parent 1-2 → S9" in article("forecast", "web01", "take", "S9").out


@pytest.mark.parametrize(
    ("name", "words"), [("-2h", ("-2h",)), ("-2h", ("--", "-2h")), ("--odd", ("--", "--odd"))]
)
def test_a_name_may_begin_with_a_dash(
    article: Snapledger, name: str, words: tuple[str, ...]
) -> None:
    article.play(f"take web01 {name}")
    told = article("--json", "forecast", "web01", "delete", *words)

    assert [each["name"] for each in told.json["snapshots"]["removed"]] == [name]


def test_a_dash_that_was_taken_for_an_option_is_explained(article: Snapledger) -> None:
    told = article("forecast", "web01", "delete", "--odd")

    assert told.code == 2
    assert "a name that begins with a dash goes after `--`" in told.err


def test_diff_offers_no_option_that_it_refuses(article: Snapledger) -> None:
    assert "--at" not in article("diff", "--help").out
    assert article("diff", "--at", "1", "1", "2").code == 2


def test_among_several_vms_the_chain_says_whose_now_it_is(article: Snapledger) -> None:
    article.play(r"vm db01 C:\VMs\db01.vhd")

    assert "← Now\n" in article("chain", "db01").out
    told = article("chain").out
    assert "← db01: Now\n" in told
    assert "← web01: Now\n" in told
    rows = article("chain", "--json").json["disks"]
    assert {row["vm"]["name"] for row in rows if row["referenced_by"] == ["now"]} == {
        "web01",
        "db01",
    }


def test_forecast_lists_what_can_be_done(article: Snapledger) -> None:
    assert "there are: start, shutdown, " in article("forecast", "web01", "explode").err


def test_verify_finds_a_whole_log_whole_and_a_changed_one_not(article: Snapledger) -> None:
    assert article("verify", "--json").json["ok"]
    (segment,) = (article.store / "log").glob("*.ndjson")
    segment.write_bytes(segment.read_bytes().replace(b'"web01"', b'"web02"', 1))

    told = article("verify", "--json")
    assert (told.code, told.json["ok"]) == (1, False)
    assert told.json["violations"][0]["position"] == 1
    assert article("tree", "web01").code == 1
    assert "put a copy of the whole folder back" in article("verify").out


def test_verify_speaks_of_no_seal_as_long_as_nothing_seals(article: Snapledger) -> None:
    assert article("verify").out == "ok: 8 entries, each as it was written\n"
    assert "seal" not in article("verify", "--help").out
    assert article("verify", "--json").json["sealed_through"] == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(snapledger: Snapledger, name: str) -> None:
    told = snapledger(name, "--help")

    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"usage: snapledger {name}")


def test_play_lists_every_line_of_a_scenario(snapledger: Snapledger) -> None:
    told = snapledger("play", "--help").out

    assert all(f"\n  {usage(verb)}\n" in told for verb in SHAPES)
    assert "--store` of its own" in told


def test_play_says_where_the_files_are_and_who_reads_them(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    told = snapledger.play(*ARTICLE, to=tmp_path / "host")

    assert told.err == (
        f"the files stand in {tmp_path / 'host'}; `snapledger record {tmp_path / 'host'}` "
        "reads them\n"
    )


def test_the_program_explains_itself(snapledger: Snapledger) -> None:
    told = snapledger("--help")

    assert told.code == 0
    assert all(f"\n    {name} " in told.out for name in COMMANDS)


def test_json_is_one_line(article: Snapledger) -> None:
    for words in (("vms",), ("tree", "web01"), ("chain",), ("orphans",), ("verify",)):
        out = article(*words, "--json").out
        assert out.endswith("\n")
        assert json.loads(out) is not None
        assert len(out.splitlines()) == 1


def test_what_is_written_and_read_back_is_the_same(snapledger: Snapledger, tmp_path: Path) -> None:
    folder = tmp_path / "host"
    snapledger.play(*ARTICLE, "delete web01 1-2", "shutdown web01", to=folder)
    told = snapledger("chain", "web01", "--json").json["disks"]
    snapledger.store = tmp_path / "evidence"
    first = snapledger("record", str(folder), "--json").json
    again = snapledger("record", str(folder), "--json").json
    seen = snapledger("chain", "web01", "--json").json["disks"]

    def facts(disks: list[dict[str, object]]) -> list[tuple[object, ...]]:
        keys = ("path", "parent", "slot", "role", "referenced_by")
        return sorted(tuple(str(disk[key]) for key in keys) for disk in disks)

    assert facts(seen) == facts(told)
    assert first["events"] > 0
    assert first["gaps"] == []
    assert again["events"] == 0


@pytest.mark.parametrize("command", ["tree", "chain", "orphans"])
def test_as_of_a_vm_names_what_hands_did_to_its_disk(article: Snapledger, command: str) -> None:
    article.play(r"vm db01 D:\VMs\db01.vhd", r"lose C:\VMs\1-1.avhd", "start db01")

    assert article(command, "web01", "--json").json["as_of"]["position"] == 10
    assert article(command, "db01", "--json").json["as_of"]["position"] == 11


def test_a_forecast_says_plainly_what_space_nobody_measured(snapledger: Snapledger) -> None:
    snapledger.play("vm web01 C:\\VMs\\web01.vhd", "take web01 S1", "take web01 S2")

    told = snapledger("forecast", "web01", "delete", "S2").out

    assert "?" not in told
    assert "how much a merge needs is not known, nobody read the disks" in told


def test_a_vm_that_is_known_comes_before_a_folder_of_its_name_that_is_not(
    article: Snapledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here" / "web01").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")

    told = article("chain", "web01")

    assert "web01.vhd" in told.out
    assert "what stands here by that name is ./web01" in told.err
    assert "no disk is known here" in article("chain", "./web01").out


def test_times_in_sentences_are_shown_in_the_zone_asked_for(article: Snapledger) -> None:
    article.play("at 2010-12-01T00:00:00Z", "delete web01 1", "shutdown web01")
    told = article("orphans", "--tz", "+09:00").out + article("log", "--tz", "+09:00").out

    assert ".000000Z" not in told
