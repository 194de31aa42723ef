"""Every scenario: we are never wrong in the dangerous direction, and each peer is where it must be.

The truth is told twice, by the scenario in words and by `world.py` from what happened; where the
two differ the catalogue itself is wrong. That the peers fail shows that the table can fail.
"""

import tempfile
from functools import cache
from pathlib import Path

import pytest

from tests.catalogue.judge import BY_EVIDENCE, BY_HISTORY, OURS, Outcome, outcome
from tests.catalogue.peers import RULES
from tests.catalogue.scenario import Scenario
from tests.catalogue.scenarios import SCENARIOS
from tests.catalogue.table import COLUMNS, JUDGES, table

SCENARIOS_MIN = 40
BY_NAME = {each.name: each for each in SCENARIOS}

LIVE = "a chain in use, two snapshots and Now"
DORMANT_BRANCH = "a dormant branch that Now does not use"
DORMANT_TRUNK = "a hidden trunk under dormant branches"
LINGERING = "a merge that failed: no snapshot is left and the VM runs on an AVHDX"
LOCKED = "a lingering chain with a locked disk in the middle"
ONE_FOLDER = "two VMs in one folder"
PREFIX = "a configuration that spells its disks with a prefix"
RIDDLE = "the riddle: Now on an AVHD for ever, under no snapshot"
SECOND_DISK = "a second disk in the same folder"
UNREAD = "a VM whose configuration nobody read"

CALLED_THOUGH_NEEDED = [
    # paths are compared as text
    ("Get-HyperVVMCheckpointHealth", PREFIX, "L1.avhdx"),
    # configurations of VMs that are not registered here are not asked
    ("Get-HyperVVMCheckpointHealth", UNREAD, "M1.avhdx"),
    # of a snapshot only its own disk counts
    ("Get-VMOrphanedFiles (Posher-V)", DORMANT_TRUNK, "L1.avhdx"),
    ("Get-HyperVBackupDiag", DORMANT_TRUNK, "L1.avhdx"),
    # one VM at a time
    ("AVHDX_Merge (Leproide)", ONE_FOLDER, "L1.avhdx"),
    ("AVHDX_Merge (Leproide)", ONE_FOLDER, "M2.avhdx"),
    # where Get-VHD fails the walk ends
    ("AVHDX_Merge (Leproide)", LOCKED, "L1.avhdx"),
    ("Get-VMOrphanedFiles (Posher-V)", LOCKED, "base.vhdx"),
    # disks of snapshots are forgotten
    ("Find-OrphanedVMFiles (rescrack)", DORMANT_BRANCH, "L3.avhdx"),
    # no parents
    ("Get-OrphanedVHDs (alfredmyers)", LINGERING, "base.vhdx"),
    ("Get-OrphanedVHDs (alfredmyers)", LINGERING, "L1.avhdx"),
    ("Get-OrphanedVHDs (alfredmyers)", RIDDLE, "base.vhd"),
    # whatever no VM runs on
    ("Get-OrphanVHDsV3 (carslen)", ONE_FOLDER, "base.vhdx"),
    # the first disk only, and one VM at a time
    ("avhdx-cleanup (chrisskurda)", SECOND_DISK, "M1.avhdx"),
    ("avhdx-cleanup (chrisskurda)", ONE_FOLDER, "M2.avhdx"),
    # what Now writes to is in use by no snapshot
    ("Remove-FFUVM (FFU builder)", LIVE, "L2.avhdx"),
]
MISSED = [
    # one disk that cannot be opened silences it
    ("Get-HyperVVMCheckpointHealth", "an orphan beside a file that is locked", "L1.avhdx"),
    # it does not know AVHD
    ("Get-HyperVVMCheckpointHealth", "the same with AVHD", "L1.avhd"),
    ("Get-HyperVBackupDiag", "the same with AVHD", "L1.avhd"),
    # it looks for VHD and VHDX only
    ("Get-OrphanVHDsV3 (carslen)", "an AVHDX that Hyper-V failed to delete", "L1.avhdx"),
]


@cache
def played(name: str) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="snapledger-catalogue-") as made:
        return outcome(BY_NAME[name], Path(made))


every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
both_of_ours = pytest.mark.parametrize("judge", OURS)


def test_the_catalogue_holds_what_it_promises() -> None:
    assert len(BY_NAME) == len(SCENARIOS) >= SCENARIOS_MIN


@every_scenario
def test_the_truth_is_what_the_scenario_states(scenario: Scenario) -> None:
    truths = played(scenario.name).truths

    assert {k: truth for k, truth in truths.items() if truth != "needed"} == scenario.not_needed


@both_of_ours
@every_scenario
def test_no_needed_file_is_called_an_orphan(scenario: Scenario, judge: str) -> None:
    found = played(scenario.name)
    is_excused = scenario.is_without_trace and judge == BY_EVIDENCE

    assert bool(found.called[judge] & found.of_truth("needed")) == is_excused


@both_of_ours
@every_scenario
def test_only_what_hyper_v_left_is_called_deletable(scenario: Scenario, judge: str) -> None:
    found = played(scenario.name)

    assert found.may_go(judge) <= found.of_truth("orphan")


@every_scenario
def test_with_its_history_no_orphan_is_missed(scenario: Scenario) -> None:
    found = played(scenario.name)

    assert found.of_truth("orphan") <= found.called[BY_HISTORY]


def test_some_orphan_is_proved_deletable() -> None:
    """Silence would be safe, too: what is asked is a verdict that can be trusted."""
    found = played("an AVHDX that Hyper-V failed to delete")

    assert found.may_go(BY_HISTORY) == found.of_truth("orphan")


# --- the peers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "name", "file"), CALLED_THOUGH_NEEDED)
def test_a_published_rule_calls_a_needed_file_an_orphan(rule: str, name: str, file: str) -> None:
    found = played(name)

    assert f"C:\\VMS\\{file.upper()}" in found.called[rule] & found.of_truth("needed")


@pytest.mark.parametrize(("rule", "name", "file"), MISSED)
def test_a_published_rule_misses_an_orphan(rule: str, name: str, file: str) -> None:
    found = played(name)

    assert f"C:\\VMS\\{file.upper()}" in found.of_truth("orphan") - found.called[rule]


def test_every_rule_is_shown_where_it_endangers_data() -> None:
    assert {rule for rule, _, _ in CALLED_THOUGH_NEEDED} == set(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_no_rule_is_a_caricature(rule: str) -> None:
    """Where there is one VM on one disk, every script finds nothing."""
    assert not played("everything merged, nothing left").called[rule]


def test_the_table_counts_every_file_once_for_every_judge() -> None:
    found = played(DORMANT_TRUNK)
    rows = [line.split() for line in table([found]) if line.strip()][2:]

    assert len(rows) == len(JUDGES)
    assert {sum(map(int, row[-len(COLUMNS) :])) for row in rows} == {len(found.truths)}
