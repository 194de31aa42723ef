"""Moving in the events moves the moment, and everything on the screen follows."""

import asyncio
from pathlib import Path

import pytest

from eventstore.log.embedded import EmbeddedLog
from tests.tui.browser.driving import HOSTILE, LOOK, Act, Looks, browse, play, rows_of, store_of
from tests.tui.calling import Snapledger
from tui.browser.app import Browser
from tui.render.text import visible

KEIRI = "経理サーバー"


@pytest.fixture
def log(tmp_path: Path) -> EmbeddedLog:
    return store_of(tmp_path / "store")


def test_it_begins_with_the_newest_moment_of_the_vm(log: EmbeddedLog) -> None:
    seen = browse(log, vm=KEIRI)

    assert "READ-ONLY  LIVE  経理サーバー   2010-10-14 21:01:00+09:00   event 18/18" in seen
    assert "● 月例更新" in seen
    assert "○ 更新後" in seen
    assert "deleted 10-14" in seen


def test_an_event_before_shows_the_tree_and_the_disks_of_then(log: EmbeddedLog) -> None:
    seen = browse(log, *["up"] * 6, vm=KEIRI)

    assert "PAST  経理サーバー   2010-09-26 15:07:00+09:00   event 12/18" in seen
    assert "● 更新後" in seen
    assert "月例更新     10-14" not in seen
    assert "(future)" in seen


def test_the_screen_shows_what_the_command_line_says_of_that_moment(
    log: EmbeddedLog, snapledger: Snapledger
) -> None:
    seen = browse(log, *["up"] * 8, vm=KEIRI)

    row = seen.app.cursor.row
    assert row is not None
    tree = snapledger("tree", KEIRI, "--at", row.occurred_at, "--json").json
    scene = seen.app.scene()
    assert scene.tree is not None
    assert [each.id for each in scene.tree.snapshots] == [each["id"] for each in tree["snapshots"]]
    chain = snapledger("chain", KEIRI, "--at", row.occurred_at, "--json").json
    assert [each.path for each in scene.chain] == [each["path"] for each in chain["disks"]]
    assert [each.role for each in scene.chain] == [each["role"] for each in chain["disks"]]


def test_a_step_by_snapshot_change_stops_at_takes_applies_deletes_and_merges(
    log: EmbeddedLog,
) -> None:
    kinds: list[str] = []

    def note(app: Browser, _pilot: object) -> None:
        assert app.cursor.row is not None
        kinds.append(app.cursor.journey.kind(app.cursor.row))

    acts: list[Act] = ["{", note] * 5
    browse(log, *acts, vm=KEIRI)

    assert kinds == [
        "MergeCompleted",
        "SnapshotDeleted",
        "SnapshotTaken",
        "SnapshotDeleted",
        "SnapshotTaken",
    ]


def test_a_jump_can_be_taken_back(log: EmbeddedLog) -> None:
    position: list[int] = []

    def note(app: Browser, _pilot: object) -> None:
        assert app.cursor.row is not None
        position.append(app.cursor.row.position)

    seen = browse(log, "t", *"#5", "enter", note, "minus", vm=KEIRI)

    assert position == [5]
    assert seen.app.cursor.place.is_live


def test_a_time_that_is_none_is_said_and_asked_again(log: EmbeddedLog) -> None:
    seen = browse(log, "t", *"noon", "enter", vm=KEIRI)

    assert "'noon' is not understood" in seen


def test_a_filter_leaves_the_events_with_its_words(log: EmbeddedLog) -> None:
    seen = browse(log, "slash", *"snapshottaken", "enter", vm=KEIRI)

    cursor = seen.app.cursor
    assert {cursor.journey.kind(row) for row in cursor.rows} == {"SnapshotTaken"}
    without = cursor.journey.rows(cursor.place.vm, "!snapshottaken")
    assert len(cursor.rows) + len(without) == 18
    assert "filter: snapshottaken" in seen


def test_a_filter_that_leaves_nothing_is_refused(log: EmbeddedLog) -> None:
    seen = browse(log, "slash", *"zzz", "enter", vm=KEIRI)

    assert "no event here has 'zzz'" in seen


