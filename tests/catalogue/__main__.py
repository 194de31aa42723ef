"""`python -m tests.catalogue`: play every scenario, and print who was wrong, and how.

python -m tests.catalogue              the confusion table
python -m tests.catalogue trunk        the scenarios whose names hold this word, one by one
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.catalogue.judge import Outcome, outcome
from tests.catalogue.scenario import Scenario
from tests.catalogue.scenarios import SCENARIOS
from tests.catalogue.table import JUDGES, table


def main(wanted: list[str]) -> int:
    """Print the table, or what was said of the scenarios that are asked for."""
    chosen = [each for each in SCENARIOS if all(word in each.name for word in wanted)]
    outcomes = [(each, _played(each)) for each in chosen]
    lines = _told(outcomes) if wanted else table(each for _, each in outcomes)
    if not wanted:
        files = sum(len(each.truths) for _, each in outcomes)
        sys.stdout.write(f"{len(chosen)} scenarios, {files} files\n\n")
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _played(scenario: Scenario) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="snapledger-catalogue-") as made:
        return outcome(scenario, Path(made))


def _told(outcomes: list[tuple[Scenario, Outcome]]) -> Iterator[str]:
    """Say of every file the truth, and who calls it idle."""
    for scenario, found in outcomes:
        yield scenario.name
        for key, truth in sorted(found.truths.items()):
            judges = [name for name in JUDGES if key in found.called[name]]
            yield f"  {key}: {truth}; called idle by {', '.join(judges) or 'nobody'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
