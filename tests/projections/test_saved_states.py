"""Memory of snapshots and VMs that is gone while somebody counts on it."""

from msgspec.structs import replace

from eventstore.events import ConfigurationGone, SideFileGone, SideFileSeen, SideKind
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from projections.finding import needs_attention
from tests.projections.sightings import (
    LONG_AGO,
    configuration,
    findings,
    record,
    said,
    snapshot_configuration,
    verdicts,
    vhd,
    walked,
)
from tests.story import Story

S = derive("snapshot S")


def memory(kind: SideKind = "memory") -> SideFileSeen:
    suffix = "vmrs" if kind == "runtime_state" else "bin"
    place = f"C:\\VMs\\Snapshots\\{S}\\{S}.{suffix}"
    return SideFileSeen(place, place, kind, 4096, LONG_AGO)


def observed() -> Story:
    """Tell of a VM and a snapshot with memory, known from evidence alone."""
    config = replace(snapshot_configuration("S", "base.vhd"), snapshot=SnapshotId(S))
    story = record(Story(), configuration("web01", "now.avhd", listed=1), config)
    return record(story, vhd("base.vhd"), vhd("now.avhd", "base.vhd"), memory(), walked())


def gone(seen: SideFileSeen) -> SideFileGone:
    return SideFileGone(seen.path, seen.found_at, seen.kind)


def missing(story: Story) -> set[str | None]:
    return {each.path for each in findings(story) if each.verdict == "missing"}


def test_memory_that_stands_is_no_finding() -> None:
    assert verdicts(observed()) == set()


def test_memory_that_was_seen_and_is_gone_is_missing() -> None:
    story = record(observed(), gone(memory()))
    (finding,) = findings(story)

    assert (finding.path, finding.verdict) == (memory().path, "missing")
    assert 'Snapshot "S" of web01 was taken with memory' in said(finding)
    assert "only the disks come back" in finding.next_step
    assert needs_attention((finding,))


def test_memory_that_moved_with_its_vm_is_no_finding() -> None:
    here = replace(snapshot_configuration("S", "base.vhd"), snapshot=SnapshotId(S))
    there = replace(here, path=here.path.replace("C:", "D:"))
    moved = replace(memory(), path=memory().path.replace("C:", "D:"))
    left = ConfigurationGone(here.path, here.found_at, here.snapshot)

    story = record(observed(), there)
    story.happened(left, stream=vm_stream(VmId(derive("web01"))))
    assert missing(record(story, gone(memory()), moved)) == set()
    copy = replace(moved, path=f"D:\\Backup\\{S}.bin")
    assert missing(record(observed(), gone(memory()), copy)) == {memory().path}


def test_a_vmrs_without_memory_is_missed_by_nobody() -> None:
    """Every VM and snapshot of 2016 has one; few hold memory."""
    empty = replace(memory("runtime_state"), has_saved_state=False)

    assert missing(record(observed(), empty, gone(empty))) == set()
    full = replace(empty, has_saved_state=True)
    assert missing(record(observed(), full, gone(full))) == {full.path}


def test_memory_went_with_its_snapshot() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S").delete("S")
    own = replace(memory(), path="C:\\VMs\\Snapshots\\S\\S.bin")

    assert missing(record(story, own, gone(own))) == set()


class TestByHistory:
    def story(self) -> Story:
        return Story().vm("web01", "base.vhd").start().take("S").shut_down()

    def test_a_reading_without_the_memory_of_history_misses_it(self) -> None:
        read = (vhd("base.vhd"), memory(), snapshot_configuration("S", "base.vhd"), walked())
        story = record(self.story(), *read)

        assert "C:\\VMs\\Snapshots\\S\\S.bin" in missing(story)

    def test_where_nobody_collected_memory_nobody_misses_it(self) -> None:
        read = (vhd("base.vhd"), snapshot_configuration("S", "base.vhd"), walked())
        story = record(self.story(), *read)

        assert not any(path and path.endswith(".bin") for path in missing(story))

    def test_a_snapshot_taken_while_off_has_none(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        record(story, vhd("base.vhd"), memory(), snapshot_configuration("S", "base.vhd"), walked())

        assert not any(path and path.endswith(".bin") for path in missing(story))
