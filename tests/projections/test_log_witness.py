"""What event logs say: told beside histories, named by files and VMs, and never judging a file."""

import pytest

from eventstore.events import LogCovered, LogRecordSeen
from eventstore.evidence.log_meanings import VMMS, WORKER
from eventstore.evidence.log_records import VHDMP
from eventstore.ids import VmId, derive, log_stream
from eventstore.mentions import disks_named
from eventstore.moments import later
from eventstore.paths import path_key
from projections.as_of import select
from projections.concern import concern_of
from projections.coverage import coverage
from projections.disk_graph import graph_of
from projections.explain import explain
from projections.log_coverage import GAPS_TOLD_MAX, log_coverage
from projections.narrate import narrate
from projections.timeline import Row, timeline
from tests.projections.sightings import (
    configuration,
    findings,
    positions,
    record,
    roles,
    said,
    the,
    vhd,
    walked,
)
from tests.story import START, Story, disk, key

VM = VmId(derive("web01"))


def logged(
    event_id: int,
    *data: tuple[str, str],
    provider: str = WORKER,
    vm: VmId | None = VM,
    code: str = "",
    is_doubtful: bool = False,
) -> LogRecordSeen:
    channel = f"{provider}-{'Operational' if provider == VHDMP else 'Admin'}"
    return LogRecordSeen(
        computer="HV01",
        channel=channel,
        record=7,
        provider=provider,
        event_id=event_id,
        vm=vm,
        vm_name="web01" if vm else None,
        data=data,
        code=code,
        is_doubtful=is_doubtful,
    )


def tell(story: Story, *events: LogRecordSeen | LogCovered, seconds: float = 0) -> Story:
    """Let a host's log say something, just after what happened last."""
    for event in events:
        at = later(story.recorded[-1].entry.occurred_at, seconds=1) if not seconds else None
        stream = log_stream(event.computer, event.channel)
        story.happened(event, stream=stream, at=at or later(START, seconds=seconds))
    return story


def rows(story: Story, vm: VmId | None = None) -> list[Row]:
    selection = select(story.recorded)
    return list(timeline(selection, story.fleet, vm))


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            logged(18502),
            "web01 was turned off (event 18502 of Worker-Admin on HV01, record 7).",
        ),
        (
            logged(18510),
            (
                "web01 was saved (event 18510 of Worker-Admin on HV01, record 7; inferred, as this "
                "id is known from memory alone)."
            ),
        ),
        (
            logged(19100, provider=VMMS, code="0x80070070"),
            (
                "A merge of disks of web01 failed: 0x80070070 (the volume is full) (event 19100 of "
                "VMMS-Admin on HV01, record 7)."
            ),
        ),
        (
            logged(1, ("VhdFileName", "C:\\VMs\\a.vhdx"), provider=VHDMP, vm=None),
            (
                "a.vhdx came online as a disk, mounted on the host or attached to a VM (event 1 of "
                "VHDMP-Operational on HV01, record 7)."
            ),
        ),
        (
            logged(4711, ("Reason", "{vm}"), ("Empty", "")),
            (
                "A record about web01 whose meaning is not known: Reason {vm} (event 4711 of "
                "Worker-Admin on HV01, record 7)."
            ),
        ),
        (
            logged(18500, is_doubtful=True),
            (
                "web01 was started (event 18500 of Worker-Admin on HV01, record 7; the log's "
                "checksum does not match)."
            ),
        ),
    ],
)
def test_a_record_is_one_sentence_with_its_id_channel_and_number(
    event: LogRecordSeen, sentence: str
) -> None:
    assert narrate(event) == sentence


def test_a_log_of_a_vm_has_what_event_logs_say_of_it_and_of_no_other() -> None:
    story = Story().vm("web01", "web01.vhd").vm("db01", "db01.vhd")
    tell(story, logged(18500), logged(18500, vm=VmId(derive("db01"))))

    assert [row.position for row in rows(story, VM)] == [1, 3]
    assert rows(story)[2].vm == rows(story)[0].vm


def test_a_record_confirms_history_or_says_what_history_said_then() -> None:
    story = tell(Story().vm("web01", "web01.vhd").start(), logged(18500), logged(18502))
    _, _, confirmed, contradicted = rows(story.shut_down())[:4]

    assert confirmed.text.endswith("record 7). Its history says so too.")
    assert not confirmed.contradicts
    assert contradicted.text.endswith("record 7). By its history it was running then.")
    assert contradicted.contradicts
    assert story.machine.contradictions == ()


def test_a_doubtful_record_contradicts_nobody() -> None:
    story = tell(Story().vm("web01", "web01.vhd").start(), logged(18502, is_doubtful=True))

    assert "history" not in rows(story)[-1].text
    assert not rows(story)[-1].contradicts


def test_without_a_history_there_is_nothing_to_hold_a_record_against() -> None:
    story = record(Story(), configuration("web01", "web01.vhd"))
    *_, row = rows(tell(story, logged(18500)))

    assert row.text.endswith("record 7).")


def test_a_record_is_never_late() -> None:
    story = tell(Story().vm("web01", "web01.vhd"), logged(18500), logged(18502, is_doubtful=True))
    tell(story, logged(18516), seconds=1)

    assert not any(row.is_late for row in rows(story))


