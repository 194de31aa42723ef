"""What stands on the disk has the last word, whoever said before that it is gone.

A file that history deleted and that was never really gone, or came back with every byte as it
was, shows nothing new but that it stands. That must be stored: everything else follows from it.
"""

import pytest

from eventstore.events import (
    ConfigurationGone,
    DiskAttached,
    DiskDeleted,
    DiskDetached,
    DiskGone,
    DiskLost,
    DiskMoved,
    Event,
    MergeCompleted,
    SlotDisk,
    SnapshotApplied,
    SnapshotDeleted,
    SnapshotTaken,
    SubtreeDeleted,
    VmRemoved,
)
from eventstore.evidence.found_configuration import FoundConfiguration
from eventstore.ids import host_stream, vm_stream
from eventstore.moments import Moment
from eventstore.paths import path_key
from tests.eventstore.recording import (
    BASE,
    ROOT,
    S1,
    VM,
    Recorder,
    at,
    configuration,
    disk,
    kinds,
    reading,
    windows,
)

VM_STREAM, HANDS = vm_stream(VM), host_stream("HV01")
GONE_BY_HISTORY = [
    (VM_STREAM, DiskDeleted(windows(BASE))),
    (VM_STREAM, MergeCompleted(windows(BASE), windows("into.vhd"))),
    (HANDS, DiskLost(windows(BASE).lower())),
    (HANDS, DiskMoved(windows(BASE), "E:\\elsewhere.vhd")),
]


@pytest.fixture
def recorder() -> Recorder:
    recorder = Recorder()
    recorder.record(reading(disk(BASE)))
    return recorder


def is_standing(recorder: Recorder) -> bool:
    key, fleet = path_key(windows(BASE)), recorder.fleet
    sighting, lost = fleet.sightings[key], fleet.lost.get(key)
    return sighting.gone is None and not (lost and lost > sighting.when)


def below(recorder: Recorder, root: str = f"{ROOT}/VMs", host: str = "HV01") -> Recorder:
    """Record another folder into the same log."""
    other = Recorder(host=host, root=root)
    other.entries = recorder.entries
    return other


