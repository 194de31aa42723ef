"""A check: which verdict is how bad, what is too old or too large, and what was looked at."""

import re
from pathlib import Path

from msgspec.structs import replace

from eventstore.events import DiskLost, DiskMergedByHand, DiskSeen, ExportedSnapshot
from eventstore.ids import VmId, derive, folder_stream, vm_stream
from eventstore.moments import Moment, later
from projections.check import Check, check
from projections.disk_graph import graph_of
from projections.finding import ORDINARY
from projections.findings import find, findings_of_vm
from projections.ownership import ownership_of
from projections.severity import SEVERITIES, severity_of
from projections.watched import Limits, watched
from tests.projections.sightings import HOST, configuration, record, the, vhd, walked
from tests.projections.test_deletable import LOST_AT, left_behind, looked_at
from tests.projections.test_exports import S1, WEB01, WHOLE
from tests.projections.test_roles import riddle
from tests.story import START, Story, disk

DAY = 86_400
NO_LIMITS = Limits()
README = Path(__file__).parents[2] / "projections" / "README.md"


def checked(
    story: Story, limits: Limits = NO_LIMITS, *, at: Moment | None = None, vm: VmId | None = None
) -> Check:
    ownership = ownership_of(story.recorded)
    graph = graph_of(ownership.fleet)
    found = find(ownership.fleet, graph, ownership)
    look = watched(ownership, graph, at=at or story.at, limits=limits, vm=vm)
    return check(look, findings_of_vm(found, graph, vm) if vm else found, gaps=0)


def large(name: str, parent: str, size_bytes: int) -> DiskSeen:
    return replace(vhd(name, parent), size_bytes=size_bytes)


def test_a_host_in_order_is_ok_and_says_what_was_looked_at() -> None:
    found = checked(Story().vm("web01", "base.vhd").start().take("S").take("T"))

    assert (found.state, found.problems) == ("ok", ())
    assert (found.totals.vms, found.totals.snapshots, found.totals.saved_states) == (1, 2, 2)
    assert found.totals.oldest_snapshot_at == later(START, minutes=2)


def test_what_hyper_v_does_by_itself_is_counted_and_no_problem() -> None:
    found = checked(Story().vm("web01", "base.vhd").start().take("S").delete("S"))

    assert (found.state, found.totals.pending_merges) == ("ok", 1)
    assert all(SEVERITIES[verdict] == "ok" for verdict in ORDINARY)


def test_the_worst_is_the_state_and_stands_first() -> None:
    story = Story().vm("web01", "base.vhd").take("S").by_hand(DiskLost(disk("base.vhd")))
    riddle_too = riddle().by_hand(DiskLost(disk("after-A1.avhd")))

    assert checked(story).state == "critical"
    assert [each.severity for each in checked(riddle_too).problems] == ["critical", "warning"]


def test_a_file_with_two_verdicts_is_one_problem() -> None:
    story = Story().vm("web01", "base.vhd").take("S").take("T").take("U")
    story.by_hand(DiskLost(disk("base.vhd")))
    problems = checked(story.by_hand(DiskLost(disk("after-S.avhd")))).problems

    assert len({each.path for each in problems}) == len(problems)


def test_a_file_is_as_bad_as_the_worst_that_was_found_of_it() -> None:
    story = Story().vm("web01", "base.vhd", "data.vhd").take("S").detach("IDE 0:1").delete("S")
    story.by_hand(DiskMergedByHand(disk("after-S@1.avhd"), disk("data.vhd")))
    story.by_hand(DiskLost(disk("data.vhd")))

    (found,) = [each for each in checked(story).problems if each.path == disk("after-S@1.avhd")]

    assert (found.kind, found.severity) == ("left_by_manual_merge", "critical")


def test_an_orphan_that_must_be_kept_is_critical() -> None:
    idle, newest = left_behind(), looked_at(left_behind(), later(LOST_AT, minutes=1))

    assert severity_of(the(idle, "orphan")) == "warning"
    assert severity_of(the(newest, "orphan")) == "critical"


def test_a_broken_chain_of_no_vm_is_a_warning() -> None:
    story = record(Story(), vhd("stray.avhd", "gone.vhd"), walked())

    assert {each.kind for each in checked(story).problems} == {"parent_missing", "missing"}
    assert checked(story).state == "warning"


