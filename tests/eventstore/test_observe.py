"""What a walk adds to the log: what is new, what changed, what is gone - and nothing twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from eventstore.events import (
    ConfigurationGone,
    DiskGone,
    DiskSeen,
    FolderRead,
    SlotDisk,
    SnapshotConfigurationSeen,
    VmConfigurationSeen,
)
from eventstore.evidence.file_reader import Skipped
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.found_disk import FoundDisk
from eventstore.ids import VmId, derive, folder_stream, vm_stream
from eventstore.known import NOTHING_KNOWN, known_from
from eventstore.moments import later
from eventstore.observe import Observer, observe
from eventstore.observe_walk import UNREAD_CHARACTERS_MAX
from eventstore.paths import path_key
from tests.eventstore.recording import (
    BASE,
    CONFIG,
    NOON,
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

OTHER_VM = VmId(derive("web02"))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def test_the_first_walk_stores_every_fact_and_itself_last() -> None:
    news = observe(
        reading(disk(BASE), configuration()), NOTHING_KNOWN, Observer("HV01", NOON, "me")
    )

    assert kinds([each.event for each in news]) == ["VmConfigurationSeen", "DiskSeen", "FolderRead"]
    assert [each.stream for each in news] == [
        vm_stream(VM),
        folder_stream("HV01", ROOT),
        folder_stream("HV01", ROOT),
    ]
    assert {each.occurred_at for each in news} == {NOON}


def test_every_event_says_where_it_comes_from() -> None:
    vm, seen, walk = observe(
        reading(disk(BASE), configuration()), NOTHING_KNOWN, Observer("HV01", NOON, "me")
    )

    assert (vm.source.kind, vm.source.name, vm.source.sha256) == ("evidence", at(CONFIG), "first")
    assert (seen.source.name, seen.source.sha256) == (at(BASE), "first")
    assert (walk.source.name, walk.source.sha256) == (ROOT, "")
    assert {each.source.host for each in (vm, seen, walk)} == {"HV01"}
    assert {each.source.recorder for each in (vm, seen, walk)} == {"me"}


def test_a_vms_configuration_is_told_as_it_was_read() -> None:
    (vm, _) = observe(reading(configuration()), NOTHING_KNOWN, Observer("HV01", NOON))

    assert vm.event == VmConfigurationSeen(
        name="web01",
        path=windows(CONFIG),
        found_at=at(CONFIG),
        format_version=512,
        disks=(SlotDisk("IDE 0:0", windows(BASE)),),
        snapshots_listed=1,
        merge_pending=False,
        created_at=NOON,
        sha256="first",
    )


def test_a_snapshots_configuration_goes_to_its_vms_stream() -> None:
    found = configuration("S.xml", snapshot=S1, has_saved_state=True)

    (snapshot, _) = observe(reading(found), NOTHING_KNOWN, Observer("HV01", NOON))

    assert snapshot.stream == vm_stream(VM)
    assert snapshot.event == SnapshotConfigurationSeen(
        snapshot=S1,
        path="D:\\S.xml",
        found_at=at("S.xml"),
        name="web01",
        parent=None,
        is_parent_known=True,
        taken_at=NOON,
        has_saved_state=True,
        disks=(SlotDisk("IDE 0:0", windows(BASE)),),
        sha256="first",
    )


def test_the_same_evidence_again_stores_nothing(recorder: Recorder) -> None:
    snapshot = configuration("S.xml", snapshot=S1)
    recorder.record(reading(disk(BASE), configuration(), snapshot, unread=["secret"]))

    again = reading(disk(BASE), configuration(), snapshot, unread=["secret"], files=12)

    assert recorder.record(again) == []


def test_confirming_stores_one_dated_still_so(recorder: Recorder) -> None:
    recorder.record(reading(disk(BASE)))

    assert kinds(recorder.record(reading(disk(BASE)), confirm=True)) == ["FolderRead"]
    assert kinds(recorder.record(reading(disk(BASE)), confirm=True)) == ["FolderRead"]
    assert recorder.record(reading(disk(BASE))) == []


@pytest.mark.parametrize("changed", ["header_sha256", "modified_at", "size_bytes"])
def test_a_changed_disk_is_seen_anew(recorder: Recorder, changed: str) -> None:
    recorder.record(reading(disk(BASE)))
    other = FoundDisk(
        found_at=at(BASE),
        path=windows(BASE),
        size_bytes=7 if changed == "size_bytes" else 5,
        modified_at=later(NOON, hours=1) if changed == "modified_at" else NOON,
        header_sha256="other" if changed == "header_sha256" else "first",
    )

    assert kinds(recorder.record(reading(other))) == ["DiskSeen", "FolderRead"]


def test_a_disk_that_is_not_there_any_more_is_gone(recorder: Recorder) -> None:
    recorder.record(reading(disk(BASE)))

    gone, walk = recorder.record(reading())

    assert gone == DiskGone(path=windows(BASE), found_at=at(BASE))
    assert isinstance(walk, FolderRead)
    assert recorder.record(reading()) == []


def test_a_disk_may_become_what_it_was_and_come_back(recorder: Recorder) -> None:
    first, second = reading(disk(BASE, "first")), reading(disk(BASE, "second"))

    told = [kinds(recorder.record(each))[0] for each in (first, second, first, reading(), first)]

    assert told == ["DiskSeen", "DiskSeen", "DiskSeen", "DiskGone", "DiskSeen"]


@pytest.mark.parametrize("unread", ["VMs/base.vhd", "VMs", "."])
def test_nothing_is_gone_where_nothing_could_be_read(recorder: Recorder, unread: str) -> None:
    config = configuration("VMs/base.vhd")
    recorder.record(reading(disk(BASE), config))
    hidden = FolderReading(
        root=ROOT,
        root_path="D:\\",
        files=0,
        unread=(Skipped(ROOT if unread == "." else at(unread), "", "denied"),),
    )

    assert kinds(recorder.record(hidden)) == ["FolderRead"]


def test_a_neighbour_that_cannot_be_read_hides_nothing(recorder: Recorder) -> None:
    recorder.record(reading(disk(BASE)))

    assert "DiskGone" in kinds(recorder.record(reading(unread=["VMs/base.vhd2", "VM", "else"])))


def test_other_places_unread_are_news_of_their_own(recorder: Recorder) -> None:
    recorder.record(reading(disk(BASE)))

    (walk,) = recorder.record(reading(disk(BASE), unread=["secret"]))

    assert isinstance(walk, FolderRead)
    assert walk.unread == ((windows("secret"), "denied"),)


def test_other_ground_covered_is_news_of_its_own(recorder: Recorder) -> None:
    """So a store of an earlier version learns what its folders cover."""
    recorder.record(reading(disk(BASE)))
    mapped = replace(reading(disk(BASE)), folders=((at("E"), "E:\\"),))

    (walk,) = recorder.record(mapped)

    assert isinstance(walk, FolderRead)
    assert walk.folders == ((at("E"), "E:\\"),)
    assert recorder.record(mapped) == []


def test_a_configuration_that_is_not_there_any_more_is_gone(recorder: Recorder) -> None:
    snapshot = configuration("S.xml", snapshot=S1)
    recorder.record(reading(configuration(), snapshot))

    of_vm, of_snapshot, _ = recorder.record(reading())

    assert of_vm == ConfigurationGone(path=windows(CONFIG), found_at=at(CONFIG))
    assert of_snapshot == ConfigurationGone(path="D:\\S.xml", found_at=at("S.xml"), snapshot=S1)
    assert recorder.record(reading()) == []


def test_a_changed_configuration_is_seen_anew(recorder: Recorder) -> None:
    told = [
        kinds(recorder.record(reading(configuration(content=content))))
        for content in ("first", "second", "first")
    ]

    assert told == [["VmConfigurationSeen", "FolderRead"]] * 3


def test_a_saved_state_that_vanished_is_news_of_its_snapshot(recorder: Recorder) -> None:
    for has_saved_state in (True, False):
        found = configuration("S.xml", snapshot=S1, has_saved_state=has_saved_state)
        assert kinds(recorder.record(reading(found)))[0] == "SnapshotConfigurationSeen"


def test_a_file_that_now_belongs_to_another_vm_is_gone_for_the_first(recorder: Recorder) -> None:
    recorder.record(reading(configuration()))

    told = recorder.record(reading(configuration(vm=OTHER_VM)))

    assert kinds(told) == ["VmConfigurationSeen", "ConfigurationGone", "FolderRead"]


def test_another_map_gives_a_disk_its_path_and_takes_the_former(recorder: Recorder) -> None:
    recorder.record(reading(disk(BASE, path=at(BASE))))

    former, seen, _ = recorder.record(reading(disk(BASE)))

    assert former == DiskGone(path=at(BASE), found_at=at(BASE))
    assert isinstance(seen, DiskSeen)
    assert seen.path == windows(BASE)
    assert recorder.record(reading(disk(BASE))) == []


def test_another_hosts_or_folders_facts_are_not_this_ones(recorder: Recorder) -> None:
    recorder.record(reading(disk(BASE), configuration()))

    other_host = known_from(recorder.entries, host="HV02", root=ROOT)
    other_root = known_from(recorder.entries, host="HV01", root="/case")

    assert other_host == replace(NOTHING_KNOWN, last=NOON)
    assert (dict(other_root.disks), other_root.walk) == ({}, None)


def test_a_configuration_outside_the_folder_is_not_gone(recorder: Recorder) -> None:
    recorder.record(reading(configuration()))
    elsewhere = Recorder(root="/case/D/VMs2")
    elsewhere.entries = recorder.entries
    below = FolderReading(root="/case/D/VMs2", root_path="D:\\VMs2", files=0)

    assert kinds(elsewhere.record(below)) == ["FolderRead"]


def test_ids_follow_from_the_evidence_and_its_place() -> None:
    def ids(host: str, *found: FoundDisk) -> list[str]:
        news = observe(reading(*found), NOTHING_KNOWN, Observer(host, NOON))
        return [each.event_id for each in news]

    assert ids("HV01", disk(BASE)) == ids("HV01", disk(BASE))
    assert ids("HV01", disk(BASE)) != ids("HV02", disk(BASE))
    assert len(set(ids("HV01", disk(BASE), disk("copy.vhd")))) == 3


def test_what_one_event_cannot_name_is_put_down_to_the_root(recorder: Recorder) -> None:
    names = [f"{number:04}" + "n" * 996 for number in range(200)]

    (walk,) = recorder.record(reading(unread=names))

    assert isinstance(walk, FolderRead)
    *told, last = walk.unread
    assert sum(len(path) + len(reason) for path, reason in told) <= UNREAD_CHARACTERS_MAX
    assert last == ("D:\\", f"and {200 - len(told)} more places below it were not read")


STATES = st.dictionaries(
    st.sampled_from(["a.vhd", "b/b.vhd", "b/c.vhd"]), st.sampled_from(["first", "second"])
)


@given(st.lists(STATES, max_size=6))
def test_the_log_always_knows_what_the_last_walk_saw(states: list[dict[str, str]]) -> None:
    recorder = Recorder()
    for state in states:
        recorder.record(reading(*(disk(*each) for each in state.items())))
        again = recorder.record(reading(*(disk(*each) for each in state.items())))
        known = known_from(recorder.entries, host="HV01", root=ROOT)

        assert again == []
        assert {
            place: last.fact.header_sha256
            for place, last in known.disks.items()
            if isinstance(last.fact, DiskSeen)
        } == {at(place): content for place, content in state.items()}


def test_a_vm_whose_configuration_moved_to_another_folder_loses_nothing(recorder: Recorder) -> None:
    recorder.record(reading(configuration()))

    told = recorder.record(reading(configuration("moved/web01.xml")))

    assert kinds(told) == ["VmConfigurationSeen", "ConfigurationGone", "FolderRead"]
    assert recorder.fleet.machines[VM].is_present
    assert recorder.fleet.machines[VM].unfound == {}
    assert recorder.record(reading(configuration("moved/web01.xml"))) == []
    assert kinds(recorder.record(reading()))[0] == "ConfigurationGone"


def test_a_disk_that_its_map_finds_at_another_place_is_not_gone(recorder: Recorder) -> None:
    recorder.record(reading(disk("one/base.vhd", path="D:\\base.vhd")))

    told = recorder.record(reading(disk("two/base.vhd", path="D:\\base.vhd")))

    assert kinds(told) == ["DiskSeen", "FolderRead"]
    assert recorder.fleet.sightings[path_key("D:\\base.vhd")].gone is None
    assert kinds(recorder.record(reading()))[0] == "DiskGone"
