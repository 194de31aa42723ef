"""Histories in which anything at all happens, in order of time or late, with many keyframes."""

from collections.abc import Callable
from random import Random

from msgspec import Raw

from eventstore.codec import encode
from eventstore.entry import NewEntry
from eventstore.keyframe_keeping import keep_keyframes
from eventstore.log.embedded import EmbeddedLog
from eventstore.moments import later
from tests.eventstore.every_event import EVERY_EVENT
from tests.eventstore.log.forgetful import ForgetfulFiles
from tests.eventstore.log.history import small_store
from tests.eventstore.log.indexed import PAGES
from tests.eventstore.log.workload import STORE
from tests.story import START

STREAMS = ("vm/00000000-0000-0000-0000-00000000000a", "vm/b", "host/h", "folder/f")


def some_entry(chance: Random, number: int, lateness: float) -> NewEntry:
    """Give any event at all, in order of time or late, now and then of a type unknown here."""
    minutes = number - (chance.randint(0, 40) if chance.random() < lateness else 0)
    at = later(START, minutes=minutes // 2 * 2)
    if chance.random() < 0.05:
        return NewEntry(f"{number}", "OfTomorrow", at, Raw(b'{"what":[1.50,null]}'))
    event = chance.choice(EVERY_EVENT)
    while type(event).__name__ in {"TailSetAside", "ForkedFrom"}:
        event = chance.choice(EVERY_EVENT)
    return encode(event, event_id=f"{number}", occurred_at=at)


def told(
    chance: Random,
    *,
    entries: int = 60,
    lateness: float = 0.2,
    keep: Callable[[EmbeddedLog], None] = keep_keyframes,
) -> EmbeddedLog:
    """Append in batches of any size; keep keyframes now and then."""
    log = small_store(STORE, ForgetfulFiles(), settings=PAGES)
    number = 0
    while number < entries:
        batch = [some_entry(chance, number + n, lateness) for n in range(chance.randint(1, 5))]
        stream = chance.choice(STREAMS)
        log.append(stream, batch, expected=log.revision(stream))
        number += len(batch)
        if chance.random() < 0.4:
            keep(log)
    return log
