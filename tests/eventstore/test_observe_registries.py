"""The host's list of VMs in a log: new, changed, gone, and the same list nothing."""

from msgspec.structs import replace

from eventstore.events import HostRegistryGone, HostRegistrySeen
from eventstore.evidence.folder import FolderReading
from eventstore.evidence.vmcx_registry import FoundRegistry
from tests.eventstore.recording import VM, Recorder, at, kinds, reading, windows

PLACE = "ProgramData/data.vmcx"


def with_list(*vms: str, content: str = "first", place: str = PLACE) -> FolderReading:
    listed = tuple((VM, path) for path in vms)
    found = FoundRegistry(at(place), windows(place), content, listed)
    return replace(reading(), registries=(found,))


def test_a_list_of_vms_is_told_once() -> None:
    recorder = Recorder()

    first, again = (
        recorder.record(with_list("D:\\1.vmcx")),
        recorder.record(with_list("D:\\1.vmcx")),
    )

    assert first[0] == HostRegistrySeen(
        "HV01", windows(PLACE), at(PLACE), ((VM, "D:\\1.vmcx"),), "first"
    )
    assert kinds(first) == ["HostRegistrySeen", "FolderRead"]
    assert again == []


def test_a_list_that_changed_and_changed_back_is_told_each_time() -> None:
    recorder = Recorder()
    recorder.record(with_list("D:\\1.vmcx"))

    for content in ("second", "first", "second"):
        news = recorder.record(with_list("D:\\1.vmcx", content=content))
        assert kinds(news) == ["HostRegistrySeen", "FolderRead"]


def test_a_list_that_vanished_is_gone_once_and_counts_no_more() -> None:
    recorder = Recorder()
    recorder.record(with_list("D:\\1.vmcx"))
    assert recorder.fleet.registries

    gone, again = recorder.record(reading()), recorder.record(reading())

    assert gone[0] == HostRegistryGone("HV01", windows(PLACE), at(PLACE))
    assert again == []
    assert recorder.fleet.registries == {}


def test_a_list_below_an_unread_place_is_not_held_to_be_gone() -> None:
    recorder = Recorder()
    recorder.record(with_list("D:\\1.vmcx"))

    assert kinds(recorder.record(reading(unread=["ProgramData"]))) == ["FolderRead"]
    assert kinds(recorder.record(reading(unread=[PLACE]))) == ["FolderRead"]
