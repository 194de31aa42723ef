"""The three witnesses on real files: what a simulated host wrote is found, read and understood."""

from collections.abc import Callable
from pathlib import Path

import pytest

from eventstore.codec import Unknown, decode
from eventstore.evidence.folder import walk
from eventstore.evidence.path_map import path_map
from eventstore.ids import SnapshotId, derive
from eventstore.known import known_from
from eventstore.moments import Moment
from eventstore.observe import Observer, observe
from eventstore.simulate.config_files import (
    ConfiguredVm,
    snapshot_configuration,
    vm_configuration,
)
from eventstore.simulate.disk_files import DiskFiles
from projections.disk_chain import whole_chain
from projections.disk_graph import graph_of
from projections.finding import Finding
from projections.findings import find
from projections.ownership import ownership_of
from tests.eventstore.test_cases import article, two_branches
from tests.projections.sightings import roles, verdicts
from tests.projections.test_roles import dormant_trunk, riddle
from tests.story import Story, short

NOW = Moment("2026-11-22T12:00:00.000000Z")
SIZE_BYTES = 4 << 20

CASES: dict[str, Callable[[], Story]] = {
    "the article, 1-3-1 deleted": lambda: article().delete("1-3-1"),
    "the article, shut down": lambda: article().delete("1-3-1").shut_down(),
    "a hidden trunk": lambda: two_branches().delete("T"),
    "the riddle": riddle,
    "a dormant trunk": dormant_trunk,
    "a live merge": lambda: (
        Story().vm("w", "b.vhdx", policy="live").take("S").take("T").delete("S")
    ),
}


def live() -> Story:
    return Story().vm("web01", "base.vhdx", policy="live").start()


def written(story: Story, folder: Path) -> Path:
    """Make the files of `story` below `folder`."""
    disks = DiskFiles(folder, virtual_size_bytes=SIZE_BYTES)
    for recorded in story.recorded:
        event = decode(recorded.entry)
        assert not isinstance(event, Unknown)
        assert disks.apply(event, recorded.entry.occurred_at) == ()
    _write_configurations(story, folder / "C" / "VMs")
    return folder


def _write_configurations(story: Story, home: Path) -> None:
    machine = story.machine
    vm = ConfiguredVm(machine.id, machine.policy, machine.root)
    for name in ("Virtual Machines", "Snapshots"):
        (home / name).mkdir()
    for snapshot in machine.snapshots.values():
        heads = {slot: machine.path(key) for slot, key in snapshot.heads.items()}
        content = snapshot_configuration(
            vm,
            snapshot=guid_of(snapshot.id),
            name=snapshot.name,
            disks=heads,
            parent=guid_of(snapshot.parent) if snapshot.parent else None,
            taken_at=snapshot.taken.at,
        )
        (home / "Snapshots" / f"{guid_of(snapshot.id)}.xml").write_bytes(content)
    heads = {slot: machine.path(key) for slot, key in machine.now.heads.items()}
    content = vm_configuration(
        vm, name=machine.name, disks=heads, snapshots=[guid_of(each) for each in machine.snapshots]
    )
    (home / "Virtual Machines" / f"{machine.id}.xml").write_bytes(content)


def recorded_into(story: Story, root: Path) -> Story:
    reading = walk(root, path_map(root))
    known = known_from((each.entry for each in story.recorded), host="HV1", root=reading.root)
    for each in observe(reading, known, Observer("HV1", NOW)):
        story.happened(each.event, stream=each.stream, at=each.occurred_at)
    return story


@pytest.mark.parametrize("name", CASES)
def test_headers_and_configurations_bear_history_out(name: str, tmp_path: Path) -> None:
    story = CASES[name]()
    before, told = roles(story), verdicts(story)

    recorded_into(story, written(story, tmp_path))

    assert roles(story) == before
    assert verdicts(story) == told


@pytest.mark.parametrize("name", CASES)
def test_evidence_alone_gives_the_roles_that_history_gives(name: str, tmp_path: Path) -> None:
    story = CASES[name]()

    found = recorded_into(Story(), written(story, tmp_path))

    assert roles(found) == roles(story)
    assert verdicts(found) == verdicts(story)
    assert referred_to(found) == {
        name: [user if user == "now" else guid_of(user) for user in users]
        for name, users in referred_to(story).items()
    }


def referred_to(story: Story) -> dict[str, list[str]]:
    return {short(row.path): list(row.referenced_by) for row in whole_chain(story.fleet)}


def guid_of(snapshot: str) -> SnapshotId:
    """Give the GUID that a real file would have where a story has a name."""
    return SnapshotId(derive("snapshot", snapshot))


@pytest.mark.parametrize("name", ["base.vhd", "after-S.avhd"])
def test_a_disk_that_was_gone_at_the_first_look_is_missing(tmp_path: Path, name: str) -> None:
    """One record is enough: a configuration that names a file is no proof that it stands."""
    story = Story().vm("web01", "base.vhd").take("S")
    root = written(story, tmp_path)
    (root / "C" / "VMs" / name).unlink()

    found = recorded_into(Story(), root)

    assert roles(found)[name.lower()] == "missing"
    assert "missing" in {each.verdict for each in found_findings(found)}


def found_findings(story: Story) -> tuple[Finding, ...]:
    ownership = ownership_of(story.recorded)
    return find(ownership.fleet, graph_of(ownership.fleet), ownership)


def test_where_a_needed_avhd_is_gone_no_disk_of_its_vm_is_called_free_to_merge(
    tmp_path: Path,
) -> None:
    """The lost file may have stood on the base: a merge into it would end every hope of it."""
    story = riddle()
    root = written(story, tmp_path)
    trunk = next(name for name, parent in story.disks.items() if parent == "base.vhd")
    gone = next(place for place in root.rglob("*.avhd") if place.name.lower() == trunk)
    gone.unlink()

    found = recorded_into(Story(), root)

    assert roles(found)[trunk] == "missing"
    assert "pending" not in roles(found).values()
