"""Lines decided, timed and stored: ids repeat, nothing of a refused line stays, runs meet."""

import shutil
from pathlib import Path

import pytest

from eventstore.codec import decode
from eventstore.entry import Source
from eventstore.errors import BadInput, Refused
from eventstore.events import DiskAttached, SnapshotTaken, VmRegistered
from eventstore.fleet import fold
from eventstore.log.embedded import open_store
from eventstore.moments import Moment
from eventstore.simulate.player import By, Player
from eventstore.simulate.scenario import read_scenario
from tests.eventstore.simulate.playing import STORE, WEB01, machine, new_log, play, types

SECOND = "11111111-2222-3333-4444-555555555555"


def test_the_same_scenario_in_the_same_store_gives_the_same_ids(tmp_path: Path) -> None:
    lines = (WEB01, "start web01", "take web01 S1", "take web01 S2", "shutdown web01")
    one, other = new_log(tmp_path / "1"), new_log(tmp_path / "2")
    play(one, *lines)
    play(other, *lines)

    told = [[recorded.entry for recorded in log.read()] for log in (one, other)]
    assert told[0] == told[1]


def test_two_runs_never_share_an_event_id(tmp_path: Path) -> None:
    one, other = new_log(tmp_path / "1"), new_log(tmp_path / "2")
    play(one, WEB01, run="one")
    play(other, WEB01, run="other")

    ids = [next(iter(log.read())).entry.id for log in (one, other)]
    assert ids[0] != ids[1]


def test_a_line_is_one_batch_at_one_time(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, "take web01 S1", "delete web01 S1")

    batch = list(log.read(after=2))
    assert types(batch) == ["SnapshotDeleted", "MergeStarted", "MergeCompleted"]
    assert {recorded.batch for recorded in batch} == {(3, 5)}
    assert {recorded.entry.occurred_at for recorded in batch} == {"2010-09-26T06:02:00.000000Z"}


def test_an_entry_says_which_line_of_which_file_it_comes_from(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, "# a comment", WEB01)

    (entry,) = (recorded.entry for recorded in log.read())
    assert entry.actor == "somebody"
    assert entry.source == Source("scenario", "story.txt", "line 2")


def test_the_first_line_happens_when_the_article_was_written(tmp_path: Path) -> None:
    done = play(new_log(tmp_path), WEB01, "start web01")

    assert [each.when for each in done] == [
        "2010-09-26T06:00:00.000000Z",
        "2010-09-26T06:01:00.000000Z",
    ]


def test_at_sets_the_time_of_the_next_command(tmp_path: Path) -> None:
    done = play(
        new_log(tmp_path), WEB01, "at 2010-09-27T15:03:00+09:00", "start web01", "reset web01"
    )

    assert [each.when for each in done[1:]] == [
        "2010-09-27T06:03:00.000000Z",
        "2010-09-27T06:04:00.000000Z",
    ]


def test_a_later_run_goes_on_a_minute_after_the_last_event(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, "at 2012-01-01T00:00:00Z", WEB01)
    (done,) = play(log, "start web01")

    assert done.when == Moment("2012-01-01T00:01:00.000000Z")


def test_time_does_not_run_backwards_in_a_scenario(tmp_path: Path) -> None:
    log = new_log(tmp_path)

    with pytest.raises(Refused, match=r"^story\.txt:2: 2010-09-26T05:59:00\.000000Z is before"):
        play(log, WEB01, "at 2010-09-26T05:59:00Z", "start web01")
    assert log.head() == 1


def test_time_does_not_run_backwards_from_run_to_run(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, "at 2012-01-01T00:00:00Z", WEB01)

    with pytest.raises(Refused, match="before the last event there"):
        play(log, "at 2011-12-31T23:59:59Z", "start web01")


def test_another_vm_has_a_time_of_its_own(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, "at 2012-01-01T00:00:00Z", WEB01)
    play(log, "at 2011-01-01T00:00:00Z", r"vm db01 C:\VMs\db01.vhd", "start db01")
    play(log, "at 2012-01-01T00:01:00Z", "start web01")

    assert machine(log).power == machine(log, "db01").power == "running"


@pytest.mark.parametrize("when", ["yesterday", "2010-09-26T06:00:00"])
def test_a_time_that_is_none_is_told(tmp_path: Path, when: str) -> None:
    with pytest.raises(BadInput, match=r"^story\.txt:1: "):
        play(new_log(tmp_path), f"at {when}", WEB01)


def test_no_time_comes_after_the_end_of_the_calendar(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"^story\.txt:3: no time comes after"):
        play(new_log(tmp_path), "at 9999-12-31T23:59:59Z", WEB01, "start web01")


def test_a_refused_line_stores_nothing_and_the_lines_before_stay(tmp_path: Path) -> None:
    log = new_log(tmp_path)

    with pytest.raises(Refused, match=r"^story\.txt:3: web01 is running"):
        play(log, WEB01, "start web01", "start web01", "take web01 S1")
    assert types(list(log.read())) == ["VmRegistered", "VmStarted"]


