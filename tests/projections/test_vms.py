from projections.vms import vm_rows
from tests.projections.histories import as_json
from tests.story import Story


def test_a_row_counts_snapshots_disk_files_and_findings() -> None:
    story = Story().vm("web01", "web01.vhd").start().take("S1")

    assert as_json(vm_rows(story.fleet, {story.machine.id: 3})) == [
        {
            "id": story.machine.id,
            "name": "web01",
            "policy": "offline",
            "power": "running",
            "snapshots": 1,
            "disks": 2,
            "findings": 3,
            "removed_at": None,
        }
    ]


def test_removed_vms_are_left_out_unless_asked_for() -> None:
    story = Story().vm("web01", "web01.vhd").remove()
    (row,) = vm_rows(story.fleet, {}, with_removed=True)

    assert vm_rows(story.fleet, {}) == ()
    assert row.removed_at == story.recorded[-1].entry.occurred_at


def test_vms_come_by_name_whatever_its_case() -> None:
    story = Story().vm("web01", "a.vhd").vm("DB01", "b.vhd").vm("app", "c.vhd")

    assert [row.name for row in vm_rows(story.fleet, {})] == ["app", "DB01", "web01"]
