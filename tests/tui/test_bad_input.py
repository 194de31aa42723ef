"""What can go wrong between a keyboard and a disk: a clear sentence, the right code, no loss."""

import json
import os
import threading
from pathlib import Path

import pytest

from eventstore.entry import NewEntry
from eventstore.errors import OutcomeUnknown
from eventstore.log.embedded import EmbeddedLog, open_store
from tests.tui.calling import Answer, Snapledger
from tui import cli
from tui.commands import verify

WEB01 = r"vm web01 C:\VMs\web01.vhd"

UNUSUAL = (
    "[/] markup [bold]",
    "\x1b]2;PWNED\x07\x1b[2J",
    "emoji 🧨👨‍👩‍👧",
    "\u202eright to left\u202c",
    "שלום",
    "経理\u3000サーバー",
    "\ufeff\u200bhidden",
    "'; drop table; --",
    "x" * 100,
)


def is_one_sentence(told: Answer) -> bool:
    return len(told.err.splitlines()) == 1 and "Traceback" not in told.err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("tree", "nobody"), 2, "no VM is called 'nobody'"),
        (("tree", "web01", "--at", "2001-01-01T00:00:00Z"), 2, "did not exist yet"),
        (("tree", "web01", "--at", "7777"), 2, "there is no position 7777"),
        (("tree", "web01", "--at", "soon"), 2, "'soon' is not understood"),
        (("tree", "web01", "--tz", "Mars/Base"), 2, "--tz Mars/Base: no such time zone"),
        (("tree",), 2, "VM"),
        (("trees",), 2, "'trees' is no command; did you mean 'tree'?"),
        ((), 2, "COMMAND"),
        (("tree", "web01", "--jso"), 2, "unrecognized arguments: --jso"),
        (("verify", "--at", "1"), 2, "--at"),
        (("--at", "1", "verify"), 2, "verify takes no --at"),
        (("--at", "1", "diff", "1", "2"), 2, "diff takes no --at"),
        (("explain", r"C:\nothing.vhd"), 2, "no disk file"),
        (("chain", r"C:\nothing"), 2, "there is no folder or file"),
        (("chain", ""), 2, "an empty word came"),
        (("forecast", "web01", "dance"), 2, "'dance' is nothing done to a VM"),
        (("forecast", "web01", "delete", "S9"), 2, "'S9'"),
        (("forecast", "web01", "revert"), 2, "cannot revert"),
        (("play", "/no/such/file"), 2, "/no/such/file cannot be read: No such file"),
        (("record", "/no/such/folder"), 2, "expected a folder"),
        (("inspect", "/no/such/file"), 2, "there is no file /no/such/file"),
    ],
)
def test_bad_words_are_told_in_one_sentence(
    snapledger: Snapledger, words: tuple[str, ...], code: int, said: str
) -> None:
    snapledger.play(WEB01)
    told = snapledger(*words)

    assert (told.code, told.out) == (code, "")
    assert said in told.err
    assert is_one_sentence(told)


def test_a_typo_on_line_3_keeps_lines_1_and_2(snapledger: Snapledger) -> None:
    told = snapledger.play(WEB01, "start web01", "strat web01", "take web01 S1")

    assert told.code == 2
    assert "story.txt:3: 'strat' is no command; did you mean 'start'?" in told.err
    assert is_one_sentence(told)
    assert len(snapledger("log", "--json").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("start web01", "start web01"), "web01 is running, not off or saved"),
        (("take web01 S1", "delete web01 S1", "apply web01 S1"), "was deleted at 2010-09-26T06:02"),
        (("revert web01",), "Now hangs under no snapshot"),
        (tuple(f"take web01 S{n}" for n in range(51)), "the most Hyper-V allows"),
        (("start web01", "pause web01", "take web01 S1"), "web01 is paused"),
        (("take web01 " + "x" * 101,), "1 to 100 characters, this one 101"),
        (('take web01 ""',), "1 to 100 characters, this one 0"),
        (("take web01 a\u2028b",), "no line break"),
    ],
)
def test_an_impossible_command_stops_with_line_and_reason(
    snapledger: Snapledger, lines: tuple[str, ...], said: str
) -> None:
    told = snapledger.play(WEB01, *lines)

    assert told.code == 2
    assert f"story.txt:{len(lines) + 1}: " in told.err
    assert said in told.err