def test_a_click_on_the_time_line_goes_there(log: EmbeddedLog) -> None:
    seen = browse(log, lambda _, pilot: pilot.click("#track", offset=(2, 3)), vm=KEIRI)

    assert seen.app.cursor.place.index == 0


def test_a_click_on_an_event_goes_there(log: EmbeddedLog) -> None:
    seen = browse(log, lambda _, pilot: pilot.click("#events", offset=(5, 1)), vm=KEIRI)

    first_shown = 18 - 16
    assert seen.app.cursor.place.index == first_shown


def test_all_vms_are_a_list_and_enter_opens_one(log: EmbeddedLog) -> None:
    listed = browse(log)
    opened = browse(log, "1", "enter")

    assert "1 VMs (2)" in listed
    assert opened.app.name_of(opened.app.cursor.place.vm or "") == "web02"  # type: ignore[arg-type]


def test_a_vm_is_found_by_a_part_of_its_name(log: EmbeddedLog) -> None:
    seen = browse(log, "v", *"経理", "enter")

    assert "● 月例更新" in seen


def test_what_others_record_comes_by_itself_to_who_is_live(log: EmbeddedLog) -> None:
    def record(app: object, _pilot: object) -> None:
        play(log, 'at 2010-11-01T00:00:00Z\ntake web02 "later"\n')

    seen = browse(log, record, lambda app, _: app._follow(), vm="web02")

    assert "● later" in seen
    assert seen.app.cursor.place.is_live


def test_what_others_record_moves_nobody_who_looks_at_the_past(log: EmbeddedLog) -> None:
    def record(app: object, _pilot: object) -> None:
        play(log, 'at 2010-11-01T00:00:00Z\ntake web02 "later"\n')

    seen = browse(log, "up", record, lambda app, _: app._follow(), vm="web02")

    assert "● later" not in seen
    assert "event 2/4" in seen


def test_as_known_then_leaves_out_what_was_learned_late(tmp_path: Path) -> None:
    log = store_of(tmp_path / "late", 'vm a C:\\a.vhd\nstart a\ntake a "one"\n')
    seen = browse(log, "up", "K", vm="a")

    assert "(as known then)" in seen


def test_hostile_names_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    story = f'vm "{HOSTILE}" C:\\a.vhd\nstart "{HOSTILE}"\ntake "{HOSTILE}" "{HOSTILE}"\n'
    log = store_of(tmp_path / "hostile", story)

    looks = Looks()
    browse(log, looks, "f4", looks, "f6", looks, "f2", "v", looks, "escape", "y", looks)

    assert len(looks.seen) == 5
    for seen in map(str, looks.seen):
        assert not set(seen) & {"\x1b", "\u202e", "\x9b"}
    assert visible(HOSTILE)[:20] in looks.seen[0]
    assert "[red]x[/]" in looks.seen[0]


def test_findings_follow_the_moment_however_many_there_were(tmp_path: Path) -> None:
    story = "vm a C:\\a.vhd\nstart a\ntake a S1\nlose C:\\a.vhd\n"
    looks = Looks()
    browse(store_of(tmp_path / "lost", story), "f4", looks, *["["] * 3, looks)

    assert "C:" in looks.seen[0]
    assert "0 to look at" in looks.seen[1]


def test_the_frame_is_there_before_the_log_is_read(
    log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Browser, "_read", lambda _: None)

    async def frame() -> list[str]:
        async with (app := Browser(log, LOOK)).run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            return rows_of(app)

    rows = asyncio.run(frame())

    assert rows[0].startswith(" READ-ONLY  reading the log…")
    assert any("3 Events" in row for row in rows)


def test_an_empty_store_says_that_nothing_is_recorded(tmp_path: Path) -> None:
    log = store_of(tmp_path / "empty", "")

    assert "nothing is recorded yet" in browse(log)


def test_an_unknown_vm_ends_the_browser_with_what_the_command_line_says(log: EmbeddedLog) -> None:
    seen = browse(log, vm="nobody")

    assert seen.app.return_code == 2


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (100, 30), (200, 60)])
def test_every_size_is_drawn_without_a_line_too_long(
    log: EmbeddedLog, size: tuple[int, int]
) -> None:
    looks = Looks()
    browse(log, looks, "f4", looks, "f6", looks, size=size, vm=KEIRI)

    assert [len(seen.rows) for seen in looks.seen] == [size[1]] * 3
