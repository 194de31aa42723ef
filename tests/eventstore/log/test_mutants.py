"""Bugs that event stores have had are put in one by one; an exam must find each of them."""

import pytest

from tests.eventstore.log.exams import Exam, ExamFailed, cache, concurrency, contract, crash, damage
from tests.eventstore.log.mutants import MUTANTS, Mutant


@pytest.mark.parametrize("exam", [contract, crash, concurrency, damage, cache])
def test_the_log_passes_every_exam(exam: Exam) -> None:
    exam()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.switch_on.__name__)
def test_a_mutant_fails_the_exam_that_is_meant_for_it(
    mutant: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant.switch_on(monkeypatch)

    with pytest.raises(ExamFailed):
        mutant.found_by()


def test_there_is_a_mutant_for_each_of_the_fourteen_bugs_and_three_for_the_index() -> None:
    assert len({mutant.switch_on for mutant in MUTANTS}) == 14 + 3
    assert all(mutant.switch_on.__doc__ for mutant in MUTANTS)
