"""The fleet as of any moment is the fold of what counts, whatever is saved, spoilt or late."""

import os
from dataclasses import fields
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore import fleet, keyframe_keeping, keyframes
from eventstore.entry import Recorded
from eventstore.fleet import Fleet, fold
from eventstore.keyframe_files import KEYFRAMES, KeyframeFiles
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.keyframes import fleet_as_of
from eventstore.log.embedded import EmbeddedLog
from eventstore.log.index_table import IndexDoubtful
from eventstore.moments import Moment, later
from tests.eventstore.anything import STREAMS, some_entry, told
from tests.eventstore.log.damaged import as_stored, changed
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import small_store
from tests.eventstore.log.indexed import PAGES
from tests.eventstore.log.workload import STORE
from tests.story import START

EXAMPLES = int(os.environ.get("SNAPLEDGER_EXAMPLES", "40"))


@pytest.fixture(autouse=True, scope="module")
def _every_few_entries() -> object:
    patch = pytest.MonkeyPatch()
    patch.setattr(keyframe_keeping, "_ENTRIES_MIN", 3)
    patch.setattr(keyframe_keeping, "_BYTES_BY_ENTRY", 1 << 20)
    yield
    patch.undo()


def truth(entries: list[Recorded], at: Moment | None, position: int | None) -> Fleet:
    return fold(
        each
        for each in entries
        if (at is None or each.entry.occurred_at <= at)
        and (position is None or each.batch[0] <= position)
    )


def assert_every_answer_is_the_fold(files: ForgetfulFiles, chance: Random, count: int = 12) -> None:
    log = small_store(STORE, files, settings=PAGES)
    entries = list(log.read())
    for _ in range(count):
        at = chance.choice([None, later(START, minutes=chance.randint(-3, 70))])
        position = chance.choice([None, chance.randint(0, len(entries) + 1)])
        found, expected = fleet_as_of(log, at=at, position=position), truth(entries, at, position)
        assert found == expected
        assert in_order(found) == in_order(expected)


def in_order(state: Fleet) -> list[list[object]]:
    """Give the keys of a fleet's dictionaries: their order says what became known first."""
    held = (getattr(state, each.name) for each in fields(state))
    return [list(each) for each in held if isinstance(each, dict)]


def files_of(log: EmbeddedLog) -> ForgetfulFiles:
    assert isinstance(log.files, ForgetfulFiles)
    return log.files


def kept(log: EmbeddedLog) -> KeyframeFiles:
    return KeyframeFiles(log.files, log.folder)


@given(seed=st.integers(0, 1 << 32), lateness=st.sampled_from([0.0, 0.1, 0.9]))
@settings(max_examples=EXAMPLES, deadline=None)
def test_as_of_any_time_and_position_is_the_fold(seed: int, lateness: float) -> None:
    chance = Random(seed)
    assert_every_answer_is_the_fold(files_of(told(chance, lateness=lateness)), chance)


@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=EXAMPLES, deadline=None)
def test_spoilt_keyframes_and_a_spoilt_index_change_no_answer(seed: int) -> None:
    chance = Random(seed)
    files = as_stored(files_of(told(chance)))
    for folder in (KEYFRAMES, "index"):
        for name in files.names(STORE / folder):
            path = STORE / folder / name
            content = files.read(path, 0, 1 << 20)
            at = chance.randrange(len(content))
            bad = chance.choice(
                [
                    content,
                    b"",
                    content[:at],
                    content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :],
                    bytes(len(content)),
                ]
            )
            files = changed(files, path, bad)
    assert_every_answer_is_the_fold(files, chance)
    log = small_store(STORE, files, settings=PAGES)
    for number in range(1_000, 1_010):
        log.append("host/h", [some_entry(chance, number, 0)], expected=log.revision("host/h"))
        keep_keyframes(log)
    assert_every_answer_is_the_fold(files, chance)
    assert kept(log).number_before(log.head(), Moment("9999")) >= 0