def test_two_players_take_turns_on_one_vm(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    players = [Player(log, "story.txt", By(run=str(number))) for number in range(2)]
    for number, text in enumerate([WEB01, "start web01", "take web01 S1", "reset web01"]):
        (line,) = read_scenario([text.encode()], "story.txt")
        players[number % 2].play(line)

    assert [recorded.entry.revision for recorded in log.read()] == [1, 2, 3, 4]


def test_whoever_comes_second_decides_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, run="first")
    late = Player(log, "story.txt", By(run="late"))
    late.catch_up()
    play(log, "start web01", run="first")
    monkeypatch.setattr(late, "catch_up", lambda: None)
    (line,) = read_scenario([b"start web01"], "story.txt")

    with pytest.raises(Refused, match="web01 is running, not off or saved"):
        late.play(line)


def test_what_is_learned_late_takes_its_place_in_time(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, r"vm db01 D:\db01.vhd", "at 2012-01-01T00:00:00Z", r"vm web01 D:\db01.vhd")
    player = Player(log, "story.txt", By())
    player.catch_up()
    play(log, "at 2011-01-01T00:00:00Z", r"lose D:\db01.vhd", run="late")
    player.catch_up()

    assert player.host.fleet.machines == fold(log.read()).machines


def test_disks_fill_the_slots_in_order(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, "vm web01 " + " ".join(rf"C:\VMs\{number}.vhd" for number in range(6)))

    assert list(machine(log).now.heads) == [
        "IDE 0:0", "IDE 0:1", "IDE 1:0", "IDE 1:1", "SCSI 0:0", "SCSI 0:1",
    ]  # fmt: skip
    assert len({disk.disk_id for disk in machine(log).disks.values()}) == 6


def test_a_vm_stands_where_its_first_disk_stands(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, r"vm web01 D:\VMs\web01.vhd C:\data.vhd", "vm bare")

    events = [decode(recorded.entry) for recorded in log.read()]
    assert [event.root for event in events if isinstance(event, VmRegistered)] == [
        r"D:\VMs",
        r"C:\ProgramData\Microsoft\Windows\Hyper-V",
    ]


def test_a_clone_is_attached_with_its_id_and_its_parents(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(
        log,
        WEB01,
        r"clone-disk C:\VMs\child.vhd C:\VMs\web01.vhd",
        r'attach web01 "SCSI 0:0" C:\VMs\child.vhd',
    )

    cloned, attached = [decode(recorded.entry) for recorded in log.read(after=1)]
    assert isinstance(attached, DiskAttached)
    assert attached.disk.disk_id == getattr(cloned, "disk_id", None)
    assert attached.disk.ancestors == (r"C:\VMs\web01.vhd",)


def test_a_new_disk_can_be_given_its_place(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, r'take web01 S1 as="IDE 0:0"=D:\x.avhd')

    taken = [decode(recorded.entry) for recorded in log.read()][-1]
    assert isinstance(taken, SnapshotTaken)
    assert [disk.path for disk in taken.new_disks] == [r"D:\x.avhd"]


def test_a_deleted_snapshot_is_told_with_when(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, "take web01 S1", "delete web01 S1")

    with pytest.raises(BadInput, match=r"snapshot of web01 'S1' was deleted at 2010-09-26T06:02:"):
        play(log, "apply web01 S1")


def test_a_removed_vm_is_told_with_when(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, "remove web01")

    with pytest.raises(BadInput, match=r"the VM 'web01' was removed at 2010-09-26T06:01:00"):
        play(log, "start web01")


def test_a_second_vm_of_a_name_needs_an_id_of_its_own(tmp_path: Path) -> None:
    """A corrected file that is played again does not mean another VM."""
    log = new_log(tmp_path)
    play(log, WEB01)

    with pytest.raises(BadInput, match="'web01' is registered already"):
        play(log, WEB01)
    assert log.head() == 1
    play(log, "remove web01", WEB01)


def test_two_vms_of_one_name_are_told_apart_by_guid(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, rf"vm web01 id={SECOND} C:\VMs\other.vhd")

    with pytest.raises(BadInput, match="2 VMs match 'web01'") as told:
        play(log, "start web01")
    guids = [recorded.entry.stream.removeprefix("vm/").upper() for recorded in log.read()]
    assert all(guid in str(told.value) for guid in guids)
    play(log, f"start {guids[1]}")


def test_the_51st_snapshot_is_refused(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, *(f"take web01 S{number}" for number in range(50)))

    with pytest.raises(Refused, match="web01 has 50 snapshots, the most Hyper-V allows"):
        play(log, "take web01 S50")


def test_a_copied_store_goes_on_under_an_id_of_its_own(tmp_path: Path) -> None:
    log = new_log(tmp_path / "one")
    play(log, WEB01)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    copy = open_store(tmp_path / "other")
    play(copy, "start web01")

    assert copy.origin != STORE
    assert machine(copy).power == "running"
    assert machine(log).power == "off"
