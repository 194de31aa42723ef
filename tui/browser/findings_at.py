"""All findings as of a moment: the same that `orphans --at` gives."""

from msgspec import Struct

from eventstore.fleet import Fleet
from projections.as_of import AsOf, select
from projections.coverage import Coverage, coverage
from projections.finding import ORDINARY, Finding
from tui.browser.journey import Instant, Journey
from tui.knowledge import Knowledge
from tui.sources import InMemory


class Found(Struct, frozen=True):
    """What is odd at a moment, and what nobody looked at."""

    instant: Instant | None
    findings: tuple[Finding, ...]
    coverage: Coverage
    fleet: Fleet

    @property
    def attention(self) -> int:
        """How many of the findings want somebody's attention."""
        return sum(each.verdict not in ORDINARY for each in self.findings)


def findings_at(journey: Journey, instant: Instant | None) -> Found:
    """Judge every file at `instant`, None for all that is known."""
    known = known_at(journey, instant)
    return Found(instant, known.findings, coverage(known.fleet), known.fleet)


def known_at(journey: Journey, instant: Instant | None) -> Knowledge:
    """Give all that is known at `instant`, None for now."""
    as_of = AsOf() if instant is None else AsOf(at=instant.at, position=instant.known)
    return Knowledge(InMemory(select(journey.entries, as_of)))
