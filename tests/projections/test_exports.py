"""What an export makes certain, and what it leaves open: nothing untold makes an orphan."""

import pytest
from msgspec.structs import replace

from eventstore.commands import DeleteSnapshot
from eventstore.events import ExportedSnapshot, HostExportSeen, SlotDisk, VmExportSeen
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from eventstore.mentions import disks_named
from projections.completeness import missing_references
from projections.coverage import coverage
from projections.forecast import forecast
from projections.narrate import Names, narrate
from projections.ownership import ownership_of
from projections.snapshot_tree import SnapshotTree, tree_of
from projections.walks import walks_of
from tests.projections.sightings import configuration, record, roles, said, the, vhd, walked
from tests.projections.test_deletable import left_behind, made_as
from tests.story import START, Story, disk, key

WEB01 = VmId(derive("web01"))
S1, S2 = SnapshotId("S1"), SnapshotId("S2")


def slot(name: str) -> tuple[SlotDisk, ...]:
    return (SlotDisk("IDE 0:0", disk(name)),)


FIRST = ExportedSnapshot(S1, "S1", None, is_parent_known=True, disks=slot("base.vhd"))
SECOND = ExportedSnapshot(S2, "S2", S1, is_parent_known=True, disks=slot("a.avhd"))
WHOLE = VmExportSeen(
    name="web01",
    path="e.json",
    found_at="/case/e.json",
    computer="HV01",
    power="running",
    disks=slot("b.avhd"),
    parent=S1,
    is_parent_known=True,
    snapshots=(FIRST, SECOND),
    has_all_snapshots=True,
)
FILES = (vhd("base.vhd"), vhd("a.avhd", "base.vhd"), vhd("b.avhd", "base.vhd"))
LEFT = vhd("left.avhd", "base.vhd")


def told(export: VmExportSeen) -> Story:
    """Let all files of the VM be seen, one AVHD that nobody refers to, and an export."""
    story = record(Story(), *FILES, LEFT, walked())
    return story.happened(export, stream=vm_stream(WEB01))


def tree(story: Story) -> SnapshotTree:
    return tree_of(story.fleet.machines[WEB01])


def untold(story: Story) -> str:
    return missing_references(story.fleet.machines[WEB01], walks_of(story.fleet))


def test_a_whole_export_says_who_refers_to_every_file() -> None:
    assert roles(told(WHOLE)) == {
        "base.vhd": "base",
        "a.avhd": "in_tree",
        "b.avhd": "in_tree",
        "left.avhd": "orphan",
    }
    assert coverage(told(WHOLE).fleet).gaps == ()


@pytest.mark.parametrize(
    ("missing", "gap"),
    [
        ({"snapshots": (), "has_all_snapshots": False}, "the host did not tell all snapshots"),
        ({"has_all_snapshots": False}, "the host did not tell all snapshots of web01"),
        ({"disks": None}, "the configuration of web01 was never read"),
        (
            {"snapshots": (FIRST, replace(SECOND, disks=None))},
            "nothing tells the disks of snapshot S2 of web01",
        ),
    ],
)
def test_what_was_not_told_makes_nothing_an_orphan(missing: dict[str, object], gap: str) -> None:
    story = told(replace(WHOLE, **missing))

    assert "orphan" not in roles(story).values()
    assert untold(story).startswith(gap)


def test_an_export_without_snapshots_opens_what_a_configuration_had_closed() -> None:
    story = record(Story(), configuration("web01", "base.vhd"), *FILES, walked())
    assert roles(story)["a.avhd"] == "orphan"

    story.happened(
        replace(WHOLE, disks=slot("b.avhd"), snapshots=(), has_all_snapshots=False),
        stream=vm_stream(WEB01),
    )

    assert roles(story)["a.avhd"] == "unknown"


def test_a_configuration_that_is_read_later_closes_it_again() -> None:
    story = told(replace(WHOLE, snapshots=(), has_all_snapshots=False))
    record(story, configuration("web01", "b.avhd"))

    assert untold(story) == ""
    assert roles(story)["left.avhd"] == "orphan"


def test_the_tree_shows_where_now_hangs_and_what_kind_a_snapshot_is() -> None:
    shown = tree(told(replace(WHOLE, snapshots=(FIRST, replace(SECOND, kind="recovery")))))

    assert (shown.now.parent, shown.now.is_parent_known, shown.power) == (S1, True, "running")
    assert [(each.id, each.parent, each.kind) for each in shown.snapshots] == [
        (S1, None, ""),
        (S2, S1, "recovery"),
    ]


