"""Files beside disks: whose they are, which are missed, and that none is judged as a disk."""

from eventstore.events import (
    DiskLost,
    Event,
    SideFileGone,
    SideFileSeen,
    SideKind,
    SlotDisk,
    VmConfigurationSeen,
)
from eventstore.ids import derive, folder_stream
from eventstore.paths import joined
from projections.coverage import coverage
from projections.disk_graph import graph_of
from projections.files import files_of
from projections.side_files import missed_side_files, side_files_of
from tests.projections.sightings import findings
from tests.story import FOLDER, START, Story, disk, short

CASE = folder_stream("HV01", "/case")
RCT = disk("web01.vhdx.rct")
ISO = "D:\\setup.iso"
S1 = derive("S1")
WEB01 = derive("web01")
VMRS = joined(FOLDER, "Virtual Machines", f"{WEB01}.vmrs")
BIN = joined(FOLDER, "Virtual Machines", WEB01, f"{WEB01}.bin")


def seen(path: str, kind: SideKind, size_bytes: int = 7) -> SideFileSeen:
    return SideFileSeen(path, f"/case/{path}", kind, size_bytes, START)


def gone(path: str, kind: SideKind) -> SideFileGone:
    return SideFileGone(path, f"/case/{path}", kind)


def story(*events: Event) -> Story:
    return Story().vm("web01", "web01.vhdx", policy="live").happened(*events, stream=CASE)


def rows(of: Story) -> list[tuple[str, str | None]]:
    return [(row.path, row.owner) for row in side_files_of(of.fleet, of.machine)]


def missed(of: Story) -> list[str]:
    return [each.path for each in missed_side_files(of.fleet)]


# --- whose they are -------------------------------------------------------------------------


def test_change_tracking_belongs_to_who_uses_its_disk() -> None:
    told = Story().vm("web01", "web01.vhdx", policy="live").take("S1")
    told.happened(seen(RCT, "change_tracking"), stream=CASE)

    assert rows(told) == [(RCT, "S1")]


def test_state_belongs_to_the_vm_or_snapshot_it_is_called_by() -> None:
    snapshots = joined(FOLDER, "Snapshots", f"{S1}.vmrs")
    told = Story().vm("web01", "web01.vhdx", policy="live").take(S1)
    told.happened(seen(VMRS, "runtime_state"), seen(snapshots, "runtime_state"), stream=CASE)

    assert rows(told) == [(VMRS, "now"), (snapshots, S1)]


def test_an_image_belongs_to_whose_drive_it_is_in() -> None:
    told = story(seen(ISO, "image"))
    assert rows(told) == []

    told.happened(
        VmConfigurationSeen("web01", "C:\\1.xml", "/1.xml", 512, media=(SlotDisk("IDE 1:0", ISO),))
    )
    assert rows(told) == [(ISO, "now")]


def test_a_replica_log_belongs_to_the_disk_of_its_name() -> None:
    told = story(seen(disk("web01.hrl"), "replica_log"), seen(disk("other.hrl"), "replica_log"))

    assert rows(told) == [(disk("web01.hrl"), "now")]


def test_side_files_stand_among_the_files_of_a_vm() -> None:
    told = story(seen(RCT, "change_tracking"), gone(RCT, "change_tracking"))

    row = files_of(told.machine, told.fleet)[-1]
    assert (row.path, row.kind, row.owner, row.size_bytes) == (RCT, "change_tracking", "now", 7)
    assert row.gone_at is not None


def test_what_history_knows_of_a_memory_file_is_told_once_with_its_size() -> None:
    told = story().start().happened(seen(BIN, "memory", 512), stream=CASE)

    of_memory = [row for row in files_of(told.machine, told.fleet) if row.kind == "memory"]
    assert [(row.path, row.size_bytes, row.gone_at) for row in of_memory] == [(BIN, 512, None)]


def test_memory_that_went_with_a_shutdown_is_among_the_files_no_more() -> None:
    told = story(seen(BIN, "memory"), gone(BIN, "memory"))

    assert BIN not in {row.path for row in files_of(told.machine, told.fleet)}
    assert [row.path for row in side_files_of(told.fleet, told.machine)] == [BIN]


# --- which are missed -----------------------------------------------------------------------


def test_change_tracking_of_a_disk_that_stands_is_missed() -> None:
    told = story(seen(RCT, "change_tracking"), gone(RCT, "change_tracking"))

    assert missed(told) == [RCT]
    (kind,) = coverage(told.fleet).side_files
    assert (kind.kind, kind.files, kind.missed) == ("change_tracking", 0, (RCT,))


def test_change_tracking_that_went_with_its_disk_is_not_missed() -> None:
    told = story(seen(RCT, "change_tracking"), gone(RCT, "change_tracking"))
    assert missed(told) == [RCT]

    told.by_hand(DiskLost(disk("web01.vhdx")))
    assert missed(told) == []


def test_the_memory_of_a_vm_that_was_shut_down_is_not_missed() -> None:
    told = story().start().happened(seen(BIN, "memory"), stream=CASE)
    told.shut_down().happened(gone(BIN, "memory"), stream=CASE)

    assert missed(told) == []


def test_the_memory_of_a_saved_vm_is_missed() -> None:
    told = story().start().happened(seen(BIN, "memory"), stream=CASE)
    told.save().happened(gone(BIN, "memory"), stream=CASE)

    assert missed(told) == [BIN]


def test_memory_that_is_there_again_by_history_is_not_missed() -> None:
    told = story().start().happened(seen(BIN, "memory"), stream=CASE).shut_down()
    told.happened(gone(BIN, "memory"), stream=CASE).start()

    assert missed(told) == []
    row = next(row for row in files_of(told.machine, told.fleet) if row.kind == "memory")
    assert row.gone_at is None


def test_the_state_of_a_deleted_snapshot_and_of_a_removed_vm_is_not_missed() -> None:
    of_snapshot = joined(FOLDER, "Snapshots", S1, f"{S1}.bin")
    told = story().start().take(S1)
    told.happened(seen(of_snapshot, "memory"), gone(of_snapshot, "memory"), stream=CASE)
    assert missed(told) == [of_snapshot]

    assert missed(told.delete(S1)) == []
    told = story(seen(VMRS, "runtime_state"), gone(VMRS, "runtime_state"))
    assert (missed(told), missed(told.remove())) == ([VMRS], [])


def test_a_replica_log_is_never_missed() -> None:
    log = disk("web01.hrl")

    assert missed(story(seen(log, "replica_log"), gone(log, "replica_log"))) == []


# --- and no disks ---------------------------------------------------------------------------


def test_a_side_file_is_in_no_chain_and_no_finding() -> None:
    told = story(seen(RCT, "change_tracking"), seen(ISO, "image"), seen(VMRS, "runtime_state"))

    assert [short(node.path) for node in graph_of(told.fleet).nodes.values()] == ["web01.vhdx"]
    assert not [each for each in findings(told) if each.path in {RCT, ISO, VMRS}]


def test_a_side_file_makes_no_verdict_less_certain() -> None:
    before = coverage(story().fleet).gaps

    told = story(seen(RCT, "change_tracking"), gone(RCT, "change_tracking"))

    assert coverage(told.fleet).gaps == before
