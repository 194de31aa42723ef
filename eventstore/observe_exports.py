"""What the cmdlets of a host told, held against what the log has of it already.

An export is stored once, wherever a copy of it lies, its own entry after those of its VMs. It is
dated by when the host was asked: what was learned since, by whatever witness, stands. No export
was made after it was read.
"""

from collections.abc import Collection, Iterable, Iterator

from eventstore.entry import Source
from eventstore.evidence.found_export import FoundExport
from eventstore.ids import derive
from eventstore.observe import Observed, Observer


def observe_exports(
    exports: Iterable[FoundExport], exported: Collection[str], by: Observer
) -> tuple[Observed, ...]:
    """Give what `exports` add to `exported`, the ids that the log has, oldest first.

    A file that does not say when it was asked for is as old as it was last changed, and a copy may
    be younger than the truth: such a date is *inferred*.
    """
    told = set(exported)
    ordered = sorted(exports, key=lambda found: (found.asked_at, found.sha256))
    return tuple(each for found in ordered for each in _of_file(found, told, by))


def _of_file(found: FoundExport, told: set[str], by: Observer) -> Iterator[Observed]:
    source = Source(
        kind="evidence",
        name=found.found_at,
        sha256=found.sha256,
        recorder=by.recorder,
        certainty="observed" if found.is_dated else "inferred",
        host=by.host,
    )
    for stream, event in found.events():
        event_id = derive(type(event).__name__, stream, found.sha256)
        if event_id not in told:
            told.add(event_id)
            yield Observed(stream, event, event_id, min(found.asked_at, by.now), source)
