"""What readings leave open is inferred, as far as it can be: told with since when, and why."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from eventstore.codec import decode, encode
from eventstore.entry import Entry, Recorded, Source
from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    Event,
    ExportedSnapshot,
    FolderRead,
    HostRegistrySeen,
    LogRecordSeen,
    MergeCompleted,
    SlotDisk,
    SnapshotApplied,
    SnapshotConfigurationSeen,
    SnapshotDeleted,
    SnapshotRenamed,
    SnapshotTaken,
    VmConfigurationSeen,
    VmExportSeen,
    VmRegistered,
    VmRemoved,
)
from eventstore.evidence.observations import DiskFacts, DiskKind, ParentLink
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from eventstore.machine import when_of
from eventstore.moments import Moment
from eventstore.observe import Observed
from eventstore.reconcile import reconcile

VM = VmId("11111111-2222-3333-4444-555555555555")
STREAM, FOLDER, LOG = vm_stream(VM), "folder/x", "log-of/hv01/vmms"
S1, S2 = SnapshotId("S1"), SnapshotId("S2")
SLOT = "IDE 0:0"


def day(number: int) -> Moment:
    return Moment(f"2026-01-{number:02}T00:00:00.000000Z")


class Log:
    """Entries as a log holds them, each dated by a day."""

    def __init__(self) -> None:
        self.entries: list[Recorded] = []

    def read(self, at: int, *events: Event, stream: str = STREAM) -> "Log":
        for event in events:
            self._add(stream, event, day(at), Source("evidence", name="/case/x", host="HV01"))
        return self

    def happened(self, at: int, *events: Event) -> "Log":
        for event in events:
            self._add(STREAM, event, day(at), Source("scenario"))
        return self

    def store(self, news: Iterable[Observed]) -> None:
        for each in news:
            self._add(each.stream, each.event, each.occurred_at, each.source, each.event_id)

    def inferred(self) -> tuple[Observed, ...]:
        return reconcile(sorted(self.entries, key=when_of), "me")

    def _add(
        self, stream: str, event: Event, at: Moment, source: Source, event_id: str = ""
    ) -> None:
        position = len(self.entries) + 1
        new = encode(event, event_id=event_id or derive(position), occurred_at=at)
        entry = Entry("o", stream, 1, new.id, new.type, at, None, source, new.data, "")
        self.entries.append(Recorded(position, at, (position, position), 0, entry, ""))


def disk(name: str) -> SlotDisk:
    return SlotDisk(SLOT, f"C:\\VMs\\{name}")


def config(head: str, *, listed: int | None, created: int | None = None) -> VmConfigurationSeen:
    return VmConfigurationSeen(
        name="web01",
        path=f"C:\\VMs\\Virtual Machines\\{VM}.xml",
        found_at="/case/vm.xml",
        format_version=512,
        disks=(disk(head),),
        snapshots_listed=listed,
        created_at=day(created) if created else None,
    )


def snapshot(
    which: SnapshotId, head: str, *, taken: int | None = None, name: str = ""
) -> SnapshotConfigurationSeen:
    return SnapshotConfigurationSeen(
        snapshot=which,
        path=f"C:\\VMs\\Snapshots\\{which}.xml",
        found_at=f"/case/{which}.xml",
        name=name or which,
        taken_at=day(taken) if taken else None,
        disks=(disk(head),),
    )


def export(under: SnapshotId | None, head: str, *snapshots: SnapshotId) -> VmExportSeen:
    told = tuple(ExportedSnapshot(each, each, parent=None) for each in snapshots)
    return VmExportSeen(
        name="web01",
        path="C:\\x.json",
        found_at="/case/x.json",
        disks=(disk(head),),
        parent=under,
        is_parent_known=True,
        snapshots=told,
        has_all_snapshots=True,
    )


def seen(name: str, parent: str = "") -> DiskSeen:
    path = f"C:\\VMs\\{name}"
    link = ParentLink(absolute_path=f"C:\\VMs\\{parent}") if parent else None
    kind: DiskKind = "differencing" if parent else "dynamic"
    facts = DiskFacts("vhd", kind, "t", 1, derive(name), derive(name), parent=link)
    return DiskSeen(path, f"/case/{name}", 1, day(1), derive(name, parent), facts)


def gone(name: str) -> DiskGone:
    return DiskGone(f"C:\\VMs\\{name}", f"/case/{name}")


def walked() -> FolderRead:
    return FolderRead("HV01", "/case", "C:\\VMs", 1, 1, 1)


def merge_finished() -> LogRecordSeen:
    return LogRecordSeen(
        computer="HV01",
        channel="Microsoft-Windows-Hyper-V-VMMS-Admin",
        record=7,
        provider="Microsoft-Windows-Hyper-V-VMMS",
        event_id=19080,
        vm=VM,
    )


def only(log: Log, kind: type[Event]) -> Observed:
    """Give the one inferred event of a kind."""
    found = [each for each in log.inferred() if isinstance(each.event, kind)]
    assert len(found) == 1
    return found[0]


def kinds(log: Log) -> list[str]:
    return [type(each.event).__name__ for each in log.inferred()]


class TestTaken:
    def test_at_its_creation_time(self) -> None:
        log = Log().read(9, config("a.avhd", listed=1), snapshot(S1, "base.vhd", taken=3))

        found = only(log, SnapshotTaken)
        assert found.event == SnapshotTaken(
            S1, "S1", has_saved_state=False, disks=(disk("base.vhd"),)
        )
        assert (found.occurred_at, found.source.read_at) == (day(3), day(9))

    def test_between_two_readings_where_nothing_tells_its_creation(self) -> None:
        log = Log().read(5, config("base.vhd", listed=0))
        log.read(9, config("a.avhd", listed=1), snapshot(S1, "base.vhd"))

        found = only(log, SnapshotTaken)
        assert (found.source.not_before, found.occurred_at) == (day(5), day(9))

    def test_not_at_the_first_reading_which_tells_no_time(self) -> None:
        log = Log().read(9, config("a.avhd", listed=1), snapshot(S1, "base.vhd"))

        assert kinds(log) == []

    def test_a_vm_existed_by_its_first_snapshot(self) -> None:
        log = Log().read(9, config("a.avhd", listed=1), snapshot(S1, "base.vhd", taken=3))

        assert only(log, VmRegistered).occurred_at == day(3)

    def test_a_vm_existed_since_its_configuration_was_created(self) -> None:
        log = Log().read(9, config("base.vhd", listed=0, created=2))

        assert only(log, VmRegistered).occurred_at == day(2)

    def test_a_history_of_its_own_is_told_what_is_new_and_keeps_its_contradiction(self) -> None:
        log = Log().happened(1, VmRegistered("web01", "offline", True, "C:\\VMs"))
        log.read(9, snapshot(S1, "base.vhd", taken=3))

        assert kinds(log) == ["SnapshotTaken"]


class TestGone:
    def log(self) -> Log:
        return Log().read(
            3, config("a.avhd", listed=1), snapshot(S1, "base.vhd", taken=1, name="経理")
        )

    def vanished(self, log: Log) -> Log:
        place = snapshot(S1, "base.vhd")
        return log.read(9, replace(config("a.avhd", listed=0))).read(
            9, _configuration_gone(place), stream=STREAM
        )

    def test_deleted_after_the_last_reading_that_told_it(self) -> None:
        found = only(self.vanished(self.log()), SnapshotDeleted)

        assert found.event == SnapshotDeleted(S1, "経理")
        assert (found.source.not_before, found.occurred_at) == (day(3), day(9))

    def test_a_vm_that_counts_it_still_has_not_deleted_it(self) -> None:
        place = snapshot(S1, "base.vhd")
        log = self.log().read(9, _configuration_gone(place), stream=STREAM)

        assert "SnapshotDeleted" not in kinds(log)

    def test_what_is_gone_with_its_vm_may_have_moved_with_it(self) -> None:
        log = self.log()
        for each in (config("a.avhd", listed=1), snapshot(S1, "base.vhd")):
            log.read(9, _configuration_gone(each), stream=STREAM)

        assert "SnapshotDeleted" not in kinds(log)

    def test_a_walk_that_found_it_as_it_was_has_seen_it(self) -> None:
        log = self.log().read(6, walked(), stream=FOLDER)

        assert only(self.vanished(log), SnapshotDeleted).source.not_before == day(6)

    def test_an_export_that_does_not_name_all_deletes_nothing(self) -> None:
        log = self.log().read(9, replace(export(None, "a.avhd"), has_all_snapshots=False))

        assert "SnapshotDeleted" not in kinds(log)

    def test_a_host_that_names_it_no_more_has_deleted_it(self) -> None:
        log = self.log().read(9, export(None, "a.avhd"))

        assert only(log, SnapshotDeleted).occurred_at == day(9)

    def test_a_vm_that_its_host_lists_no_more_was_removed(self) -> None:
        listed = HostRegistrySeen("HV01", "C:\\d", "/case/d", ((VM, "C:\\vm.vmcx"),))
        log = self.log().read(4, listed, stream=FOLDER)
        log.read(9, replace(listed, vms=()), stream=FOLDER)

        found = only(log, VmRemoved)
        assert (found.stream, found.source.not_before, found.occurred_at) == (
            STREAM,
            day(4),
            day(9),
        )

    def test_a_vm_that_another_host_lists_was_not(self) -> None:
        listed = HostRegistrySeen("HV01", "C:\\d", "/case/d", ((VM, "C:\\vm.vmcx"),))
        log = self.log().read(4, listed, stream=FOLDER)
        log.read(8, replace(listed, host="HV02"), stream=FOLDER)
        log.read(9, replace(listed, vms=()), stream=FOLDER)

        assert "VmRemoved" not in kinds(log)

    def test_a_configuration_that_is_gone_says_nothing_of_the_vm(self) -> None:
        log = self.log().read(9, _configuration_gone(config("a.avhd", listed=1)))

        assert "VmRemoved" not in kinds(log)


class TestChanged:
    def test_renamed(self) -> None:
        log = Log().read(3, config("a.avhd", listed=1), snapshot(S1, "base.vhd", name="old"))
        log.read(9, snapshot(S1, "base.vhd", name="new"))

        found = only(log, SnapshotRenamed)
        assert found.event == SnapshotRenamed(S1, "new", "old")
        assert found.source.not_before == day(3)

    def test_applied_where_the_host_told_both_places(self) -> None:
        log = Log().read(3, export(S2, "a2.avhd", S1, S2)).read(9, export(S1, "a3.avhd", S1, S2))

        found = only(log, SnapshotApplied)
        assert isinstance(found.event, SnapshotApplied)
        assert found.event.snapshot == S1

    def test_deleting_the_one_above_now_is_no_apply(self) -> None:
        before = export(S2, "a2.avhd", S1, S2)
        linked = (
            before.snapshots[0],
            replace(before.snapshots[1], parent=S1, is_parent_known=True),
        )
        log = Log().read(3, replace(before, snapshots=linked)).read(9, export(S1, "a2.avhd", S1))

        assert kinds(log) == ["SnapshotDeleted"]

    def test_applied_where_nows_new_disk_is_a_child_of_an_old_snapshots(self) -> None:
        log = Log().read(3, seen("base.vhd"), seen("a1.avhd", "base.vhd"), stream=FOLDER)
        log.read(3, config("a2.avhd", listed=2), snapshot(S1, "base.vhd"), snapshot(S2, "a1.avhd"))
        log.read(9, seen("a3.avhd", "base.vhd"), stream=FOLDER)
        log.read(9, config("a3.avhd", listed=2))

        event = only(log, SnapshotApplied).event
        assert isinstance(event, SnapshotApplied)
        assert event.snapshot == S1
        assert [each.parent for each in event.new_disks] == ["C:\\VMs\\base.vhd"]

    def test_a_child_of_the_disk_that_now_wrote_to_is_no_apply(self) -> None:
        log = Log().read(3, seen("base.vhd"), seen("a1.avhd", "base.vhd"), stream=FOLDER)
        log.read(3, config("a1.avhd", listed=1), snapshot(S1, "base.vhd"))
        log.read(9, seen("a2.avhd", "a1.avhd"), stream=FOLDER)
        log.read(9, config("a2.avhd", listed=2), snapshot(S2, "a1.avhd", taken=5))

        assert "SnapshotApplied" not in kinds(log)

    def test_nor_is_it_where_a_snapshot_keeps_that_disk_already(self) -> None:
        log = Log().read(3, seen("base.vhd"), stream=FOLDER)
        log.read(3, config("base.vhd", listed=1), snapshot(S1, "base.vhd"))
        log.read(9, seen("a1.avhd", "base.vhd"), stream=FOLDER)
        log.read(9, config("a1.avhd", listed=2))

        assert "SnapshotApplied" not in kinds(log)


class TestMerged:
    def before(self, *, snapshots: int) -> Log:
        """Now writes to a2 on a1 on base; S2, if there, keeps a1, S1 base."""
        log = Log().read(3, seen("base.vhd"), seen("a1.avhd", "base.vhd"), stream=FOLDER)
        log.read(3, seen("a2.avhd", "a1.avhd"), stream=FOLDER)
        theirs = (snapshot(S1, "base.vhd"), snapshot(S2, "a1.avhd"))[:snapshots]
        return log.read(3, config("a2.avhd", listed=snapshots), *theirs)

    def test_where_no_snapshot_went_nows_disk_was_merged_into_the_one_it_uses_now(self) -> None:
        log = self.before(snapshots=1).read(9, gone("a2.avhd"), stream=FOLDER)
        log.read(9, config("a1.avhd", listed=1))

        found = only(log, MergeCompleted)
        assert found.event == MergeCompleted("C:\\VMs\\a2.avhd", "C:\\VMs\\a1.avhd")
        assert (found.source.not_before, found.occurred_at) == (day(3), day(9))

    def test_where_one_went_it_may_have_been_applied_first(self) -> None:
        log = self.before(snapshots=2).read(9, gone("a2.avhd"), stream=FOLDER)
        log.read(9, config("a1.avhd", listed=1), _configuration_gone(snapshot(S2, "a1.avhd")))

        assert "MergeCompleted" not in kinds(log)

    def test_what_a_snapshot_names_instead_of_its_disk_holds_that(self) -> None:
        log = self.before(snapshots=2).read(9, gone("a1.avhd"), stream=FOLDER)
        log.read(9, snapshot(S2, "base.vhd"), _configuration_gone(snapshot(S1, "base.vhd")))

        found = only(log, MergeCompleted)
        assert found.event == MergeCompleted("C:\\VMs\\a1.avhd", "C:\\VMs\\base.vhd")

    def test_a_disk_that_is_gone_and_nothing_else_is_gone(self) -> None:
        log = self.before(snapshots=1).read(9, gone("a2.avhd"), stream=FOLDER)
        log.read(9, config("a3.avhd", listed=1))

        assert "MergeCompleted" not in kinds(log)

    @pytest.mark.parametrize("records", [1, 2])
    def test_the_one_record_of_a_merge_tells_its_time_and_is_named(self, records: int) -> None:
        log = self.before(snapshots=1)
        for at in range(records):
            log.read(5 + at, merge_finished(), stream=LOG)
        log.read(9, gone("a2.avhd"), stream=FOLDER).read(9, config("a1.avhd", listed=1))

        found = only(log, MergeCompleted)
        assert found.occurred_at == (day(5) if records == 1 else day(9))
        assert len(found.source.basis) == (2 if records == 1 else 1)


def test_what_is_stored_is_not_inferred_again() -> None:
    log = Log().read(9, config("a.avhd", listed=1), snapshot(S1, "base.vhd", taken=3))
    log.store(log.inferred())

    assert log.inferred() == ()
    assert [type(decode(each.entry)) for each in log.entries[2:]] == [VmRegistered, SnapshotTaken]


def test_every_inferred_event_says_so_and_names_its_source() -> None:
    log = Log().read(9, config("a.avhd", listed=1), snapshot(S1, "base.vhd", taken=3))

    for each in log.inferred():
        source = each.source
        assert (source.kind, source.certainty, source.host) == ("inferred", "inferred", "HV01")
        assert source.basis[0] in {recorded.entry.id for recorded in log.entries}


def _configuration_gone(seen: VmConfigurationSeen | SnapshotConfigurationSeen) -> Event:
    which = seen.snapshot if isinstance(seen, SnapshotConfigurationSeen) else None
    return ConfigurationGone(seen.path, seen.found_at, which)
