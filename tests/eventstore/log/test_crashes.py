"""Power fails at every change of a workload; whatever is left must open and keep its word."""

import errno
import itertools
import os
from pathlib import Path
from random import Random

import pytest

from eventstore.entry import NewEntry
from eventstore.errors import LogError, SnapledgerError
from eventstore.log.embedded import EmbeddedLog
from tests.eventstore.log.forgetful import ForgetfulFiles, PowerLoss, allow, lose_power_at
from tests.eventstore.log.history import VM, event, small_store

STORE = Path("/disk/store")
NUMBERS = itertools.count()
BATCHES = 12
SEED = int(os.environ.get("SNAPLEDGER_SEED", "1"))
IMAGES_PER_CRASH = int(os.environ.get("SNAPLEDGER_CRASH_IMAGES", "4"))
KEEP_AND_TORN = [(0.0, 0.0), (1.0, 0.0), (0.5, 0.0), (0.6, 0.4), (0.0, 1.0)]


def batch(number: int) -> list[str]:
    return [f"{number}.{part}" for part in range(number % 3 + 1)]


def noted(names: list[str]) -> list[NewEntry]:
    return [event(name, b'{"note":"%s"}' % (b"x" * 150)) for name in names]


def work(files: ForgetfulFiles, acknowledged: list[str], shown: list[str]) -> None:
    log = small_store(STORE, files)
    for number in range(BATCHES):
        log.append(VM, noted(batch(number)), expected=len(acknowledged))
        acknowledged += batch(number)
        shown[:] = [record.entry.id for record in log.read()]


def changes_of_the_work() -> int:
    files = ForgetfulFiles()
    work(files, [], [])
    return files.changes


def crashed_at(change: int) -> tuple[ForgetfulFiles, list[str], list[str]]:
    files, acknowledged, shown = ForgetfulFiles(), list[str](), list[str]()
    lose_power_at(files, change)
    with pytest.raises(PowerLoss):
        work(files, acknowledged, shown)
    return files, acknowledged, shown


def all_ids(log: EmbeddedLog) -> list[str]:
    return [record.entry.id for record in log.read() if record.entry.stream == VM]


def assert_keeps_its_word(files: ForgetfulFiles, acknowledged: list[str]) -> None:
    log = small_store(STORE, files)
    before = all_ids(log)
    log.append(f"host/{next(NUMBERS)}", [event("after")], expected=0)
    after = all_ids(log)

    assert after[: len(before)] == before, "what a reader saw was taken back"
    assert after[: len(acknowledged)] == acknowledged, "an acknowledged event is gone"
    whole = [batch(number) for number in range(BATCHES)]
    borders = [sum(map(len, whole[:n])) for n in range(BATCHES + 1)]
    assert len(after) in borders, "a batch is there in part"
    assert log.check().violations == ()


def images(files: ForgetfulFiles, change: int) -> list[ForgetfulFiles]:
    chance = Random(f"{SEED}/{change}")
    choices = [KEEP_AND_TORN[n % len(KEEP_AND_TORN)] for n in range(IMAGES_PER_CRASH)]
    return [files.crashed(chance, keep=keep, torn=torn) for keep, torn in choices]


def test_no_loss_of_power_loses_an_acknowledged_event() -> None:
    seen = 0
    for change in range(1, changes_of_the_work() + 1):
        files, acknowledged, _ = crashed_at(change)
        for number, image in enumerate(images(files, change)):
            try:
                assert_keeps_its_word(image, acknowledged)
            except (AssertionError, SnapledgerError) as error:
                raise AssertionError(f"seed {SEED}, change {change}, image {number}") from error
            seen += 1

    assert seen >= 300


def test_a_loss_of_power_during_recovery_loses_nothing_either() -> None:
    seen = 0
    for change in range(30, changes_of_the_work() + 1, 3):
        files, acknowledged, _ = crashed_at(change)
        chance = Random(f"{SEED}/{change}")
        image = files.crashed(chance, keep=0.7, torn=0.3)
        for again in range(1, 30):
            half_recovered = image.crashed(chance, keep=1, torn=0)
            lose_power_at(half_recovered, again)
            try:
                assert_keeps_its_word(half_recovered, acknowledged)
                break
            except PowerLoss:
                after = half_recovered.crashed(chance, keep=0.5, torn=0.3)
                assert_keeps_its_word(after, acknowledged)
                seen += 1

    assert seen >= 100


def test_what_was_shown_before_a_crash_is_shown_again_after_recovery() -> None:
    for change in range(30, changes_of_the_work() + 1, 3):
        files, _, shown = crashed_at(change)
        image = images(files, change)[0]
        assert_keeps_its_word(image, shown)


def work_on(files: ForgetfulFiles, attempts: int) -> tuple[list[str], int]:
    """Do the work, opening anew and repeating what failed; gives what was acknowledged."""
    acknowledged, failures = list[str](), 0
    for number in range(BATCHES):
        for _ in range(attempts):
            try:
                log = small_store(STORE, files)
                log.append(VM, noted(batch(number)), expected=len(acknowledged))
            except LogError:
                failures += 1
            else:
                acknowledged += batch(number)
                break
        else:
            return acknowledged, failures
    return acknowledged, failures


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_any_call_may_fail_once_and_repeating_the_append_heals_it(code: int) -> None:
    for change in range(1, changes_of_the_work() + 1):
        files = ForgetfulFiles()

        def before(what: str, path: Path, files: ForgetfulFiles = files, at: int = change) -> None:
            if files.changes == at:
                raise OSError(code, "once")

        files.before = before
        acknowledged, failures = work_on(files, attempts=2)

        assert acknowledged == [name for number in range(BATCHES) for name in batch(number)]
        assert failures <= 1
        assert_keeps_its_word(files, acknowledged)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_any_call_may_fail_for_ever_and_nothing_acknowledged_is_lost(code: int) -> None:
    for change in range(1, changes_of_the_work() + 1):
        files = ForgetfulFiles()

        def before(what: str, path: Path, files: ForgetfulFiles = files, at: int = change) -> None:
            if files.changes >= at:
                raise OSError(code, "for ever")

        files.before = before
        acknowledged, failures = work_on(files, attempts=2)

        assert failures == 2
        files.before = allow
        assert_keeps_its_word(files, acknowledged)
        after = files.crashed(Random(change), keep=0.5, torn=0.3)
        assert_keeps_its_word(after, acknowledged)
