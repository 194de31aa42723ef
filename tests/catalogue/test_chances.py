"""Random histories with accidents: nothing that anybody needs is ever called deletable.

With its history no needed file is called an orphan either. By evidence alone a configuration may
be of yesterday, or a wrong disk stand where the right one stood, and nothing shows it: what is
called an orphan then is counted, and must never be called deletable. A history is left out when
the simulated host itself went wrong: it tells of something that its files did not allow.
`SNAPLEDGER_CATALOGUE` says how many histories, `SNAPLEDGER_SEED` which.
"""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.catalogue.chances import Chances
from tests.catalogue.judge import BY_EVIDENCE, BY_HISTORY, OURS, Outcome, judged_by_us
from tests.catalogue.stage import Diverged, Stage

SEED = int(os.environ.get("SNAPLEDGER_SEED", "1"))
HISTORIES = int(os.environ.get("SNAPLEDGER_CATALOGUE", "100"))
DEEDS = range(8, 40)
ACCIDENTS = (0, 0, 0, 1, 2, 3, 5, 7)


def played(number: int) -> tuple[Outcome, list[str]]:
    """Play one history; give what was said of its files, and the lines that were obeyed."""
    chance = random.Random(f"catalogue {SEED} {number}")
    with tempfile.TemporaryDirectory(prefix="snapledger-catalogue-") as made:
        stage = Stage(Path(made) / "disks")
        chances = Chances(stage, chance)
        chances.play(chance.choice(DEEDS), chance.choice(ACCIDENTS))
        return judged_by_us(stage), chances.obeyed


def test_no_random_history_has_a_dangerous_verdict(
    record_property: Callable[[str, object], None],
) -> None:
    counted = Counter[str]()
    for number in range(HISTORIES):
        try:
            found, obeyed = played(number)
        except Diverged:
            counted["left out"] += 1
            continue
        story = "\n".join((f"history {number} of SNAPLEDGER_SEED={SEED}:", *obeyed))
        for judge in OURS:
            assert found.may_go(judge) <= found.of_truth("orphan"), (judge, story)
        assert not found.called[BY_HISTORY] & found.of_truth("needed"), story
        counted["files"] += len(found.truths)
        counted["orphans"] += len(found.of_truth("orphan"))
        counted["found"] += len(found.of_truth("orphan") & found.called[BY_HISTORY])
        counted["proved deletable"] += len(found.may_go(BY_HISTORY))
        counted["found by evidence"] += len(found.of_truth("orphan") & found.called[BY_EVIDENCE])
        counted["in doubt by it"] += len(found.of_truth("needed") & found.called[BY_EVIDENCE])
    told = ", ".join(f"{count:,} {name}" for name, count in counted.items())
    record_property("sweep", f"catalogue of chances: {HISTORIES:,} histories, {told}, seed {SEED}")
    assert counted["found"] or HISTORIES < 100, "silence would be safe, too"
    assert counted["left out"] <= 1 + HISTORIES / 100
