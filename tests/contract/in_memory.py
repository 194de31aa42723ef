"""The smallest engine that keeps the contract: a list. It shows what the contract is, not how."""

import time
from collections.abc import Callable, Iterator, Sequence

from eventstore.entry import NewEntry, Recorded
from eventstore.errors import DuplicateId, HandleDead, Overtaken, WrongRevision
from eventstore.log.batch import (
    Frame,
    Tip,
    check_size,
    encode_batch,
    is_same_event,
    prepare,
)
from eventstore.log.line import digest_of, encode_entry, first_prev
from eventstore.log.protocol import Appended, CheckResult
from tests.eventstore.log.history import NOON


class InMemoryLog:
    """A list of recorded entries, shared by its handles."""

    def __init__(self, entries: list[Recorded]) -> None:
        self.entries = entries
        self._is_closed = False

    @property
    def origin(self) -> str:
        return "in memory"

    def append(
        self, stream: str, events: Sequence[NewEntry], *, expected: int, head: int | None = None
    ) -> Appended:
        prepared = prepare(stream, events)
        own = list(self.read_stream(stream))
        at = {record.entry.id: record for record in own}
        if known := [at[event.id] for event in prepared if event.id in at]:
            return _repeat(stream, prepared, known, own[expected:][: len(prepared)])
        if head not in {None, len(self.entries)}:
            raise Overtaken(head=head or 0, actual=len(self.entries))
        if expected != len(own):
            raise WrongRevision(stream, expected=expected, actual=len(own))
        first, last = len(self.entries) + 1, len(self.entries) + len(prepared)
        prev = digest_of(encode_entry(own[-1].entry)) if own else first_prev(self.origin, stream)
        batch = encode_batch(
            [(stream, event) for event in prepared],
            Frame(self.origin, first, first - 1, NOON),
            lambda _: Tip(expected, prev),
        )
        check_size(batch)
        self.entries += [each.record for each in batch]
        return Appended(first, last, expected + len(prepared))

    def read(self, after: int = 0) -> Iterator[Recorded]:
        self._must_be_open()
        return iter(self.entries[max(after, 0) :])

    def read_stream(self, stream: str, after: int = 0) -> Iterator[Recorded]:
        return (
            record
            for record in self.read()
            if record.entry.stream == stream and record.entry.revision > after
        )

    def follow(self, after: int, stop: Callable[[], bool]) -> Iterator[Recorded]:
        while not stop():
            for record in self.read(after):
                if stop():
                    return
                after = record.position
                yield record
            time.sleep(0.001)

    def head(self) -> int:
        self._must_be_open()
        return len(self.entries)

    def revision(self, stream: str) -> int:
        return len(list(self.read_stream(stream)))

    def check(self) -> CheckResult:
        return CheckResult(entries=len(self.entries), violations=())

    def close(self) -> None:
        self._is_closed = True

    def _must_be_open(self) -> None:
        if self._is_closed:
            raise HandleDead("closed")


def _repeat(
    stream: str, events: Sequence[NewEntry], known: Sequence[Recorded], there: Sequence[Recorded]
) -> Appended:
    pairs = zip(events, there, strict=False)
    if len(there) == len(events) and all(is_same_event(one, two.entry) for one, two in pairs):
        return Appended(there[0].position, there[-1].position, there[-1].entry.revision)
    raise DuplicateId(stream, known[0].entry.id, position=known[0].position)
