"""What events do to real disk files."""

import hashlib
from pathlib import Path

import pytest

from eventstore.events import (
    DiskAttached,
    DiskCloned,
    DiskCopied,
    DiskDeleted,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskWritten,
    MergeCompleted,
    NewDisk,
    SlotDisk,
    SnapshotApplied,
    SnapshotTaken,
    VmRegistered,
    VmStarted,
)
from eventstore.evidence.disk import read_disk
from eventstore.evidence.linkage import compare_parent
from eventstore.ids import SnapshotId, derive
from eventstore.moments import Moment, datetime_of
from eventstore.simulate.disk_files import DiskFiles
from eventstore.simulate.disk_folder import opened
from tests.eventstore.simulate.disk_stories import DISK_ID, SIZE_BYTES, SLOT, Story, minute


@pytest.fixture(params=["vhd", "vhdx"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    return Story(tmp_path, request.param)


def verdict(story: Story, child: str, parent: str) -> str:
    return compare_parent(story.facts(child), story.facts(parent)).verdict


def test_a_registered_vm_has_its_base_disk(story: Story) -> None:
    base = story.facts(story.base)

    assert (base.kind, base.disk_id, base.virtual_size_bytes) == ("dynamic", DISK_ID, SIZE_BYTES)
    assert base.failed_checks == ()


def test_a_snapshot_freezes_the_head_and_links_a_child_to_it(story: Story) -> None:
    child = story.take("a.avhd", story.base, at=1)

    assert story.facts(child).failed_checks == ()
    assert verdict(story, child, story.base) == "matches"
    assert b"as written at" in story.content(story.base)


def test_a_child_has_the_identity_that_its_event_gave(tmp_path: Path) -> None:
    vhd, vhdx = Story(tmp_path / "vhd", "vhd"), Story(tmp_path / "vhdx", "vhdx")
    avhd = vhd.take("a.avhd", vhd.base, at=1)
    avhdx = vhdx.take("a.avhd", vhdx.base, at=1)

    assert vhd.facts(avhd).disk_id == derive("disk", avhd)
    assert vhdx.facts(avhdx).disk_id == DISK_ID  # a VHDX shares its parent's


def test_a_child_records_the_windows_path_of_its_parent(story: Story) -> None:
    link = story.facts(story.take("a.avhd", story.base, at=1)).parent

    assert link is not None
    assert link.absolute_path == story.base
    assert link.relative_path == ".\\" + story.base.rpartition("\\")[2]
    assert (link.volume_path is None) == (story.x == "")


def test_a_parent_on_another_volume_has_no_relative_path(story: Story) -> None:
    child = rf"E:\Clones\c.avhd{story.x}"

    assert story.files.apply(DiskCloned(child, story.base), minute(1)) == ()
    link = read_disk(story.folder / "E" / "Clones" / f"c.avhd{story.x}").facts.parent
    assert link is not None
    assert (link.relative_path, link.absolute_path) == (None, story.base)


def test_an_apply_branches_off_without_writing_the_parent(story: Story) -> None:
    first = story.take("a.avhd", story.base, at=1)
    second = story.path("b.avhd")
    new = (NewDisk(SLOT, second, story.base),)
    story.files.apply(SnapshotApplied(SnapshotId("S"), "off", new), minute(2))

    assert verdict(story, first, story.base) == "matches"
    assert verdict(story, second, story.base) == "matches"


def test_a_parent_with_a_child_is_not_written_when_it_is_frozen(story: Story) -> None:
    clone = story.path("clone.avhd")
    story.files.apply(DiskCloned(clone, story.base), minute(1))
    story.take("a.avhd", story.base, at=2)

    assert verdict(story, clone, story.base) == "matches"


def test_a_merge_changes_nothing_that_anybody_reads(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    c = story.take("c.avhd", b, at=3)
    story.files.apply(DiskWritten(c), minute(4))
    before = story.content(c, b, a, story.base)

    assert story.files.apply(MergeCompleted(b, a), minute(5)) == ()

    assert story.content(c, a, story.base) == before
    assert before.count(b"as written at") > 4
    assert not story.place(b).exists()


def test_after_a_merge_the_grandchild_names_the_surviving_parent(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    c = story.take("c.avhd", b, at=3)
    identity = story.facts(a).identity
    story.files.apply(MergeCompleted(b, a), minute(5))
    grandchild = story.facts(c)

    assert story.facts(a).identity == identity
    assert grandchild.parent is not None
    assert grandchild.parent.absolute_path == a
    assert compare_parent(grandchild, story.facts(a)).verdict == "matches"
    assert story.facts(a).failed_checks == grandchild.failed_checks == ()


def test_everything_collapses_into_the_base_disk(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    before = story.content(b, a, story.base)
    story.files.apply(MergeCompleted(a, story.base), minute(3))
    story.files.apply(MergeCompleted(b, story.base), minute(3))

    assert story.content(story.base) == before
    assert [place.name for place in story.place(story.base).parent.iterdir()] == [
        story.place(story.base).name
    ]


def test_merges_one_after_the_other_keep_the_links_right(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    c = story.take("c.avhd", b, at=3)
    story.files.apply(MergeCompleted(b, a), minute(4))
    story.files.apply(MergeCompleted(a, story.base), minute(5))

    assert verdict(story, c, story.base) == "matches"


@pytest.mark.parametrize("by_hand", [DiskCopied, DiskMoved])
def test_a_merge_does_not_mend_what_hyper_v_does_not_know(
    story: Story, by_hand: type[DiskCopied] | type[DiskMoved]
) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    elsewhere = story.path("elsewhere.avhd")
    story.files.apply(by_hand(b, elsewhere), minute(3))
    story.files.apply(MergeCompleted(a, story.base), minute(4))
    link = story.facts(elsewhere).parent

    assert link is not None
    assert link.absolute_path == a


def test_of_two_layers_merged_by_hand_the_younger_wins(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    for path, content in ((a, b"old" * 512), (b, b"new" * 512)):
        with opened(story.place(path)) as disk:
            disk.write(0, content)
    story.files.apply(DiskMergedByHand(b, story.base), minute(3))

    assert story.content(story.base).startswith(b"new")


def test_a_merge_by_hand_leaves_its_sources(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    story.files.apply(DiskWritten(b), minute(3))
    before = story.content(b, a, story.base)

    assert story.files.apply(DiskMergedByHand(b, story.base), minute(4)) == ()

    assert story.content(story.base) == before
    assert story.place(a).exists()
    assert story.place(b).exists()


def test_a_write_past_hyper_v_is_seen_on_a_vhdx_only(tmp_path: Path) -> None:
    found = {}
    for format_ in ("vhd", "vhdx"):
        story = Story(tmp_path / format_, format_)
        child = story.take("a.avhd", story.base, at=1)
        story.files.apply(DiskWritten(story.base), minute(2))
        found[format_] = compare_parent(story.facts(child), story.facts(story.base))

    assert found["vhdx"].verdict == "parent_written"
    assert found["vhd"].verdict == "matches"
    assert "time stamp" in found["vhd"].reasons[0]


def test_two_writes_in_one_minute_are_two_writes(tmp_path: Path) -> None:
    story = Story(tmp_path, "vhdx")
    ids = []
    for _ in range(2):
        story.files.apply(DiskWritten(story.base), minute(1))
        ids.append(story.facts(story.base).data_write_id)

    assert ids[0] != ids[1]


@pytest.mark.parametrize("gone", [DiskDeleted, DiskLost])
def test_a_deleted_or_lost_disk_is_gone(
    story: Story, gone: type[DiskDeleted] | type[DiskLost]
) -> None:
    child = story.take("a.avhd", story.base, at=1)
    story.files.apply(gone(child), minute(2))

    assert not story.place(child).exists()
    assert story.files.apply(gone(child), minute(3)) == ()


def test_a_moved_disk_is_still_named_where_it_was(story: Story) -> None:
    child = story.take("a.avhd", story.base, at=1)
    there = rf"C:\Elsewhere\web01.vhd{story.x}"
    before = story.facts(story.base)
    story.files.apply(DiskMoved(story.base, there), minute(2))

    assert story.facts(there) == before
    assert not story.place(story.base).exists()
    link = story.facts(child).parent
    assert link is not None
    assert link.absolute_path == story.base


def test_a_copy_has_the_identity_of_the_first(story: Story) -> None:
    child = story.take("a.avhd", story.base, at=1)
    copy = story.path("copy.avhd")
    story.files.apply(DiskCopied(child, copy), minute(2))

    assert story.place(copy).read_bytes() == story.place(child).read_bytes()


def test_an_attached_disk_brings_its_ancestors(story: Story) -> None:
    golden, linked = story.path("golden.vhd"), story.path("linked.vhd")
    disk = SlotDisk("IDE 0:1", linked, derive("linked"), (golden,))
    story.files.apply(DiskAttached(disk), minute(1))

    assert story.facts(linked).disk_id == derive("linked")
    assert verdict(story, linked, golden) == "matches"


def test_what_a_lost_parent_makes_impossible_is_told_and_not_done(story: Story) -> None:
    story.files.apply(DiskLost(story.base), minute(1))
    child = story.path("a.avhd")
    problems = story.files.apply(DiskCloned(child, story.base), minute(2))

    assert problems == (f"{story.base} does not stand in {story.folder}",)
    assert not story.place(child).exists()


def test_a_disk_that_stands_already_is_left_as_it_is(story: Story) -> None:
    child = story.take("a.avhd", story.base, at=1)
    before = story.place(child).read_bytes()
    problems = story.files.apply(DiskCloned(child, story.base), minute(2))

    assert "left as it is" in problems[0]
    assert story.place(child).read_bytes() == before


def test_a_later_run_knows_the_links_of_an_earlier_one(story: Story) -> None:
    a = story.take("a.avhd", story.base, at=1)
    b = story.take("b.avhd", a, at=2)
    later = DiskFiles(story.folder, virtual_size_bytes=SIZE_BYTES)
    later.apply(MergeCompleted(a, story.base), minute(3))

    assert verdict(story, b, story.base) == "matches"


def test_a_name_without_a_disk_suffix_is_refused_in_words(story: Story) -> None:
    problems = story.files.apply(DiskAttached(SlotDisk("IDE 1:0", r"C:\a.iso")), minute(1))

    assert problems[0].startswith(r"C:\a.iso is no disk by its suffix")


def test_events_without_files_change_no_file(story: Story) -> None:
    before = story.place(story.base).read_bytes()

    assert story.files.apply(VmStarted(), minute(1)) == ()
    assert story.place(story.base).read_bytes() == before


@pytest.mark.parametrize(
    ("format_", "golden"),
    [
        ("vhd", "375635993961182b7b7afac865a5f09d764c0abefddafc85486656f12f0de07f"),
        ("vhdx", "5e72dee7a5c96ad4e076ffb5227eace4342706c589c1393cfaef2b3a573397f1"),
    ],
)
def test_the_same_events_give_the_same_bytes(tmp_path: Path, format_: str, golden: str) -> None:
    story = Story(tmp_path, format_)
    child = story.take("スナ.avhd", story.base, at=1)
    digest = hashlib.sha256()
    for path in (story.base, child):
        digest.update(story.place(path).read_bytes())

    assert digest.hexdigest() == golden


def test_a_file_was_last_changed_when_its_last_event_happened(tmp_path: Path) -> None:
    files = DiskFiles(tmp_path)
    registered, taken = Moment("2010-09-26T06:00:00.000000Z"), Moment("2010-09-26T06:05:00.000000Z")
    base, child = "C:\\VMs\\base.vhd", "C:\\VMs\\s1.avhd"
    files.apply(
        VmRegistered("web01", "offline", True, "C:\\VMs", (SlotDisk("IDE 0:0", base),)), registered
    )
    files.apply(
        SnapshotTaken(SnapshotId("S"), "S", False, (NewDisk("IDE 0:0", child, base),)), taken
    )

    changed = {place.name: place.stat().st_mtime for place in (tmp_path / "C" / "VMs").iterdir()}

    assert changed == dict.fromkeys(("base.vhd", "s1.avhd"), datetime_of(taken).timestamp())