def test_keyframes_of_another_log_are_not_believed() -> None:
    one, other = told(Random(1)), told(Random(2))
    files = files_of(one)
    for name in ("list", "states"):
        path = STORE / KEYFRAMES / name
        files = changed(files, path, other.files.read(path, 0, 1 << 24))

    assert_every_answer_is_the_fold(files, Random(3), count=40)


def test_keyframes_of_another_program_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    log = told(Random(1), lateness=0)
    entries = list(log.read())
    monkeypatch.setattr(keyframes, "program", lambda _: "another")
    monkeypatch.setattr(keyframes, "load", lambda *_: pytest.fail("looked at another's"))

    assert fleet_as_of(log) == fold(entries)


def folded_entries(log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Have the positions noted that are folded from now on."""
    noted: list[int] = []

    def noting(state: Fleet, recorded: Recorded) -> None:
        noted.append(recorded.position)
        take_(state, recorded)

    take_ = fleet.take
    monkeypatch.setattr(keyframes, "take", noting)
    return noted


def test_little_is_folded_after_a_keyframe(monkeypatch: pytest.MonkeyPatch) -> None:
    log = told(Random(1), entries=120, lateness=0)
    keep_keyframes(log)
    rows = [row for n in range(kept(log).count()) if (row := kept(log).row(n))]
    assert 0 < sum(row.whole != n for n, row in enumerate(rows)) < len(rows)
    noted = folded_entries(log, monkeypatch)
    for position in (50, 90, 120):
        fleet_as_of(log, position=position)
    for minutes in (50, 90, 500):
        fleet_as_of(log, at=later(START, minutes=minutes))

    assert len(noted) < 6 * 12
    assert noted


def test_a_late_event_before_a_keyframe_sets_it_aside_for_what_was_known_since() -> None:
    log = small_store(STORE, ForgetfulFiles(), settings=PAGES)
    chance = Random(7)
    for number in range(12):
        log.append("host/h", [some_entry(chance, number, 0)], expected=number)
        keep_keyframes(log)
    before = fleet_as_of(log)
    log.append("vm/b", [some_entry(chance, 3, 0)], expected=0)
    entries = list(log.read())

    assert kept(log).count() >= 3
    assert fleet_as_of(log) == fold(entries)
    assert fleet_as_of(log, position=12) == before == fold(entries[:12])


def test_keyframes_take_a_fraction_of_what_the_log_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyframe_keeping, "_ENTRIES_MIN", 64)
    monkeypatch.setattr(keyframe_keeping, "_BYTES_BY_ENTRY", 32)
    log = small_store(STORE, ForgetfulFiles(), settings=PAGES)
    chance = Random(5)
    for number in range(0, 2_000, 100):
        batch = [some_entry(chance, number + n, 0) for n in range(100)]
        log.append("host/h", batch, expected=number)
        keep_keyframes(log)
    states = log.files.size(STORE / KEYFRAMES / "states") or 0

    assert kept(log).count() > 3
    assert states < sum(len(msgspec.json.encode(each)) for each in log.read()) / 4


def test_keyframes_that_cannot_be_saved_fail_no_command() -> None:
    log = told(Random(1))
    more = [some_entry(Random(1), 100 + n, 0) for n in range(9)]  # so that one is due
    log.append(STREAMS[0], more, expected=log.revision(STREAMS[0]))
    refused = []

    def refuse(what: str, path: Path) -> None:
        refused.append(path)
        raise OSError(28, "No space left on device")

    files_of(log).before = refuse
    keep_keyframes(log)

    assert refused


def test_an_index_that_is_wrong_about_moments_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = told(Random(1), lateness=0.5)
    asked = []

    def doubtful(self: EmbeddedLog, **limits: object) -> object:
        asked.append(limits)
        if len(asked) == 1:
            raise IndexDoubtful("as told")
        return happened(self, **limits)  # type: ignore[arg-type]  # passed on as they came

    happened = EmbeddedLog.as_happened
    monkeypatch.setattr(EmbeddedLog, "as_happened", doubtful)

    assert fleet_as_of(log) == fold(log.read())
