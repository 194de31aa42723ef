"""VMs and snapshots by the words people call them."""

import pytest

from eventstore.errors import BadInput
from eventstore.events import ExportedSnapshot, VmExportSeen
from eventstore.find import Candidate, deleted_snapshots, pick
from eventstore.ids import SnapshotId
from eventstore.moments import Moment
from tests.story import Story

WHEN = Moment("2010-09-26T06:00:00.000000Z")
GUID = "5A1E0000-2010-4926-8000-000000000001"


def called(*names: str) -> list[Candidate]:
    return [Candidate(f"{number}", name, WHEN) for number, name in enumerate(names)]


def found(word: str, present: list[Candidate], gone: list[Candidate] | None = None) -> str:
    return pick(word, present, gone or [], what="VM", ended="removed").id


def test_a_name_as_it_is_comes_before_another_case() -> None:
    assert found("web01", called("WEB01", "web01")) == "1"
    assert found("Web01", called("db01", "web01")) == "1"


def test_a_guid_comes_before_a_name() -> None:
    candidates = [Candidate("X", GUID, WHEN), Candidate(GUID, "web01", WHEN)]

    assert found(f"{{{GUID.lower()}}}", candidates) == GUID


def test_several_matches_are_listed() -> None:
    with pytest.raises(BadInput, match=r"2 VMs match 'web01': web01 0 .*, web01 1 .* by its GUID"):
        found("web01", called("web01", "web01"))


def test_what_is_gone_is_told_with_when() -> None:
    with pytest.raises(BadInput, match="the VM 'web01' was removed at 2010-09-26T06:00"):
        found("web01", [], called("web01"))


def test_what_is_there_wins_over_what_is_gone() -> None:
    assert found("web01", called("web01"), called("web01")) == "0"


@pytest.mark.parametrize(
    ("present", "hint"),
    [
        (["web01"], "no VM is called 'web10'; did you mean 'web01'?"),
        (["db"], "no VM is called 'web10'; there are: db"),
        ([], "no VM is called 'web10'; there is none"),
        ([f"vm{n}" for n in range(12)], "vm9 and 2 more"),
    ],
)
def test_an_unknown_name_is_told_with_what_there_is(present: list[str], hint: str) -> None:
    with pytest.raises(BadInput) as told:
        found("web10", called(*present))

    assert hint in str(told.value)


def test_a_deleted_snapshot_is_known_by_its_last_name() -> None:
    story = Story().vm("web01", "web01.vhd").take("S1").rename("S1", "S2").delete("S1")

    assert [each.name for each in deleted_snapshots(story.recorded)] == ["S2"]


def test_a_snapshot_that_a_host_names_no_more_is_gone_since_and_told_once() -> None:
    def named(*snapshots: str, has_all: bool = True) -> VmExportSeen:
        told = tuple(ExportedSnapshot(SnapshotId(each), each.lower()) for each in snapshots)
        return VmExportSeen("web01", "e", "e", snapshots=told, has_all_snapshots=has_all)

    story = Story().vm("web01", "web01.vhd")
    story.happened(named("S1", "S2"), named(has_all=False), named("S2"), named("S2"))

    assert [each.name for each in deleted_snapshots(story.recorded)] == ["s1"]


def test_several_snapshots_of_a_vm_are_counted_as_snapshots() -> None:
    first, second = (Candidate(str(number), "S", Moment("t")) for number in range(2))

    with pytest.raises(BadInput, match="2 snapshots of web01 match 'S'"):
        pick("S", (first, second), (), what="snapshot of web01", ended="deleted")
