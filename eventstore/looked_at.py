"""Whether a walk looked at a place: only then can what stood there be gone."""

from collections.abc import Iterator

from eventstore.evidence.folder import FolderReading
from eventstore.paths import folder_of


def hidden_places(reading: FolderReading) -> frozenset[str]:
    """Give the places at and below which a walk could not read."""
    return frozenset(skipped.found_at for skipped in reading.unread)


def was_looked_at(place: str, root: str, hidden: frozenset[str]) -> bool:
    """Tell whether a file at `place` would have been seen by a walk of `root`."""
    above = set(at_and_above(place))
    return root in above and not above & hidden


def at_and_above(place: str) -> Iterator[str]:
    """Give a place and the folders that it lies in, nearest first."""
    yield place
    while (above := folder_of(place)) != place:
        place = above
        yield place
