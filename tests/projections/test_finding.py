"""Several findings on one file: what one of them doubts, none of them frees."""

from msgspec.structs import replace

from projections.finding import Finding, agreed, joined

FREE = Finding(
    path="C:\\VMs\\old.avhd",
    vm=None,
    verdict="orphan",
    reasons=(),
    deletable="yes",
    would_break=(),
    size_bytes=None,
    next_step="Back the file up, then delete it by hand.",
)
DOUBTED = replace(FREE, verdict="parent_mismatch", deletable="unknown", next_step="Compare.")
ON_A_VM = replace(FREE, path=None, verdict="snapshot_limit", deletable="no", next_step="")


def test_no_finding_frees_a_file_that_another_finding_on_it_does_not() -> None:
    first, second, other = agreed((FREE, DOUBTED, ON_A_VM))

    assert (first.deletable, second.deletable) == ("unknown", "unknown")
    assert "delete" not in first.next_step
    assert (second, other) == (DOUBTED, ON_A_VM)


def test_a_finding_on_another_file_or_on_a_vm_takes_no_yes_away() -> None:
    elsewhere = replace(DOUBTED, path="C:\\VMs\\other.avhd")

    assert tuple(agreed((FREE, elsewhere, ON_A_VM))) == (FREE, elsewhere, ON_A_VM)


def test_one_finding_made_of_several_judges_as_each_of_them() -> None:
    found = tuple(agreed((FREE, DOUBTED)))

    assert joined(found).deletable == found[0].deletable
