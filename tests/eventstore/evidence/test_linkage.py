"""Whether a parent is still the one a child was made from."""

import pytest
from msgspec.structs import replace

from eventstore.evidence.linkage import compare_parent
from eventstore.evidence.observations import Check, DiskFacts, ParentLink
from eventstore.moments import Moment

GUIDS = [f"{number:08X}-0000-4000-8000-000000000000" for number in range(6)]
NOON, EVENING = Moment("2010-09-26T12:00:00.000000Z"), Moment("2010-09-26T18:00:00.000000Z")

VHD = DiskFacts("vhd", "dynamic", "win 6.1", 1024, "aa" * 16, GUIDS[1], written_at=NOON)
AVHD = replace(
    VHD,
    kind="differencing",
    identity="bb" * 16,
    disk_id=GUIDS[2],
    parent=ParentLink(identity="aa" * 16, written_at=NOON),
)
VHDX = DiskFacts("vhdx", "dynamic", "Windows", 1024, GUIDS[1], GUIDS[1], data_write_id=GUIDS[3])
AVHDX = replace(
    VHDX,
    kind="differencing",
    data_write_id=GUIDS[4],
    parent=ParentLink(linkage=GUIDS[3]),
)


def child(of: DiskFacts, **fields: str | Moment | None) -> DiskFacts:
    """Give `of` with another parent link."""
    assert of.parent is not None
    return replace(of, parent=replace(of.parent, **fields))


def test_a_vhd_matches_by_its_unique_id() -> None:
    assert compare_parent(AVHD, VHD).verdict == "matches"
    assert compare_parent(AVHD, VHD).reasons == ()


def test_another_unique_id_is_another_disk() -> None:
    found = compare_parent(child(AVHD, identity="cc" * 16), VHD)

    assert found.verdict == "parent_mismatch"
    assert any("0xC03A000E" in reason for reason in found.reasons)


def test_a_vhd_of_another_size_is_no_parent_any_more() -> None:
    found = compare_parent(AVHD, replace(VHD, virtual_size_bytes=2048))

    assert found.verdict == "parent_mismatch"
    assert any("0xC03A0017" in reason for reason in found.reasons)


def test_a_differing_time_stamp_is_a_reason_and_no_more() -> None:
    found = compare_parent(AVHD, replace(VHD, written_at=EVENING))

    assert found.verdict == "matches"
    assert EVENING in found.reasons[0]


def test_a_time_stamp_that_was_not_recorded_is_no_reason() -> None:
    assert compare_parent(child(AVHD, written_at=None), VHD).reasons == ()


def test_a_vhd_child_without_its_parents_id_cannot_be_compared() -> None:
    assert compare_parent(child(AVHD, identity=None), VHD).verdict == "not_comparable"


def test_a_vhdx_matches_by_either_linkage() -> None:
    assert compare_parent(AVHDX, VHDX).verdict == "matches"
    merging = child(AVHDX, linkage=GUIDS[5], linkage2=GUIDS[3])
    assert compare_parent(merging, VHDX).verdict == "matches"


def test_a_vhdx_parent_that_was_written_is_told() -> None:
    found = compare_parent(AVHDX, replace(VHDX, data_write_id=GUIDS[5]))

    assert found.verdict == "parent_written"
    assert GUIDS[3] in found.reasons[0]
    assert GUIDS[5] in found.reasons[0]


def test_another_virtual_disk_id_is_another_disk_even_with_the_linkage() -> None:
    assert compare_parent(AVHDX, replace(VHDX, identity=GUIDS[5])).verdict == "parent_mismatch"


@pytest.mark.parametrize(
    ("avhdx", "vhdx"),
    [
        (child(AVHDX, linkage=None), VHDX),
        (child(AVHDX, linkage=None), replace(VHDX, data_write_id=None)),
        (AVHDX, replace(VHDX, data_write_id=None)),
    ],
)
def test_an_empty_linkage_never_matches(avhdx: DiskFacts, vhdx: DiskFacts) -> None:
    assert compare_parent(avhdx, vhdx).verdict == "not_comparable"


def test_an_expanded_vhdx_child_still_matches_and_says_so() -> None:
    found = compare_parent(replace(AVHDX, virtual_size_bytes=2048), VHDX)

    assert found.verdict == "matches"
    assert "2048" in found.reasons[0]


def test_formats_do_not_mix() -> None:
    assert compare_parent(AVHD, VHDX).verdict == "parent_mismatch"
    assert compare_parent(AVHDX, VHD).verdict == "parent_mismatch"


def test_a_disk_without_a_parent_is_no_child() -> None:
    assert compare_parent(VHD, AVHD).verdict == "not_comparable"
    assert compare_parent(replace(AVHD, parent=None), VHD).verdict == "not_comparable"


def test_failed_checks_and_logs_stand_beside_the_verdict() -> None:
    doubtful = replace(
        VHDX, has_log_to_replay=True, checks=(Check("header 1", passed=False, text="CRC"),)
    )
    found = compare_parent(AVHDX, doubtful)

    assert found.verdict == "matches"
    assert found.reasons == (
        "parent: header 1 failed: CRC",
        "parent: its log holds changes to replay",
    )