class TestDisks:
    @pytest.mark.parametrize(("stream", "event"), GONE_BY_HISTORY)
    def test_a_disk_that_stands_though_history_says_it_is_gone_is_seen_anew(
        self, recorder: Recorder, stream: str, event: Event
    ) -> None:
        recorder.tell(stream, event)
        assert not is_standing(recorder)

        assert kinds(recorder.record(reading(disk(BASE)))) == ["DiskSeen", "FolderRead"]
        assert is_standing(recorder)
        assert recorder.record(reading(disk(BASE))) == []

    def test_a_disk_restored_after_each_loss_is_seen_each_time(self, recorder: Recorder) -> None:
        for _ in range(3):
            recorder.tell(HANDS, DiskLost(windows(BASE)))
            assert kinds(recorder.record(reading(disk(BASE))))[0] == "DiskSeen"

    def test_what_was_said_before_the_disk_was_seen_is_no_news(self, recorder: Recorder) -> None:
        """History learned late: it happened first, whenever it came to be known."""
        recorder.tell(HANDS, DiskLost(windows(BASE)), at=Moment("2010-01-01T00:00:00.000000Z"))

        assert is_standing(recorder)
        assert recorder.record(reading(disk(BASE))) == []

    @pytest.mark.parametrize(
        ("lost_at", "seen_at"),
        [
            ("2100-01-01T00:00:00.000000Z", "2100-01-01T00:00:00.000001Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ],
    )
    def test_a_walk_is_never_dated_before_what_it_knew(
        self, recorder: Recorder, lost_at: str, seen_at: str
    ) -> None:
        """A scenario's time, or another machine's clock, may run ahead of ours."""
        recorder.tell(HANDS, DiskLost(windows(BASE)), at=Moment(lost_at))

        assert kinds(recorder.record(reading(disk(BASE)))) == ["DiskSeen", "FolderRead"]
        assert [entry.occurred_at for entry in recorder.entries[-2:]] == [seen_at, seen_at]
        assert is_standing(recorder)
        assert recorder.record(reading(disk(BASE))) == []

    def test_another_disks_loss_is_no_news_of_this_one(self, recorder: Recorder) -> None:
        recorder.tell(HANDS, DiskLost(windows("other.vhd")))

        assert recorder.record(reading(disk(BASE))) == []


class TestFoldersInFolders:
    def test_a_disk_gone_by_a_walk_of_a_folder_below_is_gone(self, recorder: Recorder) -> None:
        inner = below(recorder)

        told = inner.record(reading(root=inner.root))

        assert told[0] == DiskGone(path=windows(BASE), found_at=at(BASE))
        assert not is_standing(recorder)
        assert inner.record(reading(root=inner.root)) == []
        assert recorder.record(reading()) == []

    def test_a_disk_that_came_back_is_seen_by_the_folder_above(self, recorder: Recorder) -> None:
        inner = below(recorder)
        inner.record(reading(root=inner.root))

        assert kinds(recorder.record(reading(disk(BASE)))) == ["DiskSeen", "FolderRead"]
        assert is_standing(recorder)

    def test_a_walk_that_came_not_there_says_nothing_of_a_disk(self, recorder: Recorder) -> None:
        elsewhere = below(recorder, root=f"{ROOT}/VMs2")
        denied = reading(root=f"{ROOT}/VMs", unread=[BASE])

        assert kinds(elsewhere.record(reading(root=elsewhere.root))) == ["FolderRead"]
        assert kinds(below(recorder).record(denied)) == ["FolderRead"]
        assert is_standing(recorder)

    def test_a_walk_on_another_host_says_nothing_of_a_disk(self, recorder: Recorder) -> None:
        other = below(recorder, host="HV02")

        assert kinds(other.record(reading(root=other.root))) == ["FolderRead"]
        assert is_standing(recorder)

    def test_a_walk_without_a_map_takes_no_name_from_a_disk(self, recorder: Recorder) -> None:
        inner = below(recorder)

        told = inner.record(reading(disk(BASE, path=at(BASE)), root=inner.root))

        assert kinds(told) == ["DiskSeen", "FolderRead"]
        assert is_standing(recorder)


def of_vm() -> FoundConfiguration:
    return configuration()


def of_snapshot() -> FoundConfiguration:
    return configuration("S.xml", snapshot=S1)


class TestConfigurations:
    def test_a_vm_whose_configuration_stands_is_there_again(self, recorder: Recorder) -> None:
        recorder.record(reading(disk(BASE), of_vm()))
        recorder.tell(VM_STREAM, VmRemoved())
        assert not recorder.fleet.machines[VM].is_present

        assert kinds(recorder.record(reading(disk(BASE), of_vm())))[0] == "VmConfigurationSeen"
        assert recorder.fleet.machines[VM].is_present
        assert recorder.record(reading(disk(BASE), of_vm())) == []

    @pytest.mark.parametrize("event", [SnapshotDeleted(S1), SubtreeDeleted(S1, (S1,))])
    def test_a_snapshot_whose_configuration_stands_still_refers_to_its_disks(
        self, recorder: Recorder, event: Event
    ) -> None:
        both = reading(disk(BASE), of_vm(), of_snapshot())
        recorder.record(both)
        recorder.tell(VM_STREAM, event)
        assert S1 not in recorder.fleet.machines[VM].snapshots

        assert kinds(recorder.record(both)) == ["SnapshotConfigurationSeen", "FolderRead"]
        assert recorder.fleet.machines[VM].snapshots[S1].heads
        assert recorder.record(both) == []

    @pytest.mark.parametrize(
        "event",
        [
            SnapshotTaken(S1, "S1", has_saved_state=False),
            SnapshotApplied(S1, "off"),
            DiskAttached(SlotDisk("IDE 0:1", windows("other.vhd"))),
            DiskDetached("IDE 0:0", windows(BASE)),
            MergeCompleted(windows(BASE), windows("into.vhd")),
        ],
    )
    def test_a_configuration_that_history_overtook_is_heard_again_as_it_stands(
        self, recorder: Recorder, event: Event
    ) -> None:
        recorder.record(reading(disk(BASE), of_vm()))
        recorder.tell(VM_STREAM, event)

        assert "VmConfigurationSeen" in kinds(recorder.record(reading(disk(BASE), of_vm())))
        assert recorder.fleet.machines[VM].configured == {"IDE 0:0": path_key(windows(BASE))}
        assert recorder.record(reading(disk(BASE), of_vm())) == []

    def test_a_merge_of_a_disk_that_it_does_not_name_leaves_a_configuration_alone(
        self, recorder: Recorder
    ) -> None:
        recorder.record(reading(disk(BASE), of_vm()))
        recorder.tell(VM_STREAM, MergeCompleted(windows("a.avhd"), windows("b.avhd")))

        assert recorder.record(reading(disk(BASE), of_vm())) == []

    def test_another_snapshots_end_is_no_news_of_this_one(self, recorder: Recorder) -> None:
        both = reading(disk(BASE), of_vm(), of_snapshot())
        recorder.record(both)
        gone = ConfigurationGone(path="", found_at="", snapshot=type(S1)("other"))
        recorder.tell(VM_STREAM, gone)

        assert recorder.record(both) == []
