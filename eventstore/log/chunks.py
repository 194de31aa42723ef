"""Events cut into batches that an append will take."""

from collections.abc import Iterable, Iterator

import msgspec

from eventstore.entry import NewEntry
from eventstore.log.protocol import BATCH_BYTES_MAX, BATCH_ENTRIES_MAX

_ENVELOPE_BYTES = 1024
"""More than the store's envelope, origin, stream and digests add to an entry."""


def chunks(events: Iterable[NewEntry]) -> Iterator[list[NewEntry]]:
    """Give `events` in order, as few batches as the limits of one allow."""
    batch: list[NewEntry] = []
    size = 0
    for event in events:
        length = len(msgspec.json.encode(event)) + _ENVELOPE_BYTES
        if batch and (len(batch) == BATCH_ENTRIES_MAX or size + length > BATCH_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += length
    if batch:
        yield batch
