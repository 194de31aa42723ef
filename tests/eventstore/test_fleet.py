"""Several VMs and many hands on one host: who knows what, and who stands in whose way."""

from eventstore.codec import Unknown
from eventstore.events import (
    DiskCloned,
    DiskCopied,
    DiskGone,
    DiskLost,
    DiskMergedByHand,
    DiskMoved,
    DiskSeen,
    DiskWritten,
    FolderRead,
    FreeSpaceSeen,
    SlotDisk,
    VmConfigurationSeen,
)
from eventstore.ids import VmId, derive
from tests.story import START, Story, disk, key, short

SEEN = DiskSeen(disk("base.vhd"), "/case/base.vhd", 4096, START, "ab" * 32)


def lost(story: Story) -> set[str]:
    return {short(each.path) for each in story.machine.disks.values() if each.is_lost}


def test_a_lost_file_is_missed_by_every_vm_that_knows_it() -> None:
    story = Story().vm("web01", "golden.vhd").vm("web02", "golden.vhd")
    story.by_hand(DiskLost(disk("golden.vhd")))

    assert lost(story.vm("web01")) == lost(story.vm("web02")) == {"golden.vhd"}
    assert key("golden.vhd") in story.fleet.lost


def test_a_moved_file_is_missing_at_its_old_place_and_stands_at_the_new_one() -> None:
    story = Story().vm("web01", "base.vhd").take("S")
    story.by_hand(DiskMoved(disk("after-S.avhd"), "E:\\x.avhd"))

    assert lost(story) == {"after-s.avhd"}
    moved = story.fleet.loose[key("E:\\x.avhd")]
    assert moved.parent == key("base.vhd")
    assert moved.disk_id == story.machine.disks[key("after-S.avhd")].disk_id


def test_a_copy_back_to_the_old_place_is_found_again() -> None:
    story = Story().vm("web01", "base.vhd")
    story.by_hand(DiskMoved(disk("base.vhd"), "E:\\base.vhd"))
    story.by_hand(DiskCopied("E:\\base.vhd", disk("base.vhd")))

    assert lost(story) == set()


def test_a_lost_file_that_is_read_at_its_place_stands_again() -> None:
    story = Story().vm("web01", "base.vhd").by_hand(DiskLost(disk("base.vhd"))).by_hand(SEEN)

    assert lost(story) == set()


def test_a_configuration_that_names_a_lost_file_does_not_bring_it_back() -> None:
    story = Story().vm("web01", "base.vhd").by_hand(DiskLost(disk("base.vhd")))

    story.happened(VmConfigurationSeen("web01", "x", "x", 512, (SlotDisk("IDE 0:0", SEEN.path),)))

    assert lost(story) == {"base.vhd"}


def test_a_clone_knows_its_chain_when_a_vm_takes_it() -> None:
    story = (
        Story()
        .vm("web01", "golden.vhd")
        .by_hand(DiskCloned(disk("clone.vhd"), disk("golden.vhd"), derive("c")))
    )

    assert story.fleet.ancestor_paths(disk("clone.vhd")) == (disk("golden.vhd"),)
    assert story.vm("web02", "clone.vhd").disks == {"clone.vhd": "golden.vhd", "golden.vhd": None}


def test_a_neighbour_tells_what_it_refers_to_and_what_hangs_below() -> None:
    story = (
        Story().vm("web01", "golden.vhd").by_hand(DiskCloned(disk("clone.vhd"), disk("golden.vhd")))
    )
    web01 = story.machine.id
    story.vm("web02", "clone.vhd").take("S")

    theirs = story.fleet.neighbours(web01)

    assert theirs.refer_to(key("clone.vhd"))
    assert theirs.refer_to(key("after-S.avhd"))
    assert not theirs.refer_to(key("golden.vhd"))
    assert theirs.below(key("clone.vhd")) == {key("after-S.avhd")}
    assert theirs.below(key("golden.vhd")) == {key("clone.vhd")}
    assert theirs.have(key("after-S.avhd"))


def test_the_references_of_a_removed_vm_still_stand_in_the_way() -> None:
    story = Story().vm("web01", "golden.vhd").vm("web02", "golden.vhd")
    web02 = story.machine.id
    story.vm("web01").remove()

    assert story.fleet.neighbours(web02).refer_to(key("golden.vhd"))


def test_a_write_and_a_merge_by_hand_are_remembered() -> None:
    story = Story().vm("web01", "base.vhd").take("S")
    story.by_hand(DiskWritten(disk("base.vhd")))
    story.by_hand(DiskMergedByHand(disk("after-S.avhd"), disk("base.vhd")))

    assert story.fleet.merged_by_hand[key("after-S.avhd")].into == key("base.vhd")
    assert story.fleet.written[key("base.vhd")].position == 4


def test_a_sighting_ends_when_a_later_walk_does_not_find_the_file() -> None:
    story = Story().by_hand(SEEN)
    assert story.fleet.sightings[key("base.vhd")].gone is None

    story.by_hand(DiskGone(SEEN.path, SEEN.found_at))

    gone = story.fleet.sightings[key("base.vhd")]
    assert gone.gone is not None
    assert gone.seen == SEEN


def test_space_and_folders_are_kept_as_last_seen() -> None:
    story = Story().by_hand(FreeSpaceSeen("c:", 5), FreeSpaceSeen("C:", 7))
    read = FolderRead(derive("h"), "/case", "C:\\VMs", 1, 1, 0)
    story.happened(read, stream="folder/x")

    assert story.fleet.volumes["C:"].free_bytes == 7
    assert story.fleet.folders["folder/x"].read == read


def test_folding_anew_gives_the_same_fleet() -> None:
    story = Story().vm("web01", "base.vhd").start().take("S").vm("web02", "x.vhd").take("T")
    story.by_hand(SEEN, DiskWritten(disk("base.vhd")))

    assert story.as_learned() == story.fleet


def test_what_this_version_does_not_know_is_kept() -> None:
    story = Story().vm("web01", "base.vhd")
    recorded = story.recorded[0]
    unknown = type(recorded.entry)(
        **{
            field: getattr(recorded.entry, field)
            for field in recorded.entry.__struct_fields__
            if field != "type"
        },
        type="VmPainted",
    )
    story.recorded.append(type(recorded)(9, START, (9, 9), 8, unknown, "0" * 64))

    fleet = story.as_learned()

    assert isinstance(fleet.oddments[0].unknown, Unknown)
    assert VmId(story.machine.id) in fleet.machines