def test_an_ambiguous_name_lists_who_is_meant(snapledger: Snapledger) -> None:
    snapledger.play(WEB01, "vm web01 id=11111111-2222-3333-4444-555555555555")
    told = snapledger("tree", "web01")

    guids = [row["id"] for row in snapledger("vms", "--json").json]
    assert told.code == 2
    assert all(guid in told.err for guid in guids)
    assert snapledger("tree", guids[0]).code == 0


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_names_are_kept_and_shown_safely(snapledger: Snapledger, name: str) -> None:
    quoted = name.replace('"', '""')
    told = snapledger.play(f'vm "{quoted}" C:\\VMs\\web01.vhd', f'take "{quoted}" "{quoted}"')
    assert told.code == 0

    tree = snapledger("tree", name, "--json").json
    assert (tree["vm"]["name"], tree["snapshots"][0]["name"]) == (name, name)
    for words in (("tree", name), ("log",), ("vms",), ("chain",), ("files", name)):
        out = snapledger(*words).out
        assert not set(out) & set("\x1b\x07\u202e\u202c\u200b\u200d\ufeff")
    assert not set(snapledger("tree", name + "?").err) & set(
        "\x1b\x07\u202e\u202c\u200b\u200d\ufeff"
    )


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_names_are_written_and_read_back(
    snapledger: Snapledger, tmp_path: Path, name: str
) -> None:
    told = snapledger.play(f'vm "{name}" C:\\VMs\\web01.vhd', to=tmp_path / "host")
    snapledger.store = tmp_path / "evidence"
    snapledger("record", str(tmp_path / "host"))

    assert (told.code, told.err.count("\n")) == (0, 1)
    assert snapledger("vms").code == 0


def test_a_file_name_of_255_characters_is_played_and_shown(snapledger: Snapledger) -> None:
    name = "経" * 251 + ".vhd"

    assert snapledger.play(f"vm web01 C:\\VMs\\{name}").code == 0
    assert name in snapledger("chain").out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no undecodable names")
