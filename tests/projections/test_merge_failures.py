"""Merges that do not come to their end: they fail, are broken off, or are switched off."""

from msgspec.structs import replace

from eventstore.events import VmExportSeen
from eventstore.evidence.log_meanings import VMMS
from eventstore.ids import vm_stream
from tests.projections.sightings import findings, positions, said, the
from tests.projections.test_exports import WEB01, WHOLE
from tests.projections.test_log_witness import logged, tell
from tests.projections.test_ordinary_findings import fail
from tests.story import Story, disk


def waiting() -> Story:
    return Story().vm("web01", "base.vhd").start().hold_merges().take("S").delete("S")


def told(story: Story) -> bool:
    return any(each.verdict == "merge_keeps_failing" for each in findings(story))


def broken_off(times: int) -> Story:
    story = waiting()
    for _ in range(times):
        story.shut_down().start()
    return story


def test_a_merge_that_failed_twice_keeps_failing() -> None:
    story = fail(waiting())
    assert not told(story)

    finding = the(fail(story.start()), "merge_keeps_failing")

    assert finding.path == disk("base.vhd")
    assert "failed 2 times, with 0x80070070 (the volume is full)" in said(finding)


def test_the_third_interruption_is_told_with_what_to_do_about_it() -> None:
    assert not told(broken_off(2))

    finding = the(broken_off(3), "merge_keeps_failing")

    assert said(finding) == "The merge into it was interrupted 3 times."
    assert finding.next_step.startswith("Leave the VM off")


def test_a_merge_that_came_to_its_end_begins_a_new_count() -> None:
    story = broken_off(2).finish_merges().shut_down().start().hold_merges().take("T").delete("T")

    assert not told(story.shut_down().start())


class TestByEventLogs:
    def test_failures_since_the_last_that_finished_are_counted_for_the_vm(self) -> None:
        failed = logged(19100, provider=VMMS, code="0x80070020")
        story = tell(Story().vm("web01", "base.vhd"), failed, logged(19090, provider=VMMS))
        assert not told(story)

        finding = the(tell(story, failed), "merge_keeps_failing")

        assert finding.path is None
        assert "merges of web01 failed 2 times, with 0x80070020" in said(finding)
        assert "and was interrupted 1 time since one came to its end" in said(finding)
        assert positions(finding) == {2, 3, 4}
        assert not told(tell(story, logged(19080, provider=VMMS)))

    def test_a_doubtful_record_counts_for_nothing(self) -> None:
        failed = logged(19100, provider=VMMS, is_doubtful=True)

        assert not told(tell(Story().vm("web01", "base.vhd"), *[failed] * 3))


class TestSwitchedOff:
    def asked(self, *, is_on: bool | None) -> Story:
        off = replace(WHOLE, is_merging_on=is_on)
        return Story().vm("web01", "base.vhd").happened(off, stream=vm_stream(WEB01))

    def test_a_host_that_says_so_is_believed(self) -> None:
        finding = the(self.asked(is_on=False), "merge_disabled")

        assert (finding.path, finding.deletable) == (None, "no")
        assert "EnabledState 0" in said(finding)
        assert positions(finding) == {2}
        assert "whether a backup of web01 runs" in finding.next_step

    def test_what_waits_for_it_is_named(self) -> None:
        off = VmExportSeen("web01", "e.json", "e.json", is_merging_on=False)
        story = waiting().happened(off, stream=vm_stream(WEB01))

        assert f"stays and grows: {disk('base.vhd')}" in said(the(story, "merge_disabled"))

    def test_a_host_that_says_nothing_or_on_is_no_finding(self) -> None:
        story = self.asked(is_on=False)
        for is_on in (None, True):
            on = replace(WHOLE, is_merging_on=is_on)
            found = {each.verdict for each in findings(story.happened(on, stream=vm_stream(WEB01)))}
            assert ("merge_disabled" in found) == (is_on is None)
