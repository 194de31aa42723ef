"""What the readers say of real disks, made by Windows and by foreign tools."""

from pathlib import Path

import pytest

from eventstore.evidence.disk import read_disk
from eventstore.evidence.linkage import compare_parent
from eventstore.evidence.observations import DiskFacts
from tests.real_evidence import needs_real_evidence, unpacked

pytestmark = needs_real_evidence

INTACT = (
    "avhd/dfvfs-fat-differential.vhd",
    "avhd-independent/base.vhd",
    "avhd-independent/s1.avhd",
    "avhd-independent/s2.avhd",
    "avhdx/differencing.avhdx",
    "vhd/d2v-zerofilled.vhd",
    "vhd/dfvfs-ext2.vhd",
    "vhd/dynamic.vhd",
    "vhd/virtualpc-dynamic.vhd",
    "vhdx/dynamic.vhdx",
    "vhdx/iotest-dynamic-1G.vhdx",
    "vhdx/ltr-vhdx-log-replay.vhdx",
    "vhdx/test-disk2vhd.vhdx",
)
GIB = 1 << 30


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("evidence"))


def facts(evidence: Path, name: str) -> DiskFacts:
    return read_disk(evidence / name).facts


@pytest.mark.parametrize("name", INTACT)
def test_an_intact_disk_fails_no_check(evidence: Path, name: str) -> None:
    assert facts(evidence, name).failed_checks == ()


def test_a_hyper_v_checkpoint_quotes_its_missing_parent(evidence: Path) -> None:
    avhdx = facts(evidence, "avhdx/differencing.avhdx")

    assert (avhdx.format, avhdx.kind, avhdx.virtual_size_bytes) == ("vhdx", "differencing", 8 * GIB)
    assert avhdx.creator == "Microsoft Windows 10.0.17763.0"
    assert avhdx.disk_id == "89CA62B5-B00D-4B8E-B79A-87E20CAD5A40"
    assert avhdx.data_write_id == "B298D413-F67E-412A-9A72-C7C7FC9B6CB5"
    assert avhdx.parent is not None
    assert avhdx.parent.linkage == "FF34003B-11ED-4CF8-A166-B2BE05E20B80"
    assert avhdx.parent.linkage2 is None
    assert avhdx.parent.absolute_path == (
        r"C:\Users\Public\Documents\Hyper-V\Virtual hard disks"
        r"\Generation 1_49C4BAF3-4B25-4406-8C4B-D39E65C32385.avhdx"
    )
    assert (
        avhdx.parent.relative_path == r".\Generation 1_49C4BAF3-4B25-4406-8C4B-D39E65C32385.avhdx"
    )
    assert avhdx.parent.volume_path is not None
    assert avhdx.parent.volume_path.startswith("\\\\?\\Volume{0eba351e-")


def test_a_windows_made_child_has_both_locators_and_no_time_stamp(evidence: Path) -> None:
    child = facts(evidence, "avhd/dfvfs-fat-differential.vhd")

    assert child.disk_id == "36164FF8-9ECD-4190-A69E-DCC2380E416A"
    assert child.parent is not None
    assert child.parent.name == child.parent.absolute_path
    assert child.parent.absolute_path == r"C:\Projects\dfvfs\test_data\fat-parent.vhd"
    assert child.parent.relative_path == r".\fat-parent.vhd"
    assert child.parent.written_at is None


@pytest.mark.parametrize(
    ("name", "failed"),
    [
        ("vhd/dfvfs-image.vhd", {"footer at the end", "footer at the start"}),
        (
            "avhd/dfvfs-image-differential.vhd",
            {"footer at the end", "footer at the start", "dynamic header"},
        ),
    ],
)
def test_wrong_checksums_are_told_and_the_disk_still_read(
    evidence: Path, name: str, failed: set[str]
) -> None:
    disk = facts(evidence, name)

    assert {check.name for check in disk.failed_checks} == failed
    assert disk.virtual_size_bytes == 104448


def test_a_pair_with_wrong_checksums_still_belongs_together(evidence: Path) -> None:
    child = facts(evidence, "avhd/dfvfs-image-differential.vhd")
    verdict = compare_parent(child, facts(evidence, "vhd/dfvfs-image.vhd"))

    assert verdict.verdict == "matches"
    assert any("checksum" in reason for reason in verdict.reasons)


def test_a_chain_of_foreign_tools_is_matched_on_raw_bytes(evidence: Path) -> None:
    base, first, second = (
        facts(evidence, f"avhd-independent/{name}") for name in ("base.vhd", "s1.avhd", "s2.avhd")
    )

    assert base.disk_id == "79826B62-60B0-46B4-9D9F-C48DBE6D3666"
    assert compare_parent(first, base).verdict == "matches"
    assert compare_parent(second, first).verdict == "matches"
    assert compare_parent(second, base).verdict == "parent_mismatch"


@pytest.mark.parametrize(
    ("name", "disk_id", "size_bytes", "kind"),
    [
        ("vhd/dynamic.vhd", "040D6A4B-46F9-4ED7-836F-D3DC87E1816B", 10485760, "dynamic"),
        ("vhd/dfvfs-ext2.vhd", "B61F53CA-A786-4528-90E2-55BA791A1C4C", 4212736, "dynamic"),
        (
            "vhd/virtualpc-dynamic.vhd",
            "33EA0013-6191-4D02-B93F-88AF84296F85",
            136365211648,
            "dynamic",
        ),
        ("vhd/d2v-zerofilled.vhd", "FD29B8E7-6DE6-49BA-AC19-6EBDAB26CEA3", 263454720, "dynamic"),
        ("vhdx/dynamic.vhdx", "788015F0-5E93-4BD2-A5DE-B0CD8459DB11", 10485760, "dynamic"),
        ("vhdx/iotest-dynamic-1G.vhdx", "FC7209F1-F6EB-4616-9B77-E994E3017DDD", GIB, "dynamic"),
    ],
)
def test_identity_and_size_are_read_from_every_maker(
    evidence: Path, name: str, disk_id: str, size_bytes: int, kind: str
) -> None:
    disk = facts(evidence, name)

    assert (disk.disk_id, disk.kind) == (disk_id, kind)
    assert disk.virtual_size_bytes == size_bytes


def test_a_log_to_replay_is_a_remark_and_no_failure(evidence: Path) -> None:
    disk = facts(evidence, "vhdx/ltr-vhdx-log-replay.vhdx")

    assert disk.has_log_to_replay
    assert [check.text for check in disk.checks if check.name == "log"] != [""]


def test_the_avhdx_cut_at_2_5_mib_is_noticed(evidence: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.avhdx"
    cut.write_bytes((evidence / "avhdx/differencing.avhdx").read_bytes()[: 5 << 19])

    failed = {check.name for check in read_disk(cut).facts.failed_checks}

    assert {"regions inside the file", "block table"} <= failed
