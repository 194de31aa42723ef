"""The confusion table: every judge over all scenarios, files counted by what each was called."""

from collections.abc import Iterable, Iterator

from eventstore.paths import PathKey
from tests.catalogue.judge import OURS, Outcome
from tests.catalogue.peers import RULES
from tests.catalogue.world import Truth

JUDGES = (*OURS, *RULES)
NAMES = max(map(len, JUDGES))
COLUMNS = (
    ("needed file", "deletable"),
    ("newest data", "deletable"),
    ("user's own", "deletable"),
    ("orphan,", "in doubt"),
    ("orphan", "missed"),
    ("orphan", "found"),
    ("", "fine"),
)
NEEDED, NEWEST, OWN, IN_DOUBT, MISSED, FOUND, FINE = range(len(COLUMNS))
"""*In doubt*: called an orphan although it holds something, and not called deletable. To a script
whatever is an orphan is deletable."""


def counts(judge: str, outcomes: Iterable[Outcome]) -> tuple[int, ...]:
    """Count the files of all scenarios, in the order of `COLUMNS`."""
    found = [0] * len(COLUMNS)
    for each in outcomes:
        for key, truth in each.truths.items():
            found[_column(judge, each, key, truth)] += 1
    return tuple(found)


def _column(judge: str, outcome: Outcome, key: PathKey, truth: Truth) -> int:
    is_called = key in outcome.called[judge]
    if truth == "orphan":
        return FOUND if is_called else MISSED
    if key in outcome.may_go(judge):
        return {"needed": NEEDED, "newest": NEWEST, "own": OWN}[truth]
    return IN_DOUBT if is_called else FINE


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Give the table as lines of text."""
    outcomes = tuple(outcomes)
    for line in zip(*COLUMNS, strict=True):
        yield _row("", line)
    for judge in JUDGES:
        yield _row(judge, map(str, counts(judge, outcomes)))
        if judge == OURS[-1]:
            yield ""


def _row(name: str, cells: Iterable[str]) -> str:
    widths = (max(map(len, column)) for column in COLUMNS)
    row = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{name:<{NAMES}}  {row}".rstrip()