@pytest.mark.parametrize(
    ("text", "files"),
    [
        (disk("a.vhd"), {"a.vhd"}),
        ("\\\\?\\C:\\VMs\\a.avhdx", {"a.avhdx"}),
        ("'web01': Failed to open attachment 'C:\\VMs\\a.vhd'. Error: 'x' (7).", {"a.vhd"}),
        (
            "chain of C:\\VMs\\a.vhdx_1.avhdx, C:\\VMs\\b b.VHD (referenced)",
            {"a.vhdx_1.avhdx", "b b.vhd"},
        ),
        ("C:\\VMs\\a.vhd.bak and a.vhd2", set()),
        ("could not open C:\\VMs\\a.vhd.", {"a.vhd"}),
    ],
)
def test_a_record_names_the_disks_in_its_text(text: str, files: set[str]) -> None:
    assert disks_named(logged(12140, ("Text", text))) == {key(name) for name in files}


def test_a_record_names_a_disk_on_a_share() -> None:
    told = logged(12140, ("", "'\\\\nas\\vms\\a.vhdx' was not found"))

    assert disks_named(told) == {path_key("\\\\NAS\\VMs\\a.vhdx")}


def test_the_life_of_a_file_has_the_records_that_name_it() -> None:
    story = Story().vm("web01", "web01.vhd")
    tell(story, logged(7, ("VhdFileName", disk("WEB01.vhd")), provider=VHDMP, vm=None))
    explained = explain(story.recorded, disk("web01.vhd"))

    assert explained
    assert explained.life[-1].position == 2
    assert "The chain of WEB01.vhd is corrupt" in explained.life[-1].text


def test_a_record_about_a_vm_counts_for_its_answers() -> None:
    story = Story().vm("web01", "web01.vhd").vm("db01", "db01.vhd")
    tell(story, logged(18500))
    graph = graph_of(story.fleet)
    record_told = story.recorded[-1]

    assert concern_of(story.fleet, graph, VM).counts(record_told)
    assert not concern_of(story.fleet, graph, VmId(derive("db01"))).counts(record_told)


def pending() -> Story:
    return Story().vm("web01", "web01.vhd").start().take("S1").delete("S1")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (
            logged(19100, provider=VMMS, code="0x80070070"),
            "the last merge of web01 failed, with 0x80070070 (the volume is full).",
        ),
        (logged(19090, provider=VMMS), "the last merge of web01 was interrupted."),
    ],
)
def test_a_pending_merge_says_what_an_event_log_said_last_of_it(
    event: LogRecordSeen, why: str
) -> None:
    story = tell(pending(), event)
    finding = the(story, "pending_merge")

    assert why in said(finding)
    assert len(story.recorded) in positions(finding)


def test_a_merge_that_ran_to_its_end_later_is_no_reason() -> None:
    story = tell(pending(), logged(19100, provider=VMMS), logged(19080, provider=VMMS))

    assert "event log" not in said(the(story, "pending_merge"))


def test_no_record_changes_a_role_or_what_may_be_deleted() -> None:
    """Whatever a log says of merges, deletions and mounts: it names no file's place in a chain."""
    story = pending()
    record(story, vhd("web01.vhd"), walked())
    before = roles(story), [(each.path, each.deletable) for each in findings(story)]
    for event_id in (13003, 19070, 19080, 19090, 19100, 16210):
        tell(story, logged(event_id, provider=VMMS))
    tell(
        story,
        logged(51, ("VhdMetaOps", "Merge"), ("VhdFileName", disk("web01.vhd")), provider=VHDMP),
    )

    assert (roles(story), [(each.path, each.deletable) for each in findings(story)]) == before


class TestCoverage:
    @staticmethod
    def read(
        first: int, last: int, *gaps: tuple[int, int], damage: tuple[str, ...] = ()
    ) -> LogCovered:
        return LogCovered(
            computer="HV01",
            channel=f"{VMMS}-Admin",
            path="C:\\v.evtx",
            found_at="/v.evtx",
            first_record=first,
            last_record=last,
            first_at=later(START, hours=first),
            last_at=later(START, hours=last),
            records=9,
            gaps=gaps,
            damage=damage,
        )

    def gaps(self, *read: LogCovered) -> tuple[str, ...]:
        (log,) = log_coverage(tell(Story().vm("web01", "web01.vhd"), *read).fleet)
        return log.gaps

    def test_a_log_read_from_its_first_record_on_has_no_gap(self) -> None:
        assert self.gaps(self.read(1, 90)) == ()

    def test_a_wrap_and_holes_are_told(self) -> None:
        assert self.gaps(self.read(3, 90, (5, 5), (10, 20))) == (
            "what is older than record 3: the log had wrapped, or was saved in part",
            "record 5",
            "records 10 to 20",
        )

    def test_two_readings_fill_each_others_gaps(self) -> None:
        assert self.gaps(self.read(1, 50, (5, 9)), self.read(4, 12), self.read(51, 60)) == ()
        assert self.gaps(self.read(1, 10), self.read(21, 30)) == ("records 11 to 20",)

    def test_many_gaps_are_summed_up_and_damage_is_told(self) -> None:
        holes = tuple((n, n) for n in range(2, 2 * GAPS_TOLD_MAX + 6, 2))
        told = self.gaps(self.read(1, 90, *holes, damage=("chunk 1 is cut",)))

        assert told[GAPS_TOLD_MAX:] == (
            "and 2 more gaps",
            "C:\\v.evtx is damaged: chunk 1 is cut",
        )

    def test_a_gap_of_a_log_makes_no_verdict_less_certain(self) -> None:
        story = tell(
            Story().vm("web01", "web01.vhd"), self.read(3, 90), logged(4711, provider=VMMS)
        )
        covered = coverage(story.fleet)

        assert covered.gaps == coverage(Story().vm("web01", "web01.vhd").fleet).gaps
        assert (covered.logs[0].last_record, covered.logs[0].unknown) == (90, 1)
