"""Events to and from the log's `type` and `data`, and the path for older forms.

The type stands outside the data, so a reader may skip events without decoding them. A type that
this version does not know (written by a newer one) decodes to `Unknown`: kept, shown, never a
crash.
"""

from collections.abc import Callable, Mapping
from typing import get_args

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from eventstore.entry import Entry, NewEntry, Source
from eventstore.events import DiskSeen, Event
from eventstore.moments import Moment


class Unknown(Struct, frozen=True):
    """An event of a type that this version does not know, or whose data it cannot read."""

    type: str
    data: Raw
    problem: str = "unknown type"


Upcast = Callable[[Raw], Event]
"""Reads the data of a retired type and gives the event that says the same today."""

RETIRED: Mapping[str, Upcast] = {}
"""Types that were written once and are no more, each with the reader of its data."""

EVENT_TYPES: Mapping[str, type[Event]] = {cls.__name__: cls for cls in get_args(Event)}

_DECODERS = {name: msgspec.json.Decoder(cls) for name, cls in EVENT_TYPES.items()}
_ENCODER = msgspec.json.Encoder()


def encode(
    event: Event,
    *,
    event_id: str,
    occurred_at: Moment,
    actor: str | None = None,
    source: Source | None = None,
) -> NewEntry:
    """Give `event` as the log takes it."""
    return NewEntry(
        id=event_id,
        type=type(event).__name__,
        occurred_at=occurred_at,
        data=Raw(_ENCODER.encode(event)),
        actor=actor,
        source=source,
    )


def decode(entry: Entry, retired: Mapping[str, Upcast] = RETIRED) -> Event | Unknown:
    """Give the event that `entry` holds."""
    try:
        if decoder := _DECODERS.get(entry.type):
            return _shared(decoder.decode(entry.data))
        if upcast := retired.get(entry.type):
            return upcast(entry.data)
    except msgspec.MsgspecError as error:
        return Unknown(entry.type, entry.data, problem=str(error))
    return Unknown(entry.type, entry.data)


def _shared(event: Event) -> Event:
    """Give the event with what a hundred thousand disks have in common held once."""
    if isinstance(event, DiskSeen) and event.facts:
        return replace(event, facts=event.facts.with_shared_checks())
    return event