def test_a_snapshot_that_is_only_named_is_in_the_tree_with_disks_unknown() -> None:
    named = ExportedSnapshot(S1, "S1")
    shown = tree(told(replace(WHOLE, snapshots=(named, SECOND), has_all_snapshots=False)))

    assert [(each.are_disks_known, each.is_parent_known) for each in shown.snapshots] == [
        (False, False),
        (True, True),
    ]


def test_a_forecast_by_an_export_alone_says_that_no_header_was_read() -> None:
    def doubts(story: Story) -> tuple[str, ...]:
        return forecast(story.fleet, WEB01, DeleteSnapshot(S2), at=START).doubts

    assert doubts(told(WHOLE)) == ()
    (doubt,) = doubts(Story().happened(WHOLE, stream=vm_stream(WEB01)))
    assert doubt.startswith("nothing tells which disk ")
    assert disk("b.avhd") in doubt


def test_a_file_that_the_host_named_no_more_is_never_free_by_that_alone() -> None:
    story = told(replace(WHOLE, disks=slot("left.avhd")))
    story.happened(WHOLE, stream=vm_stream(WEB01))
    finding = the(story, "orphan")

    assert (finding.path, finding.deletable) == (disk("left.avhd"), "unknown")
    assert "its host named other files as those of the running state of web01" in said(finding)


@pytest.mark.parametrize(
    ("export", "is_read"),
    [
        (WHOLE, True),
        (replace(WHOLE, has_all_snapshots=False), False),
        (replace(WHOLE, disks=None), False),
        (replace(WHOLE, snapshots=(FIRST, replace(SECOND, disks=None))), False),
    ],
)
def test_a_whole_export_counts_as_a_reading_of_the_configuration(
    export: VmExportSeen, *, is_read: bool
) -> None:
    assert (WEB01 in ownership_of(told(export).recorded).configurations) == is_read


class TestBesideHistory:
    """A VM whose every event is known, and a file that it lost by rule."""

    def asked(self, *mounted: str, **otherwise: object) -> str:
        told = VmExportSeen(
            name="web01",
            path="e.json",
            found_at="/case/e.json",
            disks=slot("apply1-S.avhd"),
            parent=SnapshotId("S"),
            is_parent_known=True,
            snapshots=(ExportedSnapshot(SnapshotId("S"), "S", None, True, disks=slot("base.vhd")),),
            has_all_snapshots=True,
        )
        story = left_behind().happened(replace(told, **otherwise))
        of_host = HostExportSeen("HV01", "e.json", "/case/e.json", 1, attached=mounted)
        story.happened(of_host, stream="export-of/hv01")
        record(story, vhd("base.vhd"), vhd("apply1-S.avhd", "base.vhd"))
        record(story, vhd("after-S.avhd", "base.vhd", disk_id=made_as(story)), walked())
        return the(story, "orphan").deletable

    def test_a_whole_export_is_as_good_as_the_configuration(self) -> None:
        assert self.asked() == "yes"

    def test_a_disk_that_the_host_has_mounted_is_in_use(self) -> None:
        assert self.asked(disk("AFTER-S.avhd")) == "unknown"
        assert self.asked(disk("another.vhd")) == "yes"

    @pytest.mark.parametrize(
        "otherwise",
        [
            {"has_all_snapshots": False},
            {"disks": None},
            {"disks": slot("base.vhd")},
            {"snapshots": ()},
            {"parent": None},
        ],
    )
    def test_less_than_that_or_another_tree_takes_the_yes_away(
        self, otherwise: dict[str, object]
    ) -> None:
        assert self.asked(**otherwise) == "unknown"


@pytest.mark.parametrize(
    ("export", "who", "what"),
    [
        (
            WHOLE,
            "HV01 told of web01, which is running",
            'Now uses b.avhd in IDE 0:0 under "S1"; 2 snapshots named.',
        ),
        (
            VmExportSeen("web01", "e", "e"),
            "Its host told of web01",
            "Now uses disks that were not told; 0 snapshots named, perhaps not all.",
        ),
    ],
)
def test_an_export_is_told_in_a_sentence(export: VmExportSeen, who: str, what: str) -> None:
    assert narrate(export) == f"{who}: {what}"
    assert Names().after(WHOLE).of(S2) == '"S2"'


def test_an_export_is_part_of_the_life_of_every_disk_it_names() -> None:
    assert disks_named(WHOLE) == {key("base.vhd"), key("a.avhd"), key("b.avhd")}


def test_what_a_host_told_beside_its_vms_is_told_in_a_sentence() -> None:
    told = HostExportSeen("HV01", "e", "e", 2, (disk("x.vhd"), disk("y.vhd")), ("all of web01",))

    assert narrate(told) == (
        "HV01 was asked about 2 VMs; in use beside them: x.vhd and y.vhd; 1 thing not told."
    )
    assert disks_named(told) == {key("x.vhd"), key("y.vhd")}
