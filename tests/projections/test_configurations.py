"""Verdicts on the configuration files themselves: gone, doubled, contradicting each other."""

from itertools import permutations

from msgspec.structs import replace

from eventstore.events import ConfigurationGone, VmConfigurationSeen
from eventstore.ids import SnapshotId, VmId, derive, vm_stream
from projections.coverage import coverage
from projections.disk_graph import graph_of
from projections.finding import Finding, needs_attention
from projections.findings import find, findings_in, findings_of_vm
from projections.ownership import ownership_of
from tests.projections.sightings import (
    configuration,
    record,
    roles,
    seen,
    snapshot_configuration,
    walked,
)
from tests.story import Story, disk

VM = VmId(derive("web01"))


def found(story: Story) -> tuple[Finding, ...]:
    ownership = ownership_of(story.recorded)
    return find(ownership.fleet, graph_of(ownership.fleet), ownership)


def verdicts(story: Story) -> list[tuple[str | None, str]]:
    return [(each.path, each.verdict) for each in found(story)]


def gone(story: Story, event: ConfigurationGone) -> Story:
    return story.happened(event, stream=vm_stream(VM))


def known() -> Story:
    """A VM with a history of its own, whose configurations were read."""
    story = Story().vm("web01", "base.vhd").start().take("S1")
    return record(
        story,
        configuration("web01", "after-S1.avhd", listed=1),
        snapshot_configuration("S1", "base.vhd"),
    )


LIVE = configuration("web01", "after-S1.avhd", listed=1)


def test_a_vms_configuration_that_is_gone_while_its_history_goes_on_is_missing() -> None:
    story = gone(known(), ConfigurationGone(LIVE.path, LIVE.found_at))

    assert verdicts(story) == [(LIVE.path, "missing")]
    assert needs_attention(found(story))
    assert any(f"read before at {LIVE.path}" in gap for gap in coverage(story.fleet).gaps)


def test_a_snapshots_configuration_that_is_gone_is_missing_by_its_name() -> None:
    path = snapshot_configuration("S1").path
    story = gone(known(), ConfigurationGone(path, path, SnapshotId("S1")))

    (missing,) = found(story)
    assert (missing.path, missing.verdict) == (path, "missing")
    assert 'snapshot "S1" of web01' in missing.reasons[0].text


def test_a_configuration_that_was_put_back_is_not_missing() -> None:
    story = gone(known(), ConfigurationGone(LIVE.path, LIVE.found_at))

    assert verdicts(record(story, LIVE)) == []


def test_the_configuration_of_a_snapshot_that_was_deleted_is_not_missing() -> None:
    path = snapshot_configuration("S1").path
    story = known().delete("S1")

    gone(story, ConfigurationGone(path, path, SnapshotId("S1")))
    assert (path, "missing") not in verdicts(story)


def test_the_configuration_of_a_vm_that_was_removed_is_not_missing() -> None:
    story = known().shut_down().remove()

    assert (LIVE.path, "missing") not in verdicts(
        gone(story, ConfigurationGone(LIVE.path, LIVE.found_at))
    )


def test_a_missing_configuration_concerns_its_vm_and_no_disk() -> None:
    story = gone(known(), ConfigurationGone(LIVE.path, LIVE.found_at))
    graph = graph_of(story.fleet)

    assert len(findings_of_vm(found(story), graph, VM)) == 1
    assert findings_of_vm(found(story), graph, VmId(derive("other"))) == ()
    assert findings_in(found(story), graph, lambda _: True) == ()


def copy(*heads: str) -> VmConfigurationSeen:
    path = r"C:\ZExport\web01.xml"
    return replace(configuration("web01", *heads), path=path, found_at=path)


def test_two_configurations_that_differ_leave_the_vm_unverified_and_no_disk_an_orphan() -> None:
    for order in permutations([replace(LIVE, snapshots_listed=0), copy("old.avhd")]):
        story = record(Story().vm("other"), *order, seen("old.avhd", None), walked())
        (doubt,) = [
            each for each in found(story) if (each.path, each.verdict) == (None, "unverified")
        ]
        text = doubt.reasons[0].text

        assert all(name in text for name in (LIVE.path, r"C:\ZExport\web01.xml", "old.avhd"))
        assert roles(story)["old.avhd"] != "orphan"
        assert any("configurations of web01 differ" in each for each in coverage(story.fleet).gaps)


def test_a_file_that_only_a_copy_names_and_nobody_finds_is_not_missed() -> None:
    story = record(known(), copy("old.avhd"), seen("base.vhd", None), walked())

    assert "old.avhd" not in roles(story)


def test_a_copy_that_names_the_same_disks_is_no_finding() -> None:
    assert verdicts(record(known(), copy("after-S1.avhd"))) == []


def test_a_configuration_that_became_unreadable_is_told_as_long_as_it_is() -> None:
    story = record(known(), walked(unread=((LIVE.path, "is empty"),)))

    assert verdicts(story) == [(None, "unverified")]
    assert f"{LIVE.path} (is empty)" in coverage(story.fleet).gaps
    assert verdicts(record(story, LIVE, walked())) == []


def test_a_disk_in_use_behind_a_link_is_unverified() -> None:
    story = record(known(), seen("base.vhd", None), walked())
    before = verdicts(story)
    record(story, walked(unread=((disk("after-S1.avhd"), "is a link"),)))

    assert (disk("after-S1.avhd"), "unverified") in set(verdicts(story)) - set(before)
