"""What one could try on a VM as of a moment, and what would come of it; it knows no screen."""

from collections.abc import Iterator

from msgspec import Struct

from eventstore.errors import BadInput, Refused
from eventstore.machine import Machine
from eventstore.moments import now
from projections.plan_shape import Plan
from projections.snapshot_tree import SnapshotTree
from tui.browser.findings_at import known_at
from tui.browser.journey import Instant, Journey
from tui.foreseeing import Foreseen, foresee, planned
from tui.knowledge import Knowledge

PLAN = "plan"
_OF_THE_VM = ("shutdown", "start", "save", "turn-off", "finish-merges", "revert")
_OF_A_SNAPSHOT = ("delete", "delete-subtree", "apply")


class Idea(Struct, frozen=True):
    """A command in the words of `forecast`, or `plan`; `name` is the snapshot's, as found."""

    verb: str
    snapshot: str | None = None
    name: str = ""

    @property
    def operands(self) -> tuple[str, ...]:
        return (self.snapshot,) if self.snapshot else ()


class Outcome(Struct, frozen=True):
    """What would come of an idea, or why it cannot be: `refused`."""

    known: Knowledge
    foreseen: Foreseen | None = None
    plan: Plan | None = None
    refused: str = ""


def ideas(tree: SnapshotTree) -> Iterator[Idea]:
    """Give what can be tried on a VM that has these snapshots."""
    yield from map(Idea, _OF_THE_VM)
    for snapshot in tree.snapshots:
        for verb in _OF_A_SNAPSHOT:
            yield Idea(verb, snapshot.id, snapshot.name)
    yield Idea(PLAN)


class Foresight:
    """What is known of a VM at an instant, read once for all ideas."""

    def __init__(self, journey: Journey, vm: str, instant: Instant | None) -> None:
        self._known = known_at(journey, instant)
        self._vm = vm
        self._at = instant.at if instant else now()

    def outcome(self, idea: Idea) -> Outcome:
        """Try an idea on the model."""
        try:
            return self._tried(idea, self._known.vm(self._vm))
        except (BadInput, Refused) as error:
            return Outcome(self._known, refused=str(error))

    def _tried(self, idea: Idea, machine: Machine) -> Outcome:
        if idea.verb == PLAN:
            return Outcome(self._known, plan=planned(self._known, machine, _tell_nobody))
        found = foresee(
            self._known, machine, idea.verb, idea.operands, at=self._at, progress=_tell_nobody
        )
        return Outcome(self._known, found)


def _tell_nobody(_text: str) -> None:
    """The screen says itself that it is being counted."""
