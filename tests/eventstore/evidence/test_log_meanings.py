"""One table says what records mean: by provider, channel and id, and how sure that is."""

import pytest

from eventstore.evidence.log_meanings import CONFIG, TABLE, VMMS, WORKER, meaning_of
from eventstore.evidence.log_records import VHDMP


def test_the_same_number_means_another_thing_in_another_log() -> None:
    crash = meaning_of(WORKER, f"{WORKER}-Admin", 18590)
    failed = meaning_of(VMMS, f"{VMMS}-Admin", 18590)

    assert crash
    assert failed
    assert crash.words != failed.words
    assert meaning_of(VMMS, f"{VMMS}-Admin", 18510) is None
    assert meaning_of(VMMS, f"{WORKER}-Admin", 18500) is None


def test_vmms_4096_is_no_checkpoint_whatever_some_say() -> None:
    assert meaning_of(VMMS, f"{VMMS}-Admin", 4096) is None
    assert meaning_of(CONFIG, f"{CONFIG}-Admin", 4096)


def test_a_channel_is_one_with_a_slash_or_a_dash_in_any_case() -> None:
    assert meaning_of(VHDMP, f"{VHDMP}/Operational", 7) == meaning_of(
        VHDMP.upper(), f"{VHDMP}-operational", 7
    )


@pytest.mark.parametrize("event_id", [18510, 18516, 18518, 18596])
def test_what_is_known_from_memory_is_marked(event_id: int) -> None:
    meaning = meaning_of(WORKER, f"{WORKER}-Admin", event_id)

    assert meaning
    assert meaning.confidence == "from memory"


@pytest.mark.parametrize(
    ("event_id", "power"),
    [(18500, "running"), (18502, "off"), (18504, "off"), (18508, "off"), (18514, "running")],
)
def test_documented_power_records_say_the_state_afterwards(event_id: int, power: str) -> None:
    meaning = meaning_of(WORKER, f"{WORKER}-Admin", event_id)

    assert meaning
    assert (meaning.power, meaning.confidence) == (power, "documented")


def test_the_four_steps_of_a_merge_are_told_apart() -> None:
    steps = [meaning_of(VMMS, f"{VMMS}-Admin", each) for each in (19070, 19080, 19090, 19100)]

    assert [each.merge for each in steps if each] == [
        "started",
        "finished",
        "interrupted",
        "failed",
    ]


def test_no_row_claims_a_take_an_apply_or_a_delete_of_a_snapshot() -> None:
    """Hyper-V logs none of them when they succeed; HyperVive is asked who, not whether."""
    for (provider, _, _), meaning in TABLE.items():
        if "checkpoint" in meaning.words and provider != "hypervive":
            assert any(
                word in meaning.words
                for word in ("failed", "cancelled", "could no longer", "could not")
            ), meaning.words
