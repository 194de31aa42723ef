"""Files of one identity: each is told, history says which is the copy, and many are told fast."""

import sys
from collections import Counter

from eventstore.events import DiskCopied, DiskMoved
from eventstore.ids import derive
from tests.projections.sightings import (
    configuration,
    findings,
    positions,
    record,
    said,
    the,
    vhd,
    walked,
)
from tests.story import Story, disk

COPY = "E:\\copy.vhd"
BASE = derive("identity", "base.vhd")
"""What `vhd` gives a disk of this name for its identity."""


def copied() -> Story:
    """Give web01 on base, of which somebody made a copy."""
    story = Story().vm("web01", "base.vhd").by_hand(DiskCopied(disk("base.vhd"), COPY))
    return record(story, vhd("base.vhd"), vhd(COPY, identity=BASE), walked())


def test_history_tells_which_is_the_copy_to_both() -> None:
    copy, original = (
        the(copied(), "duplicate_identity", COPY),
        the(copied(), "duplicate_identity", disk("base.vhd")),
    )

    assert "This file is the copy: somebody made it of C:\\VMs\\base.vhd." in said(copy)
    assert f"{COPY} is the copy: somebody made it of this file." in said(original)
    assert 2 in positions(copy) & positions(original)


def test_the_one_that_the_vm_uses_is_left_at_its_place() -> None:
    assert the(copied(), "duplicate_identity", disk("base.vhd")).next_step.startswith(
        "Leave it at its place"
    )
    assert the(copied(), "duplicate_identity", COPY).next_step.startswith(
        "Keep it, but in a folder"
    )


def test_a_copy_that_was_moved_is_still_the_copy() -> None:
    story = Story().vm("web01", "base.vhd").by_hand(DiskCopied(disk("base.vhd"), disk("x.vhd")))
    story.by_hand(DiskMoved(disk("x.vhd"), COPY))
    record(story, vhd("base.vhd"), vhd(COPY, identity=BASE), walked())

    assert "This file is the copy" in said(the(story, "duplicate_identity", COPY))


def test_without_a_history_nothing_tells_and_nothing_is_to_be_moved() -> None:
    story = record(Story(), vhd("a.vhd", identity="one"), vhd(COPY, identity="one"), walked())

    finding = the(story, "duplicate_identity", COPY)

    assert "Nothing tells which of them is the copy; C:\\VMs\\a.vhd was read first" in said(finding)
    assert finding.next_step.startswith("Find out which one the VMs use")


def test_of_many_a_few_are_named_and_the_others_counted() -> None:
    story = record(Story(), *(vhd(f"{n}.vhd", identity="one") for n in range(9)), walked())

    finding = the(story, "duplicate_identity", "5.vhd")

    names = [disk(f"{n}.vhd") for n in range(3)]
    assert f"{names[0]}, {names[1]}, {names[2]} and 5 more have the same identity" in said(finding)


def test_four_times_as_many_are_nothing_like_sixteen_times_the_work() -> None:
    def calls(count: int) -> int:
        disks = (vhd(f"{n}.vhd", identity="one") for n in range(count))
        story = record(Story(), configuration("web01", "0.vhd"), *disks, walked())
        made = Counter[str]()
        sys.setprofile(lambda _frame, event, _what: made.update([event]))
        try:
            findings(story)
        finally:
            sys.setprofile(None)
        return made.total()

    assert calls(400) < 5 * calls(100)