class TestTooOld:
    def test_only_snapshots_beyond_the_limit_are_told(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S").take("T")

        found = checked(story, Limits(max_age_seconds=DAY), at=later(START, days=1, seconds=90))

        assert [(each.kind, each.snapshot) for each in found.problems] == [("old_snapshot", "S")]
        assert found.problems[0].age_seconds == DAY + 30

    def test_a_clock_behind_the_host_makes_nothing_old(self) -> None:
        story = Story().vm("web01", "base.vhd").take("S")

        assert checked(story, Limits(max_age_seconds=0), at=later(START, days=-9)).problems == ()

    def test_a_backups_snapshot_has_advice_of_its_own(self) -> None:
        first = ExportedSnapshot(S1, "S1", None, is_parent_known=True, kind="recovery")
        told = replace(WHOLE, snapshots=(first,))
        story = record(Story(), vhd("base.vhd"), walked()).happened(told, stream=vm_stream(WEB01))

        late = later(story.at, days=2)
        problems = checked(story, Limits(max_age_seconds=DAY), at=late).problems
        (old,) = [each for each in problems if each.kind == "old_snapshot"]

        assert "Get-VMSnapshot -SnapshotType Recovery" in old.next_step

    def test_a_merge_that_waits_too_long_is_told(self) -> None:
        story = Story().vm("web01", "base.vhd").start().take("S").delete("S")
        late = later(story.at, days=2)

        assert checked(story, at=late).problems == ()
        (old,) = checked(story, Limits(max_age_seconds=DAY), at=late).problems
        assert (old.kind, old.path) == ("old_pending_merge", disk("base.vhd"))


class TestTooLarge:
    def story(self) -> Story:
        story = Story().vm("web01", "base.vhd").take("S").take("T")
        record(story, large("after-S.avhd", "base.vhd", 600))
        return record(story, large("after-T.avhd", "after-S.avhd", 500))

    def test_a_file_beyond_the_limit_is_told_and_its_chain_not_again(self) -> None:
        (found,) = checked(self.story(), Limits(max_size_bytes=550)).problems

        assert (found.kind, found.path) == ("large_avhd", disk("after-S.avhd"))
        assert found.size_bytes == 600

    def test_a_chain_of_small_files_is_told_by_what_the_vm_writes_to(self) -> None:
        (found,) = checked(self.story(), Limits(max_size_bytes=1_000)).problems

        assert (found.kind, found.path) == ("large_chain", disk("after-T.avhd"))
        assert found.size_bytes == 1_100
        assert checked(self.story(), Limits(max_size_bytes=1_100)).problems == ()

    def test_a_users_own_disk_may_be_as_large_as_it_likes(self) -> None:
        story = record(
            Story().vm("web01", "base.vhd"), replace(vhd("base.vhd"), size_bytes=1 << 40)
        )

        assert checked(story, Limits(max_size_bytes=1)).problems == ()


class TestCoverage:
    def test_a_host_that_nobody_recorded_lately_is_unknown(self) -> None:
        story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"), walked())
        late = later(story.at, days=8)

        assert checked(story, Limits(max_unrecorded_seconds=9 * DAY), at=late).state == "ok"
        found = checked(story, Limits(max_unrecorded_seconds=7 * DAY), at=late)
        assert (found.state, found.problems[0].kind) == ("unknown", "not_recorded_lately")

    def test_of_several_hosts_the_one_that_was_left_out_is_named(self) -> None:
        story = record(Story(), configuration("web01", "base.vhd"), vhd("base.vhd"), walked())
        other = replace(walked(), root="/two", root_path="\\\\HV02\\D$\\VMs")
        story.happened(other, stream=folder_stream("HV02", "/two"))
        late = later(story.at, days=8)
        story.happened(walked(), stream=folder_stream(HOST, "/case"), at=late)

        (found,) = checked(story, Limits(max_unrecorded_seconds=7 * DAY), at=late).problems

        assert found.text.startswith("HV02 was not recorded since")

    def test_a_folder_without_any_disk_tells_nothing(self) -> None:
        story = record(Story(), walked())

        assert checked(story, Limits(max_unrecorded_seconds=7 * DAY)).state == "unknown"

    def test_an_empty_store_knows_nothing(self) -> None:
        assert checked(Story(), Limits(max_unrecorded_seconds=7 * DAY)).state == "unknown"

    def test_what_was_played_needs_no_record(self) -> None:
        story = Story().vm("web01", "base.vhd")
        limits = Limits(max_unrecorded_seconds=DAY)

        assert checked(story, limits, at=later(START, days=99)).state == "ok"


def test_a_check_of_one_vm_leaves_the_others_out() -> None:
    story = riddle().vm("db01", "other.vhd").take("S")

    of_db01 = checked(story, vm=VmId(derive("db01")))

    assert (of_db01.state, of_db01.totals.vms, of_db01.totals.snapshots) == ("ok", 1, 1)
    assert checked(story).state == "warning"


def test_the_table_in_the_readme_is_the_one_in_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert dict(rows) == dict(SEVERITIES)
