"""The join of the witnesses: whose word counts for a parent, and which files stand."""

from eventstore.events import DiskDeleted, DiskGone, DiskLost, DiskMoved, SlotDisk, VmRegistered
from eventstore.ids import VmId, derive, vm_stream
from projections.disk_node import DiskGraph
from tests.projections.sightings import configuration, graph, record, vhd, vhdx, walked
from tests.story import Story, disk, key, short


def parents(found: DiskGraph) -> dict[str, str | None]:
    return {
        short(name): short(node.parent) if node.parent else None
        for name, node in found.nodes.items()
    }


class TestParents:
    def test_history_is_believed_before_a_header_read_earlier(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S1").take("S2").take("S3")
        record(story, vhd("base.vhd"), vhd("after-S1.avhd", "base.vhd"))
        record(story, vhd("after-S2.avhd", "after-S1.avhd"), vhd("after-S3.avhd", "after-S2.avhd"))

        story.delete("S2").shut_down()

        assert parents(graph(story))["after-s3.avhd"] == "after-s1.avhd"
        assert graph(story).nodes[key("after-S3.avhd")].other_parents == ()

    def test_a_header_tells_the_parent_that_history_does_not_know(self) -> None:
        story = record(Story().vm("web01", "clone.vhd"), vhd("golden.vhd"))

        record(story, vhd("clone.vhd", "golden.vhd"))

        assert parents(graph(story)) == {"clone.vhd": "golden.vhd", "golden.vhd": None}
        assert graph(story).nodes[key("golden.vhd")].is_reachable

    def test_a_second_witness_makes_both_parents_needed(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        record(story, vhd("other.avhd", "root.vhd"), vhd("after-S.avhd", "other.avhd"))

        found = graph(story).nodes

        assert found[key("after-S.avhd")].parents == (key("base.vhd"), key("other.avhd"))
        assert found[key("other.avhd")].is_reachable
        assert found[key("other.avhd")].claimants == (key("after-S.avhd"),)

    def test_of_two_histories_the_one_whose_parent_stands_is_believed(self) -> None:
        story = Story()
        for name, parent in (("web01", "old.vhd"), ("web02", "new.vhd")):
            chain = SlotDisk("IDE 0:0", disk("child.vhd"), None, (disk(parent),))
            event = VmRegistered(name, "offline", merge_on_save=True, root="C:\\", disks=(chain,))
            story.happened(event, stream=vm_stream(VmId(derive(name))))
        assert parents(graph(story))["child.vhd"] == "old.vhd"

        story.by_hand(DiskLost(disk("old.vhd")))

        assert parents(graph(story))["child.vhd"] == "new.vhd"

    def test_the_relative_path_of_a_vhdx_comes_first(self) -> None:
        child = vhdx("C:\\A\\child.avhdx", "stale.vhdx", relative="..\\B\\base.vhdx")
        story = record(Story(), vhdx("stale.vhdx"), vhdx("C:\\B\\base.vhdx"), child)

        assert parents(graph(story))["c:\\a\\child.avhdx"] == "c:\\b\\base.vhdx"

    def test_below_a_folder_without_mapping_the_parent_lies_beside_its_child(self) -> None:
        story = record(Story(), vhd("/mnt/x/base.vhd"), vhd("/mnt/x/s1.avhd", "D:\\VMs\\base.vhd"))

        assert parents(graph(story))["/mnt/x/s1.avhd"] == "/mnt/x/base.vhd"

    def test_dots_in_a_relative_path_are_resolved_without_mapping_too(self) -> None:
        child = vhdx("/mnt/x/snap/s1.avhdx", "D:\\base.vhdx", relative="..\\disks\\base.vhdx")
        story = record(Story(), vhdx("/mnt/x/disks/base.vhdx"), vhdx("/mnt/y/base.vhdx"), child)

        assert parents(graph(story))["/mnt/x/snap/s1.avhdx"] == "/mnt/x/disks/base.vhdx"

    def test_a_copied_parent_is_found_by_its_identity(self) -> None:
        copied = vhd("/mnt/elsewhere/renamed.vhd", identity=derive("identity", "base.vhd"))
        story = record(Story(), copied, vhd("/mnt/x/s1.avhd", "base.vhd"))

        assert parents(graph(story))["/mnt/x/s1.avhd"] == "/mnt/elsewhere/renamed.vhd"

    def test_of_two_with_the_identity_the_one_in_the_same_folder_is_the_parent(self) -> None:
        identity = derive("identity", "base.vhd")
        twins = (vhd("/mnt/a/x.vhd", identity=identity), vhd("/mnt/b/y.vhd", identity=identity))
        story = record(Story(), *twins, vhd("/mnt/b/s1.avhd", "base.vhd"))
        record(story, vhd("/mnt/c/s2.avhd", "base.vhd"))

        found = parents(graph(story))

        assert found["/mnt/b/s1.avhd"] == "/mnt/b/y.vhd"
        assert found["/mnt/c/s2.avhd"] == "base.vhd"

    def test_a_copied_vhdx_parent_is_found_by_identity_and_linkage(self) -> None:
        copies = (vhdx("/mnt/a/old.vhdx", written="W0"), vhdx("/mnt/b/right.vhdx", written="W1"))
        story = record(Story(), *copies, vhdx("/mnt/c/s1.avhdx", "base.vhdx", written="W2"))

        assert parents(graph(story))["/mnt/c/s1.avhdx"] == "/mnt/b/right.vhdx"

    def test_an_absent_parent_is_called_by_a_path_with_a_drive(self) -> None:
        volume = "\\\\?\\Volume{11111111-2222-3333-4444-555555555555}\\VMs\\base.vhdx"
        child = vhdx(
            "/case/x/s1.avhdx", "D:\\VMs\\base.vhdx", volume=volume, relative=".\\base.vhdx"
        )

        found = graph(record(Story(), child, walked())).nodes[key("D:\\VMs\\base.vhdx")]

        assert (found.path, found.presence) == ("D:\\VMs\\base.vhdx", "absent")

    def test_a_parent_in_a_folder_that_nobody_read_is_not_called_absent(self) -> None:
        story = record(Story(), vhd("s1.avhd", "D:\\VMs\\base.vhd"), walked())

        assert graph(story).nodes[key("D:\\VMs\\base.vhd")].presence == "told"


class TestPresence:
    def test_what_a_merge_removed_is_gone_though_it_was_seen(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")
        record(story, vhd("base.vhd"), vhd("after-S.avhd", "base.vhd"))

        story.delete("S")

        assert set(graph(story).nodes) == {key("base.vhd")}

    def test_what_hyper_v_deleted_for_one_vm_is_gone_for_all(self) -> None:
        story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1")
        story.vm("web02", "x.vhd").attach("IDE 0:1", "after-S@1.avhd").detach("IDE 0:1")
        assert key("after-S@1.avhd") in graph(story).nodes

        story.happened(DiskDeleted(disk("after-S@1.avhd")))

        assert key("after-S@1.avhd") not in graph(story).nodes

    def test_a_file_gone_at_the_second_look_is_absent_until_it_returns(self) -> None:
        story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd"))
        record(story, DiskGone(disk("base.vhd"), "/case/C/VMs/base.vhd"))
        assert graph(story).nodes[key("base.vhd")].presence == "absent"

        record(story, vhd("base.vhd"))

        assert graph(story).nodes[key("base.vhd")].presence == "seen"

    def test_a_moved_file_stands_at_its_new_place_only(self) -> None:
        story = record(Story().vm("web01", "base.vhd"), vhd("base.vhd"))

        story.by_hand(DiskMoved(disk("base.vhd"), "E:\\base.vhd"))

        assert graph(story).nodes[key("base.vhd")].presence == "absent"
        assert graph(story).nodes[key("E:\\base.vhd")].presence == "told"


class TestPlaces:
    def test_a_disk_is_found_by_its_path_in_any_spelling_and_by_where_it_was_found(self) -> None:
        found = graph(record(Story(), vhd("base.vhd")))

        assert found.at("c:/vms/BASE.VHD") is found.at("/case/C/VMs/base.vhd") is not None
        assert found.at("C:\\VMs\\other.vhd") is None

    def test_a_disk_known_by_header_alone_has_the_slot_and_the_owner_of_its_chain(self) -> None:
        story = record(Story(), configuration("web01", "now.avhd"))
        record(story, vhd("base.vhd"), vhd("now.avhd", "base.vhd"), vhd("idle.avhd", "base.vhd"))

        found = graph(story).nodes

        assert found[key("base.vhd")].slot == found[key("idle.avhd")].slot == "IDE 0:0"
        assert found[key("idle.avhd")].owners == (derive("web01"),)

    def test_disks_in_a_circle_hang_nobody(self) -> None:
        story = record(Story(), vhd("a.avhd", "b.avhd"), vhd("b.avhd", "c.avhd"))
        record(story, vhd("c.avhd", "a.avhd"), vhd("child.avhd", "a.avhd"))

        found = graph(story)

        assert set(map(short, found.circle)) == {"a.avhd", "b.avhd", "c.avhd"}
        assert {short(each.path) for each in found.descendants(key("a.avhd"))} == {
            "b.avhd",
            "c.avhd",
            "child.avhd",
        }
