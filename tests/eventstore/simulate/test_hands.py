"""What hands and accidents do to files: only to files that are there."""

from pathlib import Path

import pytest

from eventstore.codec import decode
from eventstore.errors import BadInput, Refused
from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskWritten,
    FreeSpaceSeen,
    HandEvent,
)
from tests.eventstore.simulate.playing import STORE, WEB01, new_log, play

BASE, CHILD, OTHER = r"C:\VMs\web01.vhd", r"C:\VMs\child.vhd", r"D:\other.vhd"


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (rf"lose {BASE}", DiskLost(BASE)),
        (r"lose c:\vms\WEB01.VHD", DiskLost(BASE)),
        (rf"write {BASE}", DiskWritten(BASE)),
        (rf"move {BASE} {OTHER}", DiskMoved(BASE, OTHER)),
        (rf"copy {BASE} {OTHER}", DiskCopied(BASE, OTHER)),
        (rf"merge-vhd {CHILD} {BASE}", DiskMergedByHand(CHILD, BASE)),
        ("free c: 1024", FreeSpaceSeen("c:", 1024)),
        (r"free \\server\share\VMs 5", FreeSpaceSeen(r"\\server\share", 5)),
    ],
)
def test_hands_leave_events_in_the_hosts_stream(
    tmp_path: Path, line: str, event: HandEvent
) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, f"clone-disk {CHILD} {BASE}", line)

    last = list(log.read())[-1].entry
    assert (last.stream, decode(last)) == (f"host/{STORE}", event)


def test_a_vhd_clone_has_an_id_of_its_own_and_a_vhdx_clone_its_parents(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(
        log,
        r"vm web01 policy=live C:\a.vhd C:\a.vhdx",
        r"clone-disk C:\b.vhd C:\a.vhd",
        r"clone-disk C:\b.vhdx C:\a.vhdx",
    )

    registered, vhd, vhdx = [decode(recorded.entry) for recorded in log.read()]
    ids = [disk.disk_id for disk in getattr(registered, "disks", ())]
    assert isinstance(vhd, DiskCloned)
    assert isinstance(vhdx, DiskCloned)
    assert vhd.disk_id not in ids
    assert vhdx.disk_id == ids[1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (rf"lose {OTHER}", r"no disk D:\other.vhd is known"),
        (rf"clone-disk {CHILD} {BASE}", rf"{CHILD} exists already"),
        (rf"clone-disk C:\x.vhdx {BASE}", r"would not be a VHD like"),
        (rf"copy {BASE} {CHILD}", rf"{CHILD} exists already"),
        (rf"merge-vhd {BASE} {CHILD}", rf"{CHILD} is no parent of {BASE}"),
        (rf"merge-vhd {BASE} {BASE}", rf"{BASE} is no parent of {BASE}"),
    ],
)
def test_hands_cannot_do_what_files_do_not_allow(tmp_path: Path, line: str, said: str) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, f"clone-disk {CHILD} {BASE}")

    with pytest.raises(Refused) as told:
        play(log, line)
    assert said in str(told.value)
    assert log.head() == 2


def test_a_lost_file_is_told_with_when(tmp_path: Path) -> None:
    log = new_log(tmp_path)
    play(log, WEB01, f"lose {BASE}")

    with pytest.raises(Refused, match=r"is missing since 2010-09-26T06:01:00"):
        play(log, f"write {BASE}")
    with pytest.raises(Refused, match=r"is missing since 2010-09-26T06:01:00"):
        play(log, f"vm web02 {BASE}")


def test_a_volume_is_a_drive_or_a_share(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="'VMs' is no volume; expected one like C:"):
        play(new_log(tmp_path), "free VMs 5")