def test_an_undecodable_name_in_evidence_is_shown_safely(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    snapledger.play(WEB01, to=tmp_path / "host")
    disk = next((tmp_path / "host").rglob("web01.vhd"))
    try:
        disk.rename(os.fsdecode(os.fsencode(disk.parent) + b"/b\xff\x1bad.vhd"))
    except OSError:
        pytest.skip("this file system keeps no undecodable names")
    snapledger.store = tmp_path / "evidence"

    assert snapledger("record", str(tmp_path / "host")).code == 0
    told = snapledger("chain")
    assert "b\\udcff␛ad.vhd" in told.out
    assert snapledger("chain", "--json").code == 0


def test_a_store_of_a_newer_format_is_left_alone(snapledger: Snapledger) -> None:
    snapledger.play(WEB01)
    place = snapledger.store / "store.json"
    store = json.loads(place.read_bytes())
    place.write_bytes(json.dumps({**store, "format": 99}).encode())

    for words in (("tree", "web01"), ("verify",), ("record", str(snapledger.folder))):
        told = snapledger(*words)
        assert (told.code, told.out) == (2, "")
        assert "written by a newer Snapledger: its format is 99" in told.err


def test_a_folder_that_is_no_store_is_left_alone(snapledger: Snapledger) -> None:
    snapledger.store.mkdir()
    (snapledger.store / "letter.txt").write_text("dear all", encoding="utf-8")
    told = snapledger.play(WEB01)

    assert told.code == 2
    assert "letter.txt" in told.err
    assert [each.name for each in snapledger.store.iterdir()] == ["letter.txt"]


def test_reading_needs_a_store_and_says_how_to_get_one(snapledger: Snapledger) -> None:
    told = snapledger("vms")

    assert told.code == 2
    assert "`snapledger play` and `snapledger record` make one" in told.err
    assert not snapledger.store.exists()


def test_a_store_that_cannot_be_written_is_told(
    snapledger: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapledger.play(WEB01)

    def refuses(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("eventstore.log.lock.WriterLock.__enter__", refuses)
    told = snapledger.play("start web01")

    assert told.code == 3
    assert "Read-only file system" in told.err
    assert snapledger("tree", "web01").code == 0


def test_two_writers_lose_nothing(snapledger: Snapledger) -> None:
    snapledger.play(WEB01, r"vm db01 C:\VMs\db01.vhd")
    stories = []
    for vm in ("web01", "db01"):
        story = snapledger.folder / f"{vm}.txt"
        story.write_text(f"start {vm}\n" + f"reset {vm}\n" * 20, encoding="utf-8")
        stories.append(str(story))
    codes: list[int] = []
    threads = [
        threading.Thread(
            target=lambda story: codes.append(
                cli.main(["--store", str(snapledger.store), "play", story])
            ),
            args=(story,),
        )
        for story in stories
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert codes == [0, 0]
    assert len(snapledger("log", "--json").out.splitlines()) == 44
    assert snapledger("verify").code == 0


def test_an_unknown_outcome_is_no_success(
    snapledger: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise OutcomeUnknown("the sync failed")

    monkeypatch.setattr(EmbeddedLog, "append", lost)
    told = snapledger.play("# first", WEB01)

    assert told.code == 3
    assert "the sync failed" in told.err
    assert "story.txt:2; the lines before it are stored" in told.err


def test_a_fault_of_our_own_is_one_sentence_too(
    snapledger: Snapledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapledger.play(WEB01)

    def breaks(_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(verify, "run", breaks)
    told = snapledger("verify")
    assert told.code == 3
    assert "a fault of its own: ZeroDivisionError: oops" in told.err
    assert is_one_sentence(told)

    monkeypatch.setenv("SNAPLEDGER_DEBUG", "1")
    assert "Traceback" in snapledger("verify").err


def test_an_event_of_a_newer_version_is_shown(snapledger: Snapledger) -> None:
    snapledger.play(WEB01)
    log = open_store(snapledger.store)
    (old,) = log.read()
    new = NewEntry("A", "VmTeleported", old.entry.occurred_at, old.entry.data)
    log.append(old.entry.stream, [new], expected=1)

    assert "VmTeleported" in snapledger("log").out
    assert snapledger("tree", "web01").code == 0


def test_somebodys_folder_is_no_place_for_disks(snapledger: Snapledger, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear all", encoding="utf-8")
    told = snapledger.play(WEB01, to=tmp_path / "full")

    assert told.code == 2
    assert "the folder is not empty and not of an earlier run" in told.err
    assert [each.name for each in (tmp_path / "full").iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("place", ["", "nowhere/at/all", "x" * 5000, "a\0b"])
def test_a_place_that_is_not_there_is_refused_before_a_store_is_made(
    snapledger: Snapledger, place: str
) -> None:
    told = snapledger("record", place)

    assert told.code == 2
    assert "expected a folder, or one file" in told.err
    assert not snapledger.store.exists()


def test_a_line_that_fails_says_that_those_before_it_stay(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    scenario = tmp_path / "s.txt"
    scenario.write_text("vm web01 C:\\web01.vhd\nfree D: 10GB\n", encoding="utf-8")

    told = snapledger("play", str(scenario))

    assert told.code == 2
    assert "s.txt:2" in told.err
    assert "the lines before it are stored" in told.err


def test_a_first_line_that_fails_speaks_of_no_lines_before_it(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    scenario = tmp_path / "s.txt"
    scenario.write_text("free D: 10GB\n", encoding="utf-8")

    assert "before it" not in snapledger("play", str(scenario)).err


def test_where_no_disk_is_known_nothing_is_called_fine(
    snapledger: Snapledger, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    snapledger("record", str(tmp_path / "empty"))

    assert "nothing odd" not in snapledger("orphans").out
    assert "no disk is known yet" in snapledger("orphans").out
